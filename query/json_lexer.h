// SPDX-License-Identifier: GPL-3.0-or-later
// A strict JSON reader for text that arrives in pieces: no document tree, one event at a time. It checks everything
// RFC 8259 asks for, and beyond it UTF-8, surrogate pairs, keys that occur twice in an object, and depth.
#ifndef QUERY_JSON_LEXER_H
#define QUERY_JSON_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/view.h"

#define JSON_DEPTH_MAX 64

enum json_event {
    JSON_MORE,   // the piece is used up
    JSON_FAILED, // see `reason`; nothing more is read
    JSON_OBJECT,
    JSON_OBJECT_END,
    JSON_ARRAY,
    JSON_ARRAY_END,
    JSON_KEY,    // see json_text()
    JSON_STRING, // see json_text()
    JSON_NUMBER, // json_text() is the number as it was written
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

enum json_state {
    JSON_AT_VALUE,      // a value must follow
    JSON_AT_FIRST_ITEM, // a value or ]
    JSON_AT_FIRST_KEY,  // a key or }
    JSON_AT_KEY,        // a key
    JSON_AT_COLON,
    JSON_AFTER_VALUE, // a comma or the end of the container
    JSON_IN_STRING,
    JSON_IN_ESCAPE,
    JSON_IN_HEX,
    JSON_IN_NUMBER,
    JSON_IN_WORD, // true, false, null
    JSON_AT_END,  // only blanks may follow
};

struct json_lexer {
    enum json_state state;
    unsigned depth;   // open containers
    uint64_t objects; // bit i: the container at depth i is an object
    char *text;       // the string or number being read
    size_t text_len, text_cap, text_limit;
    bool is_key;                       // the string being read is a key
    unsigned utf8_left;                // continuation bytes still to come
    unsigned char utf8_low, utf8_high; // what the next of them may be
    unsigned hex_left;
    uint32_t hex, high_surrogate; // high_surrogate: 0, or one that waits for its other half
    const char *word;             // rest of the word being read
    enum json_event word_event;
    uint64_t *keys; // hashes of the keys of all open objects, outermost first
    size_t key_count, key_cap, key_limit;
    size_t key_start[JSON_DEPTH_MAX]; // where the keys of the object at a depth begin
    const char *reason;               // after JSON_FAILED: static text
    bool over_limit;                  // the reason is a limit, not the syntax
};

void json_lexer_init(struct json_lexer *lexer, size_t text_limit, size_t key_limit);
void json_lexer_finish(struct json_lexer *lexer);

// Reads up to the next event. *cursor moves behind what was read; on failure it is at the offending byte.
enum json_event json_next(struct json_lexer *lexer, const char **cursor, const char *end);

// The text of the last key, string (decoded) or number; valid until the next call of json_next().
static inline struct view json_text(const struct json_lexer *lexer) {
    return (struct view){lexer->text, lexer->text_len};
}

#endif
