// SPDX-License-Identifier: GPL-3.0-or-later
// OpenSLO documents with their places, shared by the readers of SLOs and of their indicators.
#ifndef ANALYZER_OPENSLO_READER_H
#define ANALYZER_OPENSLO_READER_H

#include "analyzer/openslo.h"
#include "base/yaml.h"

struct openslo_document {
    const char *file, *kind, *name;
    const struct yaml_node *root;
};

struct openslo_reader {
    struct arena *arena;
    struct findings *findings;
    struct openslo_document *documents;
    size_t count;
};

struct openslo_at { // a node, and where it is: its document and dotted path
    const struct openslo_document *document;
    const struct yaml_node *node; // NULL: not there
    const char *path;
};

__attribute__((format(printf, 3, 4))) bool openslo_refuse(struct openslo_reader *r, struct openslo_at at, const char *format, ...); // false

// A member of a map; its node is NULL when it is not there, or null.
struct openslo_at openslo_get(struct openslo_reader *r, struct openslo_at at, const char *key);
struct openslo_at openslo_item(struct openslo_reader *r, struct openslo_at list, size_t i);

// The text of a scalar. Refuses what is none and, when it is needed, what is not there; NULL then.
const char *openslo_text(struct openslo_reader *r, struct openslo_at at, const char *key, bool needed);

// Refuses every key of a map that is not among the known ones, which end with NULL. False when one was refused, or it is no map.
bool openslo_keys(struct openslo_reader *r, struct openslo_at at, const char *const *known);

const struct openslo_document *openslo_find(const struct openslo_reader *r, const char *kind, const char *name); // NULL: not there

// "99.9" for 0.999, or for 99.9 when it is per cent already: exact, in decimals. NULL, refused, for what is no plain decimal from above 0
// to below 1 (100).
const char *openslo_percent(struct openslo_reader *r, struct openslo_at at, bool is_percent);

// A duration such as 5m, 1h30m or 4w. False, refused, for others.
bool openslo_duration(struct openslo_reader *r, struct openslo_at at, int64_t *ret_ms);

// An indicator as what an objective counts, for an objective with that operator and value (NULL: none).
bool openslo_indicator(struct openslo_reader *r, struct openslo_at spec, struct openslo_at objective, struct openslo_objective *ret);

#endif
