// SPDX-License-Identifier: GPL-3.0-or-later
// The configs that the service has, and a check of a config's text.
#include <string.h>

#include "analyzer/config.h"
#include "analyzer/config_files.h"
#include "api/config_view.h"
#include "api/named_config.h"
#include "api/view_value.h"
#include "base/timetext.h"

#define CONFIG_MS INT64_C(30000)
#define SETTLED_MS INT64_C(60000) // the plan is shown for a window that ended that long ago

static json_t *entry_view(const struct catalog_entry *e) {
    return json_pack("{s:o,s:o,s:s,s:o,s:o,s:o,s:b,s:I,s:I}", "name", view_text(e->name), "file", view_text(e->file), "sha256", e->sha256,
                     "owner", view_text(e->owner), "runbook", view_text(e->runbook), "changed", view_time(e->changed_ms), "kept", e->kept,
                     "metrics", (json_int_t)e->metrics, "objectives", (json_int_t)e->objectives);
}

static void list(struct call *call) {
    struct catalog *catalog = service_of(call)->catalog;
    const struct catalog_view *view = catalog_take(catalog);
    json_t *configs = json_array(), *problems = json_array();
    for (size_t i = 0; i < view->count; i++) json_array_append_new(configs, entry_view(view->entries[i]));
    for (size_t i = 0; i < view->problem_count; i++) {
        const struct catalog_problem *p = &view->problems[i];
        json_array_append_new(problems, json_pack("{s:o,s:o,s:o}", "file", view_text(p->file), "changed", view_time(p->changed_ms),
                                                  "findings", view_findings(p->findings, p->count)));
    }
    reply_json(call, 200, json_pack("{s:o,s:o,s:o}", "configs", configs, "problems", problems, "read", view_time(view->read_ms)));
    catalog_release(catalog, view);
}

static void show_by_clerk(void *user, struct errand *errand, void *input) {
    struct named_config *named = input;
    struct error err = {0};
    (void)user;
    const struct canary_config *config = named_config_read(named, errand);
    if (config == NULL) return;
    json_t *body = config_view(config, wall_now_ms() - SETTLED_MS, errand_arena(errand), &err);
    if (body == NULL) {
        errand_error(errand, 422, "bad_config", "serin plan tells the same", "%s", err.text);
        return;
    }
    json_object_set_new(body, "file", view_text(named->file));
    errand_json(errand, 200, body);
}

static void show(struct call *call) {
    struct errand *errand = errand_begin(call, CONFIG_MS);
    struct named_config *named = named_config_find(service_of(call), call_path(call, "name"), errand);
    if (named != NULL) desk_give(service_of(call)->clerks, "config", errand, show_by_clerk, named);
}

struct checking {
    struct view text;
    bool is_admin;
};

static void check_by_clerk(void *user, struct errand *errand, void *input) {
    const struct checking *c = input;
    struct arena *arena = errand_arena(errand);
    struct canary_config config = {0};
    struct config_overrides overrides;
    struct findings findings;
    (void)user;
    findings_init(&findings, arena);
    config_overrides_init(&overrides);
    bool ok = (c->is_admin || config_names_no_files(c->text, "config", arena, &findings)) &&
              config_read(c->text, "config", &overrides, arena, &findings, &config);
    json_t *body =
        json_pack("{s:b,s:o,s:I,s:I,s:o}", "ok", ok, "canary", view_text(config.name), "metrics", (json_int_t)config.metric_count,
                  "objectives", (json_int_t)config.objective_count, "findings", view_findings(findings.items, findings.count));
    findings_finish(&findings);
    errand_json(errand, 200, body);
}

static void check(struct call *call) {
    struct errand *errand = errand_begin(call, CONFIG_MS);
    struct arena *arena = errand_arena(errand);
    struct checking *c = arena_alloc(arena, sizeof *c);
    struct view body = call_body(call);
    *c = (struct checking){{arena_strndup(arena, body.ptr, body.len), body.len}, call_who(call).role == ROLE_ADMIN};
    desk_give(service_of(call)->clerks, "inline", errand, check_by_clerk, c);
}

static const struct route_answer list_answers[] = {{200, "all of them, and the files that cannot be used", "ConfigList", NULL},
                                                   {0, NULL, NULL, NULL}};
static const struct route_answer show_answers[] = {
    {200, "what holds, without secrets", "Config", NULL}, {404, "there is none", "Error", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer check_answers[] = {{200, "what is wrong with it, if anything", "CheckAnswer", NULL},
                                                    {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/api/v1/configs",
     .role = ROLE_READ,
     .handle = list,
     .operation = "listConfigs",
     .summary = "List canary configs and what is wrong with their files",
     .answers = list_answers},
    {.method = "GET",
     .path = "/api/v1/configs/{name}",
     .role = ROLE_READ,
     .handle = show,
     .resume = errand_resume,
     .operation = "readConfig",
     .summary = "Read a canary config as it holds, and its plan",
     .answers = show_answers},
    {.method = "POST",
     .path = "/api/v1/configs/check",
     .role = ROLE_READ,
     .body = BODY_REQUIRED,
     .body_types = "application/yaml application/x-yaml text/yaml text/plain application/json",
     .handle = check,
     .resume = errand_resume,
     .operation = "checkConfig",
     .summary = "Tell what is wrong in the text of a canary config",
     .answers = check_answers},
};

const struct route_table configs_table = {routes, sizeof routes / sizeof routes[0], NULL};
