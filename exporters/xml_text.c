// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporters/xml_text.h"

#include <string.h>

#include "text_style.h"

static const char *entity_of(uint32_t point, bool attribute) {
    if (point == '&') return "&amp;";
    if (point == '<') return "&lt;";
    if (point == '>') return "&gt;";
    return attribute && point == '"' ? "&quot;" : NULL;
}

static bool is_char(uint32_t point) {
    if (point < 0x20) return point == '\t' || point == '\n' || point == '\r';
    return point <= 0x10FFFF && (point & 0xFFFE) != 0xFFFE;
}

static void escape(struct buf *out, const char *text, bool attribute) {
    size_t len = strlen(text), step;
    uint32_t point = 0;
    for (size_t at = 0; (step = text_decode(text + at, len - at, &point)) > 0; at += step) {
        const char *entity = entity_of(point, attribute);
        if (entity != NULL)
            buf_str(out, entity);
        else if (!is_char(point))
            buf_str(out, "\xEF\xBF\xBD");
        else
            buf_bytes(out, text + at, step);
    }
}

void xml_text(struct buf *out, const char *text) {
    escape(out, text, false);
}

void xml_attribute(struct buf *out, const char *name, const char *text) {
    buf_printf(out, " %s=\"", name);
    escape(out, text, true);
    buf_char(out, '"');
}
