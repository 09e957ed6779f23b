// SPDX-License-Identifier: GPL-3.0-or-later
// What serin calibrate and serin backtest take from the command line beside what other commands take.
#ifndef APP_HISTORY_OPTIONS_H
#define APP_HISTORY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct history_arguments { // zeroes: not given
    int64_t since_ms;
    size_t windows;
    uint64_t seed;
    bool has_seed;
    const char *deal_by, *priors_file;
    bool has_from, has_to;
    int64_t from_ms, to_ms, every_ms;
    const int64_t *at_ms;
    size_t at_count;
    bool looks;
};

// Each reads one option's value; false with err (ERROR_USAGE).
typedef bool history_option_fn(struct history_arguments *arguments, const char *value, struct arena *arena, struct error *err);
history_option_fn history_set_since, history_set_windows, history_set_seed, history_set_deal_by, history_set_write;
history_option_fn history_set_from, history_set_to, history_set_every, history_set_at, history_set_looks;

#endif
