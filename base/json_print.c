// SPDX-License-Identifier: GPL-3.0-or-later
// jansson's own writer pads reals to 17 digits and cannot spell them as the rest of serin does, hence this printer. Documents are mostly
// names and numbers, so it takes texts in runs that need no escape.
#include "base/json_print.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"

enum { MAX_DEPTH = 64 };

struct writer {
    struct buf *out;
    struct error *err;
    bool one_line;
};

static bool write_node(const struct writer *w, json_t *node, int depth);

static bool is_plain(unsigned char c) {
    return c >= 0x20 && c != '"' && c != '\\' && c != 0x7F;
}

static void write_escape(struct buf *out, char c) {
    static const char shorthand[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    for (size_t i = 0; i + 1 < sizeof shorthand; i += 2) {
        if (shorthand[i] != c) continue;
        buf_char(out, '\\');
        buf_char(out, shorthand[i + 1]);
        return;
    }
    buf_printf(out, "\\u%04x", (unsigned)c);
}

bool json_print_text(struct buf *out, struct view view) {
    const char *text = view.ptr;
    size_t len = view.len;
    unsigned char seen = 0;
    buf_char(out, '"');
    for (size_t at = 0, from = 0; at <= len; at++) {
        if (at < len) seen |= (unsigned char)text[at];
        if (at < len && is_plain((unsigned char)text[at])) continue;
        buf_bytes(out, text + from, at - from);
        from = at + 1;
        if (at < len) write_escape(out, text[at]);
    }
    buf_char(out, '"');
    return seen < 0x80 || utf8_is_valid(view);
}

static bool write_text(const struct writer *w, const char *text, size_t len) {
    return json_print_text(w->out, (struct view){text, len}) || error_set(w->err, ERROR_DATA, "document: a text is not UTF-8");
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

static bool write_object(const struct writer *w, json_t *node, int depth) {
    bool first = true;
    buf_char(w->out, '{');
    for (void *at = json_object_iter(node); at != NULL; at = json_object_iter_next(node, at)) {
        if (!first) buf_char(w->out, ',');
        first = false;
        next_line(w, depth + 1);
        if (!write_text(w, json_object_iter_key(at), json_object_iter_key_len(at))) return false;
        buf_str(w->out, w->one_line ? ":" : ": ");
        if (!write_node(w, json_object_iter_value(at), depth + 1)) return false;
    }
    if (!first) next_line(w, depth);
    buf_char(w->out, '}');
    return true;
}

static bool write_list(const struct writer *w, json_t *node, int depth) {
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

static bool write_node(const struct writer *w, json_t *node, int depth) {
    if (depth > MAX_DEPTH) return error_set(w->err, ERROR_LIMIT, "document: nested deeper than %d levels", MAX_DEPTH);
    switch (json_typeof(node)) {
    case JSON_OBJECT:
        return write_object(w, node, depth);
    case JSON_ARRAY:
        return write_list(w, node, depth);
    case JSON_STRING:
        return write_text(w, json_string_value(node), json_string_length(node));
    case JSON_INTEGER:
        buf_i64(w->out, json_integer_value(node));
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
    return error_set(w->err, ERROR_DATA, "document: a node of an unknown type");
}

bool json_print(struct buf *out, const json_t *value, enum json_layout layout, struct error *err) {
    struct writer w = {out, err, layout == JSON_LINE};
    if (!write_node(&w, (json_t *)(uintptr_t)value, 0)) return false; // jansson's iterators want a tree that may be written to
    return !out->failed || error_set(err, ERROR_LIMIT, "the document is larger than %zu bytes", out->limit);
}
