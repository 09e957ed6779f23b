// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_publish.h"

#include <string.h>

#include "texts.h"

struct target { // of any kind; only checked
    const char *url, *secret_file, *bearer_token_file, *username, *password_file, *tenant;
    struct texts on;
    struct name_values labels, headers;
};

static void notice(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, const char *text) {
    texts_add(&r->config->notices, r->arena, text);
    config_warn(r, node, path, "%s", text);
}

static void read_url(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    config_text(r, node, path, field);
    const char *url = *(const char **)field;
    if (url == NULL || strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0 || strncmp(url, "${", 2) == 0) return;
    config_error(r, node, path, "expected a URL that begins with http:// or https://, found %s", url);
}

static void read_on(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"pass", "marginal", "fail", "inconclusive", "error"};
    config_texts(r, node, path, field);
    for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
        struct config_path here = {path, NULL, i};
        config_read_word(r, node->items[i], &here, words, sizeof words / sizeof words[0], 0);
    }
}

#define AT(member) offsetof(struct target, member)
static const struct config_key alertmanager_keys[] = {
    {"url", read_url, AT(url), true},
    {"labels", config_name_values, AT(labels), false},
    {"username", config_text, AT(username), false},
    {"password_file", config_text, AT(password_file), false},
    {"bearer_token_file", config_text, AT(bearer_token_file), false},
    {"headers", config_name_values, AT(headers), false},
};
static const struct config_key webhook_keys[] = {
    {"url", read_url, AT(url), true},
    {"secret_file", config_text, AT(secret_file), false},
    {"on", read_on, AT(on), false},
    {"headers", config_name_values, AT(headers), false},
};
static const struct config_key remote_write_keys[] = {
    {"url", read_url, AT(url), true},
    {"tenant", config_text, AT(tenant), false},
    {"labels", config_name_values, AT(labels), false},
    {"username", config_text, AT(username), false},
    {"password_file", config_text, AT(password_file), false},
    {"bearer_token_file", config_text, AT(bearer_token_file), false},
    {"headers", config_name_values, AT(headers), false},
};
#undef AT

static void read_targets(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                         const struct config_key *keys, size_t key_count) {
    if (node->kind != YAML_LIST) {
        config_error(r, node, path, "expected a list, found %s", yaml_kind_name(node));
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        struct config_path here = {path, NULL, i};
        struct target target = {0};
        config_read_map(r, node->items[i], &here, keys, key_count, &target);
    }
    notice(r, node, path, arena_printf(r->arena, "publish.%s is accepted, but this build does not send to it", path->key));
}

static void read_alertmanagers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    (void)field;
    read_targets(r, node, path, alertmanager_keys, sizeof alertmanager_keys / sizeof alertmanager_keys[0]);
}

static void read_webhooks(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    (void)field;
    read_targets(r, node, path, webhook_keys, sizeof webhook_keys / sizeof webhook_keys[0]);
}

static void read_remote_write(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    (void)field;
    read_targets(r, node, path, remote_write_keys, sizeof remote_write_keys / sizeof remote_write_keys[0]);
}

void config_read_publish(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *config) {
    static const struct config_key keys[] = {
        {"alertmanagers", read_alertmanagers, 0, false},
        {"webhooks", read_webhooks, 0, false},
        {"remote_write", read_remote_write, 0, false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], config);
}
