// SPDX-License-Identifier: GPL-3.0-or-later
// The short way to read the JSON that clients send nearly always: no escapes, no fractions, no mistakes.
#ifndef SERVE_JSON_PLAIN_H
#define SERVE_JSON_PLAIN_H

#include <jansson.h>

#include "base/view.h"

// What jansson makes of the text, which the caller owns; NULL when it is anything but plain, good or bad: escapes in texts, fractions,
// exponents, integers beyond 18 digits, a key twice, bounds of json_text.h that are passed, what is no JSON. Pure.
json_t *json_plain_parse(struct view text);

#endif
