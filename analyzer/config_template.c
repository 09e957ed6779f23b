// SPDX-License-Identifier: GPL-3.0-or-later
// Taken apart when the config is read, so that a value is never read as a placeholder.
#include "config_template.h"

#include <string.h>

#include "analyzer/publish_config.h"

enum { MOST_TEMPLATE = 4096, MOST_PARTS = 200, MOST_NAME = 100 };

const char *const publish_field_names[PUBLISH_FIELDS] = {"summary", "canary", "verdict", "score",   "exit_code", "reason", "metrics",
                                                         "start",   "end",    "owner",   "runbook", "link",      "run_id"};

// What the name stands for. False when it is unknown.
static bool find(const struct config_reader *r, const char *name, struct publish_part *ret_part) {
    for (int i = 0; i < PUBLISH_FIELDS; i++) {
        *ret_part = (struct publish_part){NULL, (enum publish_field)i};
        if (strcmp(name, publish_field_names[i]) == 0) return true;
    }
    for (size_t i = 0; i < r->config->vars.count; i++) {
        ret_part->text = r->config->vars.items[i].value;
        if (strcmp(name, r->config->vars.items[i].name) == 0) return true;
    }
    return false;
}

// The part that begins here; NULL when it cannot be used, which is told. Moves *at behind it.
static const char *read_part(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, const char *at,
                             struct publish_part *ret_part) {
    if (strncmp(at, "${", 2) != 0) {
        const char *end = strstr(at, "${");
        size_t len = end != NULL ? (size_t)(end - at) : strlen(at);
        *ret_part = (struct publish_part){arena_strndup(r->arena, at, len), PUBLISH_SUMMARY};
        return at + len;
    }
    const char *end = strchr(at, '}');
    if (end == NULL) {
        config_error(r, node, path, "the placeholder at byte %zu has no closing }", (size_t)(at - node->text));
        return NULL;
    }
    size_t len = (size_t)(end - at) - 2;
    const char *name = arena_strndup(r->arena, at + 2, len < MOST_NAME ? len : MOST_NAME);
    if (find(r, name, ret_part)) return end + 1;
    config_error(r, node, path, "unknown placeholder ${%s}; %s", name, config_known(r, name, publish_field_names, PUBLISH_FIELDS));
    return NULL;
}

void config_read_template(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct publish_target *target = object;
    const char *text = NULL;
    config_text(r, node, path, &text);
    if (text == NULL) return;
    if (strlen(text) > MOST_TEMPLATE) {
        config_error(r, node, path, "longer than %d bytes", MOST_TEMPLATE);
        return;
    }
    target->template_parts = arena_array(r->arena, MOST_PARTS, sizeof *target->template_parts);
    for (const char *at = text; at != NULL && *at != '\0';) {
        if (target->template_count == MOST_PARTS) {
            config_error(r, node, path, "more than %d placeholders", MOST_PARTS / 2);
            return;
        }
        at = read_part(r, node, path, at, &target->template_parts[target->template_count++]);
    }
}
