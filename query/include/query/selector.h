// SPDX-License-Identifier: GPL-3.0-or-later
// The little of PromQL that serin has to understand itself: whether an expression is a plain selector (and may be read
// raw), whether matchers are well formed, and how label matchers are written.
#ifndef QUERY_SELECTOR_H
#define QUERY_SELECTOR_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/view.h"

// True for `name`, `name{...}` or `{...}` without range, offset, @, function or operator; blanks around are allowed.
bool selector_is_plain(struct view expr);

enum matcher_type { MATCHER_EQUAL, MATCHER_NOT_EQUAL, MATCHER_REGEX, MATCHER_NOT_REGEX }; // numbered as on the wire

struct matcher {
    enum matcher_type type;
    struct view name, value; // what the strings stand for
};

// Takes a plain selector apart, into the arena: its name is a matcher of __name__. False when it is not plain.
bool selector_matchers(struct view expr, struct arena *arena, struct matcher **ret_matchers, size_t *ret_count);

// The next selector in an expression from byte *at on, without its window; *at moves past it. What stands in the lists of by, on and the
// like is none. False at the end, and where the expression cannot be read.
bool selector_next(struct view expr, size_t *at, struct view *ret);

// Checks every {...} matcher list in the expression: closed strings and braces, known operators, and for =~ and !~ that
// the pattern is a regular expression as RE2 reads it (as far as brackets, repetitions and escapes tell).
// Error text says what and at which byte.
bool selector_check_matchers(struct view expr, struct error *err);

// True when the expression looks at the window of a range query itself, so that asking for the window in pieces would change its
// values: start(), end(), range(), and the functions of MetricsQL that reach over the whole window. An expression that cannot be
// read counts too.
bool selector_sees_window(struct view expr);

// name="value", with value escaped as PromQL wants it (backslash, double quote, line feed).
void selector_matcher(struct buf *buf, const char *name, const char *op, const char *value);

#endif
