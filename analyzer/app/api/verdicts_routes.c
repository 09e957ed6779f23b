// SPDX-License-Identifier: GPL-3.0-or-later
// The verdict of a canary in a shape that conditions of deployment tools can read: GET reads it, POST also starts the analysis when there
// is none yet. A failed source is answered with 502, so that no condition takes it for a verdict.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/analysis_view.h"
#include "api/body.h"
#include "api/intake.h"
#include "api/reply.h"
#include "base/digest.h"

#define VERDICT_MS INT64_C(9000) // clients give up after ten seconds
#define SHOWN STORE_RESULT

static json_t *verdict_view(const struct service *service, const struct store_analysis *row, struct arena *arena) {
    char path[STORE_ID_LEN + 64];
    const char *verdict = analysis_view_verdict(row), *sentence = analysis_view_sentence(service, row, arena);
    snprintf(path, sizeof path, "/analyses/%s", row->id);
    json_t *root = json_pack("{s:s,s:o,s:b,s:s,s:o,s:o,s:o,s:o}", "verdict", verdict, "score", view_number(row->score), "ok",
                             strcmp(verdict, "pass") == 0, "id", row->id, "canary", view_text(row->canary), "version",
                             view_text(row->version), "reason", view_text(sentence), "link", view_link(service, path));
    json_object_set_new(root, "progress", analysis_view_progress(service, row));
    return root;
}

static void tell(const struct service *service, struct errand *errand, const struct store_analysis *row) {
    struct arena *arena = errand_arena(errand);
    if (strcmp(analysis_view_verdict(row), "error") == 0) {
        errand_error(errand, 502, "source_error",
                     "the verdict is not known; another idempotency_key starts another analysis when the source answers again", "%s",
                     analysis_view_sentence(service, row, arena));
    } else {
        errand_json(errand, 200, verdict_view(service, row, arena));
    }
}

// Reading.

struct reading {
    const char *canary, *version;
};

static void read_by_clerk(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    const struct reading *reading = input;
    struct store_filter filter = {.canary = reading->canary, .version = reading->version, .limit = 1, .parts = SHOWN};
    struct store_analyses page = {0};
    struct error err = {0};
    if (!store_list(service->store, &filter, errand_arena(errand), &page, &err)) {
        errand_store_failed(errand, &err);
    } else if (page.count == 0) {
        errand_error(errand, 404, "unknown_analysis", "a POST here starts one", "the canary %s has no analysis%s%s", reading->canary,
                     reading->version != NULL ? " of version " : "", reading->version != NULL ? reading->version : "");
    } else {
        tell(service, errand, &page.items[0]);
    }
}

static void read_verdict(struct call *call) {
    struct errand *errand = errand_begin(call, VERDICT_MS);
    struct arena *arena = errand_arena(errand);
    struct reading *reading = arena_alloc(arena, sizeof *reading);
    *reading = (struct reading){arena_strdup(arena, call_path(call, "canary")), arena_strdup(arena, call_query(call, "version"))};
    desk_give(service_of(call)->clerks, "verdict", errand, read_by_clerk, reading);
}

// Starting or finding.

static void opened(struct intake *intake) {
    struct store_analysis row = {
        .id = intake->id, .canary = intake->request.canary, .version = intake->request.version, .state = STORE_OPEN, .score = (double)NAN};
    tell(intake->service, intake->errand, &row);
}

static void found(struct intake *intake) {
    struct store_analysis row;
    struct error err = {0};
    bool there = false;
    if (!store_get(intake->service->store, intake->id, SHOWN, errand_arena(intake->errand), &row, &there, &err)) {
        errand_store_failed(intake->errand, &err);
    } else if (!there) {
        errand_no_analysis(intake->errand, intake->id);
    } else {
        tell(intake->service, intake->errand, &row);
    }
}

// False when the call was answered.
static bool read_request(struct call *call, struct analysis_request *request) {
    struct error err = {0};
    const json_t *json;
    if (!body_json(call, &json)) return false;
    if (!analysis_request_read(json, call_arena(call), request, &err)) {
        reply_error(call, 422, "bad_request", "%s", err.text);
    } else if (request->canary != NULL || request->config.ptr != NULL) {
        reply_error(call, 422, "bad_request", "the canary is named by the path");
    } else if (request->key == NULL && request->version == NULL) {
        reply_error(call, 422, "bad_request", "give version or idempotency_key, so that asking again finds the same analysis");
    } else {
        return true;
    }
    return false;
}

// The idempotency key; without one it is made of canary and version, whatever the config says: that may change during a rollout.
static const char *key_of(const struct analysis_request *request, const char *canary, struct arena *arena) {
    if (request->key != NULL) return arena_strdup(arena, request->key);
    const char *key = arena_printf(arena, "verdict:%s:%s", canary, request->version);
    if (strlen(key) <= STORE_NAME_LEN) return key;
    char *hex = arena_alloc(arena, DIGEST_HEX_LEN + 1);
    digest_hex(view_of(key), hex);
    return hex;
}

// A canary that the path names and does not exist is 404.
static void refused(struct intake *intake, const struct intake_refusal *refusal) {
    struct intake_refusal told = *refusal;
    if (strcmp(told.code, "unknown_canary") == 0) told.status = 404;
    intake_refuse_json(intake, &told);
}

static void start_or_find(struct call *call) {
    struct analysis_request request;
    struct error err = {0};
    if (!read_request(call, &request)) return;
    struct errand *errand = errand_begin(call, VERDICT_MS);
    struct arena *arena = errand_arena(errand);
    struct intake *intake = arena_alloc(arena, sizeof *intake);
    *intake = (struct intake){.service = service_of(call),
                              .errand = errand,
                              .who = arena_strdup(arena, call_who(call).name),
                              .is_admin = call_who(call).role == ROLE_ADMIN,
                              .key_is_enough = true,
                              .opened = opened,
                              .found = found,
                              .refused = refused};
    analysis_request_read(call_json(call, &err), arena, &intake->request, &err);
    intake->request.canary = arena_strdup(arena, call_path(call, "canary"));
    intake->request.key = key_of(&request, intake->request.canary, arena);
    intake_begin(intake);
}

static const struct route_parameter read_parameters[] = {{"version", "of this version only", NULL, false}, {NULL, NULL, NULL, false}};
static const struct route_answer answers[] = {{200, "running, or how it was decided", "Verdict", NULL},
                                              {404, "there is no such config or analysis", "Error", NULL},
                                              {422, "the request or the config cannot be used", "Error", NULL},
                                              {502, "a source failed: the verdict is not known", "Error", NULL},
                                              {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/api/v1/verdict/{canary}",
     .role = ROLE_READ,
     .quiet = true,
     .handle = read_verdict,
     .resume = errand_resume,
     .operation = "readVerdict",
     .summary = "Read the verdict of a canary's newest analysis",
     .parameters = read_parameters,
     .answers = answers},
    {.method = "POST",
     .path = "/api/v1/verdict/{canary}",
     .role = ROLE_RUN,
     .body = BODY_REQUIRED,
     .body_most = 65536,
     .quiet = true,
     .handle = start_or_find,
     .resume = errand_resume,
     .operation = "askVerdict",
     .summary = "Start the analysis of a version once, and read its verdict",
     .request_schema = "VerdictRequest",
     .answers = answers},
};

const struct route_table verdicts_table = {routes, sizeof routes / sizeof routes[0], NULL};
