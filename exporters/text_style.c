// SPDX-License-Identifier: GPL-3.0-or-later
#include "text_style.h"

#include <math.h>
#include <string.h>

struct state_look {
    const char *symbol, *word;
    enum text_paint paint;
};

static const struct state_look state_looks[] = {
    [TEXT_PASS] = {"✔", "OK", PAINT_PASS},         [TEXT_MARGINAL] = {"▲", "WARN", PAINT_MARGINAL},
    [TEXT_FAIL] = {"✖", "FAIL", PAINT_FAIL},       [TEXT_INCONCLUSIVE] = {"○", "UNSURE", PAINT_NODATA},
    [TEXT_NODATA] = {"○", "NODATA", PAINT_NODATA}, [TEXT_QUARANTINED] = {"◇", "QUAR", PAINT_NODATA},
    [TEXT_ERROR] = {"⚠", "ERR", PAINT_ERROR},
};

static const char *const paint_codes[] = {
    [PAINT_NONE] = "",     [PAINT_BOLD] = "1",    [PAINT_DIM] = "2",      [PAINT_PASS] = "32",          [PAINT_MARGINAL] = "33",
    [PAINT_FAIL] = "1;31", [PAINT_NODATA] = "34", [PAINT_ERROR] = "1;36", [PAINT_BASELINE] = "38;5;67", [PAINT_CANARY] = "38;5;134",
};

size_t text_decode(const char *text, size_t len, uint32_t *ret_point) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (len == 0) return 0;
    const unsigned char *bytes = (const unsigned char *)text;
    size_t need = bytes[0] < 0x80 ? 1 : bytes[0] >> 5 == 6 ? 2 : bytes[0] >> 4 == 14 ? 3 : bytes[0] >> 3 == 30 ? 4 : 0;
    *ret_point = UINT32_MAX;
    if (need == 0 || need > len) return 1;
    uint32_t point = need == 1 ? bytes[0] : bytes[0] & (0x7Fu >> need);
    for (size_t i = 1; i < need; i++) {
        if (bytes[i] >> 6 != 2) return 1;
        point = point << 6 | (bytes[i] & 0x3Fu);
    }
    if (point < smallest[need] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return 1;
    *ret_point = point;
    return need;
}

// Control characters, and what moves, hides or reorders the text around it.
static bool is_hidden(uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0xAD || point == 0x61C || point == 0x180E ||
           (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F) ||
           point == 0xFEFF || (point >= 0xFFF0 && point <= 0xFFFB) || (point >= 0xE0000 && point <= 0xE0FFF) || point > 0x10FFFF;
}

static bool is_wide(uint32_t point) {
    return (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) || (point >= 0xAC00 && point <= 0xD7A3) ||
           (point >= 0xF900 && point <= 0xFAFF) || (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
           (point >= 0xFFE0 && point <= 0xFFE6) || (point >= 0x1F300 && point <= 0x1FAFF) || (point >= 0x20000 && point <= 0x3FFFD);
}

char *text_clean(struct arena *arena, const char *text, size_t len, bool ascii) {
    char *clean = arena_array(arena, len + 1, 3); // a byte becomes at most the three of U+FFFD
    size_t used = 0, step;
    uint32_t point;
    for (size_t at = 0; (step = text_decode(text + at, len - at, &point)) > 0; at += step) {
        if (point == '\n' || point == '\r' || point == '\t') {
            clean[used++] = ' ';
        } else if (is_hidden(point) || (ascii && point > 0x7E)) {
            const char *replacement = ascii ? "?" : "\xEF\xBF\xBD";
            memcpy(clean + used, replacement, strlen(replacement));
            used += strlen(replacement);
        } else {
            memcpy(clean + used, text + at, step);
            used += step;
        }
    }
    return clean;
}

// Bytes of the longest beginning that takes at most `columns`, and the columns it takes.
static size_t fitting(const char *text, int columns, int *ret_taken) {
    size_t at = 0, step, len = strlen(text);
    int taken = 0;
    uint32_t point;
    while ((step = text_decode(text + at, len - at, &point)) > 0) {
        int wide = is_wide(point) ? 2 : 1;
        if (taken + wide > columns) break;
        taken += wide;
        at += step;
    }
    *ret_taken = taken;
    return at;
}

int text_columns(const char *text) {
    int columns;
    fitting(text, 1 << 30, &columns);
    return columns;
}

const char *text_cut(const struct text_out *to, const char *text, int columns) {
    int taken;
    size_t len = fitting(text, columns, &taken);
    if (text[len] == '\0') return text;
    if (columns < 1) return "";
    len = fitting(text, columns - 1, &taken);
    return arena_printf(to->arena, "%.*s%s", (int)len, text, to->style->ascii ? "~" : "…");
}

const char *text_cut_name(const struct text_out *to, const char *name, int columns) {
    int all = text_columns(name), head, skipped;
    uint32_t point;
    if (all <= columns || columns < 3) return text_cut(to, name, columns);
    size_t len = fitting(name, (columns - 1) / 2, &head);
    int skip = all - (columns - 1 - head);
    const char *tail = name + fitting(name, skip, &skipped);
    if (skipped < skip) tail += text_decode(tail, strlen(tail), &point); // a wide character over the edge
    return arena_printf(to->arena, "%.*s%s%s", (int)len, name, to->style->ascii ? "~" : "…", tail);
}

static bool line_is_blank(const struct buf *out) {
    size_t at = out->len;
    while (at > 0 && out->data[at - 1] == ' ') at--;
    return at == 0 || out->data[at - 1] == '\n';
}

static const char *no_command(const struct text_out *to, const char *text) {
    if (strncmp(text + strspn(text, " "), "::", 2) == 0 && line_is_blank(to->out)) text = arena_printf(to->arena, "\\%s", text);
    for (const char *at = text; (at = strstr(at, "##")) != NULL; at++) {
        if (at[2] != '[' && strncmp(at + 2, "vso[", 4) != 0) continue;
        size_t sign = (size_t)(at - text) + 1;
        text = arena_printf(to->arena, "%.*s\\%s", (int)sign, text, text + sign);
        at = text + sign;
    }
    return text;
}

void text_put(struct text_out *to, enum text_paint paint, const char *text) {
    if (*text == '\0') return;
    text = no_command(to, text);
    bool painted = to->style->color && paint != PAINT_NONE;
    if (painted) buf_printf(to->out, "\x1b[%sm", paint_codes[paint]);
    buf_str(to->out, text);
    if (painted) buf_str(to->out, "\x1b[0m");
    to->column += text_columns(text);
}

void text_tab(struct text_out *to, int column) {
    if (column <= to->column) return;
    buf_repeat(to->out, ' ', (size_t)(column - to->column));
    to->column = column;
}

void text_cell(struct text_out *to, enum text_paint paint, const char *text, int columns) {
    int end = to->column + columns;
    text_put(to, paint, text_cut(to, text, columns));
    text_tab(to, end);
}

void text_cell_right(struct text_out *to, enum text_paint paint, const char *text, int columns) {
    const char *shown = text_cut(to, text, columns);
    text_tab(to, to->column + columns - text_columns(shown));
    text_put(to, paint, shown);
}

void text_newline(struct text_out *to) {
    while (!to->out->failed && to->out->len > 0 && to->out->data[to->out->len - 1] == ' ') to->out->data[--to->out->len] = '\0';
    buf_char(to->out, '\n');
    to->column = 0;
}

void text_prose(struct text_out *to, int indent, enum text_paint paint, const char *text) {
    text_tab(to, indent);
    bool fresh = to->column <= indent;
    const char *line = ""; // what is still to be put at the cursor
    size_t len;
    for (text += strspn(text, " "); (len = strcspn(text, " ")) > 0; text += len, text += strspn(text, " ")) {
        const char *word = arena_strndup(to->arena, text, len);
        int columns = text_columns(word), left = to->width - to->column - text_columns(line);
        if (!fresh && columns + 1 > left && (columns <= to->width - indent || left < 2)) {
            text_put(to, paint, line);
            text_newline(to);
            text_tab(to, indent);
            line = "";
            fresh = true;
        }
        line = fresh ? word : arena_printf(to->arena, "%s %s", line, word);
        fresh = false;
        while (text_columns(line) > to->width - to->column) { // a word longer than a line
            int taken;
            size_t fits = fitting(line, to->width - to->column, &taken);
            text_put(to, paint, arena_strndup(to->arena, line, fits));
            text_newline(to);
            text_tab(to, indent);
            line += fits;
        }
    }
    text_put(to, paint, line);
}

void text_piece(struct text_out *to, int indent, enum text_paint paint, const char *text) {
    text_tab(to, indent);
    if (to->column > indent) {
        if (to->column + 3 + text_columns(text) <= to->width) {
            text_put(to, PAINT_DIM, " |");
        } else {
            text_newline(to);
        }
    }
    text_prose(to, indent, paint, text);
}

const char *text_arrow(const struct text_out *to) {
    return to->style->ascii ? "->" : "→";
}

const char *text_symbol(const struct text_out *to, enum text_state state) {
    return to->style->ascii ? state_looks[state].word : state_looks[state].symbol;
}

const char *text_verdict(const struct text_out *to, enum text_state state, const char *word) {
    char *upper = arena_strdup(to->arena, word);
    for (char *at = upper; *at != '\0'; at++) {
        if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
    }
    return to->style->ascii ? upper : arena_printf(to->arena, "%s %s", text_symbol(to, state), upper);
}

int text_symbol_columns(const struct text_out *to) {
    return to->style->ascii ? 6 : 1;
}

enum text_paint text_state_paint(enum text_state state) {
    return state_looks[state].paint;
}

const char *text_sparkline(const struct text_out *to, const double values[TEXT_TREND], double lo, double hi) {
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const letters[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
    const char *const *levels = to->style->ascii ? letters : blocks;
    double least = 0.5 * fmax(fabs(lo), fabs(hi)), range = hi - lo;
    if (range < least) {
        lo -= (least - range) / 2;
        range = least;
    }
    struct buf line;
    buf_init(&line, 8 * TEXT_TREND);
    for (size_t i = 0; i < TEXT_TREND; i++) {
        double share = range > 0 ? (values[i] - lo) / range : 0.3;
        buf_str(&line, isnan(values[i]) ? " " : levels[(int)fmin(7, fmax(0, floor(share * 8)))]);
    }
    return arena_take(to->arena, &line);
}
