// SPDX-License-Identifier: GPL-3.0-or-later
#include "xml_text.h"

#include <string.h>

#include "text_style.h"

static const char *entity_of(uint32_t point) {
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static bool is_char(uint32_t point) {
    if (point < 0x20) return point == '\t' || point == '\n' || point == '\r';
    return point <= 0x10FFFF && (point & 0xFFFE) != 0xFFFE;
}

void xml_text(struct buf *out, const char *text) {
    size_t len = strlen(text), step;
    uint32_t point = 0;
    for (size_t at = 0; (step = text_decode(text + at, len - at, &point)) > 0; at += step) {
        const char *entity = entity_of(point);
        if (entity != NULL)
            buf_str(out, entity);
        else if (!is_char(point))
            buf_str(out, "\xEF\xBF\xBD");
        else
            buf_bytes(out, text + at, step);
    }
}

void xml_attribute(struct buf *out, const char *name, const char *text) {
    buf_printf(out, " %s=\"", name);
    xml_text(out, text);
    buf_char(out, '"');
}
