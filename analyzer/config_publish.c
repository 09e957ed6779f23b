// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_publish.h"

#include <string.h>
#include <strings.h>

#include "analyzer/publish_config.h"
#include "base/http.h"
#include "config_template.h"
#include "placeholder.h"

#define MOST_TARGETS 64
#define MOST_GROUP ((size_t)256)
#define RESEND_MS INT64_C(300000)

struct list { // of targets of one kind
    enum publish_kind kind;
    const struct config_key *keys;
    size_t key_count;
};

static void read_url(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    const char *text = NULL;
    struct error err;
    struct buf url;
    config_text(r, node, path, &text);
    if (text == NULL) return;
    buf_init(&url, 4096);
    if (!placeholder_expand(&url, view_of(text), &r->config->vars, NULL, &err)) {
        config_error(r, node, path, "%s", err.text);
    } else if (url.failed) {
        config_error(r, node, path, "the URL is longer than %zu bytes", url.limit);
    } else if (strncmp(buf_text(&url), "http://", 7) != 0 && strncmp(buf_text(&url), "https://", 8) != 0) {
        config_error(r, node, path, "expected a URL that begins with http:// or https://, found %s", buf_text(&url));
    } else {
        *(const char **)field = arena_strdup(r->arena, buf_text(&url));
    }
    buf_finish(&url);
}

static void read_group(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    const char *text = NULL;
    struct error err;
    struct buf group;
    config_text(r, node, path, &text);
    if (text == NULL) return;
    buf_init(&group, MOST_GROUP);
    if (!placeholder_expand(&group, view_of(text), &r->config->vars, NULL, &err)) {
        config_error(r, node, path, "%s", err.text);
    } else if (group.failed || group.len == 0) {
        config_error(r, node, path, "a group is a text of 1 to %zu bytes", group.limit);
    } else {
        *(const char **)field = arena_strdup(r->arena, buf_text(&group));
    }
    buf_finish(&group);
}

static void read_base_url(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct error err;
    const char *url = NULL;
    read_url(r, node, path, &url);
    if (url != NULL && !http_url_check(url, &err)) config_error(r, node, path, "%s", err.text);
    *(const char **)field = url;
}

static void read_on(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"pass",        "marginal",   "fail",    "inconclusive", "error",           "verdict",
                                        "no_data",     "resolved",   "started", "look_failed",  "approval_needed", "cancelled",
                                        "gate_opened", "gate_closed"};
    config_texts(r, node, path, field);
    for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
        struct config_path here = {path, NULL, i};
        config_read_word(r, node->items[i], &here, words, sizeof words / sizeof words[0], 0);
    }
    if (node->kind != YAML_LIST) config_read_word(r, node, path, words, sizeof words / sizeof words[0], 0);
}

static void read_format(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"standard", "cloudevents",  "cloudevents_binary",
                                        "cdevents", "cdevents_0.4", "slack"}; // in the order of enum webhook_format
    *(enum webhook_format *)field = (enum webhook_format)config_read_word(r, node, path, words, sizeof words / sizeof words[0], 0);
}

static void read_protocol(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"1.0", "2.0", "auto"}; // in the order of enum remote_write_protocol
    *(enum remote_write_protocol *)field =
        (enum remote_write_protocol)config_read_word(r, node, path, words, sizeof words / sizeof words[0], 0);
}

// Headers that serin sets itself could otherwise be sent twice, or a signature be forged.
static void read_headers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const own[] = {"Content-Type",      "Content-Length",    "Content-Encoding", "Host",
                                      "Transfer-Encoding", "Connection",        "User-Agent",       "X-Prometheus-Remote-Write-Version",
                                      "webhook-id",        "webhook-timestamp", "webhook-signature"};
    static const char *const secret[] = {"Authorization", "Proxy-Authorization", "Cookie"};
    config_name_values(r, node, path, field);
    const struct name_values *headers = field;
    for (size_t i = 0; i < headers->count; i++) {
        if (strncasecmp(headers->items[i].name, "ce-", 3) == 0)
            config_error(r, node, path, "%s is set by serin itself", headers->items[i].name);
        for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
            if (strcasecmp(headers->items[i].name, own[k]) == 0) config_error(r, node, path, "%s is set by serin itself", own[k]);
        }
        for (size_t k = 0; k < sizeof secret / sizeof secret[0]; k++) {
            if (strcasecmp(headers->items[i].name, secret[k]) == 0)
                config_error(r, node, path, "%s is a secret and does not belong into a config; use a file of the target", secret[k]);
        }
    }
}

static bool is_label_name(const char *name) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    if (strspn(name, letters) == 0 || strncmp(name, "__", 2) == 0) return false;
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] == '\0';
}

static void read_labels(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const own[] = {"alertname", "canary", "metric", "tags", "group"};
    config_name_values(r, node, path, field);
    const struct name_values *labels = field;
    for (size_t i = 0; i < labels->count; i++) {
        const char *name = labels->items[i].name;
        if (!is_label_name(name)) config_error(r, node, path, "%s cannot be the name of a label", name);
        for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
            if (strcmp(name, own[k]) == 0) config_error(r, node, path, "the label %s is set by serin itself", name);
        }
    }
}

#define AT(member) offsetof(struct publish_target, member)
#define SIGN_IN                                                                                                                            \
    {"username", config_text, AT(username), false}, {"password_file", config_text, AT(password_file), false},                              \
        {"bearer_token_file", config_text, AT(bearer_token_file), false}, {"headers", read_headers, AT(headers), false},                   \
        {"ca_file", config_text, AT(ca_file), false}, {"cert_file", config_text, AT(cert_file), false}, {                                  \
        "key_file", config_text, AT(key_file), false                                                                                       \
    }
static const struct config_key alertmanager_keys[] = {
    {"url", read_base_url, AT(url), true},      {"tenant", config_text, AT(tenant), false},
    {"labels", read_labels, AT(labels), false}, {"resend", config_duration, AT(resend_ms), false},
    {"group", read_group, AT(group), false},    SIGN_IN,
};
static const struct config_key webhook_keys[] = {
    {"url", read_url, AT(url), false},
    {"url_file", config_text, AT(url_file), false},
    {"format", read_format, AT(format), false},
    {"secret_file", config_texts, AT(secret_files), false},
    {"on", read_on, AT(on), false},
    {"group", read_group, AT(group), false},
    {"template", config_read_template, 0, false},
    SIGN_IN,
};
static const struct config_key remote_write_keys[] = {
    {"url", read_url, AT(url), true},
    {"tenant", config_text, AT(tenant), false},
    {"labels", read_labels, AT(labels), false},
    {"protocol", read_protocol, AT(protocol), false},
    SIGN_IN,
};
#undef SIGN_IN
#undef AT

static void check_target(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                         const struct publish_target *target) {
    bool cdevents = target->format == WEBHOOK_CDEVENTS || target->format == WEBHOOK_CDEVENTS_0_4;
    if (target->kind == PUBLISH_WEBHOOK && node->kind == YAML_MAP && (target->url == NULL) == (target->url_file == NULL))
        config_error(r, node, path, "needs url or url_file, one of them");
    if (target->template_parts != NULL && target->format != WEBHOOK_SLACK)
        config_error(r, node, path, "template is the text of a message: it needs format: slack");
    for (size_t i = 0; cdevents && i < target->on.count; i++) {
        const char *on = target->on.items[i];
        bool none = strcmp(on, "look_failed") == 0 || strcmp(on, "approval_needed") == 0;
        if (none) config_error(r, node, path, "CDEvents has no event for %s", on);
    }
    if (target->username != NULL && target->bearer_token_file != NULL)
        config_error(r, node, path, "of username and bearer_token_file only one can be used");
    if (target->password_file != NULL && target->username == NULL) config_error(r, node, path, "password_file needs a username");
    if ((target->cert_file == NULL) != (target->key_file == NULL)) config_error(r, node, path, "cert_file and key_file go together");
}

static void read_targets(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, const struct list *list,
                         struct publish_config *publish) {
    size_t had = publish->target_count;
    if (node->kind != YAML_LIST) {
        config_error(r, node, path, "expected a list, found %s", yaml_kind_name(node));
        return;
    }
    if (had + node->count > MOST_TARGETS) {
        config_error(r, node, path, "more than %d receivers", MOST_TARGETS);
        return;
    }
    struct publish_target *all = arena_array(r->arena, had + node->count, sizeof *all);
    if (had > 0) memcpy(all, publish->targets, had * sizeof *all);
    for (size_t i = 0; i < node->count; i++) {
        struct config_path here = {path, NULL, i};
        struct publish_target *target = &all[had + i];
        target->kind = list->kind;
        target->resend_ms = RESEND_MS;
        target->key = arena_printf(r->arena, "publish.%s[%zu]", path->key, i);
        config_read_map(r, node->items[i], &here, list->keys, list->key_count, target);
        check_target(r, node->items[i], &here, target);
    }
    publish->targets = all;
    publish->target_count = had + node->count;
}

static void read_alertmanagers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *publish) {
    static const struct list list = {PUBLISH_ALERTMANAGER, alertmanager_keys, sizeof alertmanager_keys / sizeof alertmanager_keys[0]};
    read_targets(r, node, path, &list, publish);
}

static void read_webhooks(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *publish) {
    static const struct list list = {PUBLISH_WEBHOOK, webhook_keys, sizeof webhook_keys / sizeof webhook_keys[0]};
    read_targets(r, node, path, &list, publish);
}

static void read_remote_write(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *publish) {
    static const struct list list = {PUBLISH_REMOTE_WRITE, remote_write_keys, sizeof remote_write_keys / sizeof remote_write_keys[0]};
    read_targets(r, node, path, &list, publish);
}

static void read_deadline(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    int64_t *ms = field;
    config_duration(r, node, path, ms);
    if (*ms > PUBLISH_LONGEST_MS) config_error(r, node, path, "must be at most 1m");
}

void config_read_publish(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"deadline", read_deadline, offsetof(struct publish_config, deadline_ms), false},
        {"link", read_url, offsetof(struct publish_config, link), false},
        {"alertmanagers", read_alertmanagers, 0, false},
        {"webhooks", read_webhooks, 0, false},
        {"remote_write", read_remote_write, 0, false},
    };
    struct publish_config *publish = arena_alloc(r->arena, sizeof *publish);
    publish->deadline_ms = PUBLISH_DEADLINE_MS;
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], publish);
    *(struct publish_config **)field = publish;
}
