// SPDX-License-Identifier: GPL-3.0-or-later
// jansson's reader takes a byte at a time through four functions, which was a third of answering a small request. Here a text is one run
// of bytes. What is not plain is left to jansson, so that nothing is taken that it refuses, and it alone says what is wrong.
#include "serve/json_plain.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/utf8.h"
#include "serve/json_text.h"

enum { MOST_DIGITS = 18 };

struct reader {
    const char *at, *end;
    size_t depth, values;
};

static json_t *read_value(struct reader *r);

static char skip_blanks(struct reader *r) { // and look at what follows; NUL at the end
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r')) r->at++;
    return r->at < r->end ? *r->at : '\0';
}

static bool take(struct reader *r, char c) {
    if (skip_blanks(r) != c) return false;
    r->at++;
    return true;
}

static bool read_run(struct reader *r, struct view *ret) {
    unsigned char seen = 0;
    if (!take(r, '"')) return false;
    const char *begin = r->at;
    for (; r->at < r->end && *r->at != '"'; r->at++) {
        unsigned char c = (unsigned char)*r->at;
        if (c < 0x20 || c == '\\') return false;
        seen |= c;
    }
    if (r->at == r->end) return false;
    *ret = (struct view){begin, (size_t)(r->at++ - begin)};
    return seen < 0x80 || utf8_is_valid(*ret);
}

static json_t *read_text(struct reader *r) {
    struct view run;
    return read_run(r, &run) ? json_stringn_nocheck(run.ptr, run.len) : NULL;
}

static json_t *read_integer(struct reader *r) {
    bool negative = take(r, '-');
    const char *begin = r->at;
    int64_t value = 0;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9' && r->at - begin <= MOST_DIGITS; r->at++) value = 10 * value + (*r->at - '0');
    size_t digits = (size_t)(r->at - begin);
    if (digits == 0 || digits > MOST_DIGITS || (digits > 1 && *begin == '0')) return NULL;
    return json_integer(negative ? -value : value); // where a fraction follows, who called misses a comma
}

static json_t *read_word(struct reader *r, const char *word, json_t *value) {
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0) return NULL;
    r->at += len;
    return value;
}

// Before an element, or a member, of a list that is not at its end.
static bool goes_on(struct reader *r, bool first) {
    return (first || take(r, ',')) && ++r->values <= JSON_MOST_VALUES;
}

static bool fill_list(struct reader *r, json_t *list) {
    if (take(r, ']')) return true;
    for (bool first = true; first || skip_blanks(r) != ']'; first = false) {
        if (!goes_on(r, first) || json_array_append_new(list, read_value(r)) != 0) return false;
    }
    return take(r, ']');
}

static bool fill_object(struct reader *r, json_t *object) {
    if (take(r, '}')) return true;
    for (bool first = true; first || skip_blanks(r) != '}'; first = false) {
        struct view key;
        size_t before = json_object_size(object);
        if (!goes_on(r, first) || !read_run(r, &key) || !take(r, ':')) return false;
        if (json_object_setn_new_nocheck(object, key.ptr, key.len, read_value(r)) != 0 || json_object_size(object) == before) return false;
    }
    return take(r, '}');
}

static json_t *read_container(struct reader *r, json_t *empty, bool (*fill)(struct reader *r, json_t *container)) {
    r->at++;
    bool good = ++r->depth <= JSON_MOST_DEPTH && ++r->values <= JSON_MOST_VALUES && fill(r, empty);
    r->depth--;
    if (good) return empty;
    json_decref(empty);
    return NULL;
}

static json_t *read_value(struct reader *r) {
    switch (skip_blanks(r)) {
    case '{':
        return read_container(r, json_object(), fill_object);
    case '[':
        return read_container(r, json_array(), fill_list);
    case '"':
        return read_text(r);
    case 't':
        return read_word(r, "true", json_true());
    case 'f':
        return read_word(r, "false", json_false());
    case 'n':
        return read_word(r, "null", json_null());
    default:
        return read_integer(r);
    }
}

json_t *json_plain_parse(struct view text) {
    struct reader r = {.at = text.ptr, .end = text.len > 0 ? text.ptr + text.len : text.ptr};
    json_t *json = text.len > 0 ? read_value(&r) : NULL;
    skip_blanks(&r);
    if (r.at == r.end) return json;
    json_decref(json);
    return NULL;
}
