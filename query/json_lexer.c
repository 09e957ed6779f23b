// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_lexer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void json_lexer_init(struct json_lexer *lexer, size_t text_limit, size_t key_limit) {
    *lexer = (struct json_lexer){.state = JSON_AT_VALUE, .text_limit = text_limit, .key_limit = key_limit};
    lexer->text_cap = 256;
    lexer->text = mem_alloc(lexer->text_cap);
}

void json_lexer_finish(struct json_lexer *lexer) {
    free(lexer->text);
    free(lexer->keys);
    *lexer = (struct json_lexer){0};
}

static bool fail(struct json_lexer *lexer, const char *reason) {
    lexer->reason = reason;
    return false;
}

static bool fail_limit(struct json_lexer *lexer, const char *reason) {
    lexer->over_limit = true;
    return fail(lexer, reason);
}

static enum json_event refuse(struct json_lexer *lexer, const char *reason) {
    lexer->reason = reason;
    return JSON_FAILED;
}

static bool add_text(struct json_lexer *lexer, const char *data, size_t len) {
    if (len > lexer->text_limit - lexer->text_len) return fail_limit(lexer, "a string or number is longer than the limit");
    if (lexer->text_len + len > lexer->text_cap) {
        while (lexer->text_len + len > lexer->text_cap) lexer->text_cap *= 2;
        lexer->text = mem_resize(lexer->text, lexer->text_cap, 1);
    }
    memcpy(lexer->text + lexer->text_len, data, len);
    lexer->text_len += len;
    return true;
}

static bool add_code_point(struct json_lexer *lexer, uint32_t c) {
    char bytes[4];
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--, c >>= 6) bytes[i] = (char)(0x80 | (c & 0x3F));
    bytes[0] = (char)(lead[len] | c);
    return add_text(lexer, bytes, len);
}

// FNV-1a. A server that makes hashes collide only gets its own answer refused.
static uint64_t hash(struct view text) {
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < text.len; i++) h = (h ^ (unsigned char)text.ptr[i]) * 0x100000001B3u;
    return h;
}

static bool remember_key(struct json_lexer *lexer) {
    if (lexer->key_count == lexer->key_limit) return fail_limit(lexer, "more keys than the limit");
    void *keys = lexer->keys;
    mem_grow(&keys, &lexer->key_cap, lexer->key_count, sizeof *lexer->keys);
    lexer->keys = keys;
    lexer->keys[lexer->key_count++] = hash(json_text(lexer));
    return true;
}

static int compare_hashes(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// At the end of an object: forgets its keys; false when two were equal.
static bool forget_keys(struct json_lexer *lexer) {
    size_t start = lexer->key_start[lexer->depth], count = lexer->key_count - start;
    lexer->key_count = start;
    if (count < 2) return true;
    uint64_t *keys = lexer->keys + start;
    qsort(keys, count, sizeof *keys, compare_hashes);
    for (size_t i = 1; i < count; i++) {
        if (keys[i] == keys[i - 1]) return fail(lexer, "a key occurs twice in the object that ends here");
    }
    return true;
}

static enum json_event open_container(struct json_lexer *lexer, bool object) {
    if (lexer->depth == JSON_DEPTH_MAX) {
        fail_limit(lexer, "nested deeper than 64 levels");
        return JSON_FAILED;
    }
    uint64_t bit = UINT64_C(1) << lexer->depth;
    lexer->objects = object ? lexer->objects | bit : lexer->objects & ~bit;
    lexer->key_start[lexer->depth++] = lexer->key_count;
    lexer->state = object ? JSON_AT_FIRST_KEY : JSON_AT_FIRST_ITEM;
    return object ? JSON_OBJECT : JSON_ARRAY;
}

static bool in_object(const struct json_lexer *lexer) {
    return (lexer->objects >> (lexer->depth - 1) & 1) != 0;
}

static enum json_state after_value(const struct json_lexer *lexer) {
    return lexer->depth == 0 ? JSON_AT_END : JSON_AFTER_VALUE;
}

static enum json_event close_container(struct json_lexer *lexer) {
    bool object = in_object(lexer);
    lexer->depth--;
    if (object && !forget_keys(lexer)) return JSON_FAILED;
    lexer->state = after_value(lexer);
    return object ? JSON_OBJECT_END : JSON_ARRAY_END;
}

static void begin_string(struct json_lexer *lexer, bool is_key) {
    lexer->text_len = 0;
    lexer->is_key = is_key;
    lexer->state = JSON_IN_STRING;
}

static void begin_word(struct json_lexer *lexer, const char *word, enum json_event event) {
    lexer->word = word + 1;
    lexer->word_event = event;
    lexer->state = JSON_IN_WORD;
}

// The first byte of a value. JSON_MORE: the value goes on.
static enum json_event begin_value(struct json_lexer *lexer, char c) {
    switch (c) {
    case '{':
        return open_container(lexer, true);
    case '[':
        return open_container(lexer, false);
    case '"':
        begin_string(lexer, false);
        return JSON_MORE;
    case 't':
        begin_word(lexer, "true", JSON_TRUE);
        return JSON_MORE;
    case 'f':
        begin_word(lexer, "false", JSON_FALSE);
        return JSON_MORE;
    case 'n':
        begin_word(lexer, "null", JSON_NULL);
        return JSON_MORE;
    default:
        if (c != '-' && (c < '0' || c > '9')) {
            return refuse(lexer, "a JSON value was expected");
        }
        lexer->text_len = 0;
        lexer->state = JSON_IN_NUMBER;
        return add_text(lexer, &c, 1) ? JSON_MORE : JSON_FAILED;
    }
}

static bool begin_utf8(struct json_lexer *lexer, unsigned char c) {
    lexer->utf8_low = 0x80;
    lexer->utf8_high = 0xBF;
    if (c >= 0xC2 && c <= 0xDF) {
        lexer->utf8_left = 1;
    } else if (c >= 0xE0 && c <= 0xEF) {
        lexer->utf8_left = 2;
        if (c == 0xE0) lexer->utf8_low = 0xA0;  // shorter forms exist
        if (c == 0xED) lexer->utf8_high = 0x9F; // surrogates
    } else if (c >= 0xF0 && c <= 0xF4) {
        lexer->utf8_left = 3;
        if (c == 0xF0) lexer->utf8_low = 0x90;
        if (c == 0xF4) lexer->utf8_high = 0x8F; // beyond U+10FFFF
    } else {
        return fail(lexer, "invalid UTF-8");
    }
    return true;
}

static bool continue_utf8(struct json_lexer *lexer, unsigned char c) {
    if (c < lexer->utf8_low || c > lexer->utf8_high) return fail(lexer, "invalid UTF-8");
    lexer->utf8_low = 0x80;
    lexer->utf8_high = 0xBF;
    lexer->utf8_left--;
    return true;
}

static enum json_event end_string(struct json_lexer *lexer) {
    lexer->state = lexer->is_key ? JSON_AT_COLON : after_value(lexer);
    if (!lexer->is_key) return JSON_STRING;
    return remember_key(lexer) ? JSON_KEY : JSON_FAILED;
}

static const char *skip_plain(const char *p, const char *end) {
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\') p++;
    return p;
}

static enum json_event read_string(struct json_lexer *lexer, const char **cursor, const char *end) {
    const char *p = *cursor, *plain = skip_plain(p, end);
    if (lexer->high_surrogate != 0 && *p != '\\') {
        return refuse(lexer, "a surrogate escape without its other half");
    }
    if (lexer->utf8_left == 0 && plain > p) {
        *cursor = plain;
        return add_text(lexer, p, (size_t)(plain - p)) ? JSON_MORE : JSON_FAILED;
    }
    unsigned char c = (unsigned char)*p;
    bool good = true;
    if (lexer->utf8_left > 0) {
        good = continue_utf8(lexer, c) && add_text(lexer, p, 1);
    } else if (c == '"') {
        ++*cursor;
        return end_string(lexer);
    } else if (c == '\\') {
        lexer->state = JSON_IN_ESCAPE;
    } else if (c < 0x20) {
        good = fail(lexer, "a raw control character in a string");
    } else {
        good = begin_utf8(lexer, c) && add_text(lexer, p, 1);
    }
    if (!good) return JSON_FAILED;
    ++*cursor;
    return JSON_MORE;
}

static bool read_escape(struct json_lexer *lexer, char c) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (c == 'u') {
        lexer->hex_left = 4;
        lexer->hex = 0;
        lexer->state = JSON_IN_HEX;
        return true;
    }
    if (lexer->high_surrogate != 0) return fail(lexer, "a surrogate escape without its other half");
    const char *found = c == '\0' ? NULL : strchr(from, c);
    if (found == NULL) return fail(lexer, "an unknown escape in a string");
    lexer->state = JSON_IN_STRING;
    return add_text(lexer, &to[found - from], 1);
}

static bool end_hex(struct json_lexer *lexer) {
    uint32_t c = lexer->hex, high = lexer->high_surrogate;
    bool is_high = c >= 0xD800 && c <= 0xDBFF, is_low = c >= 0xDC00 && c <= 0xDFFF;
    if (is_low != (high != 0)) return fail(lexer, "a surrogate escape without its other half");
    lexer->state = JSON_IN_STRING;
    lexer->high_surrogate = is_high ? c : 0;
    if (is_high) return true;
    return add_code_point(lexer, is_low ? 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00) : c);
}

static bool read_hex(struct json_lexer *lexer, char c) {
    uint32_t digit;
    if (c >= '0' && c <= '9') {
        digit = (uint32_t)(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
        digit = (uint32_t)((c | 0x20) - 'a' + 10);
    } else {
        return fail(lexer, "a \\u escape needs four hexadecimal digits");
    }
    lexer->hex = lexer->hex << 4 | digit;
    return --lexer->hex_left > 0 || end_hex(lexer);
}

static size_t count_digits(struct view text, size_t at) {
    size_t i = at;
    while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9') i++;
    return i - at;
}

static bool number_is_valid(struct view text) {
    size_t at = text.ptr[0] == '-';
    size_t digits = count_digits(text, at);
    if (digits == 0 || (digits > 1 && text.ptr[at] == '0')) return false;
    at += digits;
    if (at < text.len && text.ptr[at] == '.') {
        digits = count_digits(text, ++at);
        if (digits == 0) return false;
        at += digits;
    }
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        at++;
        if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-')) at++;
        digits = count_digits(text, at);
        if (digits == 0) return false;
        at += digits;
    }
    return at == text.len;
}

static enum json_event read_number(struct json_lexer *lexer, const char **cursor, const char *end) {
    const char *p = *cursor;
    while (p < end && ((*p >= '0' && *p <= '9') || *p == '.' || *p == '-' || *p == '+' || *p == 'e' || *p == 'E')) p++;
    if (!add_text(lexer, *cursor, (size_t)(p - *cursor))) return JSON_FAILED;
    *cursor = p;
    if (p == end) return JSON_MORE;
    if (!number_is_valid(json_text(lexer))) {
        return refuse(lexer, "a malformed number ends here");
    }
    lexer->state = after_value(lexer);
    return JSON_NUMBER;
}

static enum json_event read_word(struct json_lexer *lexer, const char **cursor) {
    if (**cursor != *lexer->word) {
        return refuse(lexer, "a JSON value was expected");
    }
    ++*cursor;
    if (*++lexer->word != '\0') return JSON_MORE;
    lexer->state = after_value(lexer);
    return lexer->word_event;
}

// One byte between tokens, not blank. JSON_MORE: no event yet.
static enum json_event read_structure(struct json_lexer *lexer, char c) {
    if (lexer->state == JSON_AT_VALUE || (lexer->state == JSON_AT_FIRST_ITEM && c != ']')) return begin_value(lexer, c);
    if (lexer->state == JSON_AT_FIRST_ITEM || (lexer->state == JSON_AT_FIRST_KEY && c == '}')) return close_container(lexer);
    if (lexer->state == JSON_AT_FIRST_KEY || lexer->state == JSON_AT_KEY) {
        if (c != '"') return refuse(lexer, "a key in quotes was expected");
        begin_string(lexer, true);
    } else if (lexer->state == JSON_AT_COLON) {
        if (c != ':') return refuse(lexer, "a colon was expected");
        lexer->state = JSON_AT_VALUE;
    } else if (lexer->state == JSON_AT_END) {
        return refuse(lexer, "something follows the end of the document");
    } else if (c == (in_object(lexer) ? '}' : ']')) {
        return close_container(lexer);
    } else {
        if (c != ',') return refuse(lexer, "a comma or the end of the list or object was expected");
        lexer->state = in_object(lexer) ? JSON_AT_KEY : JSON_AT_VALUE;
    }
    return JSON_MORE;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static enum json_event step(struct json_lexer *lexer, const char **cursor, const char *end) {
    char c = **cursor;
    bool good = true;
    enum json_event event = JSON_MORE;
    switch (lexer->state) {
    case JSON_IN_STRING:
        return read_string(lexer, cursor, end);
    case JSON_IN_NUMBER:
        return read_number(lexer, cursor, end);
    case JSON_IN_WORD:
        return read_word(lexer, cursor);
    case JSON_IN_ESCAPE:
        good = read_escape(lexer, c);
        break;
    case JSON_IN_HEX:
        good = read_hex(lexer, c);
        break;
    case JSON_AT_VALUE:
    case JSON_AT_FIRST_ITEM:
    case JSON_AT_FIRST_KEY:
    case JSON_AT_KEY:
    case JSON_AT_COLON:
    case JSON_AFTER_VALUE:
    case JSON_AT_END:
        event = is_blank(c) ? JSON_MORE : read_structure(lexer, c);
        break;
    }
    if (!good || event == JSON_FAILED) return JSON_FAILED;
    ++*cursor;
    return event;
}

enum json_event json_next(struct json_lexer *lexer, const char **cursor, const char *end) {
    if (lexer->reason != NULL) return JSON_FAILED;
    while (*cursor < end) {
        enum json_event event = step(lexer, cursor, end);
        if (event != JSON_MORE) return event;
    }
    return JSON_MORE;
}
