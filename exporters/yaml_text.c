// SPDX-License-Identifier: GPL-3.0-or-later
#include "yaml_text.h"

#include <stdbool.h>

static bool is_control(char c) {
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static void write_escaped(struct buf *out, const char *text) {
    buf_char(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (is_control(*c)) {
            buf_printf(out, "\\x%02X", (unsigned)(unsigned char)*c);
        } else {
            if (*c == '"' || *c == '\\') buf_char(out, '\\');
            buf_char(out, *c);
        }
    }
    buf_char(out, '"');
}

void yaml_text(struct buf *out, const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if (!is_control(*c)) continue;
        write_escaped(out, text);
        return;
    }
    buf_char(out, '\'');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'') buf_char(out, '\'');
        buf_char(out, *c);
    }
    buf_char(out, '\'');
}
