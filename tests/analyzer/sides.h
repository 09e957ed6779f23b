// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up series of a baseline and a canary, and what is found when they are compared.
#ifndef TESTS_ANALYZER_SIDES_H
#define TESTS_ANALYZER_SIDES_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/series_evidence.h"

#define SIDES_STEPS ((size_t)60)

struct sides {
    double baseline[SIDES_STEPS], canary[SIDES_STEPS];
};

// Sides that share a load curve around `level` and have noise of their own, a share `deviation` of it; the same for the same seed.
struct sides sides_unchanged(double level, double deviation, uint64_t seed);

struct evidence judge_columns(const struct series_columns *columns, const struct evidence_settings *settings);
struct evidence judge_sides(const struct sides *sides, enum evidence_direction direction); // with the default settings
struct evidence judge_increase(const struct sides *sides);

#endif
