// SPDX-License-Identifier: GPL-3.0-or-later
// /api/v1/query and /api/v1/query_range, answered as a Prometheus server does.
#include <stdlib.h>
#include <string.h>

#include "api/flagger_run.h"
#include "api/readback.h"
#include "api/reply.h"
#include "base/timetext.h"
#include "serve/target.h"

#define MOST_POINTS 11000       // as Prometheus has it
#define SKEW_MS INT64_C(300000) // a time that near is taken as now: clocks of clients differ

static void refuse(struct call *call, const char *text) {
    reply_json(call, 400, json_pack("{s:s,s:s,s:s}", "status", "error", "errorType", "bad_data", "error", text));
}

// Parameters are in the query, or in the form of a POST.
static const char *parameter(struct call *call, const char *name) {
    struct view body = call_body(call);
    struct target form;
    const char *why;
    if (body.len == 0) return call_query(call, name);
    const char *text = arena_printf(call_arena(call), "/?%.*s", (int)body.len, body.ptr);
    return target_parse(view_of(text), call_arena(call), &form, &why) ? target_value(&form, name) : NULL;
}

// Unix seconds with any number of decimals, as the Go client sends them, or RFC 3339.
static bool read_time(const char *text, int64_t *ret_ms) {
    const char *dot = strchr(text, '.');
    size_t len = strlen(text), most = dot != NULL ? (size_t)(dot - text) + 4 : len;
    if (strspn(text, "0123456789.") == len && len > most) len = most;
    return time_parse((struct view){text, len}, ret_ms) && *ret_ms > 0;
}

static bool read_step(const char *text, int64_t *ret_ms) {
    return (time_parse(view_of(text), ret_ms) && *ret_ms > 0) || (duration_parse(view_of(text), ret_ms) && *ret_ms > 0);
}

static bool read_query(struct call *call, struct readback *ret) {
    struct error err = {0};
    const char *text = parameter(call, "query");
    if (text == NULL) {
        refuse(call, "invalid parameter \"query\": it is missing");
    } else if (readback_parse(view_of(text), call_arena(call), ret, &err)) {
        return true;
    } else {
        refuse(call, arena_printf(call_arena(call), "invalid parameter \"query\": %s", err.text));
    }
    return false;
}

static int newest_first(const void *a, const void *b) {
    const struct store_analysis *x = a, *y = b;
    return x->created_ms != y->created_ms ? (x->created_ms < y->created_ms) - (x->created_ms > y->created_ms) : strcmp(y->id, x->id);
}

// Adds the analyses of the present runs of a Flagger canary, which may be too old to be among the newest.
static bool add_runs(struct store *store, const char *object, struct arena *arena, struct store_analyses *rows, struct error *err) {
    struct flagger_analyses runs;
    if (!flagger_run_analyses(store, object, arena, &runs, err)) return false;
    struct store_analysis *all = arena_alloc(arena, (rows->count + runs.count + 1) * sizeof *all);
    size_t count = rows->count;
    if (count > 0) memcpy(all, rows->items, count * sizeof *all);
    for (size_t i = 0; i < runs.count; i++) {
        size_t k = 0;
        bool found;
        while (k < rows->count && strcmp(rows->items[k].id, runs.ids[i]) != 0) k++;
        if (k < rows->count) continue;
        if (!store_get(store, runs.ids[i], 0, arena, &all[count], &found, err)) return false;
        if (found) count++;
    }
    qsort(all, count, sizeof *all, newest_first);
    *rows = (struct store_analyses){.items = all, .count = count};
    return true;
}

// Reads the newest analyses that the query may match.
static bool read_rows(struct call *call, const struct readback *query, struct store_analyses *ret) {
    struct arena *arena = call_arena(call);
    struct store *store = service_of(call)->store;
    const char *object = readback_demand(query, "run_key", arena);
    struct store_filter filter = {.canary = readback_demand(query, "canary", arena), .limit = STORE_PAGE_MOST};
    struct error err = {0};
    *ret = (struct store_analyses){0};
    if (query->what == READBACK_NUMBER || query->what == READBACK_VECTOR) return true;
    if (store_list(store, &filter, arena, ret, &err) && (object == NULL || add_runs(store, object, arena, ret, &err))) return true;
    reply_store_failed(call, &err);
    return false;
}

static void succeed(struct call *call, json_t *data) {
    reply_json(call, 200, json_pack("{s:s,s:o}", "status", "success", "data", data));
}

static void instant(struct call *call) {
    struct readback query;
    struct store_analyses rows;
    const char *time = parameter(call, "time");
    int64_t at_ms = call_now_ms(call), now_ms = at_ms;
    if (time != NULL && !read_time(time, &at_ms)) {
        refuse(call, "invalid parameter \"time\"");
        return;
    }
    if (!read_query(call, &query) || !read_rows(call, &query, &rows)) return;
    if (at_ms - now_ms < SKEW_MS && now_ms - at_ms < SKEW_MS) at_ms = now_ms;
    succeed(call, readback_instant(&query, &rows, at_ms));
}

static void range(struct call *call) {
    struct readback query;
    struct store_analyses rows;
    const char *start = parameter(call, "start"), *end = parameter(call, "end"), *step = parameter(call, "step");
    int64_t start_ms, end_ms, step_ms;
    if (start == NULL || end == NULL || step == NULL || !read_time(start, &start_ms) || !read_time(end, &end_ms) ||
        !read_step(step, &step_ms) || end_ms < start_ms || (end_ms - start_ms) / step_ms >= MOST_POINTS) {
        refuse(call, "start, end and step must be times in order and a step that gives at most 11,000 points");
        return;
    }
    if (read_query(call, &query) && read_rows(call, &query, &rows)) succeed(call, readback_range(&query, &rows, start_ms, end_ms, step_ms));
}

static const struct route_parameter instant_parameters[] = {
    {"query", "serin_verdict{...}, serin_score{...}, min(...), max(...), vector(1)", NULL, false},
    {"time", "else now", NULL, false},
    {NULL, NULL, NULL, false}};
static const struct route_parameter range_parameters[] = {{"query", "as of /api/v1/query", NULL, false},
                                                          {"start", "a time", NULL, false},
                                                          {"end", "a time", NULL, false},
                                                          {"step", "seconds, or a duration", NULL, false},
                                                          {NULL, NULL, NULL, false}};
static const struct route_answer answers[] = {
    {200, "as Prometheus answers", "PrometheusAnswer", NULL}, {400, "not understood", "PrometheusAnswer", NULL}, {0, NULL, NULL, NULL}};

#define FORM "application/x-www-form-urlencoded"

static const struct route routes[] = {
    {.method = "GET",
     .path = "/api/v1/query",
     .role = ROLE_READ,
     .query_open = true,
     .quiet = true,
     .handle = instant,
     .operation = "query",
     .summary = "Read a verdict as Prometheus would tell it",
     .parameters = instant_parameters,
     .answers = answers},
    {.method = "POST",
     .path = "/api/v1/query",
     .role = ROLE_READ,
     .body = BODY_OPTIONAL,
     .body_most = 16384,
     .body_types = FORM,
     .query_open = true,
     .quiet = true,
     .handle = instant,
     .operation = "queryByForm",
     .summary = "The same by a form",
     .answers = answers},
    {.method = "GET",
     .path = "/api/v1/query_range",
     .role = ROLE_READ,
     .query_open = true,
     .quiet = true,
     .handle = range,
     .operation = "queryRange",
     .summary = "Read verdicts over time as Prometheus would tell them",
     .parameters = range_parameters,
     .answers = answers},
    {.method = "POST",
     .path = "/api/v1/query_range",
     .role = ROLE_READ,
     .body = BODY_OPTIONAL,
     .body_most = 16384,
     .body_types = FORM,
     .query_open = true,
     .quiet = true,
     .handle = range,
     .operation = "queryRangeByForm",
     .summary = "The same by a form",
     .answers = answers},
};

const struct route_table readback_table = {routes, sizeof routes / sizeof routes[0], NULL};
