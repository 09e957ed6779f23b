// SPDX-License-Identifier: GPL-3.0-or-later
#include "markdown_text.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

#define MOST_URL 2000
#define BREAK "\xE2\x80\x8B" // a zero-width space: what follows a sign is no name or number to it any more

// At the sign before which an address becomes a link of its own: "https:" "//", "www" ".".
static bool begins_address(const char *text) {
    return (text[0] == ':' && text[1] == '/' && text[2] == '/') || ((text[0] == 'w' || text[0] == 'W') && text[1] == '.');
}

const char *markdown_text(struct arena *arena, const char *text) {
    struct buf out;
    buf_init(&out, 12 * strlen(text) + 1);
    for (; *text != '\0'; text++) {
        if (*text == '<') {
            buf_str(&out, "&lt;");
        } else if (*text == '>') {
            buf_str(&out, "&gt;");
        } else if (*text == '&') {
            buf_str(&out, "&amp;");
        } else {
            if (strchr("\\`*_[]|~#!$", *text) != NULL) buf_char(&out, '\\');
            buf_char(&out, *text);
            if (*text == '@' || *text == '#' || *text == '!' || begins_address(text)) buf_str(&out, BREAK);
        }
    }
    return arena_take(arena, &out);
}

// A fence longer than any run of back-ticks inside; a blank where the text begins or ends with one.
static const char *code(struct arena *arena, const char *text, bool cell) {
    size_t longest = 0, run = 0, len = strlen(text);
    struct buf out;
    if (len == 0) return "(no name)";
    for (size_t i = 0; i < len; i++) {
        run = text[i] == '`' ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    bool pad = text[0] == '`' || text[len - 1] == '`';
    buf_init(&out, 4 * len + 8);
    buf_repeat(&out, '`', longest + 1);
    if (pad) buf_char(&out, ' ');
    for (size_t i = 0; i < len; i++) {
        if (cell && text[i] == '|') buf_char(&out, '\\');
        buf_char(&out, text[i]);
    }
    if (pad) buf_char(&out, ' ');
    buf_repeat(&out, '`', longest + 1);
    return arena_take(arena, &out);
}

const char *markdown_code(struct arena *arena, const char *text) {
    return code(arena, text, false);
}

const char *markdown_cell(struct arena *arena, const char *text) {
    return code(arena, text, true);
}

const char *markdown_link(struct arena *arena, const char *words, const char *url) {
    bool web = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    if (!web || strlen(url) > MOST_URL) return code(arena, url, false);
    struct buf out;
    buf_init(&out, 4 * strlen(url) + strlen(words) + 8);
    buf_printf(&out, "[%s](", words);
    for (; *url != '\0'; url++) {
        unsigned char c = (unsigned char)*url;
        if (c <= ' ' || c > '~' || strchr("<>\"'()[]\\`|*_@{}^", c) != NULL)
            buf_printf(&out, "%%%02X", (unsigned)c);
        else
            buf_char(&out, (char)c);
    }
    buf_char(&out, ')');
    return arena_take(arena, &out);
}

static void put_word(struct buf *out, const char *word, size_t most) {
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-";
    for (size_t i = 0; word[i] != '\0' && i < most; i++) {
        bool dashes = word[i] == '-' && i > 0 && word[i - 1] == '-';
        buf_char(out, strchr(safe, word[i]) != NULL && !dashes ? word[i] : '_');
    }
}

const char *markdown_marker(struct arena *arena, const char *name, const char *id) {
    struct buf out;
    buf_init(&out, 512);
    buf_str(&out, "<!-- serin:");
    put_word(&out, name, 100);
    buf_char(&out, ':');
    put_word(&out, id, 40);
    buf_str(&out, " -->");
    return arena_take(arena, &out);
}
