// SPDX-License-Identifier: GPL-3.0-or-later
// Reads maps of a YAML tree into structs by tables of keys, so that unknown keys, missing keys and wrong types are told the
// same way everywhere.
#ifndef ANALYZER_CONFIG_READER_H
#define ANALYZER_CONFIG_READER_H

#include "analyzer/config.h"
#include "base/yaml.h"

struct config_reader {
    struct arena *arena;
    struct findings *findings;
    struct canary_config *config;
    const struct config_overrides *overrides;
};

struct config_path { // dotted path of the key in hand, "metrics[2].counts.bad"
    const struct config_path *parent;
    const char *key; // NULL: an index
    size_t index;
};

// Reads `node` into the object's field; tells what is wrong through config_error().
typedef void config_read_fn(struct config_reader *reader, const struct yaml_node *node, const struct config_path *path, void *field);

struct config_key {
    const char *name;
    config_read_fn *read;
    size_t offset; // of the field in the object
    bool required;
};

__attribute__((format(printf, 4, 5))) void config_error(struct config_reader *reader, const struct yaml_node *node,
                                                        const struct config_path *path, const char *format, ...);
__attribute__((format(printf, 4, 5))) void config_warn(struct config_reader *reader, const struct yaml_node *node,
                                                       const struct config_path *path, const char *format, ...);

// "did you mean ...?" or the list of what is known, in the arena.
const char *config_known(struct config_reader *reader, const char *word, const char *const *words, size_t count);

void config_read_map(struct config_reader *reader, const struct yaml_node *node, const struct config_path *path,
                     const struct config_key *keys, size_t key_count, void *object);

// Reads a list of maps: allocates the elements, calls `read` for each. The result is in *ret_items and *ret_count.
void config_read_list(struct config_reader *reader, const struct yaml_node *node, const struct config_path *path, config_read_fn *read,
                      size_t size, void **ret_items, size_t *ret_count);

// The index of an unquoted or quoted word among `words`; an error and `otherwise` for anything else.
size_t config_read_word(struct config_reader *reader, const struct yaml_node *node, const struct config_path *path,
                        const char *const *words, size_t count, size_t otherwise);

// Field types.
config_read_fn config_text;       // const char *, not empty
config_read_fn config_texts;      // struct texts: a list of text, or one text
config_read_fn config_name_values; // struct name_values: a map of text, numbers or booleans
config_read_fn config_bool;       // bool
config_read_fn config_number;     // double
config_read_fn config_positive;   // double over 0
config_read_fn config_count;      // int64_t, 0 or more
config_read_fn config_percent;    // double in per cent: 85 or 85%, 0 to 100
config_read_fn config_duration;   // int64_t ms, over 0
config_read_fn config_min;        // struct limits
config_read_fn config_max;        // struct limits
config_read_fn config_ignore;     // checked elsewhere

// At least one bound, and min not over max.
void config_check_limits(struct config_reader *reader, const struct yaml_node *node, const struct config_path *path,
                         const struct limits *limits);

struct place config_place(const struct yaml_node *node);

#endif
