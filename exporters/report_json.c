// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/json_print.h"
#include "exporters/report.h"

static bool write_document(struct buf *out, const json_t *document, enum json_layout layout, struct error *err) {
    if (!json_is_object(document)) return error_set(err, ERROR_DATA, "result document: is no object");
    if (!json_print(out, document, layout, err)) return false;
    buf_char(out, '\n');
    return !out->failed || error_set(err, ERROR_LIMIT, "the report is larger than %zu bytes", out->limit);
}

bool report_json(struct buf *out, const json_t *result, struct error *err) {
    return write_document(out, result, JSON_LINES, err);
}

bool report_json_line(struct buf *out, const json_t *document, struct error *err) {
    return write_document(out, document, JSON_LINE, err);
}
