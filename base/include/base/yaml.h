// SPDX-License-Identifier: GPL-3.0-or-later
// A YAML document (JSON is YAML too) as a tree whose nodes know their line and column. Aliases and tags are refused:
// a config needs neither, and aliases let a small file grow without bound.
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/finding.h"
#include "base/view.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_pair {
    struct yaml_node *key; // always a scalar
    struct yaml_node *value;
};

struct yaml_node {
    enum yaml_kind kind;
    int line, column;         // from 1
    bool quoted;              // scalar written in quotes: text, never a number, a boolean or null
    const char *text;         // scalar, NUL-terminated
    size_t len;
    size_t count;             // items or pairs
    struct yaml_node **items; // list
    struct yaml_pair *pairs;  // map, in the order of the file; no key twice
};

// Reads one document into the arena. False after at least one error went to findings (syntax, second document, alias,
// tag, duplicate key, depth over 64, over 100,000 nodes). `file` is used in findings only.
bool yaml_parse(struct view text, const char *file, struct arena *arena, struct findings *findings, struct yaml_node **ret_root);

// The same of a file of several documents, at most YAML_MOST_DOCUMENTS, as many programs write them; empty ones are left out.
#define YAML_MOST_DOCUMENTS 1000
bool yaml_parse_all(struct view text, const char *file, struct arena *arena, struct findings *findings, struct yaml_node ***ret_roots,
                    size_t *ret_count);

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key); // NULL when absent or map is no map
bool yaml_is_null(const struct yaml_node *node);                               // NULL node, or unquoted null, ~ or nothing
bool yaml_bool(const struct yaml_node *node, bool *ret);                       // unquoted true or false
bool yaml_number(const struct yaml_node *node, double *ret);                   // unquoted finite decimal number
const char *yaml_kind_name(const struct yaml_node *node);                      // "a number", "a list", ... for messages

#endif
