// SPDX-License-Identifier: GPL-3.0-or-later
// Native canary configs: the tables of keys. What spans several keys is checked in config_check.c.
#include "analyzer/config.h"

#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "config_check.h"
#include "config_gate.h"
#include "config_judge.h"
#include "config_kayenta.h"
#include "config_metric.h"
#include "config_notify.h"
#include "config_objective.h"
#include "config_publish.h"
#include "config_reader.h"
#include "config_source.h"
#include "priors.h"
#include "query/selector.h"

const char *side_name(enum side side) {
    return side == SIDE_BASELINE ? "baseline" : "canary";
}

const char *metric_kind_name(enum metric_kind kind) {
    switch (kind) {
    case METRIC_SERIES:
        return "series";
    case METRIC_COUNTS:
        return "counts";
    case METRIC_THRESHOLD:
        return "threshold";
    case METRIC_HISTOGRAM:
        return "histogram";
    }
    return "";
}

const char *direction_name(enum kayenta_direction direction) {
    switch (direction) {
    case KAYENTA_EITHER:
        return "either";
    case KAYENTA_INCREASE:
        return "increase";
    case KAYENTA_DECREASE:
        return "decrease";
    }
    return "";
}

void config_overrides_init(struct config_overrides *overrides) {
    *overrides = (struct config_overrides){.pass = (double)NAN, .marginal = (double)NAN};
}

static void read_sources(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct canary_config *config = object;
    if (node->kind != YAML_MAP) {
        config_error(r, node, path, "expected a map of source names, found %s", yaml_kind_name(node));
        return;
    }
    config->sources = arena_array(r->arena, node->count, sizeof *config->sources);
    config->source_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_pair *pair = &node->pairs[i];
        struct config_path here = {path, pair->key->text, 0};
        config->sources[i] = (struct source_config){.name = pair->key->text, .place = config_place(pair->key)};
        config_read_source(r, pair->value, &here, &config->sources[i].settings);
    }
}

// A matcher as PromQL writes it, without braces.
static void read_matchers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    config_texts(r, node, path, field);
    const struct texts *texts = field;
    for (size_t i = 0; i < texts->count; i++) {
        const struct yaml_node *at = node->kind == YAML_LIST ? node->items[i] : node;
        const char *list = arena_printf(r->arena, "{%s}", texts->items[i]);
        struct error err;
        if (!selector_check_matchers(view_of(list), &err)) config_error(r, at, path, "%s", err.text);
    }
}

static void read_scope(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    static const struct config_key keys[] = {
        {"source", config_text, offsetof(struct scope_config, source), false},
        {"labels", config_name_values, offsetof(struct scope_config, labels), false},
        {"matchers", read_matchers, offsetof(struct scope_config, matchers), false},
        {"offset", config_duration, offsetof(struct scope_config, offset_ms), false},
    };
    struct scope_config *scope = object;
    scope->place = config_place(node);
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], scope);
}

static void read_service(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    (void)field;
    read_scope(r, node, path, &r->config->service);
}

static void read_scopes(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    static const struct config_key keys[] = {
        {"baseline", read_scope, SIDE_BASELINE * sizeof(struct scope_config), false},
        {"canary", read_scope, SIDE_CANARY * sizeof(struct scope_config), true},
        {"service", read_service, 0, false},
    };
    struct canary_config *config = object;
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], config->scopes);
}

static void read_window(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"length", config_duration, offsetof(struct window_config, length_ms), true},
        {"warmup", config_duration, offsetof(struct window_config, warmup_ms), false},
        {"interval", config_duration, offsetof(struct window_config, interval_ms), false},
        {"step", config_duration, offsetof(struct window_config, step_ms), false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

static void read_groups(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct canary_config *config = object;
    if (node->kind != YAML_MAP) {
        config_error(r, node, path, "expected a map of group names to weights in per cent, found %s", yaml_kind_name(node));
        return;
    }
    config->groups = arena_array(r->arena, node->count, sizeof *config->groups);
    config->group_count = node->count;
    double sum = 0;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_pair *pair = &node->pairs[i];
        struct config_path here = {path, pair->key->text, 0};
        config->groups[i] = (struct group_config){pair->key->text, 0, config_place(pair->key)};
        config_percent(r, pair->value, &here, &config->groups[i].weight);
        sum += config->groups[i].weight;
    }
    if (fabs(sum - 100) > 1e-9) config_error(r, node, path, "the weights add up to %g; they must add up to 100", sum);
}

static void read_parity(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct limits *limits = field;
    config_percent(r, node, path, &limits->min);
    limits->has_min = true;
}

static void read_broken(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"inconclusive", "marginal"};
    *(bool *)field = config_read_word(r, node, path, words, 2, 0) == 1;
}

// Of telemetry parity, which needs no query.
static void check_parity(struct config_reader *r, const struct yaml_node *node, const struct config_path *path) {
    static const char *const others[] = {"query", "min", "max", "share"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const struct yaml_node *other = yaml_get(node, others[i]);
        struct config_path here = {path, others[i], 0};
        if (other != NULL) config_error(r, other, &here, "does not go with parity, which is the least score of a guard without a query");
    }
}

static void read_guard(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *item) {
    static const struct config_key keys[] = {
        {"name", config_text, offsetof(struct guard_config, name), true},
        {"query", config_query, offsetof(struct guard_config, query), false},
        {"parity", read_parity, offsetof(struct guard_config, limits), false},
        {"min", config_min, offsetof(struct guard_config, limits), false},
        {"max", config_max, offsetof(struct guard_config, limits), false},
        {"share", config_percent, offsetof(struct guard_config, share), false},
        {"broken", read_broken, offsetof(struct guard_config, caps), false},
    };
    struct guard_config *guard = item;
    *guard = (struct guard_config){.name = "", .place = config_place(node), .share = 80};
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], guard);
    if (node->kind != YAML_MAP) return;
    if (yaml_get(node, "parity") != NULL) {
        check_parity(r, node, path);
    } else if (guard->query == NULL) {
        config_error(r, node, path, "needs query, with min or max, or parity");
    } else {
        config_check_limits(r, node, path, &guard->limits);
    }
}

static void read_guards(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct canary_config *config = object;
    void *items = NULL;
    config_read_list(r, node, path, read_guard, sizeof(struct guard_config), &items, &config->guard_count);
    config->guards = items;
}

// A file that holds objectives alone needs nothing of what a comparison needs.
static void require_comparison(struct config_reader *r, const struct yaml_node *root) {
    static const char *const names[] = {"scopes", "window", "metrics"};
    if (root->kind != YAML_MAP || (yaml_get(root, "metrics") == NULL && yaml_get(root, "objectives") != NULL)) return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (yaml_get(root, names[i]) == NULL) config_error(r, root, NULL, "the key %s is missing", names[i]);
    }
}

static void read_native(struct config_reader *r, const struct yaml_node *root) {
#define AT(member) offsetof(struct canary_config, member)
    static const struct config_key keys[] = {
        {"canary", config_text, AT(name), true},
        {"owner", config_text, AT(owner), false},
        {"runbook", config_text, AT(runbook), false},
        {"vars", config_ignore, 0, false}, // read first
        {"sources", read_sources, 0, true},
        {"scopes", read_scopes, 0, false},
        {"window", read_window, AT(window), false},
        {"judge", config_read_judge, AT(judge), false},
        {"groups", read_groups, 0, false},
        {"guards", read_guards, 0, false},
        {"metrics", config_read_metrics, 0, false},
        {"objectives", config_read_objectives, 0, false},
        {"gate", config_read_gate, 0, false},
        {"publish", config_read_publish, AT(publish), false},
        {"notify", config_read_notify, AT(notify), false},
    };
#undef AT
    config_read_map(r, root, NULL, keys, sizeof keys / sizeof keys[0], r->config);
    require_comparison(r, root);
    config_check(r, root);
    config_check_gate(r, root);
    if (r->config->judge.priors != NULL) priors_read(r, yaml_get(root, "judge"));
}

static void read_vars(struct config_reader *r, const struct yaml_node *root) {
    const struct yaml_node *node = yaml_get(root, "vars");
    struct config_path path = {NULL, "vars", 0};
    struct name_values in_file = {0}, *all = &r->config->vars;
    const struct name_values *given = &r->overrides->vars;
    if (node != NULL) config_name_values(r, node, &path, &in_file);
    all->items = arena_array(r->arena, in_file.count + given->count, sizeof *all->items);
    for (size_t i = 0; i < in_file.count; i++) all->items[all->count++] = in_file.items[i];
    for (size_t i = 0; i < given->count; i++) {
        size_t at = 0;
        while (at < all->count && strcmp(all->items[at].name, given->items[i].name) != 0) at++;
        if (at == all->count) all->count++;
        all->items[at] = given->items[i];
    }
}

bool config_read(struct view text, const char *file, const struct config_overrides *overrides, struct arena *arena,
                 struct findings *findings, struct canary_config *ret) {
    *ret = (struct canary_config){.file = arena_strdup(arena, file), .name = ""};
    ret->judge = (struct judge_config){.pass = (double)NAN,
                                       .marginal = (double)NAN,
                                       .confidence = (double)NAN,
                                       .pass_confidence = (double)NAN,
                                       .min_samples = (double)NAN};
    ret->window.step_ms = 60000;
    digest_hex(text, ret->sha256);
    struct config_reader r = {.arena = arena, .findings = findings, .config = ret, .overrides = overrides};
    struct yaml_node *root;
    size_t errors = findings->errors;
    if (!yaml_parse(text, file, arena, findings, &root)) return false;
    read_vars(&r, root);
    if (config_is_kayenta(root)) {
        config_read_kayenta(&r, root);
    } else {
        read_native(&r, root);
    }
    return findings->errors == errors;
}
