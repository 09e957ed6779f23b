// SPDX-License-Identifier: GPL-3.0-or-later
// Parses JSON from outside: strictly, and with limits that hold before memory is spent on it.
#ifndef SERVE_JSON_TEXT_H
#define SERVE_JSON_TEXT_H

#include <jansson.h>

#include "base/error.h"
#include "base/view.h"

#define JSON_MOST_DEPTH 32
#define JSON_MOST_VALUES 50000

// The caller owns the result. NULL with err (ERROR_DATA, with line and column; ERROR_LIMIT): no JSON text, bad UTF-8, a key twice in
// an object, NUL in a text, lists and objects deeper than JSON_MOST_DEPTH, more than JSON_MOST_VALUES values. Pure.
json_t *json_text_parse(struct view text, struct error *err);

#endif
