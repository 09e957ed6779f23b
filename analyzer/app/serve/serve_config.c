// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/serve_config.h"

#include <stdlib.h>
#include <string.h>

#include "base/http.h"
#include "config_reader.h"

#define DAY_MS INT64_C(86400000)

struct serve_config serve_config_default(void) {
    return (struct serve_config){
        .address = "127.0.0.1",
        .port = SERVE_DEFAULT_PORT,
        .store = "serin.db",
        .settle_ms = 60000,
        .log_level = LOG_LEVEL_INFO,
        .limits = listener_limits_default(),
        .open_analyses = 10000,
        .retention = {.age_ms = 90 * DAY_MS, .count = 1000, .audit_ms = 365 * DAY_MS, .evidence_bytes = INT64_C(1) << 30},
    };
}

bool serve_config_listen(const char *text, struct arena *arena, struct serve_config *config, struct error *err) {
    const char *colon = strrchr(text, ':');
    bool whole =
        colon == NULL || (strchr(text, ']') != NULL && strchr(text, ']') > colon) || (text[0] != '[' && strchr(text, ':') != colon);
    size_t len = whole ? strlen(text) : (size_t)(colon - text);
    char *end = NULL;
    long port = whole ? config->port : strtol(colon + 1, &end, 10);
    if (!whole && (colon[1] < '0' || colon[1] > '9' || *end != '\0' || port > 65535))
        return error_set(err, ERROR_CONFIG, "expected ADDRESS:PORT such as 127.0.0.1:%d, found %s", SERVE_DEFAULT_PORT, text);
    config->address = len > 0 ? arena_strndup(arena, text, len) : "127.0.0.1";
    config->port = (int)port;
    return true;
}

// Keys.

static void read_listen(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    const char *text = NULL;
    struct error err;
    config_text(r, node, path, &text);
    if (text != NULL && !serve_config_listen(text, r->arena, field, &err)) config_error(r, node, path, "%s", err.text);
}

bool serve_config_public_url(const char *text, struct arena *arena, struct serve_config *config, struct error *err) {
    if (!http_url_check(text, err)) return false;
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '/') len--;
    config->public_url = arena_strndup(arena, text, len);
    return true;
}

static void read_public_url(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    const char *text = NULL;
    struct error err;
    config_text(r, node, path, &text);
    if (text != NULL && !serve_config_public_url(text, r->arena, field, &err)) config_error(r, node, path, "%s", err.text);
}

static void read_tls(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"cert", config_text, offsetof(struct serve_config, cert_file), true},
        {"key", config_text, offsetof(struct serve_config, key_file), true},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

static void read_level(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"debug", "info", "warn", "error", "none"};
    *(enum log_level *)field = (enum log_level)config_read_word(r, node, path, words, 5, LOG_LEVEL_INFO);
}

static void read_format(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"logfmt", "json"};
    *(enum log_format *)field = (enum log_format)config_read_word(r, node, path, words, 2, LOG_FORMAT_LOGFMT);
}

static void read_log(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"format", read_format, offsetof(struct serve_config, log_format), false},
        {"level", read_level, offsetof(struct serve_config, log_level), false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

static void read_size(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    int64_t value = -1;
    config_count(r, node, path, &value);
    if (value == 0 || value > (int64_t)1 << 30) config_error(r, node, path, "must be 1 to %lld", 1LL << 30);
    if (value > 0) *(size_t *)field = (size_t)value;
}

// A limit that may be switched off: none, or a number over 0.
static void read_rate(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    if (node->kind == YAML_SCALAR && strcmp(node->text, "none") == 0) {
        *(double *)field = -1;
    } else {
        config_positive(r, node, path, field);
    }
}

static void read_limits(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"body", read_size, offsetof(struct serve_config, limits.body), false},
        {"connections", read_size, offsetof(struct serve_config, limits.connections), false},
        {"connections_per_address", read_size, offsetof(struct serve_config, limits.connections_per_address), false},
        {"rate", read_rate, offsetof(struct serve_config, limits.rate), false},
        {"burst", config_positive, offsetof(struct serve_config, limits.burst), false},
        {"failed_sign_ins", config_positive, offsetof(struct serve_config, limits.failed_sign_ins), false},
        {"request", config_duration, offsetof(struct serve_config, limits.request_ms), false},
        {"idle", config_duration, offsetof(struct serve_config, limits.idle_ms), false},
        {"open_analyses", config_count, offsetof(struct serve_config, open_analyses), false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

static void read_keep_time(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    if (node->kind == YAML_SCALAR && strcmp(node->text, "forever") == 0) {
        *(int64_t *)field = 0;
    } else {
        config_duration(r, node, path, field);
    }
}

static void read_retention(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"age", read_keep_time, offsetof(struct serve_retention, age_ms), false},
        {"count", config_count, offsetof(struct serve_retention, count), false},
        {"audit", read_keep_time, offsetof(struct serve_retention, audit_ms), false},
        {"evidence", config_count, offsetof(struct serve_retention, evidence_bytes), false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

static void read_sides(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"baseline", config_text, SIDE_BASELINE * sizeof(const char *), false},
        {"canary", config_text, SIDE_CANARY * sizeof(const char *), false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

static void read_schedule(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"canary", config_text, offsetof(struct serve_schedule, canary), true},
        {"every", config_duration, offsetof(struct serve_schedule, every_ms), true},
        {"vars", config_name_values, offsetof(struct serve_schedule, overrides.vars), false},
        {"sides", read_sides, offsetof(struct serve_schedule, overrides.sides), false},
    };
    struct serve_schedule *schedule = field;
    config_overrides_init(&schedule->overrides);
    schedule->place = config_place(node);
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], schedule);
    if (schedule->every_ms > 0 && schedule->every_ms < 60000) config_error(r, node, path, "every must be at least 1m");
}

static void read_schedules(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct serve_config *config = field;
    void *items = NULL;
    config_read_list(r, node, path, read_schedule, sizeof *config->schedules, &items, &config->schedule_count);
    config->schedules = items;
}

static const struct config_key top_keys[] = {
    {"listen", read_listen, 0, false},
    {"open_to_world", config_bool, offsetof(struct serve_config, open_to_world), false},
    {"tls", read_tls, 0, false},
    {"client_ca", config_text, offsetof(struct serve_config, client_ca_file), false},
    {"tokens", config_text, offsetof(struct serve_config, token_file), false},
    {"store", config_text, offsetof(struct serve_config, store), false},
    {"config_dir", config_text, offsetof(struct serve_config, config_dir), false},
    {"public_url", read_public_url, 0, false},
    {"workers", config_count, offsetof(struct serve_config, workers), false},
    {"settle", config_duration, offsetof(struct serve_config, settle_ms), false},
    {"log", read_log, 0, false},
    {"limits", read_limits, 0, false},
    {"retention", read_retention, offsetof(struct serve_config, retention), false},
    {"schedules", read_schedules, 0, false},
};

bool serve_config_read(struct view text, const char *file, struct arena *arena, struct findings *findings, struct serve_config *config) {
    struct canary_config place = {.file = file}; // the readers take the file's name from there
    struct config_reader reader = {.arena = arena, .findings = findings, .config = &place};
    struct yaml_node *root = NULL;
    size_t before = findings->errors;
    config->file = arena_strdup(arena, file);
    if (!yaml_parse(text, file, arena, findings, &root)) return false;
    if (!yaml_is_null(root)) config_read_map(&reader, root, NULL, top_keys, sizeof top_keys / sizeof top_keys[0], config);
    if (config->workers > 1024) config_error(&reader, root, NULL, "workers: at most 1024");
    return findings->errors == before;
}

void serve_config_environment(struct serve_config *config) {
    const char *store = getenv("SERIN_STORE"), *tokens = getenv("SERIN_TOKENS");
    if (store != NULL && *store != '\0') config->store = store;
    if (tokens != NULL && *tokens != '\0') config->token_file = tokens;
}

struct listener_options serve_config_listener(const struct serve_config *config, struct arena *arena) {
    struct listener_options options = {
        .address = config->address,
        .port = config->port,
        .cert_file = config->cert_file,
        .key_file = config->key_file,
        .client_ca_file = config->client_ca_file,
        .token_file = config->token_file,
        .open_to_world = config->open_to_world,
        .limits = config->limits,
    };
    if (config->public_url == NULL) return options;
    const char *host = strstr(config->public_url, "://") + 3;
    size_t len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    const char **hosts = arena_array(arena, 1, sizeof *hosts);
    hosts[0] = arena_strndup(arena, host, len);
    options.hosts = hosts;
    options.host_count = 1;
    return options;
}
