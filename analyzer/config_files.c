// SPDX-License-Identifier: GPL-3.0-or-later
// Goes by the names of keys, wherever they stand: all keys for files end in _file or _files, but for "priors".
#include "analyzer/config_files.h"

#include <string.h>

#include "base/yaml.h"

struct walk {
    const char *file;
    struct findings *findings;
};

static bool ends_with(const char *text, const char *end) {
    size_t len = strlen(text), cut = strlen(end);
    return len >= cut && strcmp(text + len - cut, end) == 0;
}

static bool is_for_files(const char *key) {
    return strcmp(key, "priors") == 0 || ends_with(key, "_file") || ends_with(key, "_files");
}

// The tree is at most 64 levels deep, see yaml_parse().
static void walk_node(const struct walk *walk, const struct yaml_node *node) {
    if (node->kind == YAML_SCALAR) return;
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == YAML_LIST) {
            walk_node(walk, node->items[i]);
            continue;
        }
        const struct yaml_pair *pair = &node->pairs[i];
        if (is_for_files(pair->key->text))
            findings_add(walk->findings, FINDING_ERROR, walk->file, pair->key->line, pair->key->column, pair->key->text,
                         "names a file of the server; only an admin may send such a config");
        walk_node(walk, pair->value);
    }
}

bool config_names_no_files(struct view text, const char *file, struct arena *arena, struct findings *findings) {
    struct walk walk = {file, findings};
    size_t errors = findings->errors;
    struct findings unread;
    struct yaml_node *root;
    findings_init(&unread, arena);
    if (yaml_parse(text, file, arena, &unread, &root)) walk_node(&walk, root);
    findings_finish(&unread);
    return findings->errors == errors;
}
