// SPDX-License-Identifier: GPL-3.0-or-later
// What serin calibrate and serin backtest take from the command line beside what other commands take.
#ifndef APP_HISTORY_OPTIONS_H
#define APP_HISTORY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
