// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of a source. Which of them can go together the source itself tells (config_check.c asks it).
#include "config_source.h"

#include <string.h>
#include <strings.h>

static void read_headers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                         const struct source_header **ret, size_t *ret_count) {
    struct name_values values = {0};
    config_name_values(r, node, path, &values);
    struct source_header *headers = arena_array(r->arena, values.count, sizeof *headers);
    for (size_t i = 0; i < values.count; i++) headers[i] = (struct source_header){values.items[i].name, values.items[i].value};
    *ret = headers;
    *ret_count = values.count;
}

static void read_source_headers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct source_settings *settings = object;
    static const char *const secret[] = {"Authorization", "Proxy-Authorization", "Cookie"};
    read_headers(r, node, path, &settings->headers, &settings->header_count);
    for (size_t i = 0; i < settings->header_count; i++) {
        for (size_t k = 0; k < sizeof secret / sizeof secret[0]; k++) {
            if (strcasecmp(settings->headers[i].name, secret[k]) != 0) continue;
            config_warn(r, node, path, "%s stands in the config and so in every recorded run; header_files takes it from a file",
                        secret[k]);
        }
    }
}

static void read_source_params(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct source_settings *settings = object;
    read_headers(r, node, path, &settings->params, &settings->param_count);
}

static void read_source_header_files(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct source_settings *settings = object;
    read_headers(r, node, path, &settings->header_files, &settings->header_file_count);
}

static void read_oauth2_params(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct source_oauth2 *oauth2 = object;
    read_headers(r, node, path, &oauth2->params, &oauth2->param_count);
}

// Texts joined by one character, in the arena.
static void read_joined(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, char between, void *field) {
    struct texts texts = {0};
    struct buf joined;
    config_texts(r, node, path, &texts);
    buf_init(&joined, 65536);
    for (size_t i = 0; i < texts.count; i++) {
        if (i > 0) buf_char(&joined, between);
        buf_str(&joined, texts.items[i]);
    }
    *(const char **)field = arena_strdup(r->arena, buf_text(&joined));
    buf_finish(&joined);
}

static void read_scopes(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    read_joined(r, node, path, ' ', field);
}

static void read_no_proxy(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    read_joined(r, node, path, ',', field);
}

static void read_oauth2(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"token_url", config_text, offsetof(struct source_oauth2, token_url), true},
        {"client_id", config_text, offsetof(struct source_oauth2, client_id), true},
        {"client_secret_file", config_text, offsetof(struct source_oauth2, client_secret_file), true},
        {"scopes", read_scopes, offsetof(struct source_oauth2, scope), false},
        {"params", read_oauth2_params, 0, false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

static void read_sigv4(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"region", config_text, offsetof(struct source_sigv4, region), true},
        {"service", config_text, offsetof(struct source_sigv4, service), false},
        {"access_key", config_text, offsetof(struct source_sigv4, access_key), true},
        {"secret_key_file", config_text, offsetof(struct source_sigv4, secret_key_file), true},
        {"session_token_file", config_text, offsetof(struct source_sigv4, session_token_file), false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

static void read_small_int(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    int64_t value = 0;
    config_count(r, node, path, &value);
    if (value < 1 || value > 100) {
        config_error(r, node, path, "must be from 1 to 100");
    } else {
        *(int *)field = (int)value;
    }
}

static void read_kind(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    const char *words[SOURCE_KIND_COUNT];
    for (int i = 0; i < SOURCE_KIND_COUNT; i++) words[i] = source_kind_name((enum source_kind)i);
    *(enum source_kind *)field = (enum source_kind)config_read_word(r, node, path, words, SOURCE_KIND_COUNT, SOURCE_PROMETHEUS);
}

static void read_protocol(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    const char *words[SOURCE_PROTOCOL_COUNT];
    for (int i = 0; i < SOURCE_PROTOCOL_COUNT; i++) words[i] = source_protocol_name((enum source_protocol)i);
    *(enum source_protocol *)field = (enum source_protocol)config_read_word(r, node, path, words, SOURCE_PROTOCOL_COUNT, PROTOCOL_AUTO);
}

static void read_warnings(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"note", "refuse"};
    static const enum source_warnings policies[] = {SOURCE_WARNINGS_NOTE, SOURCE_WARNINGS_REFUSE};
    *(enum source_warnings *)field = policies[config_read_word(r, node, path, words, 2, 1)];
}

// Requests in so much time: "10/s", "600/m", "1000/h".
static void read_rate(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"/s", 1}, {"/m", 60}, {"/h", 3600}};
    for (size_t i = 0; node->kind == YAML_SCALAR && i < sizeof units / sizeof units[0]; i++) {
        if (node->len <= 2 || strcmp(node->text + node->len - 2, units[i].unit) != 0) continue;
        struct yaml_node number = *node;
        number.text = arena_strndup(r->arena, node->text, node->len - 2);
        number.len -= 2;
        number.quoted = false;
        double value;
        if (!yaml_number(&number, &value) || !(value / units[i].seconds >= 0.001 && value / units[i].seconds <= 100000)) break;
        *(double *)field = value / units[i].seconds;
        return;
    }
    config_error(r, node, path, "expected requests in a second, minute or hour, such as 10/s, 600/m or 1000/h, found %s",
                 node->kind == YAML_SCALAR ? node->text : yaml_kind_name(node));
}

// After a time, or after that in which a share of the answers came.
static void read_hedge(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct source_settings *settings = object;
    struct view text = {node->text, node->kind == YAML_SCALAR ? node->len : 0};
    if (text.len == 0 || text.ptr[text.len - 1] != '%') {
        config_duration(r, node, path, &settings->hedge_ms);
        return;
    }
    double percent = 0;
    config_percent(r, node, path, &percent);
    if (percent < 50 || percent > 99.9) config_error(r, node, path, "must be from 50%% to 99.9%%, or a time");
    settings->hedge_share = percent / 100;
}

static void read_limit(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    int64_t value = 1;
    config_count(r, node, path, &value);
    if (value == 0) config_error(r, node, path, "must be over 0");
    *(uint64_t *)field = (uint64_t)value;
}

static void read_limits(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"bytes", read_limit, offsetof(struct decode_limits, bytes), false},
        {"samples", read_limit, offsetof(struct decode_limits, samples), false},
        {"series", read_limit, offsetof(struct decode_limits, series), false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

void config_read_source(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *settings) {
#define AT(member) offsetof(struct source_settings, member)
    static const struct config_key keys[] = {
        {"url", config_text, AT(url), true},
        {"kind", read_kind, AT(kind), false},
        {"username", config_text, AT(username), false},
        {"password_file", config_text, AT(password_file), false},
        {"bearer_token_file", config_text, AT(bearer_token_file), false},
        {"oauth2", read_oauth2, AT(oauth2), false},
        {"sigv4", read_sigv4, AT(sigv4), false},
        {"tenant", config_text, AT(tenant), false},
        {"headers", read_source_headers, 0, false},
        {"header_files", read_source_header_files, 0, false},
        {"params", read_source_params, 0, false},
        {"ca_file", config_text, AT(ca_file), false},
        {"cert_file", config_text, AT(cert_file), false},
        {"key_file", config_text, AT(key_file), false},
        {"server_name", config_text, AT(server_name), false},
        {"insecure_skip_verify", config_bool, AT(insecure_skip_verify), false},
        {"proxy", config_text, AT(proxy), false},
        {"no_proxy", read_no_proxy, AT(no_proxy), false},
        {"compression", config_bool, AT(compression), false},
        {"concurrency", read_small_int, AT(concurrency), false},
        {"rate", read_rate, AT(rate), false},
        {"hedge", read_hedge, 0, false},
        {"timeout", config_duration, AT(timeout_ms), false},
        {"tries", read_small_int, AT(tries), false},
        {"raw_window", config_duration, AT(raw_window_ms), false},
        {"limits", read_limits, AT(limits), false},
        {"protocol", read_protocol, AT(protocol), false},
        {"warnings", read_warnings, AT(warnings), false},
    };
#undef AT
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], settings);
}
