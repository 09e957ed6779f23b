// SPDX-License-Identifier: GPL-3.0-or-later
// Two series as pairs of what both sides saw at the same step, and their differences.
#ifndef ANALYZER_PAIRED_H
#define ANALYZER_PAIRED_H

#include "analyzer/series_evidence.h"

struct paired {
    double *baseline, *canary; // scaled by 2^-exponent when the numbers are extreme
    double *steps;             // when each pair was seen
    size_t count, span;        // pairs; steps that were looked at
    int exponent;
    double level;              // mean size of the baseline's values, of the canary's where those are all 0; unscaled
    bool log_scale;            // all values are positive
    double *logs[2];           // of baseline and canary, where log_scale
    double *differences;       // canary against baseline: ln of the ratio, or the difference by the level
    bool offset_known;         // an old offset was taken out of the differences
    double offset_se;          // its standard error; else 0
};

// False when a side has fewer values than settings->least. All in the arena.
bool paired_build(const struct series_columns *columns, const struct evidence_settings *settings, struct arena *arena, struct paired *ret);

bool paired_identical(const struct paired *paired);
bool paired_constant(const struct paired *paired); // all differences are the same number

#endif
