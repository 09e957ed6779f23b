// SPDX-License-Identifier: GPL-3.0-or-later
// jansson's own writer pads reals to 17 digits and cannot spell them as the rest of serin does, hence this printer.
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "exporters/report.h"
#include "report_doc.h"
#include "text_style.h"

enum { MAX_DEPTH = 64 };

struct writer {
    struct buf *out;
    struct error *err;
    bool one_line;
};

static bool write_node(const struct writer *w, const json_t *node, int depth);

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

static void next_line(const struct writer *w, int depth) {
    if (w->one_line) return;
    buf_char(w->out, '\n');
    buf_repeat(w->out, ' ', 2 * (size_t)depth);
}

static bool write_object(const struct writer *w, const json_t *node, int depth) {
    const char *key;
    json_t *value;
    bool first = true;
    buf_char(w->out, '{');
    json_object_foreach(report_iterable(node), key, value) {
        if (!first) buf_char(w->out, ',');
        first = false;
        next_line(w, depth + 1);
        if (!write_text(w->out, key, strlen(key), w->err)) return false;
        buf_str(w->out, w->one_line ? ":" : ": ");
        if (!write_node(w, value, depth + 1)) return false;
    }
    if (!first) next_line(w, depth);
    buf_char(w->out, '}');
    return true;
}

static bool write_list(const struct writer *w, const json_t *node, int depth) {
    size_t count = json_array_size(node);
    buf_char(w->out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) buf_char(w->out, ',');
        next_line(w, depth + 1);
        if (!write_node(w, json_array_get(node, i), depth + 1)) return false;
    }
    if (count > 0) next_line(w, depth);
    buf_char(w->out, ']');
    return true;
}

static bool write_node(const struct writer *w, const json_t *node, int depth) {
    if (depth > MAX_DEPTH) return error_set(w->err, ERROR_LIMIT, "result document: nested deeper than %d levels", MAX_DEPTH);
    switch (json_typeof(node)) {
    case JSON_OBJECT:
        return write_object(w, node, depth);
    case JSON_ARRAY:
        return write_list(w, node, depth);
    case JSON_STRING:
        return write_text(w->out, json_string_value(node), json_string_length(node), w->err);
    case JSON_INTEGER:
        buf_printf(w->out, "%" JSON_INTEGER_FORMAT, json_integer_value(node));
        return true;
    case JSON_REAL:
        write_real(w->out, json_real_value(node));
        return true;
    case JSON_TRUE:
        buf_str(w->out, "true");
        return true;
    case JSON_FALSE:
        buf_str(w->out, "false");
        return true;
    case JSON_NULL:
        buf_str(w->out, "null");
        return true;
    }
    return error_set(w->err, ERROR_DATA, "result document: a node of an unknown type");
}

static bool write_document(struct buf *out, const json_t *document, bool one_line, struct error *err) {
    struct writer w = {out, err, one_line};
    if (!json_is_object(document)) return error_set(err, ERROR_DATA, "result document: is no object");
    if (!write_node(&w, document, 0)) return false;
    buf_char(out, '\n');
    return !out->failed || error_set(err, ERROR_LIMIT, "the report is larger than %zu bytes", out->limit);
}

bool report_json(struct buf *out, const json_t *result, struct error *err) {
    return write_document(out, result, false, err);
}

bool report_json_line(struct buf *out, const json_t *document, struct error *err) {
    return write_document(out, document, true, err);
}
