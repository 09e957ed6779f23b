// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_line.h"

static json_t *basics(const struct record_line *line) {
    static const struct query none = {.expr = ""};
    const struct query *q = line->query != NULL ? line->query : &none;
    const struct answer *answer = line->answer;
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:i, s:s, s:s, s:I, s:i, s:I}", "source", line->source, "expr", q->expr, "mode",
                     line->query != NULL ? query_mode_name(q->mode) : "buildinfo", "start_ms", (json_int_t)q->start_ms, "end_ms",
                     (json_int_t)q->end_ms, "step_ms", (json_int_t)q->step_ms, "http_status", answer->http_status, "content_type",
                     line->content_type, "file", line->file, "duration_ms", (json_int_t)answer->duration_ms, "tries", answer->tries,
                     "bytes", (json_int_t)answer->bytes);
}

static void add_extras(json_t *record, const struct record_line *line) {
    const struct answer *answer = line->answer;
    const struct decode_result *result = &answer->result;
    if (line->whole != NULL) {
        json_object_set_new(record, "whole_start_ms", json_integer((json_int_t)line->whole->start_ms));
        json_object_set_new(record, "whole_end_ms", json_integer((json_int_t)line->whole->end_ms));
    }
    if (answer->protocol == PROTOCOL_STREAM || answer->protocol == PROTOCOL_SAMPLES)
        json_object_set_new(record, "protocol", json_string(source_protocol_name(answer->protocol)));
    if (answer->requests != answer->tries) json_object_set_new(record, "requests", json_integer(answer->requests));
    if (answer->throttled > 0) json_object_set_new(record, "throttled", json_integer(answer->throttled));
    if (answer->refused) json_object_set_new(record, "refused", json_true());
    if (!line->with_error) return;
    json_object_set_new(record, "error", json_string(result->err.text));
    json_object_set_new(record, "error_code", json_integer((json_int_t)result->err.code));
    json_object_set_new(record, "outcome", json_integer((json_int_t)result->outcome));
}

json_t *record_line(const struct record_line *line) {
    json_t *record = basics(line);
    if (record != NULL) add_extras(record, line);
    return record;
}
