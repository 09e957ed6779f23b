// SPDX-License-Identifier: GPL-3.0-or-later
// Reports for people and for programs, rendered from one result document (schema "serin.result/1"), so that no two
// of them can disagree.
#ifndef EXPORTERS_REPORT_H
#define EXPORTERS_REPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

struct report_style {
    bool color;   // SGR escapes; without it the text holds no escape byte
    bool ascii;   // only ASCII: words for symbols, "->" for arrows
    int width;    // columns of the output; below 80 the layout is that of 80
    bool quiet;   // the first line only
    bool verbose; // adds reasons of every metric, folded groups, queries and times
};

// Appends the report for a terminal or a log. False when the document lacks a member the report needs, has one of a
// wrong type (err names its place), or `out` is full; what was appended by then is to be thrown away.
bool report_text(struct buf *out, const json_t *result, const struct report_style *style, struct error *err);

// Appends the document itself: indented by 2, keys in the order of the document, numbers in the shortest text that
// reads back, a line feed at the end. False for a tree deeper than 64 levels, text that is not UTF-8, or a full `out`.
bool report_json(struct buf *out, const json_t *result, struct error *err);

// The same for any object, in one line.
bool report_json_line(struct buf *out, const json_t *document, struct error *err);

#endif
