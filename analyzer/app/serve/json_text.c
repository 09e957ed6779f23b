// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/json_text.h"

#include <stdbool.h>

// Whether it cannot break a limit, by its length and its brackets alone (those inside texts count too).
static bool is_small(struct view text) {
    size_t brackets = 0;
    for (size_t i = 0; i < text.len; i++) brackets += (text.ptr[i] | 0x20) == '{';
    return text.len <= JSON_MOST_VALUES && brackets <= JSON_MOST_DEPTH;
}

// Counts depth and values by the brackets and commas outside of texts, without building anything.
static bool is_bounded(struct view text, struct error *err) {
    size_t depth = 0, values = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quoted) {
            if (c == '\\') i++;
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[' || c == '{') {
            values++;
            if (++depth > JSON_MOST_DEPTH) return error_set(err, ERROR_LIMIT, "JSON deeper than %d lists and objects", JSON_MOST_DEPTH);
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        } else if (c == ',') {
            values++;
        }
        if (values > JSON_MOST_VALUES) return error_set(err, ERROR_LIMIT, "JSON with more than %d values", JSON_MOST_VALUES);
    }
    return true;
}

json_t *json_text_parse(struct view text, struct error *err) {
    json_error_t why;
    if (!is_small(text) && !is_bounded(text, err)) return NULL;
    json_t *json = json_loadb(text.len > 0 ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (json == NULL) error_set(err, ERROR_DATA, "not JSON: line %d column %d: %s", why.line, why.column, why.text);
    return json;
}
