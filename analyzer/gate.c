// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/gate.h"

#include <string.h>
#include <sys/stat.h>

#include "analyzer/freeze.h"
#include "analyzer/person_text.h"
#include "base/timetext.h"
#include "gate_budget.h"
#include "gate_check.h"
#include "gate_verdict.h"
#include "plan_answers.h"
#include "result_number.h"

#define MOST_ARTEFACT_BYTES 1000

struct gate {
    const struct canary_config *config;
    const struct gate_config *asks;
    const struct gate_options *options;
    struct gate_items items;
    struct approval wanted; // what an approval must be of
    size_t needed, given;   // approvals
    double verdict_age_s;   // NaN: no verdict
};

static bool find_artefact(const struct canary_config *config, const struct gate_options *options, struct arena *arena, const char **ret,
                          struct error *err) {
    if (options->artefact != NULL && gate_config_of(config)->artefact == NULL)
        return error_set(err, ERROR_USAGE, "an artefact (--digest) needs gate.artefact in %s", config->file);
    *ret = options->artefact;
    if (*ret == NULL && !gate_artefact(config, &config->vars, arena, ret, err)) return false;
    return *ret == NULL || person_text_check("the artefact", *ret, MOST_ARTEFACT_BYTES, err);
}

static bool plan_checks(struct gate *g, struct plan *plan, struct arena *arena, struct error *err) {
    plan->queries = arena_array(arena, g->asks->check_count, sizeof *plan->queries);
    for (size_t i = 0; i < g->asks->check_count; i++) {
        const struct gate_check *check = &g->asks->checks[i];
        const char *text;
        if (!gate_check_query(g->config, check, arena, &text, err)) return false;
        plan->queries[plan->query_count++] = (struct planned_query){.owner = i,
                                                                    .part = PART_GUARD,
                                                                    .side = SIDE_CANARY,
                                                                    .source = check->source,
                                                                    .query = gate_check_plan(check, text, g->options->at_ms)};
    }
    return true;
}

static void judge_answers(struct gate *g, const struct plan *plan, const struct plan_answers *fetched) {
    struct arena *arena = g->items.arena;
    const struct answer *const *answers = plan_answers_list(fetched, plan, arena);
    if (plan->objectives != NULL) {
        const struct answer *const *of_objectives = plan_answers_of_objectives(fetched, plan, arena);
        struct objective_results results = {0};
        struct texts failures;
        size_t failed = objective_failures(plan->objectives, of_objectives, arena, &failures);
        if (failed == 0) {
            objective_eval(plan->objectives, of_objectives, arena, &results);
            gate_budget_judge(g->asks, &results, g->options->release_start_ms != 0, &g->items);
        } else {
            struct gate_item item = {.kind = "objectives", .state = GATE_ERROR, .opens = "usable answers of the source"};
            item.text = failed == 1 ? failures.items[0] : arena_printf(arena, "%s; %zu more queries failed", failures.items[0], failed - 1);
            gate_items_add(&g->items, item);
        }
    }
    for (size_t i = 0; i < plan->query_count; i++) gate_check_judge(&g->asks->checks[i], answers[i], g->options->at_ms, &g->items);
}

static bool ask_sources(struct gate *g, struct error *err) {
    const struct gate_options *o = g->options;
    struct arena *arena = g->items.arena;
    struct plan plan = {.config = gate_budget_config(g->config, arena)};
    struct objective_plan objectives;
    struct plan_answers answers = {0};
    int64_t release_ms = o->release_start_ms != 0 ? o->release_start_ms : INT64_MIN;
    if (g->config->objective_count > 0) {
        if (!objective_plan_build(plan.config, o->at_ms, release_ms, 1, arena, &objectives, err)) return false;
        plan.objectives = &objectives;
    }
    if (!plan_checks(g, &plan, arena, err)) return false;
    if (plan.query_count == 0 && plan.objectives == NULL) return true;
    struct fetch_options fetch = {.deadline_ms = o->deadline_ms, .record_dir = o->record_dir, .interrupted = o->interrupted};
    bool ok = plan_answers_open(&answers, g->config, o->recorded_dir, err) && plan_answers_fetch(&answers, &plan, &fetch, err);
    if (ok) plan_answers_warn(&answers, o->warn, o->user);
    if (ok) judge_answers(g, &plan, &answers);
    plan_answers_finish(&answers);
    return ok;
}

static const char *instant(struct arena *arena, int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    time_format(&text, ms);
    const char *copy = arena_strdup(arena, buf_text(&text));
    buf_finish(&text);
    return copy;
}

// Freezes that cannot be read are not none.
static void ask_freezes(struct gate *g) {
    const struct gate_options *o = g->options;
    struct arena *arena = g->items.arena;
    struct freezes freezes;
    struct error err = {0};
    struct stat there;
    size_t active = 0;
    if (o->state_must_exist && stat(o->state, &there) != 0) {
        error_set(&err, ERROR_IO, "%s: no such state directory", o->state);
    } else if (freeze_list(o->state, arena, &freezes, &err)) {
        for (size_t i = 0; i < freezes.count; i++) {
            const struct freeze *f = &freezes.items[i];
            if (!freeze_is_active(f, o->now_ms) || !freeze_covers(f, g->config->name, g->config->owner)) continue;
            active++;
            struct gate_item item = {.kind = "freeze", .name = f->id, .state = GATE_CLOSED};
            item.text = arena_printf(arena, "%s is frozen until %s by %s: %s", freeze_scope(f, arena), instant(arena, f->until_ms), f->by,
                                     f->reason);
            item.opens = arena_printf(arena, "its end, or serin freeze lift %s --reason TEXT", f->id);
            gate_items_add(&g->items, item);
        }
        if (active == 0)
            gate_items_add(&g->items, (struct gate_item){.kind = "freeze", .text = arena_printf(arena, "none holds in %s", o->state)});
        return;
    }
    gate_items_add(&g->items, (struct gate_item){.kind = "freeze",
                                                 .state = GATE_UNKNOWN,
                                                 .text = arena_strdup(arena, err.text),
                                                 .opens = "a state directory that can be read"});
}

static size_t count_void(const struct gate *g, const struct approvals *approvals) {
    size_t count = 0;
    for (size_t i = 0; i < approvals->count; i++) {
        const struct approval *a = &approvals->items[i];
        count +=
            strcmp(a->canary, g->wanted.canary) == 0 && !approval_holds(a, &g->wanted, g->options->now_ms, g->asks->approval_max_age_ms);
    }
    return count;
}

static void ask_approvals(struct gate *g, bool marginal) {
    struct arena *arena = g->items.arena;
    struct gate_item item = {.kind = "approvals", .state = GATE_UNKNOWN, .opens = "a state directory that can be read"};
    struct approvals approvals;
    struct error err = {0};
    g->needed = (size_t)g->asks->approvals;
    if (marginal && g->needed == 0) g->needed = 1;
    if (g->needed == 0) return;
    if (!approval_list(g->options->state, arena, &approvals, &err)) {
        item.text = arena_strdup(arena, err.text);
        gate_items_add(&g->items, item);
        return;
    }
    g->given = approval_people(&approvals, &g->wanted, g->options->now_ms, g->asks->approval_max_age_ms);
    size_t lost = count_void(g, &approvals);
    const char *voided = lost > 0 ? arena_printf(arena, "; %zu of another config or artefact, or too old, do not count", lost) : "";
    item.state = g->given >= g->needed ? GATE_OPEN : GATE_APPROVAL;
    item.text = arena_printf(arena, "%zu of %zu people approved%s%s", g->given, g->needed, marginal ? " a marginal verdict" : "", voided);
    item.opens = item.state == GATE_OPEN ? NULL : arena_printf(arena, "serin gate approve %s --by NAME --reason TEXT", g->config->file);
    gate_items_add(&g->items, item);
}

static json_t *text_or_null(const char *text) {
    return text != NULL ? result_text(text) : json_null();
}

static json_t *items_json(const struct gate_items *items, json_t *reasons) {
    json_t *list = json_array();
    for (size_t i = 0; i < items->count; i++) {
        const struct gate_item *x = &items->items[i];
        json_t *item = json_object();
        json_object_set_new(item, "kind", json_string(x->kind));
        json_object_set_new(item, "name", text_or_null(x->name));
        json_object_set_new(item, "state", json_string(gate_state_name(x->state)));
        json_object_set_new(item, "required", json_boolean(!x->informs));
        json_object_set_new(item, "value", x->has_value ? result_number(x->value) : json_null());
        json_object_set_new(item, "text", result_text(x->text));
        json_object_set_new(item, "opens", text_or_null(x->opens));
        json_array_append_new(list, item);
        if (x->state == GATE_OPEN || x->informs) continue;
        const char *name = x->name != NULL ? arena_printf(items->arena, "%s %s", x->kind, x->name) : x->kind;
        json_array_append_new(reasons, result_text(arena_printf(items->arena, "%s: %s", name, x->text)));
    }
    return list;
}

static json_t *document(const struct gate *g) {
    json_t *r = json_object(), *file = json_object(), *approvals = json_object(), *reasons = json_array();
    const struct gate_options *o = g->options;
    json_object_set_new(file, "file", result_text(g->config->file));
    json_object_set_new(file, "sha256", json_string(g->config->sha256));
    json_object_set_new(approvals, "needed", json_integer((json_int_t)g->needed));
    json_object_set_new(approvals, "given", json_integer((json_int_t)g->given));
    json_object_set_new(r, "schema", json_string("serin.gate/1"));
    json_object_set_new(r, "serin", json_string(SERIN_VERSION));
    json_object_set_new(r, "canary", result_text(g->config->name));
    json_object_set_new(r, "owner", text_or_null(g->config->owner));
    json_object_set_new(r, "config", file);
    json_object_set_new(r, "at", result_instant(o->at_ms));
    json_object_set_new(r, "release_start", o->release_start_ms != 0 ? result_instant(o->release_start_ms) : json_null());
    json_object_set_new(r, "artefact", text_or_null(g->wanted.artefact));
    json_object_set_new(r, "state_dir", result_text(o->state));
    json_object_set_new(r, "gate", json_string(gate_state_name(g->items.state)));
    json_object_set_new(r, "advisory", json_boolean(o->advisory));
    json_object_set_new(r, "exit_code", json_integer(gate_exit_code(g->items.state)));
    json_object_set_new(r, "verdict_age_s", result_known(g->verdict_age_s));
    json_object_set_new(r, "approvals", approvals);
    json_t *items = items_json(&g->items, reasons);
    json_object_set_new(r, "reasons", reasons);
    json_object_set_new(r, "items", items);
    return r;
}

json_t *gate_run(const struct canary_config *config, const struct gate_options *options, struct arena *arena, struct error *err) {
    struct gate g = {.config = config, .asks = gate_config_of(config), .options = options, .items = {.arena = arena}};
    g.wanted = (struct approval){.canary = config->name, .config_sha256 = config->sha256};
    if (!find_artefact(config, options, arena, &g.wanted.artefact, err)) return NULL;
    struct gate_verdict_question question = {config, options->result, g.wanted.artefact, options->now_ms, options->release_start_ms};
    bool marginal = gate_verdict_judge(&question, &g.items);
    g.verdict_age_s = gate_verdict_age_s(&question);
    if (!ask_sources(&g, err)) return NULL;
    ask_freezes(&g);
    ask_approvals(&g, marginal);
    return document(&g);
}

bool gate_approve(const struct canary_config *config, const struct gate_options *options, struct approval *approval, struct arena *arena,
                  struct error *err) {
    approval->canary = config->name;
    approval->config_sha256 = config->sha256;
    approval->at_ms = options->now_ms;
    return find_artefact(config, options, arena, &approval->artefact, err) && approval_add(options->state, approval, err);
}
