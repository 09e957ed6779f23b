// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of Kayenta's standalone analysis: how long it runs, which window each judgement sees, and what the scores
// of all judgements come to.
#ifndef ANALYZER_KAYENTA_STANDALONE_H
#define ANALYZER_KAYENTA_STANDALONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kayenta_schedule { // times in milliseconds since 1970
    int64_t now_ms;
    bool has_start, has_end;
    int64_t start_ms, end_ms; // with has_start, has_end
    int64_t begin_after_mins, lookback_mins;
    bool has_lifetime;
    int64_t lifetime_mins;
};

struct kayenta_window {
    int64_t start_ms, end_ms;
};

// Whole minutes from start (now when not given) to end, or else the lifetime given; an error when there is neither.
bool kayenta_lifetime(const struct kayenta_schedule *schedule, int64_t *ret_mins, struct error *err);

// The interval between judgements: as asked for, or the lifetime when that is 0 or longer.
int64_t kayenta_interval(int64_t lifetime_mins, int64_t asked_mins);

// Window of the judgement counted from 1; the control's is moved back by control_offset_mins afterwards.
struct kayenta_window kayenta_window(const struct kayenta_schedule *schedule, int64_t interval_mins, int64_t judgement);
struct kayenta_window kayenta_window_back(struct kayenta_window window, int64_t offset_mins);

struct kayenta_outcome {
    bool passed;
    char message[160];
};

// The last score decides. NULL for a threshold that was not given.
void kayenta_aggregate(const double *scores, size_t count, const double *marginal, const double *pass, struct kayenta_outcome *ret);

#endif
