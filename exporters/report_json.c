// SPDX-License-Identifier: GPL-3.0-or-later
// jansson's own writer pads reals to 17 digits and cannot spell them as the rest of serin does, hence this printer.
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "exporters/report.h"
#include "report_doc.h"
#include "text_style.h"

enum { MAX_DEPTH = 64 };

static bool write_node(struct buf *out, const json_t *node, int depth, struct error *err);

static void write_char(struct buf *out, const char *text, size_t len, uint32_t point) {
    static const char shorthand[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    for (size_t i = 0; point < 0x80 && i + 1 < sizeof shorthand; i += 2) {
        if ((uint32_t)shorthand[i] != point) continue;
        buf_char(out, '\\');
        buf_char(out, shorthand[i + 1]);
        return;
    }
    if (point < 0x20 || point == 0x7F) {
        buf_printf(out, "\\u%04x", (unsigned)point);
    } else {
        buf_bytes(out, text, len);
    }
}

static bool write_text(struct buf *out, const char *text, size_t len, struct error *err) {
    size_t step;
    uint32_t point = 0;
    buf_char(out, '"');
    for (size_t at = 0; (step = text_decode(text + at, len - at, &point)) > 0; at += step) {
        if (point == UINT32_MAX) return error_set(err, ERROR_DATA, "result document: a text is not UTF-8");
        write_char(out, text + at, step, point);
    }
    buf_char(out, '"');
    return true;
}

static void write_real(struct buf *out, double value) {
    if (!isfinite(value)) {
        buf_char(out, '"');
        buf_double(out, value);
        buf_char(out, '"');
    } else if (value == 0 && signbit(value)) {
        buf_str(out, "-0.0"); // "-0" reads back as the integer
    } else {
        buf_double(out, value);
    }
}

static void next_line(struct buf *out, int depth) {
    buf_char(out, '\n');
    buf_repeat(out, ' ', 2 * (size_t)depth);
}

static bool write_object(struct buf *out, const json_t *node, int depth, struct error *err) {
    const char *key;
    json_t *value;
    bool first = true;
    buf_char(out, '{');
    json_object_foreach(report_iterable(node), key, value) {
        if (!first) buf_char(out, ',');
        first = false;
        next_line(out, depth + 1);
        if (!write_text(out, key, strlen(key), err)) return false;
        buf_str(out, ": ");
        if (!write_node(out, value, depth + 1, err)) return false;
    }
    if (!first) next_line(out, depth);
    buf_char(out, '}');
    return true;
}

static bool write_list(struct buf *out, const json_t *node, int depth, struct error *err) {
    size_t count = json_array_size(node);
    buf_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) buf_char(out, ',');
        next_line(out, depth + 1);
        if (!write_node(out, json_array_get(node, i), depth + 1, err)) return false;
    }
    if (count > 0) next_line(out, depth);
    buf_char(out, ']');
    return true;
}

static bool write_node(struct buf *out, const json_t *node, int depth, struct error *err) {
    if (depth > MAX_DEPTH) return error_set(err, ERROR_LIMIT, "result document: nested deeper than %d levels", MAX_DEPTH);
    switch (json_typeof(node)) {
    case JSON_OBJECT:
        return write_object(out, node, depth, err);
    case JSON_ARRAY:
        return write_list(out, node, depth, err);
    case JSON_STRING:
        return write_text(out, json_string_value(node), json_string_length(node), err);
    case JSON_INTEGER:
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(node));
        return true;
    case JSON_REAL:
        write_real(out, json_real_value(node));
        return true;
    case JSON_TRUE:
        buf_str(out, "true");
        return true;
    case JSON_FALSE:
        buf_str(out, "false");
        return true;
    case JSON_NULL:
        buf_str(out, "null");
        return true;
    }
    return error_set(err, ERROR_DATA, "result document: a node of an unknown type");
}

bool report_json(struct buf *out, const json_t *result, struct error *err) {
    if (!json_is_object(result)) return error_set(err, ERROR_DATA, "result document: is no object");
    if (!write_node(out, result, 0, err)) return false;
    buf_char(out, '\n');
    return !out->failed || error_set(err, ERROR_LIMIT, "the report is larger than %zu bytes", out->limit);
}
