// SPDX-License-Identifier: GPL-3.0-or-later
// What serin gate and serin freeze take from the command line beside what other commands take.
#ifndef APP_GATE_OPTIONS_H
#define APP_GATE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct gate_arguments { // NULL, 0: not given
    const char *state, *reason, *by, *scope, *result_file, *digest;
    bool advisory, all;
    int64_t until_ms;  // a time, or
    int64_t lasts_ms;  // a duration from now
};

#endif
