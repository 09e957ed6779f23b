// SPDX-License-Identifier: GPL-3.0-or-later
// Gates and error budgets. Both query sources, so envoys carry them out.
#include <string.h>

#include "analyzer/analysis.h"
#include "analyzer/gate.h"
#include "api/body.h"
#include "api/exports.h"
#include "api/named_config.h"
#include "api/parameter.h"
#include "api/reply.h"
#include "api/view_value.h"
#include "base/timetext.h"

#define SOURCES_MS INT64_C(10000) // for all queries; clients of deployment tools wait no longer
#define ANSWER_MS INT64_C(60000)
#define SETTLED_MS INT64_C(60000) // sources are asked for values of that long ago, when late samples are there

struct asking {
    struct named_config *named;
    const char *analysis, *artefact;
    int64_t release_start_ms;
};

static void budget_by_envoy(void *user, struct errand *errand, void *input) {
    const struct asking *asking = input;
    struct arena *arena = errand_arena(errand);
    struct analysis_options options = {.overrides = asking->named->overrides,
                                       .end_ms = wall_now_ms() - SETTLED_MS,
                                       .budget = true,
                                       .release_start_ms = asking->release_start_ms,
                                       .deadline_ms = SOURCES_MS};
    struct findings findings;
    struct error err = {0};
    (void)user;
    findings_init(&findings, arena);
    json_t *document = analysis_run(asking->named->text, asking->named->file, &options, arena, &findings, &err);
    if (document != NULL) {
        errand_json(errand, 200, document);
    } else {
        json_t *body = errand_error_body("bad_config", "the config needs objectives", err.text);
        json_object_set_new(json_object_get(body, "error"), "findings", view_findings(findings.items, findings.count));
        errand_json(errand, 422, body);
    }
    findings_finish(&findings);
}

// Reads the result that the gate uses: of the named analysis, else of the last decided one; *ret is NULL when there is none. False when
// the errand has ended.
static bool find_result(const struct service *service, const char *canary, const struct asking *asking, struct errand *errand,
                        json_t **ret) {
    struct arena *arena = errand_arena(errand);
    enum store_state done = STORE_DONE;
    struct store_filter filter = {.canary = canary, .state = &done, .limit = 1, .parts = STORE_RESULT};
    struct store_analyses page = {0};
    struct store_analysis row = {0};
    struct error err = {0};
    bool found = false;
    bool ok = asking->analysis != NULL ? store_get(service->store, asking->analysis, STORE_RESULT, arena, &row, &found, &err)
                                       : store_list(service->store, &filter, arena, &page, &err);
    if (!ok) {
        errand_store_failed(errand, &err);
        return false;
    }
    if (asking->analysis != NULL && (!found || strcmp(row.canary, canary) != 0)) {
        errand_error(errand, 404, "unknown_analysis", "", "the canary %s has no analysis %.64s", canary, asking->analysis);
        return false;
    }
    const char *text = found ? row.result : page.count > 0 ? page.items[0].result : NULL;
    *ret = text != NULL ? json_loads(text, 0, NULL) : NULL;
    return true;
}

static void gate_by_envoy(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    const struct asking *asking = input;
    struct error err = {0};
    json_t *result;
    const struct canary_config *config = named_config_read(asking->named, errand);
    if (config == NULL || !find_result(service, config->name, asking, errand, &result)) return;
    struct gate_options options = {.at_ms = wall_now_ms() - SETTLED_MS,
                                   .now_ms = wall_now_ms(),
                                   .release_start_ms = asking->release_start_ms,
                                   .result = result,
                                   .artefact = asking->artefact,
                                   .state = service->state_dir,
                                   .deadline_ms = SOURCES_MS};
    json_t *document = gate_run(config, &options, errand_arena(errand), &err);
    json_decref(result);
    if (document != NULL) {
        exports_gate(service->exports, document);
        errand_json(errand, 200, document);
    } else {
        errand_error(errand, 422, "bad_request", "", "%s", err.text);
    }
}

// Gives the question to an envoy; `from` and `vars` lie in the call and are copied.
static void ask(struct call *call, struct asking from, const struct name_values *vars, desk_fn *run) {
    struct errand *errand = errand_begin(call, ANSWER_MS);
    struct arena *arena = errand_arena(errand);
    struct asking *asking = arena_alloc(arena, sizeof *asking);
    *asking = (struct asking){.named = named_config_find(service_of(call), call_path(call, "canary"), errand),
                              .analysis = arena_strdup(arena, from.analysis),
                              .artefact = arena_strdup(arena, from.artefact),
                              .release_start_ms = from.release_start_ms};
    if (asking->named == NULL) return;
    const char *fixed = named_config_fixed(asking->named, vars, call_who(call).role);
    if (fixed != NULL) {
        errand_error(errand, 403, "fixed_variable", "have it set in the config, or ask as an admin",
                     "the variable %.100s decides which server is asked", fixed);
        return;
    }
    named_config_set_vars(asking->named, vars, arena);
    desk_give(service_of(call)->envoys, call_path(call, "canary"), errand, run, asking);
}

static void budget(struct call *call) {
    struct asking asking = {0};
    if (parameter_time(call, "release_start", &asking.release_start_ms)) ask(call, asking, &(struct name_values){0}, budget_by_envoy);
}

static void gate(struct call *call) {
    struct asking asking = {.analysis = call_query(call, "analysis"), .artefact = call_query(call, "artefact")};
    if (parameter_time(call, "release_start", &asking.release_start_ms)) ask(call, asking, &(struct name_values){0}, gate_by_envoy);
}

static void gate_with_body(struct call *call) {
    static const char *const names[] = {"analysis", "artefact", "release_start", "vars", NULL};
    struct asking asking = {0};
    struct name_values vars = {0};
    struct arena *arena = call_arena(call);
    const json_t *body;
    if (!body_object(call, names, &body) || !body_text(call, body, "analysis", false, arena, &asking.analysis) ||
        !body_text(call, body, "artefact", false, arena, &asking.artefact) ||
        !body_time(call, body, "release_start", &asking.release_start_ms) || !body_vars(call, body, arena, &vars))
        return;
    ask(call, asking, &vars, gate_by_envoy);
}

static const struct route_parameter budget_parameters[] = {
    {"release_start", "since when a canary gets traffic: tells what it has cost", NULL, false}, {NULL, NULL, NULL, false}};
static const struct route_parameter gate_parameters[] = {
    {"analysis", "whose verdict counts; else the last one that is decided", NULL, false},
    {"artefact", "to be promoted, instead of gate.artefact with its variables", NULL, false},
    {"release_start", "since when a canary gets traffic", NULL, false},
    {NULL, NULL, NULL, false},
};
static const struct route_answer budget_answers[] = {{200, "a document of schema serin.budget/1", "Document", NULL},
                                                     {404, "there is no such config", "Error", NULL},
                                                     {422, "the config has no objectives", "Error", NULL},
                                                     {503, "too many of this canary are under way", "Error", NULL},
                                                     {0, NULL, NULL, NULL}};
static const struct route_answer gate_answers[] = {
    {200, "a document of schema serin.gate/1; its exit_code is 0 when the gate is open", "Document", NULL},
    {404, "there is no such config or analysis", "Error", NULL},
    {503, "too many of this canary are under way", "Error", NULL},
    {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/api/v1/budgets/{canary}",
     .role = ROLE_READ,
     .handle = budget,
     .resume = errand_resume,
     .operation = "readBudgets",
     .summary = "Ask what is left of the error budgets",
     .parameters = budget_parameters,
     .answers = budget_answers},
    {.method = "GET",
     .path = "/api/v1/gate/{canary}",
     .role = ROLE_READ,
     .handle = gate,
     .resume = errand_resume,
     .operation = "readGate",
     .summary = "Ask whether a canary may be promoted",
     .parameters = gate_parameters,
     .answers = gate_answers},
    {.method = "POST",
     .path = "/api/v1/gate/{canary}",
     .role = ROLE_READ,
     .body = BODY_OPTIONAL,
     .body_most = 65536,
     .handle = gate_with_body,
     .resume = errand_resume,
     .operation = "askGate",
     .summary = "Ask whether a canary may be promoted, with variables",
     .request_schema = "GateRequest",
     .answers = gate_answers},
};

const struct route_table gates_table = {routes, sizeof routes / sizeof routes[0], NULL};
