// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/percent.h"

#include "base/utf8.h"

static int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool percent_decode(struct view text, bool plus, struct arena *arena, struct view *ret_text) {
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '%') {
            int high = text.len - i > 2 ? digit(text.ptr[i + 1]) : -1;
            int low = text.len - i > 2 ? digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) return false;
            c = (unsigned char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c < 0x20 || c == 0x7f) return false;
        out[len++] = (char)c;
    }
    *ret_text = (struct view){out, len};
    return utf8_is_valid(*ret_text);
}
