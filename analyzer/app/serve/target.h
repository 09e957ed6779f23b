// SPDX-License-Identifier: GPL-3.0-or-later
// The target of a request line, taken apart into path and query.
#ifndef SERVE_TARGET_H
#define SERVE_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/view.h"

#define TARGET_MOST_BYTES ((size_t)4096)
#define TARGET_MOST_PARAMETERS 64

struct target_parameter {
    struct view name, value; // decoded, NUL-terminated
};

struct target {
    struct view authority; // of a target with scheme, "host:port"; ptr NULL: none
    struct view path;      // still percent-encoded; borrowed from the text
    struct target_parameter *parameters;
    size_t count;
};

// Takes a target apart, into the arena. False with *ret_why, a sentence for the client, when it is malformed: neither a path nor a
// http URL, a query that does not decode, a parameter twice, too many of them. Pure.
bool target_parse(struct view text, struct arena *arena, struct target *ret_target, const char **ret_why);

// NULL when absent.
const char *target_value(const struct target *target, const char *name);

#endif
