// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_objective.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/objective.h"
#include "base/time_zone.h"
#include "base/timetext.h"
#include "config_gate.h"
#include "config_metric.h"
#include "config_tiers.h"
#include "stats/objective.h"
#include "texts.h"

enum { MOST_OBJECTIVES = 100, MOST_DECIMALS = 12 };

// A decimal below 100 and over 0, so that what is left of 100 is the decimal that people mean.
static void read_target(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct objective_config *o = object;
    bool percent = node->kind == YAML_SCALAR && node->len > 0 && node->text[node->len - 1] == '%';
    size_t len = node->kind == YAML_SCALAR ? node->len - percent : 0,
           digits = strspn(node->kind == YAML_SCALAR ? node->text : "", "0123456789");
    size_t decimals = digits < len && node->text[digits] == '.' ? len - digits - 1 : 0;
    config_percent(r, node, path, &o->target);
    if (isnan(o->target)) return; // a finding is there
    if (digits == 0 || digits > 3 || (digits < len && (decimals == 0 || strspn(node->text + digits + 1, "0123456789") != decimals)) ||
        decimals > MOST_DECIMALS) {
        config_error(r, node, path, "expected a plain decimal with at most %d decimals, such as 99.9%%", MOST_DECIMALS);
    } else if (!(o->target > 0 && o->target < 100)) {
        config_error(r, node, path, "must be over 0 and below 100%%: 100%% leaves no budget at all");
    } else if (o->target <= 1 && !percent) {
        config_error(r, node, path, "%s is read as per cent; write 99.9%% for one failure in a thousand, or %s%% if that is meant",
                     node->text, node->text);
    } else {
        o->budget = objective_budget(o->target);
    }
}

static void read_counts(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct objective_config *o = object;
    static const struct config_key keys[] = {
        {"bad", config_selector, offsetof(struct objective_config, bad), false},
        {"good", config_selector, offsetof(struct objective_config, good), false},
        {"total", config_selector, offsetof(struct objective_config, total), true},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], o);
    o->kind = yaml_get(node, "bad") != NULL ? OBJECTIVE_BAD : OBJECTIVE_GOOD;
    if ((yaml_get(node, "bad") != NULL) == (yaml_get(node, "good") != NULL))
        config_error(r, node, path, "needs exactly one of bad and good");
}

// A duration is in seconds; a plain number is in whatever unit the histogram has.
static void read_below(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    int64_t ms;
    double value;
    if (node->kind == YAML_SCALAR && duration_parse((struct view){node->text, node->len}, &ms) && ms > 0) {
        *(double *)field = (double)ms / 1000;
    } else if (yaml_number(node, &value) && value > 0) {
        *(double *)field = value;
    } else {
        config_error(r, node, path, "expected a duration such as 300ms, or a number in the histogram's unit, over 0");
    }
}

static bool ends_with(struct view name, const char *end) {
    size_t len = strlen(end);
    return name.len >= len && memcmp(name.ptr + name.len - len, end, len) == 0;
}

static bool chooses_bucket(const char *selector) {
    for (const char *at = strstr(selector, "le"); at != NULL; at = strstr(at + 1, "le")) {
        if (at == selector || strchr("{, \t\r\n", at[-1]) == NULL) continue;
        const char *op = at + 2 + strspn(at + 2, " \t\r\n");
        if (*op == '=' || *op == '!') return true;
    }
    return false;
}

static void read_latency(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct objective_config *o = object;
    static const struct config_key keys[] = {
        {"histogram", config_selector, offsetof(struct objective_config, histogram), true},
        {"below", read_below, offsetof(struct objective_config, below), true},
    };
    o->kind = OBJECTIVE_LATENCY;
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], o);
    if (o->histogram == NULL) return;
    struct view name = {o->histogram, strcspn(o->histogram, "{ \t\r\n")};
    struct config_path here = {path, "histogram", 0};
    o->native = !ends_with(name, "_bucket");
    if (name.len == 0) config_error(r, yaml_get(node, "histogram"), &here, "the selector must begin with the metric's name");
    if (!o->native && chooses_bucket(o->histogram))
        config_error(r, yaml_get(node, "histogram"), &here, "must not choose a bucket; below does");
}

static void read_up(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct objective_config *o = object;
    o->kind = OBJECTIVE_UP;
    config_selector(r, node, path, &o->up);
}

static void read_empty(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"ignored", "good", "bad"};
    static const enum empty_slice values[] = {EMPTY_SLICE_IGNORED, EMPTY_SLICE_GOOD, EMPTY_SLICE_BAD};
    *(enum empty_slice *)field = values[config_read_word(r, node, path, words, 3, 0)];
}

static void read_method(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"good", "mean"};
    static const enum slices_method values[] = {SLICES_GOOD, SLICES_MEAN};
    *(enum slices_method *)field = values[config_read_word(r, node, path, words, 2, 0)];
}

static void read_slices(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct objective_config *o = object;
    static const struct config_key keys[] = {
        {"length", config_duration, offsetof(struct objective_config, slice_ms), true},
        {"target", config_percent, offsetof(struct objective_config, slice_target), false},
        {"method", read_method, offsetof(struct objective_config, slice_method), false},
        {"empty", read_empty, offsetof(struct objective_config, empty), false},
    };
    o->sliced = true;
    o->slice_method = SLICES_GOOD;
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], o);
    if (node->kind == YAML_MAP && (yaml_get(node, "target") != NULL) == (o->slice_method == SLICES_MEAN))
        config_error(r, node, path, "needs target, the per cent of a slice's events that must be good; method: mean has none");
}

static void read_calendar(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    static const char *const words[] = {"week", "month", "quarter"};
    static const enum objective_calendar values[] = {CALENDAR_WEEK, CALENDAR_MONTH, CALENDAR_QUARTER};
    static const int64_t days[] = {7, 30, 91};
    struct objective_config *o = object;
    size_t which = config_read_word(r, node, path, words, 3, 1);
    o->calendar = values[which];
    o->period_ms = days[which] * 86400000;
}

static void read_time_zone(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    const char *name = NULL;
    struct time_zone zone;
    struct error err;
    config_text(r, node, path, &name);
    if (name == NULL) return;
    *(const char **)field = name;
    if (!time_zone_load(name, r->arena, &zone, &err)) config_error(r, node, path, "%s", err.text);
}

static void read_release_budget(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct objective_config *o = object;
    static const struct config_key keys[] = {{"halt_at", config_halt_at, offsetof(struct objective_config, halt_at), true}};
    o->has_halt_at = true;
    config_read_map(r, node, path, keys, 1, o);
}

static void read_confidence(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    double value = 95;
    config_percent(r, node, path, &value);
    if (!(value >= 50 && value < 100)) config_error(r, node, path, "must be from 50%% to below 100%%");
    *(double *)field = value;
}

static void read_severities(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    static const struct config_key keys[] = {
        {"page", config_text, SEVERITY_PAGE * sizeof(const char *), false},
        {"ticket", config_text, SEVERITY_TICKET * sizeof(const char *), false},
    };
    config_read_map(r, node, path, keys, 2, ((struct objective_config *)object)->severities);
}

static void read_labels(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const taken[] = {"alertname", "slo", "tier", "severity", "long_window", "short_window"};
    struct name_values *labels = field;
    config_name_values(r, node, path, labels);
    for (size_t i = 0; i < labels->count; i++) {
        const char *name = labels->items[i].name;
        struct config_path here = {path, name, 0};
        bool ok = isalpha((unsigned char)name[0]) || name[0] == '_';
        for (const char *c = name; *c != '\0'; c++) ok = ok && (isalnum((unsigned char)*c) || *c == '_');
        if (!ok || strncmp(name, "__", 2) == 0) config_error(r, node->pairs[i].key, &here, "is no name of a label");
        for (size_t k = 0; k < sizeof taken / sizeof taken[0]; k++) {
            if (strcmp(name, taken[k]) == 0) config_error(r, node->pairs[i].key, &here, "is set by serin itself");
        }
    }
}

static void check_choices(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                          const struct objective_config *o) {
    int kinds = (yaml_get(node, "counts") != NULL) + (yaml_get(node, "latency") != NULL) + (yaml_get(node, "up") != NULL);
    int periods = (yaml_get(node, "period") != NULL) + (yaml_get(node, "calendar") != NULL);
    if (kinds != 1) config_error(r, node, path, "needs exactly one of counts, latency, up");
    if (periods != 1) config_error(r, node, path, "needs exactly one of period (rolling) and calendar");
    if (yaml_get(node, "time_zone") != NULL && o->calendar == CALENDAR_NONE)
        config_error(r, yaml_get(node, "time_zone"), path, "time_zone is of use with calendar only");
}

static void read_objective(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *item) {
#define AT(member) offsetof(struct objective_config, member)
    static const struct config_key keys[] = {
        {"name", config_text, AT(name), true},
        {"target", read_target, 0, true},
        {"period", config_duration, AT(period_ms), false},
        {"calendar", read_calendar, 0, false},
        {"time_zone", read_time_zone, AT(time_zone), false},
        {"counts", read_counts, 0, false},
        {"latency", read_latency, 0, false},
        {"up", read_up, 0, false},
        {"slices", read_slices, 0, false},
        {"scaling", config_ignore, 0, false}, // config_read_tiers()
        {"tiers", config_ignore, 0, false},
        {"absent", config_duration, AT(absent_ms), false},
        {"release_budget", read_release_budget, 0, false},
        {"confidence", read_confidence, AT(confidence), false},
        {"severity", read_severities, 0, false},
        {"labels", read_labels, AT(labels), false},
        {"runbook", config_text, AT(runbook), false},
    };
#undef AT
    struct objective_config *o = item;
    *o = (struct objective_config){.name = "",
                                   .place = config_place(node),
                                   .target = (double)NAN,
                                   .confidence = 95,
                                   .time_zone = "UTC",
                                   .runbook = r->config->runbook,
                                   .severities = {"page", "ticket"}};
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], o);
    if (node->kind != YAML_MAP) return;
    check_choices(r, node, path, o);
    config_read_tiers(r, node, path, o);
}

void config_read_objectives(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct canary_config *config = object;
    void *items = NULL;
    if (node->kind == YAML_LIST && node->count > MOST_OBJECTIVES) {
        config_error(r, node, path, "more than %d objectives", MOST_OBJECTIVES);
        return;
    }
    config_read_list(r, node, path, read_objective, sizeof(struct objective_config), &items, &config->objective_count);
    config->objectives = items;
}

static bool has_label(const struct name_values *labels, const struct name_value *label) {
    for (size_t i = 0; i < labels->count; i++) {
        if (strcmp(labels->items[i].name, label->name) == 0) return strcmp(labels->items[i].value, label->value) == 0;
    }
    return false;
}

static bool has_text(const struct texts *texts, const char *text) {
    for (size_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], text) == 0) return true;
    }
    return false;
}

// What both scopes select by, unless the config says it; nothing in common says nothing about the service.
static void fill_service(struct config_reader *r) {
    struct canary_config *config = r->config;
    const struct scope_config *baseline = &config->scopes[SIDE_BASELINE], *canary = &config->scopes[SIDE_CANARY];
    struct scope_config *service = &config->service;
    if (service->place.line == 0 && baseline->place.line > 0 && canary->place.line > 0) {
        service->labels.items = arena_array(r->arena, canary->labels.count, sizeof *service->labels.items);
        for (size_t i = 0; i < canary->labels.count; i++) {
            if (has_label(&baseline->labels, &canary->labels.items[i]))
                service->labels.items[service->labels.count++] = canary->labels.items[i];
        }
        for (size_t i = 0; i < canary->matchers.count; i++) {
            if (has_text(&baseline->matchers, canary->matchers.items[i]))
                texts_add(&service->matchers, r->arena, canary->matchers.items[i]);
        }
        if (service->labels.count + service->matchers.count > 0) service->place = canary->place;
    }
    if (service->source == NULL) service->source = baseline->source != NULL ? baseline->source : canary->source;
    if (service->source == NULL && config->source_count == 1) service->source = config->sources[0].name;
}

__attribute__((format(printf, 3, 4))) static void tell(struct config_reader *r, const struct objective_config *o, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t index = (size_t)(o - r->config->objectives);
    findings_add(r->findings, FINDING_ERROR, r->config->file, o->place.line, o->place.column,
                 arena_printf(r->arena, "objectives[%zu]", index), "%s", text);
}

static void check_objective(struct config_reader *r, struct objective_config *o) {
    const struct canary_config *config = r->config;
    const char *selectors[] = {o->bad, o->good, o->total, o->histogram, o->up};
    size_t used = 0, with_scope = 0;
    for (size_t i = 0; i < sizeof selectors / sizeof selectors[0]; i++) {
        if (selectors[i] == NULL) continue;
        used++;
        with_scope += strstr(selectors[i], "${scope}") != NULL;
    }
    o->by_scope = with_scope > 0;
    o->id = arena_printf(r->arena, "%s-%s", config->name, o->name);
    o->source = config->service.source;
    if (with_scope > 0 && with_scope < used)
        tell(r, o, "one selector holds ${scope} and another one does not; they would not count the same");
    if (with_scope > 0 && config->service.place.line == 0)
        tell(r, o, "uses ${scope}, but the scopes share no label that tells the whole service; add scopes.service");
    if (o->source == NULL) tell(r, o, "there are several sources; name the one to read under scopes.service.source");
    for (const struct objective_config *other = config->objectives; other < o; other++) {
        if (o->name[0] != '\0' && strcmp(other->name, o->name) == 0)
            tell(r, o, "an objective called %s is already there in line %d; names must differ", o->name, other->place.line);
    }
}

void config_check_objectives(struct config_reader *r) {
    fill_service(r);
    for (size_t i = 0; i < r->config->objective_count; i++) check_objective(r, &r->config->objectives[i]);
}
