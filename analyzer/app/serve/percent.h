// SPDX-License-Identifier: GPL-3.0-or-later
// Percent-encoded text as URLs carry it.
#ifndef SERVE_PERCENT_H
#define SERVE_PERCENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/view.h"

// Decodes into the arena, NUL-terminated; `plus` makes a + a blank, as forms and queries have it. False for a % without two
// hexadecimal digits, for control characters (decoded or not) and for what is not UTF-8.
bool percent_decode(struct view text, bool plus, struct arena *arena, struct view *ret_text);

#endif
