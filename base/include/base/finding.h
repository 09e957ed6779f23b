// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong in a file that a person wrote, with its place. Readers collect all findings and go on where they can,
// so that one run tells everything.
#ifndef BASE_FINDING_H
#define BASE_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

enum finding_level { FINDING_ERROR, FINDING_WARNING };

struct finding {
    enum finding_level level;
    const char *file; // as the caller named it
    int line, column; // from 1; 0 when the finding has no place
    const char *key;  // dotted path of the key, "metrics[2].tolerance"; "" for the whole file
    const char *text; // what is wrong, what was expected, what to do
};

struct findings {
    struct arena *arena;    // borrowed; holds the texts
    struct finding *items;
    size_t count, cap;
    size_t errors;          // how many of them are errors
};

void findings_init(struct findings *findings, struct arena *arena);
void findings_finish(struct findings *findings);

// Adds one finding; file and key are copied. At most 1,000 are kept, further ones are only counted as errors.
__attribute__((format(printf, 7, 8))) void findings_add(struct findings *findings, enum finding_level level, const char *file, int line,
                                                        int column, const char *key, const char *format, ...);

// One line each: "file:line:column: error: key: text".
void findings_print(const struct findings *findings, struct buf *out);

#endif
