// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/utf8.h"

#include <stdint.h>

// The length of the sequence that begins with `first`, and the least code point that needs it; 0 when none begins so.
static size_t sequence(unsigned char first, uint32_t *ret_least) {
    if (first < 0x80) return 1;
    *ret_least = first < 0xE0 ? 0x80 : first < 0xF0 ? 0x800 : 0x10000;
    if (first < 0xC0 || first > 0xF7) return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

bool utf8_is_valid(struct view text) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    for (size_t at = 0; at < text.len;) {
        uint32_t least = 0, code;
        size_t len = sequence(p[at], &least);
        if (len == 0 || len > text.len - at) return false;
        code = len == 1 ? p[at] : p[at] & (0x7Fu >> len);
        for (size_t i = 1; i < len; i++) {
            if ((p[at + i] & 0xC0) != 0x80) return false;
            code = code << 6 | (p[at + i] & 0x3Fu);
        }
        if (code < least || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) return false;
        at += len;
    }
    return true;
}
