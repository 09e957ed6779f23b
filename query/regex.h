// SPDX-License-Identifier: GPL-3.0-or-later
// Private to query: whether a text is a regular expression as RE2 reads it, as far as brackets, repetitions and escapes
// tell. What it refuses every Prometheus refuses too; names of classes (\pN) are left to the server.
#ifndef QUERY_REGEX_H
#define QUERY_REGEX_H

#include <stdbool.h>

#include "base/view.h"

// NULL when it is one, else why not: a static text.
const char *regex_fault(struct view pattern);

#endif
