// SPDX-License-Identifier: GPL-3.0-or-later
#include "gate_options.h"

#include <string.h>

#include "base/timetext.h"

static bool set_text(const char **field, const char *value, struct error *err) {
    *field = value;
    return *value != '\0' || error_set(err, ERROR_USAGE, "must not be empty");
}

bool gate_set_state(struct gate_arguments *a, const char *value, struct error *err) {
    return set_text(&a->state, value, err);
}

bool gate_set_reason(struct gate_arguments *a, const char *value, struct error *err) {
    return set_text(&a->reason, value, err);
}

bool gate_set_by(struct gate_arguments *a, const char *value, struct error *err) {
    return set_text(&a->by, value, err);
}

bool gate_set_scope(struct gate_arguments *a, const char *value, struct error *err) {
    return set_text(&a->scope, value, err);
}

bool gate_set_result(struct gate_arguments *a, const char *value, struct error *err) {
    return set_text(&a->result_file, value, err);
}

bool gate_set_digest(struct gate_arguments *a, const char *value, struct error *err) {
    return set_text(&a->digest, value, err);
}

bool gate_set_until(struct gate_arguments *a, const char *value, struct error *err) {
    a->until_ms = a->lasts_ms = 0; // the last one counts
    if (duration_parse(view_of(value), &a->lasts_ms) && a->lasts_ms > 0) return true;
    if (time_parse(view_of(value), &a->until_ms) && a->until_ms > 0) return true;
    return error_set(err, ERROR_USAGE, "expected a time such as 2025-01-01T18:00:00Z or a duration such as 4h, found %s", value);
}

bool gate_set_advisory(struct gate_arguments *a, const char *value, struct error *err) {
    (void)value;
    (void)err;
    return a->advisory = true;
}

bool gate_set_all(struct gate_arguments *a, const char *value, struct error *err) {
    (void)value;
    (void)err;
    return a->all = true;
}
