// SPDX-License-Identifier: GPL-3.0-or-later
// How text looks in a terminal: states as shape, word and colour; widths; cutting, wrapping and sparklines.
// Everything that came from outside goes through text_clean() before it gets here.
#ifndef EXPORTERS_TEXT_STYLE_H
#define EXPORTERS_TEXT_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "exporters/report.h"

#define TEXT_TREND 16 // columns of a sparkline

enum text_state {
    TEXT_PASS,
    TEXT_MARGINAL,
    TEXT_FAIL,
    TEXT_INCONCLUSIVE,
    TEXT_NODATA,
    TEXT_QUARANTINED, // judged, but muted
    TEXT_ERROR,
};

enum text_paint {
    PAINT_NONE,
    PAINT_BOLD,
    PAINT_DIM,
    PAINT_PASS,
    PAINT_MARGINAL,
    PAINT_FAIL,
    PAINT_NODATA,
    PAINT_ERROR,
    PAINT_BASELINE, // the sides have colours of their own: green, amber and red are for states
    PAINT_CANARY,
};

struct text_out {
    struct buf *out;
    const struct report_style *style;
    int width;           // at least 80
    int column;          // where the cursor is, from 0
    struct arena *arena; // strings made on the way
};

// The next code point of UTF-8 text and how many bytes it takes; 0 bytes at the end, 1 byte and UINT32_MAX for a
// byte that is not UTF-8.
size_t text_decode(const char *text, size_t len, uint32_t *ret_point);

// A copy without control, escape, bidirectional and invisible characters (each becomes a replacement, white space a
// blank); with `ascii` everything beyond ASCII becomes "?".
char *text_clean(struct arena *arena, const char *text, size_t len, bool ascii);

int text_columns(const char *text); // of clean text; East Asian wide characters and emoji take two

// The text when it fits into `columns`, else its beginning with an ellipsis ("~" in ASCII).
const char *text_cut(const struct text_out *to, const char *text, int columns);

// The same for names, whose ends tell them apart: what is left out is in the middle.
const char *text_cut_name(const struct text_out *to, const char *name, int columns);

// A backslash goes into what the log of a pipeline would take for a command: "::" at the beginning of a line, "##[" and "##vso[".
void text_put(struct text_out *to, enum text_paint paint, const char *text);
void text_cell(struct text_out *to, enum text_paint paint, const char *text, int columns);       // cut, padded on the right
void text_cell_right(struct text_out *to, enum text_paint paint, const char *text, int columns); // cut, padded on the left
void text_tab(struct text_out *to, int column);                                                  // blanks up to a column
void text_newline(struct text_out *to);                                                          // drops trailing blanks

// Words wrapped at the width, continued at `indent`; a word longer than a line is broken. Starts at the cursor, with a
// blank before the first word unless the cursor is at `indent` or before.
void text_prose(struct text_out *to, int indent, enum text_paint paint, const char *text);

// The same for one piece of a list divided by " | ": a piece that does not fit begins a line.
void text_piece(struct text_out *to, int indent, enum text_paint paint, const char *text);

const char *text_arrow(const struct text_out *to);
const char *text_symbol(const struct text_out *to, enum text_state state); // one column, or a word in ASCII
const char *text_verdict(const struct text_out *to, enum text_state state, const char *word); // "✖ FAIL" of "fail"; "FAIL" in ASCII
int text_symbol_columns(const struct text_out *to);                        // of the widest symbol
enum text_paint text_state_paint(enum text_state state);

// TEXT_TREND columns for values from the scale lo..hi; NaN is a gap. A range small against its values is not blown up.
const char *text_sparkline(const struct text_out *to, const double values[TEXT_TREND], double lo, double hi);

#endif
