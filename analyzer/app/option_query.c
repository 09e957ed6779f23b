// SPDX-License-Identifier: GPL-3.0-or-later
// What serin query takes beside what others take.
#include <string.h>

#include "option.h"

static bool set_mode(struct option_call *p, enum query_mode mode) {
    struct query_options *q = &p->options->query;
    if (q->has_mode && q->mode != mode)
        return error_set(p->err, ERROR_USAGE, "cannot be given together with --%s", query_mode_name(q->mode));
    q->mode = mode;
    return q->has_mode = true;
}

bool option_config(struct option_call *p, const char *value) {
    p->options->query.config_file = value;
    return true;
}

bool option_protocol(struct option_call *p, const char *value) {
    for (int i = 0; i < SOURCE_PROTOCOL_COUNT; i++) {
        if (strcmp(value, source_protocol_name((enum source_protocol)i)) != 0) continue;
        p->options->query.protocol = (enum source_protocol)i;
        return true;
    }
    return option_bad(p, value, "auto, stream, samples or raw");
}

bool option_raw(struct option_call *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_RAW);
}

bool option_instant(struct option_call *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_INSTANT);
}

bool option_labels(struct option_call *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_LABELS);
}

bool option_series(struct option_call *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_SERIES);
}

bool option_metadata(struct option_call *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_METADATA);
}

bool option_exemplars(struct option_call *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_EXEMPLARS);
}

bool option_query_output(struct option_call *p, const char *value) {
    static const char *const formats[] = {"text", "json", "csv", "openmetrics", NULL};
    return option_format(p, value, formats);
}
