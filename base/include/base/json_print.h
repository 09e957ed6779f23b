// SPDX-License-Identifier: GPL-3.0-or-later
// The one printer of documents: what a report shows is what the store keeps, number for number.
#ifndef BASE_JSON_PRINT_H
#define BASE_JSON_PRINT_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/view.h"

enum json_layout {
    JSON_LINE,  // no blanks
    JSON_LINES, // a member or element a line, indented by 2
};

// Appends any value: keys in the order of the document, numbers in the shortest text that reads back (not finite ones as texts), no
// line feed at the end. False for a tree deeper than 64 levels (ERROR_LIMIT), text that is not UTF-8 (ERROR_DATA), or a full `out`
// (ERROR_LIMIT); what was appended by then is to be thrown away. Pure.
bool json_print(struct buf *out, const json_t *value, enum json_layout layout, struct error *err);

// Appends one text in quotes. False when it is not UTF-8; what was appended is to be thrown away then. Pure.
bool json_print_text(struct buf *out, struct view text);

#endif
