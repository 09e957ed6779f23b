// SPDX-License-Identifier: GPL-3.0-or-later
// For those who run the service: is it alive, is it ready, and read configs, tokens and certificates again.
#include "api/audit.h"
#include "api/readiness.h"
#include "api/reply.h"
#include "api/view_value.h"

#define RELOAD_MS INT64_C(60000)
#define READY_MS INT64_C(10000)

static void healthy(struct call *call) {
    reply_text(call, 200, "text/plain; charset=utf-8", view_of("serin is healthy\n"));
}

static void tell_ready(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    struct error err = {0};
    (void)input;
    if (readiness_check(service->readiness, service->store, &err)) {
        struct engine_counts counts;
        engine_counts(service->engine, &counts);
        errand_text(
            errand, 200, "text/plain; charset=utf-8",
            view_of(counts.evidence_failing ? "serin is ready; the answers to looks are not kept, see its log\n" : "serin is ready\n"));
    } else {
        errand_error(errand, 503, "not_ready", "see the log of the service", "the store cannot be written");
    }
}

static void ready(struct call *call) {
    struct errand *errand = errand_begin(call, READY_MS);
    desk_give(service_of(call)->clerks, "ready", errand, tell_ready, NULL);
}

struct reloading {
    const char *who;
};

static void reload_all(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    const struct reloading *reloading = input;
    struct error err = {0};
    if (!service->reload(service->user, &err)) {
        errand_error(errand, 500, "not_reloaded", "what was read before stays in use", "%s", err.text);
        return;
    }
    if (!audit_add(service, reloading->who, "reload", "configs", NULL, &err)) {
        errand_store_failed(errand, &err);
        return;
    }
    const struct catalog_view *view = catalog_take(service->catalog);
    errand_json(errand, 200,
                json_pack("{s:I,s:I,s:o}", "configs", (json_int_t)view->count, "problems", (json_int_t)view->problem_count, "read",
                          view_time(view->read_ms)));
    catalog_release(service->catalog, view);
}

static void reload(struct call *call) {
    struct errand *errand = errand_begin(call, RELOAD_MS);
    struct reloading *reloading = arena_alloc(errand_arena(errand), sizeof *reloading);
    reloading->who = arena_strdup(errand_arena(errand), call_who(call).name);
    desk_give(service_of(call)->clerks, "reload", errand, reload_all, reloading);
}

static const struct route_answer healthy_answers[] = {{200, "it is", NULL, "text/plain"}, {0, NULL, NULL, NULL}};
static const struct route_answer ready_answers[] = {
    {200, "it is", NULL, "text/plain"}, {503, "the store cannot be written", "Error", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer reload_answers[] = {{200, "read again; GET /api/v1/configs tells the problems", "Document", NULL},
                                                     {500, "the folder cannot be read", "Error", NULL},
                                                     {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/-/healthy",
     .role = ROLE_NONE,
     .quiet = true,
     .handle = healthy,
     .operation = "isHealthy",
     .summary = "Whether the service answers",
     .answers = healthy_answers},
    {.method = "GET",
     .path = "/-/ready",
     .role = ROLE_NONE,
     .quiet = true,
     .handle = ready,
     .resume = errand_resume,
     .operation = "isReady",
     .summary = "Whether the service can take analyses",
     .answers = ready_answers},
    {.method = "POST",
     .path = "/-/reload",
     .role = ROLE_ADMIN,
     .handle = reload,
     .resume = errand_resume,
     .operation = "reload",
     .summary = "Read configs, tokens and certificates again",
     .answers = reload_answers},
};

const struct route_table operation_table = {routes, sizeof routes / sizeof routes[0], NULL};
