// SPDX-License-Identifier: GPL-3.0-or-later
// What people give with a decision: names and reasons, which end up in logs and terminals of others.
#ifndef ANALYZER_PERSON_TEXT_H
#define ANALYZER_PERSON_TEXT_H

#include <stddef.h>

#include "base/error.h"

#define PERSON_NAME_BYTES 200
#define PERSON_REASON_BYTES 1000

// Whether the text is one line of UTF-8 that shows what it is: not empty nor blank, at most `most` bytes, no control, bidirectional or
// invisible characters. `what` names it in the error (ERROR_USAGE).
bool person_text_check(const char *what, const char *text, size_t most, struct error *err);

#endif
