// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config_judge.h"
#include "config_objective.h"
#include "placeholder.h"

#define MOST_STEPS 200000 // of the window; more than 11,000 are asked for in pieces

__attribute__((format(printf, 4, 5))) static void tell(struct config_reader *r, struct place place, const char *key, const char *format,
                                                       ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    findings_add(r->findings, FINDING_ERROR, r->config->file, place.line, place.column, key, "%s", text);
}

static const struct source_config *find_source(const struct canary_config *config, const char *name) {
    for (size_t i = 0; i < config->source_count; i++) {
        if (strcmp(config->sources[i].name, name) == 0) return &config->sources[i];
    }
    return NULL;
}

// The source itself knows best which settings it can use; making one sends nothing.
static void check_settings(struct config_reader *r, const struct source_config *source) {
    struct error err;
    struct source *made = source_create_prometheus(source->name, &source->settings, &err);
    if (made == NULL) tell(r, source->place, "sources", "%s", err.text);
    source_destroy(made);
}

static void check_sources(struct config_reader *r) {
    struct canary_config *config = r->config;
    for (size_t i = 0; i < config->source_count; i++) {
        struct source_config *source = &config->sources[i];
        const char *key = arena_printf(r->arena, "sources.%s.url", source->name);
        if (source->settings.url == NULL) continue;
        struct buf url;
        buf_init(&url, 4096);
        struct error err;
        if (!placeholder_expand(&url, view_of(source->settings.url), &config->vars, NULL, &err)) {
            tell(r, source->place, key, "%s", err.text);
        } else {
            source->settings.url = arena_strdup(r->arena, buf_text(&url));
            check_settings(r, source);
        }
        buf_finish(&url);
    }
}

// A scope without a source takes the only one there is.
static void check_scope(struct config_reader *r, struct scope_config *scope, const char *name) {
    struct canary_config *config = r->config;
    const char **names = arena_array(r->arena, config->source_count, sizeof *names);
    for (size_t i = 0; i < config->source_count; i++) names[i] = config->sources[i].name;
    const char *key = arena_printf(r->arena, "scopes.%s.source", name);
    if (scope->place.line == 0) return;
    if (scope->source == NULL && config->source_count == 1) scope->source = names[0];
    if (scope->source == NULL) {
        tell(r, scope->place, key, "there are several sources; name the one to read: %s", config_known(r, "", names, config->source_count));
    } else if (find_source(config, scope->source) == NULL) {
        tell(r, scope->place, key, "no source is called %s; %s", scope->source,
             config_known(r, scope->source, names, config->source_count));
    }
}

static void check_scopes(struct config_reader *r) {
    for (int side = 0; side < SIDE_COUNT; side++) check_scope(r, &r->config->scopes[side], side_name((enum side)side));
    check_scope(r, &r->config->service, "service");
}

static bool needs_baseline(const struct metric_config *metric) {
    return metric->kind != METRIC_THRESHOLD && metric->offset_ms == 0;
}

static void check_group_names(struct config_reader *r, const struct metric_config *metric, const char *key) {
    const struct canary_config *config = r->config;
    const char **names = arena_array(r->arena, config->group_count, sizeof *names);
    for (size_t i = 0; i < config->group_count; i++) names[i] = config->groups[i].name;
    for (size_t g = 0; g < metric->groups.count; g++) {
        size_t at = 0;
        while (at < config->group_count && strcmp(names[at], metric->groups.items[g]) != 0) at++;
        if (config->group_count == 0 || at < config->group_count) continue;
        tell(r, metric->place, key, "no group is called %s; %s", metric->groups.items[g],
             config_known(r, metric->groups.items[g], names, config->group_count));
    }
}

static void check_metric(struct config_reader *r, size_t index) {
    struct canary_config *config = r->config;
    struct metric_config *metric = &config->metrics[index];
    const char *key = arena_printf(r->arena, "metrics[%zu]", index);
    if (isnan(metric->min_samples)) metric->min_samples = config->judge.min_samples;
    for (size_t i = 0; i < index; i++) {
        if (metric->name[0] == '\0' || strcmp(config->metrics[i].name, metric->name) != 0) continue;
        tell(r, metric->place, key, "a metric called %s is already there in line %d; names must differ", metric->name,
             config->metrics[i].place.line);
    }
    if (metric->groups.count == 0 && config->group_count > 0) {
        tell(r, metric->place, key, "there are groups, so the metric needs the key group");
    }
    check_group_names(r, metric, key);
    if (needs_baseline(metric) && config->scopes[SIDE_BASELINE].place.line == 0 && config->scopes[SIDE_CANARY].place.line > 0) {
        tell(r, metric->place, key,
             "is compared with a baseline, but scopes.baseline is missing; add it, or offset for a comparison with earlier");
    }
}

// Parity is told of metrics that are read on both sides.
static void check_guards(struct config_reader *r) {
    const struct canary_config *config = r->config;
    size_t compared = 0;
    for (size_t i = 0; i < config->metric_count; i++) compared += config->metrics[i].kind != METRIC_THRESHOLD;
    for (size_t i = 0; i < config->guard_count; i++) {
        if (config->guards[i].query != NULL || !config->guards[i].limits.has_min || compared > 0 || config->metric_count == 0) continue;
        tell(r, config->guards[i].place, arena_printf(r->arena, "guards[%zu].parity", i),
             "no metric is compared with a baseline, so there is no parity; remove the guard");
    }
}

// Without groups all metrics are one.
static void fill_groups(struct config_reader *r) {
    struct canary_config *config = r->config;
    static const char *everything = "metrics";
    if (config->group_count > 0) return;
    for (size_t i = 0; i < config->metric_count; i++) {
        struct texts *groups = &config->metrics[i].groups;
        if (groups->count == 0) *groups = (struct texts){&everything, 1};
    }
}

static void check_groups_used(struct config_reader *r) {
    const struct canary_config *config = r->config;
    for (size_t g = 0; g < config->group_count; g++) {
        bool used = false;
        for (size_t m = 0; m < config->metric_count && !used; m++) {
            for (size_t i = 0; i < config->metrics[m].groups.count; i++) {
                used = used || (!config->metrics[m].judge.muted && strcmp(config->metrics[m].groups.items[i], config->groups[g].name) == 0);
            }
        }
        if (used || config->groups[g].weight <= 0) continue;
        tell(r, config->groups[g].place, arena_printf(r->arena, "groups.%s", config->groups[g].name),
             "no metric that counts is in this group, so its weight would be lost; add a metric or remove the group");
    }
}

void config_apply_overrides(struct config_reader *r) {
    struct canary_config *config = r->config;
    const struct config_overrides *o = r->overrides;
    if (!isnan(o->pass)) config->judge.pass = o->pass;
    if (!isnan(o->marginal)) config->judge.marginal = o->marginal;
    if (o->length_ms > 0) config->window.length_ms = o->length_ms;
    if (o->step_ms > 0) config->window.step_ms = o->step_ms;
}

// Where a finding about a value belongs that the command line may have changed.
__attribute__((format(printf, 5, 6))) static void tell_of_value(struct config_reader *r, const struct yaml_node *root, const char *key,
                                                                bool given, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const struct yaml_node *node = yaml_get(root, key);
    bool in_file = !given && node != NULL;
    findings_add(r->findings, FINDING_ERROR, given ? "command line" : r->config->file, in_file ? node->line : 0, in_file ? node->column : 0,
                 key, "%s", text);
}

void config_check_window(struct config_reader *r, const struct yaml_node *root) {
    const struct window_config *w = &r->config->window;
    bool given = r->overrides->length_ms > 0 || r->overrides->step_ms > 0;
    int64_t judged_ms = w->length_ms - w->warmup_ms;
    if (w->length_ms == 0) return; // a finding is there
    if (judged_ms <= 0) {
        tell_of_value(r, root, "window", given, "warmup leaves nothing of length");
    } else if (w->step_ms > judged_ms) {
        tell_of_value(r, root, "window", given, "step is longer than what is judged (length without warmup)");
    } else if (judged_ms / w->step_ms > MOST_STEPS) {
        tell_of_value(r, root, "window", given, "more than %d steps; take a longer step or a shorter length", MOST_STEPS);
    }
}

static void check_scores(struct config_reader *r, const struct yaml_node *root) {
    const struct judge_config *judge = &r->config->judge;
    bool given = !isnan(r->overrides->pass) || !isnan(r->overrides->marginal);
    if (!(judge->marginal > judge->pass)) return;
    tell_of_value(r, root, "judge", given, "marginal (%g) is over pass (%g)", judge->marginal, judge->pass);
}

void config_check(struct config_reader *r, const struct yaml_node *root) {
    if (root->kind != YAML_MAP) return;
    config_apply_overrides(r);
    config_judge_defaults(r);
    config_check_window(r, root);
    check_scores(r, root);
    check_sources(r);
    check_scopes(r);
    for (size_t i = 0; i < r->config->metric_count; i++) check_metric(r, i);
    check_guards(r);
    fill_groups(r);
    check_groups_used(r);
    config_check_objectives(r);
    config_judge_check(r, root);
}
