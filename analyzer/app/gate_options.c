// SPDX-License-Identifier: GPL-3.0-or-later
// What serin gate and serin freeze take beside what others take.
#include <string.h>

#include "base/timetext.h"
#include "option.h"

static bool set_text(struct option_call *p, const char **field, const char *value) {
    *field = value;
    return *value != '\0' || error_set(p->err, ERROR_USAGE, "must not be empty");
}

bool option_gate_state(struct option_call *p, const char *value) {
    struct gate_arguments *a = &p->options->gate;
    return set_text(p, &a->state, value);
}

bool option_gate_reason(struct option_call *p, const char *value) {
    struct gate_arguments *a = &p->options->gate;
    return set_text(p, &a->reason, value);
}

bool option_gate_by(struct option_call *p, const char *value) {
    struct gate_arguments *a = &p->options->gate;
    return set_text(p, &a->by, value);
}

bool option_gate_scope(struct option_call *p, const char *value) {
    struct gate_arguments *a = &p->options->gate;
    return set_text(p, &a->scope, value);
}

bool option_gate_result(struct option_call *p, const char *value) {
    struct gate_arguments *a = &p->options->gate;
    return set_text(p, &a->result_file, value);
}

bool option_gate_digest(struct option_call *p, const char *value) {
    struct gate_arguments *a = &p->options->gate;
    return set_text(p, &a->digest, value);
}

bool option_gate_until(struct option_call *p, const char *value) {
    struct gate_arguments *a = &p->options->gate;
    a->until_ms = a->lasts_ms = 0; // the last one counts
    if (duration_parse(view_of(value), &a->lasts_ms) && a->lasts_ms > 0) return true;
    if (time_parse(view_of(value), &a->until_ms) && a->until_ms > 0) return true;
    return error_set(p->err, ERROR_USAGE, "expected a time such as 2025-01-01T18:00:00Z or a duration such as 4h, found %s", value);
}

bool option_gate_output(struct option_call *p, const char *value) {
    static const char *const formats[] = {"text", "json", "prom", NULL};
    return option_format(p, value, formats);
}

bool option_gate_advisory(struct option_call *p, const char *value) {
    struct gate_arguments *a = &p->options->gate;
    (void)value;
    return a->advisory = true;
}

bool option_gate_all(struct option_call *p, const char *value) {
    struct gate_arguments *a = &p->options->gate;
    (void)value;
    return a->all = true;
}
