// SPDX-License-Identifier: GPL-3.0-or-later
// Analyses: started, listed, read, waited for, called off.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/analysis_view.h"
#include "api/body.h"
#include "api/intake.h"
#include "api/parameter.h"
#include "api/reply.h"
#include "api/schemas.h"
#include "base/digest.h"
#include "base/json_print.h"
#include "base/timetext.h"

#define SUBMIT_MS INT64_C(30000)
#define WAIT_MOST_S 600
#define WAIT_DEFAULT_S 60

// Starting.

static void tell_location(const struct intake *intake) {
    struct arena *arena = errand_arena(intake->errand);
    errand_header(intake->errand, "Location", arena_printf(arena, "%s/api/v1/analyses/%s", intake->service->public_url, intake->id));
}

static void opened(struct intake *intake) {
    struct buf text;
    tell_location(intake);
    buf_init(&text, 65536);
    analysis_view_accepted(intake->service, intake->id, &text);
    errand_text(intake->errand, 202, "application/json", (struct view){buf_text(&text), text.len});
    buf_finish(&text);
}

static void found(struct intake *intake) {
    struct store_analysis row;
    struct error err = {0};
    bool there = false;
    if (!store_get(intake->service->store, intake->id, 0, errand_arena(intake->errand), &row, &there, &err)) {
        errand_store_failed(intake->errand, &err);
    } else if (!there) {
        errand_no_analysis(intake->errand, intake->id);
    } else {
        tell_location(intake);
        errand_json(intake->errand, 200, analysis_view_short(intake->service, &row));
    }
}

static bool read_key(struct call *call, struct analysis_request *request, struct arena *arena) {
    const char *key = call_header(call, "Idempotency-Key");
    if (key == NULL) return true;
    size_t len = strlen(key);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)key[i] < 0x20 || (unsigned char)key[i] > 0x7e) len = 0;
    }
    if (len == 0 || len > STORE_NAME_LEN) {
        reply_error(call, 400, "bad_key", "Idempotency-Key must be 1 to %d printable characters", STORE_NAME_LEN);
    } else if (request->key != NULL && strcmp(request->key, key) != 0) {
        reply_error(call, 400, "bad_key", "Idempotency-Key and idempotency_key differ");
    } else {
        request->key = arena_strdup(arena, key);
        return true;
    }
    return false;
}

// False when the call was answered.
static bool read_request(struct call *call, struct arena *arena, struct analysis_request *request) {
    struct error err = {0};
    const json_t *json;
    if (!body_json(call, &json)) return false;
    if (analysis_request_read(json, arena, request, &err)) return read_key(call, request, arena);
    reply_error(call, 422, "bad_request", "%s", err.text);
    return false;
}

// The request outlives the call where the client does not wait for the answer.
static void create(struct call *call) {
    struct arena own = {0};
    struct analysis_request request;
    if (!read_request(call, &own, &request)) {
        arena_finish(&own);
        return;
    }
    struct errand *errand = errand_begin(call, SUBMIT_MS);
    struct arena *arena = errand_arena(errand);
    *arena = own;
    struct intake *intake = arena_alloc(arena, sizeof *intake);
    *intake = (struct intake){.service = service_of(call),
                              .errand = errand,
                              .request = request,
                              .who = arena_strdup(arena, call_who(call).name),
                              .is_admin = call_who(call).role == ROLE_ADMIN,
                              .opened = opened,
                              .found = found,
                              .refused = intake_refuse_json};
    intake_begin(intake);
}

// Reading.

static bool known_verdict(const char *text) {
    static const char *const words[] = {"pass", "marginal", "fail", "inconclusive", "error"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], text) == 0) return true;
    }
    return false;
}

static bool read_filter(struct call *call, struct store_filter *filter, enum store_state *state) {
    const char *word = call_query(call, "state");
    int64_t limit = 50;
    *filter = (struct store_filter){.canary = call_query(call, "canary"),
                                    .version = call_query(call, "version"),
                                    .verdict = call_query(call, "verdict"),
                                    .cursor = call_query(call, "cursor")};
    if (word != NULL && !store_state_parse(word, state)) {
        reply_error(call, 400, "bad_parameter", "state must be open, done or cancelled");
        return false;
    }
    if (word != NULL) filter->state = state;
    if (filter->verdict != NULL && !known_verdict(filter->verdict)) {
        reply_error(call, 400, "bad_parameter", "verdict must be pass, marginal, fail, inconclusive or error");
        return false;
    }
    if (!parameter_time(call, "since", &filter->since_ms) || !parameter_time(call, "until", &filter->until_ms) ||
        !parameter_limit(call, STORE_PAGE_MOST, &limit))
        return false;
    filter->limit = (size_t)limit;
    return true;
}

static void list(struct call *call) {
    struct store_filter filter;
    struct store_analyses page;
    struct error err = {0};
    enum store_state state;
    if (!read_filter(call, &filter, &state)) return;
    if (!store_list(service_of(call)->store, &filter, call_arena(call), &page, &err)) {
        if (err.code == ERROR_USAGE) {
            reply_error(call, 400, "bad_parameter", "%s", err.text);
        } else {
            reply_store_failed(call, &err);
        }
        return;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < page.count; i++) json_array_append_new(items, analysis_view_short(service_of(call), &page.items[i]));
    reply_json(call, 200, json_pack("{s:o,s:o}", "analyses", items, "next", view_text(page.next)));
}

#define SHOWN (STORE_LOOK_STATE | STORE_RESULT | STORE_REQUEST)

#define TAG_LEN (STORE_ID_LEN + 64)

// Changes with the analysis, and with what Alertmanagers do with its alerts.
static void make_tag(const struct service *service, const struct store_analysis *row, char tag[TAG_LEN]) {
    char hex[DIGEST_HEX_LEN + 1] = "";
    json_t *silenced = analysis_view_silenced(service, row);
    if (json_array_size(silenced) > 0) {
        char *text = json_dumps(silenced, JSON_COMPACT);
        digest_hex(view_of(text), hex);
        free(text);
    }
    json_decref(silenced);
    snprintf(tag, TAG_LEN, "%s.%lld%s%.16s", row->id, (long long)row->revision, hex[0] != '\0' ? "." : "", hex);
}

// What has ended is written once for many. The tag is as it was before: what has changed meanwhile is not kept.
static void reply_ended(struct call *call, const struct store_analysis *row, const char *tag) {
    struct buf text;
    struct error err;
    char now[TAG_LEN];
    json_t *view = analysis_view(service_of(call), row);
    buf_init(&text, (size_t)64 << 20);
    if (json_print(&text, view, JSON_LINE, &err)) {
        struct kept_view written = {*row, tag, {buf_text(&text), text.len}};
        make_tag(service_of(call), row, now);
        if (strcmp(now, tag) == 0) view_cache_keep(service_of(call)->views, &written);
        reply_text(call, 200, "application/json", written.text);
        json_decref(view);
    } else {
        reply_json(call, 200, view);
    }
    buf_finish(&text);
}

static void reply_whole(struct call *call, const char *tag) {
    struct store_analysis row;
    if (!parameter_analysis(call, SHOWN, &row)) return;
    if (row.state == STORE_OPEN)
        reply_json(call, 200, analysis_view(service_of(call), &row));
    else
        reply_ended(call, &row, tag);
}

// The row of the analysis that the path names, without its parts; what has ended is not read again. False: the call is answered.
static bool find_analysis(struct call *call, struct kept_view *ret) {
    if (view_cache_find(service_of(call)->views, call_path(call, "id"), ret)) return true;
    *ret = (struct kept_view){.tag = ""};
    return parameter_analysis(call, 0, &ret->row);
}

static void reply_tagged(struct call *call, const struct kept_view *found, const char *tag) {
    if (strcmp(found->tag, tag) == 0)
        reply_text(call, 200, "application/json", found->text);
    else
        reply_whole(call, tag);
}

static void show(struct call *call) {
    struct kept_view found;
    char tag[TAG_LEN];
    if (!find_analysis(call, &found)) return;
    make_tag(service_of(call), &found.row, tag);
    if (!reply_etag(call, tag)) reply_tagged(call, &found, tag);
}

static void reply_analysis(struct call *call, const struct kept_view *found) {
    char tag[TAG_LEN];
    make_tag(service_of(call), &found->row, tag);
    reply_tagged(call, found, tag);
}

// Waiting.

static void stop_watching(struct call *call) {
    watchers_remove(service_of(call)->watchers, call_kept(call));
}

static void wait_for(struct call *call) {
    struct kept_view found;
    int64_t timeout_s = WAIT_DEFAULT_S;
    if (!parameter_number(call, "timeout", WAIT_MOST_S, &timeout_s) || !find_analysis(call, &found)) return;
    if (found.row.state != STORE_OPEN || timeout_s == 0) {
        reply_analysis(call, &found);
        return;
    }
    struct watcher *watcher = arena_alloc(call_arena(call), sizeof *watcher);
    *watcher = (struct watcher){.call = call, .id = found.row.id};
    call_keep(call, watcher);
    call_defer(call, mono_now_ms() + timeout_s * 1000, stop_watching);
    watchers_add(service_of(call)->watchers, watcher);
    if (!find_analysis(call, &found)) return; // it answered, which ends the waiting
    if (found.row.state != STORE_OPEN) reply_analysis(call, &found);
}

static void waited(struct call *call) {
    struct kept_view found;
    if (call_ended(call) == CALL_STOPPING) {
        reply_header(call, "Retry-After", "5");
        reply_error_hint(call, 503, "stopping", "ask again in some seconds; the analysis goes on", "the service stops");
    } else {
        if (find_analysis(call, &found)) reply_analysis(call, &found);
    }
}

// Calling off.

static void cancelled(void *user, const struct engine_answer *answer) {
    struct errand *errand = user;
    switch (answer->kind) {
    case ENGINE_OK:
        errand_json(errand, 200,
                    json_pack("{s:s,s:s,s:s,s:I}", "id", answer->id, "state", "cancelled", "verdict", "cancelled", "revision",
                              (json_int_t)answer->revision));
        return;
    case ENGINE_OVER:
        errand_error(errand, 409, "already_ended", "read its verdict instead", "the analysis %s has ended already", answer->id);
        return;
    case ENGINE_UNKNOWN:
        errand_no_analysis(errand, answer->id);
        return;
    case ENGINE_SAME:
    case ENGINE_REUSED:
    case ENGINE_FULL:
    case ENGINE_FAILED:
        errand_store_failed(errand, &answer->err);
        return;
    }
}

// What the store cannot look for is the id of no analysis.
static bool can_be_id(const char *id) {
    size_t len = 0;
    while (id[len] > ' ' && id[len] < 0x7f) len++;
    return id[len] == '\0' && len <= STORE_ID_LEN;
}

static void cancel(struct call *call) {
    const char *id = call_path(call, "id"), *reason = NULL;
    const json_t *json;
    if (!body_json(call, &json)) return;
    if (json != NULL) reason = json_string_value(json_object_get(json, "reason"));
    if (json != NULL &&
        (!json_is_object(json) || json_object_size(json) != (reason != NULL) || (reason != NULL && strlen(reason) > 1024))) {
        reply_error(call, 422, "bad_request", "expected an object with reason, a text of at most 1024 bytes, or nothing");
    } else if (!can_be_id(id)) {
        reply_no_analysis(call, id);
    } else {
        struct errand *errand = errand_begin(call, SUBMIT_MS);
        engine_cancel(service_of(call)->engine, arena_strdup(errand_arena(errand), id), call_who(call).name, reason != NULL ? reason : "",
                      cancelled, errand);
    }
}

static const struct route_parameter list_parameters[] = {
    {"canary", "of this canary", NULL, false},
    {"state", "open, done or cancelled", "{\"type\":\"string\",\"enum\":[\"open\",\"done\",\"cancelled\"]}", false},
    {"verdict", "of finished ones", "{\"type\":\"string\",\"enum\":[\"pass\",\"marginal\",\"fail\",\"inconclusive\",\"error\"]}", false},
    {"version", "of this version", NULL, false},
    {"since", "created from this time on: RFC 3339 or Unix seconds", NULL, false},
    {"until", "created before this time", NULL, false},
    {"cursor", "next of the page before", NULL, false},
    {"limit", "most analyses of a page; else 50", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":500}", false},
    {NULL, NULL, NULL, false},
};

static const struct route_parameter wait_parameters[] = {
    {"timeout", "seconds to wait at most; else 60", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":600}", false},
    {NULL, NULL, NULL, false},
};

static const struct route_answer create_answers[] = {{202, "accepted: it is kept, and goes on whatever happens", "Accepted", NULL},
                                                     {200, "this request was accepted before, with the same key", "AnalysisShort", NULL},
                                                     {409, "the key was used for another request", "Error", NULL},
                                                     {422, "the request or its config cannot be used", "Error", NULL},
                                                     {503, "too many analyses are open", "Error", NULL},
                                                     {0, NULL, NULL, NULL}};
static const struct route_answer list_answers[] = {{200, "a page, newest first", "AnalysisList", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer show_answers[] = {{200, "the analysis", "Analysis", NULL},
                                                   {304, "it is as the ETag says", NULL, NULL},
                                                   {404, "there is none", "Error", NULL},
                                                   {0, NULL, NULL, NULL}};
static const struct route_answer wait_answers[] = {
    {200, "decided, or still open when the time is over", "Analysis", NULL}, {404, "there is none", "Error", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer cancel_answers[] = {{200, "called off", "Accepted", NULL},
                                                     {404, "there is none", "Error", NULL},
                                                     {409, "it has ended already", "Error", NULL},
                                                     {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "POST",
     .path = "/api/v1/analyses",
     .role = ROLE_RUN,
     .body = BODY_REQUIRED,
     .body_most = (size_t)2 << 20,
     .handle = create,
     .resume = errand_resume,
     .operation = "createAnalysis",
     .summary = "Start an analysis",
     .request_schema = "AnalysisRequest",
     .answers = create_answers},
    {.method = "GET",
     .path = "/api/v1/analyses",
     .role = ROLE_READ,
     .handle = list,
     .operation = "listAnalyses",
     .summary = "List analyses, newest first",
     .parameters = list_parameters,
     .answers = list_answers},
    {.method = "GET",
     .path = "/api/v1/analyses/{id}",
     .role = ROLE_READ,
     .quiet = true,
     .handle = show,
     .operation = "readAnalysis",
     .summary = "Read an analysis",
     .answers = show_answers},
    {.method = "GET",
     .path = "/api/v1/analyses/{id}/wait",
     .role = ROLE_READ,
     .quiet = true,
     .handle = wait_for,
     .resume = waited,
     .operation = "waitForAnalysis",
     .summary = "Wait until an analysis is decided",
     .parameters = wait_parameters,
     .answers = wait_answers},
    {.method = "POST",
     .path = "/api/v1/analyses/{id}/cancel",
     .role = ROLE_RUN,
     .body = BODY_OPTIONAL,
     .body_most = 4096,
     .handle = cancel,
     .resume = errand_resume,
     .operation = "cancelAnalysis",
     .summary = "Call an analysis off, without a verdict",
     .request_schema = "CancelRequest",
     .answers = cancel_answers},
};

const struct route_table analyses_table = {routes, sizeof routes / sizeof routes[0], api_schemas};
