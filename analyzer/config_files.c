// SPDX-License-Identifier: GPL-3.0-or-later
// Goes by the names of keys, wherever they stand: all keys for files end in _file or _files, but for "priors".
#include "analyzer/config_files.h"

#include <string.h>

#include "base/yaml.h"
#include "texts.h"

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

struct search {
    bool secret;
    struct arena *arena;
    struct texts found;
};

static bool holds_secret(const struct yaml_node *node) {
    for (size_t i = 0; node->kind != YAML_SCALAR && i < node->count; i++) {
        const struct yaml_node *inner = node->kind == YAML_LIST ? node->items[i] : node->pairs[i].value;
        const char *key = node->kind == YAML_LIST ? "" : node->pairs[i].key->text;
        if (is_for_files(key) || strcmp(key, "headers") == 0 || holds_secret(inner)) return true;
    }
    return false;
}

// Where the path begins, and with it what cannot move a URL to another server; all of it when no scheme is to be seen.
static size_t host_end(const char *url) {
    const char *scheme = strstr(url, "://");
    return scheme != NULL ? (size_t)(scheme - url) + 3 + strcspn(scheme + 3, "/?#") : strlen(url);
}

static void take_variables(struct search *search, const char *url) {
    size_t end = host_end(url);
    for (const char *at = strstr(url, "${"); at != NULL && (size_t)(at - url) < end; at = strstr(at + 2, "${")) {
        texts_add(&search->found, search->arena, arena_strndup(search->arena, at + 2, strcspn(at + 2, "}")));
    }
}

static void search_node(struct search *search, const struct yaml_node *node) {
    const struct yaml_node *url = yaml_get(node, "url");
    if (url != NULL && url->kind == YAML_SCALAR && (!search->secret || holds_secret(node))) take_variables(search, url->text);
    for (size_t i = 0; node->kind != YAML_SCALAR && i < node->count; i++)
        search_node(search, node->kind == YAML_LIST ? node->items[i] : node->pairs[i].value);
}

struct texts config_server_vars(struct view text, const char *file, bool secret, struct arena *arena) {
    struct search search = {.secret = secret, .arena = arena};
    struct findings unread;
    struct yaml_node *root;
    findings_init(&unread, arena);
    if (yaml_parse(text, file, arena, &unread, &root)) search_node(&search, root);
    findings_finish(&unread);
    return search.found;
}
