// SPDX-License-Identifier: GPL-3.0-or-later
// What serin gate and serin freeze take from the command line beside what other commands take.
#ifndef APP_GATE_OPTIONS_H
#define APP_GATE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct gate_arguments { // NULL, 0: not given
    const char *state, *reason, *by, *scope, *result_file, *digest;
    bool advisory, all;
    int64_t until_ms;  // a time, or
    int64_t lasts_ms;  // a duration from now
};

// Each reads one option's value; false with err (ERROR_USAGE).
typedef bool gate_option_fn(struct gate_arguments *arguments, const char *value, struct error *err);
gate_option_fn gate_set_state, gate_set_reason, gate_set_by, gate_set_scope, gate_set_result, gate_set_digest, gate_set_until;
gate_option_fn gate_set_advisory, gate_set_all;

#endif
