// SPDX-License-Identifier: GPL-3.0-or-later
// When the period of an objective that a time lies in begins and ends. A calendar has its days in a time zone, so that a month may
// be an hour longer or shorter than its days.
#ifndef ANALYZER_PERIOD_H
#define ANALYZER_PERIOD_H

#include "analyzer/objective.h"
#include "base/error.h"

struct period {
    int64_t start_ms, end_ms; // rolling: ends at the time asked for
};

// False when the time zone cannot be read.
bool period_at(const struct objective_config *objective, int64_t time_ms, struct period *ret, struct error *err);

#endif
