// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_gate.h"

#include <string.h>

#include "analyzer/gate_config.h"
#include "analyzer/objective.h"
#include "config_metric.h"
#include "gate_check.h"
#include "query/selector.h"

#define MOST_CHECKS 100
#define MOST_APPROVALS 20
#define HOUR_MS INT64_C(3600000)

static const struct gate_config defaults = {.halt_at = GATE_HALT_AT, .approval_max_age_ms = 24 * HOUR_MS, .verdict_max_age_ms = HOUR_MS};

const struct gate_config *gate_config_of(const struct canary_config *config) {
    return config->gate != NULL ? config->gate : &defaults;
}

static void read_check(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *item) {
#define AT(member) offsetof(struct gate_check, member)
    static const struct config_key keys[] = {
        {"name", config_text, AT(name), true},
        {"query", config_query, AT(query), true},
        {"source", config_text, AT(source), false},
        {"min", config_min, AT(limits), false},
        {"max", config_max, AT(limits), false},
        {"fresh", config_duration, AT(fresh_ms), false},
        {"max_age", config_duration, AT(max_age_ms), false},
        {"required", config_bool, AT(required), false},
    };
#undef AT
    struct gate_check *check = item;
    *check = (struct gate_check){.name = "", .place = config_place(node), .required = true};
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], check);
    if (check->max_age_ms == 0) {
        config_check_limits(r, node, path, &check->limits);
    } else if (check->limits.has_min || check->limits.has_max) {
        config_error(r, node, path, "max_age is about times, min and max about other values; take one of them");
    }
}

static void read_checks(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct gate_config *gate = object;
    void *items = NULL;
    config_read_list(r, node, path, read_check, sizeof(struct gate_check), &items, &gate->check_count);
    gate->checks = items;
    if (gate->check_count > MOST_CHECKS) config_error(r, node, path, "more than %d checks", MOST_CHECKS);
    for (size_t i = 0; i < gate->check_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (gate->checks[i].name[0] == '\0' || strcmp(gate->checks[i].name, gate->checks[k].name) != 0) continue;
            config_error(r, node->items[i], path, "a check called %s is already there in line %d; names must differ", gate->checks[i].name,
                         gate->checks[k].place.line);
        }
    }
}

void config_halt_at(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    double value = GATE_HALT_AT;
    config_percent(r, node, path, &value);
    if (value < 20 || value > 50) {
        config_error(r, node, path, "must be from 20%% to 50%%: below, a few errors halt; above, most of the budget is gone before");
    } else {
        *(double *)field = value;
    }
}

static void read_release_budget(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    static const struct config_key keys[] = {{"halt_at", config_halt_at, offsetof(struct gate_config, halt_at), false}};
    ((struct gate_config *)object)->has_release_budget = true;
    config_read_map(r, node, path, keys, 1, object);
}

static void read_production_budget(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    static const struct config_key keys[] = {{"floor", config_percent, offsetof(struct gate_config, floor), true}};
    config_read_map(r, node, path, keys, 1, object);
}

static void read_approvals(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    config_count(r, node, path, field);
    if (*(int64_t *)field > MOST_APPROVALS) config_error(r, node, path, "more than %d approvals", MOST_APPROVALS);
}

void config_read_gate(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *config) {
#define AT(member) offsetof(struct gate_config, member)
    static const struct config_key keys[] = {
        {"checks", read_checks, 0, false},
        {"release_budget", read_release_budget, 0, false},
        {"production_budget", read_production_budget, 0, false},
        {"approvals", read_approvals, AT(approvals), false},
        {"approval_max_age", config_duration, AT(approval_max_age_ms), false},
        {"verdict_max_age", config_duration, AT(verdict_max_age_ms), false},
        {"artefact", config_text, AT(artefact), false},
    };
#undef AT
    struct gate_config *gate = arena_alloc(r->arena, sizeof *gate);
    *gate = defaults;
    gate->place = config_place(node);
    ((struct canary_config *)config)->gate = gate;
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], gate);
}

// The source it names, else that of the canary, else the only one there is.
static void check_source(struct config_reader *r, struct gate_check *check, const struct yaml_node *node, const struct config_path *path) {
    const struct canary_config *config = r->config;
    const char **names = arena_array(r->arena, config->source_count, sizeof *names);
    size_t at = 0;
    for (size_t i = 0; i < config->source_count; i++) names[i] = config->sources[i].name;
    if (check->source == NULL) check->source = config->scopes[SIDE_CANARY].source;
    if (check->source == NULL && config->source_count == 1) check->source = names[0];
    if (check->source == NULL) {
        config_error(r, node, path, "there are several sources; name the one to read with source");
        return;
    }
    while (at < config->source_count && strcmp(names[at], check->source) != 0) at++;
    if (at < config->source_count) return;
    config_error(r, node, path, "no source is called %s; %s", check->source, config_known(r, check->source, names, config->source_count));
}

static void check_query(struct config_reader *r, const struct gate_check *check, const struct yaml_node *node,
                        const struct config_path *path) {
    const struct canary_config *config = r->config;
    const char *text;
    struct error err;
    if (strstr(check->query, "${scope}") != NULL && config->scopes[SIDE_CANARY].place.line == 0)
        config_error(r, node, path, "%s needs scopes.canary", "${scope}");
    if (strstr(check->query, "${window}") != NULL && config->window.length_ms == 0)
        config_error(r, node, path, "%s needs the key window", "${window}");
    if (!gate_check_query(config, check, r->arena, &text, &err)) {
        config_error(r, node, path, "%s", err.text);
    } else if (check->fresh_ms > 0 && !selector_is_plain(view_of(text))) {
        config_error(r, node, path, "fresh needs a plain selector such as name{label=\"x\"}: an expression has no samples of its own");
    }
}

static bool tells_canary(const struct canary_config *config) {
    for (size_t i = 0; i < config->objective_count; i++) {
        if (config->objectives[i].by_scope) return true;
    }
    return false;
}

void config_check_gate(struct config_reader *r, const struct yaml_node *root) {
    const struct gate_config *gate = r->config->gate;
    const struct yaml_node *node = yaml_get(root, "gate"), *checks = yaml_get(node, "checks");
    struct config_path path = {NULL, "gate", 0}, list = {&path, "checks", 0};
    if (gate == NULL || node->kind != YAML_MAP) return;
    for (size_t i = 0; i < gate->check_count; i++) {
        struct config_path here = {&list, NULL, i};
        check_source(r, &gate->checks[i], checks->items[i], &here);
        if (gate->checks[i].query != NULL) check_query(r, &gate->checks[i], checks->items[i], &here);
    }
    if (gate->has_release_budget && !tells_canary(r->config))
        config_error(r, yaml_get(node, "release_budget"), &(struct config_path){&path, "release_budget", 0},
                     "needs an objective whose selectors hold %s, to tell the canary apart", "${scope}");
    if (yaml_get(node, "production_budget") != NULL && r->config->objective_count == 0)
        config_error(r, yaml_get(node, "production_budget"), &(struct config_path){&path, "production_budget", 0}, "needs objectives");
}
