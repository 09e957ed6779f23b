// SPDX-License-Identifier: GPL-3.0-or-later
// The looks of an analysis, its result, and the reports made of it.
#include <stdio.h>
#include <string.h>

#include "api/parameter.h"
#include "api/reply.h"
#include "api/view_value.h"
#include "exporters/report_format.h"
#include "exporters/silence_text.h"

#define REPORT_MS INT64_C(30000)
#define MOST_REPORT_BYTES ((size_t)64 << 20)

struct looks_list {
    const struct service *service;
    const char *id;
    json_t *items;
};

static bool add_look(void *user, const struct store_look *look) {
    struct looks_list *list = user;
    char path[STORE_ID_LEN + 96];
    json_t *item = json_object();
    snprintf(path, sizeof path, "/api/v1/analyses/%s/looks/%lld?attempt=%lld", list->id, (long long)look->number, (long long)look->attempt);
    json_object_set_new(item, "number", json_integer(look->number));
    json_object_set_new(item, "attempt", json_integer(look->attempt));
    json_object_set_new(item, "at", view_time(look->at_ms));
    json_object_set_new(item, "verdict", view_text(look->verdict));
    json_object_set_new(item, "link", view_link(list->service, path));
    json_array_append_new(list->items, item);
    return true;
}

static void list_looks(struct call *call) {
    struct store_analysis row;
    struct error err = {0};
    if (!parameter_analysis(call, 0, &row)) return;
    struct looks_list list = {service_of(call), row.id, json_array()};
    if (store_each_look(list.service->store, row.id, false, add_look, &list, &err)) {
        reply_json(call, 200, json_pack("{s:o}", "looks", list.items));
    } else {
        json_decref(list.items);
        reply_store_failed(call, &err);
    }
}

struct look_wanted {
    const char *id;
    int64_t number, attempt; // attempt 0: the last one
    struct arena *arena;
    bool found;           // there is such a look
    const char *document; // NULL: it is the result of the analysis
};

static bool take_look(void *user, const struct store_look *look) {
    struct look_wanted *wanted = user;
    if (look->number == wanted->number && (wanted->attempt == 0 || look->attempt == wanted->attempt)) {
        wanted->found = true;
        wanted->document = arena_strdup(wanted->arena, look->document);
    }
    return look->number <= wanted->number;
}

// The document of the last look of a finished analysis is stored only once, as its result.
static bool read_result(const struct service *service, struct look_wanted *wanted, struct error *err) {
    struct store_analysis row;
    bool found = false;
    if (!store_get(service->store, wanted->id, STORE_RESULT, wanted->arena, &row, &found, err)) return false;
    wanted->document = found ? row.result : NULL;
    return true;
}

static void fetch_look(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    struct look_wanted *wanted = input;
    struct error err = {0};
    bool ok = store_each_look(service->store, wanted->id, true, take_look, wanted, &err) &&
              (!wanted->found || wanted->document != NULL || read_result(service, wanted, &err));
    if (!ok) {
        errand_store_failed(errand, &err);
    } else if (wanted->document == NULL) {
        errand_error(errand, 404, "unknown_look", "GET .../looks lists what there is", "the analysis %s has no such look", wanted->id);
    } else {
        errand_text(errand, 200, "application/json", view_of(wanted->document));
    }
}

static void show_look(struct call *call) {
    struct store_analysis row;
    const char *text = call_path(call, "number");
    int64_t attempt = 0;
    if (!parameter_number(call, "attempt", 1000000, &attempt) || !parameter_analysis(call, 0, &row)) return;
    if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 6 || text[0] == '0' || text[0] == '\0') {
        reply_error(call, 404, "unknown_look", "looks are numbered from 1");
        return;
    }
    struct errand *errand = errand_begin(call, REPORT_MS);
    struct arena *arena = errand_arena(errand);
    struct look_wanted *wanted = arena_alloc(arena, sizeof *wanted);
    *wanted = (struct look_wanted){.id = arena_strdup(arena, row.id), .attempt = attempt, .arena = arena};
    for (; *text != '\0'; text++) wanted->number = wanted->number * 10 + (*text - '0');
    desk_give(service_of(call)->clerks, "report", errand, fetch_look, wanted);
}

// Why a finished analysis has no result.
static const char *how_it_ended(enum store_state state) {
    return state == STORE_CANCELLED ? "was called off" : "could not be carried out; the log of the service says why";
}

static void show_result(struct call *call) {
    struct store_analysis row;
    char tag[STORE_ID_LEN + 32];
    if (!parameter_analysis(call, STORE_RESULT, &row)) return;
    if (row.result == NULL) {
        const char *hint = row.state == STORE_OPEN ? "GET .../wait answers when it is decided; GET .../looks shows what there is until then"
                                                   : "GET .../looks shows what there is";
        reply_error_hint(call, 404, "no_result", hint, "the analysis %s %s", row.id,
                         row.state == STORE_OPEN ? "is not decided" : how_it_ended(row.state));
        return;
    }
    snprintf(tag, sizeof tag, "%s.result.%lld", row.id, (long long)row.revision);
    if (!reply_etag(call, tag)) reply_text(call, 200, "application/json", view_of(row.result));
}

// Reports.

struct report_wanted {
    const char *id;
    bool page; // for people: an analysis that has nothing to report yet gets a page that says so, not 404
    const struct report_format *format;
    const char *content_type;
};

// The id is one of ours, so it needs no escape.
static void put_waiting_page(struct errand *errand, const struct store_analysis *row) {
    bool open = row->state == STORE_OPEN;
    struct buf out;
    buf_init(&out, 4096);
    buf_printf(&out,
               "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">%s"
               "<title>serin</title></head><body><p>The analysis %s %s.</p></body></html>\n",
               open ? "<meta http-equiv=\"refresh\" content=\"10\">" : "", row->id,
               open ? "has had no look yet" : how_it_ended(row->state));
    errand_text(errand, 200, "text/html; charset=utf-8", (struct view){buf_text(&out), out.len});
    buf_finish(&out);
}

// What the report is made of: the result, or while there is none the document of the last look. NULL when the errand was answered.
static const char *document_of(const struct service *service, struct errand *errand, const struct report_wanted *wanted) {
    const char *id = wanted->id;
    struct arena *arena = errand_arena(errand);
    struct store_analysis row;
    const char *document = NULL;
    struct error err = {0};
    bool found = false;
    if (!store_get(service->store, id, STORE_RESULT, arena, &row, &found, &err)) {
        errand_store_failed(errand, &err);
    } else if (!found) {
        errand_no_analysis(errand, id);
    } else if (row.result != NULL) {
        return row.result;
    } else if (!store_last_look(service->store, id, arena, &document, &err)) {
        errand_store_failed(errand, &err);
    } else if (document == NULL && wanted->page) {
        put_waiting_page(errand, &row);
    } else if (document == NULL) {
        bool open = row.state == STORE_OPEN;
        errand_error(errand, 404, "no_result", open ? "GET .../wait answers when it is decided" : "", "the analysis %s %s", id,
                     open ? "has had no look yet" : how_it_ended(row.state));
    }
    return document;
}

static void render(struct errand *errand, const struct report_wanted *wanted, const json_t *document) {
    static const struct report_style style = {.ascii = false, .width = 100};
    struct error err = {0};
    struct buf out;
    buf_init(&out, MOST_REPORT_BYTES);
    if (!wanted->format->render(&out, document, &style, &err)) {
        errand_error(errand, 500, "no_report", "GET .../result has the document", "the report cannot be made: %s", err.text);
    } else {
        errand_header(errand, "Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
                      "frame-ancestors 'none'");
        errand_text(errand, 200, wanted->content_type, (struct view){buf_text(&out), out.len});
    }
    buf_finish(&out);
}

// Adds which alerts are silenced. That is no part of the stored result, as it changes while the alerts fire.
static void add_silences(const struct service *service, const char *id, json_t *document) {
    const char *canary = json_string_value(json_object_get(document, "canary"));
    json_t *silenced = canary != NULL ? courier_silenced(service->courier, canary, id) : NULL;
    silence_text(silenced, document);
    json_decref(silenced);
}

static void make_report(void *user, struct errand *errand, void *input) {
    const struct report_wanted *wanted = input;
    const char *text = document_of(user, errand, wanted);
    if (text == NULL) return;
    json_t *document = json_loads(text, 0, NULL);
    if (strcmp(wanted->format->name, "json") != 0) add_silences(user, wanted->id, document); // which is the result as it is
    render(errand, wanted, document);
    json_decref(document);
}

static void begin_report(struct call *call, bool page, const char *format, const char *content_type) {
    struct errand *errand = errand_begin(call, REPORT_MS);
    struct arena *arena = errand_arena(errand);
    struct report_wanted *wanted = arena_alloc(arena, sizeof *wanted);
    *wanted = (struct report_wanted){arena_strdup(arena, call_path(call, "id")), page, report_format_find(view_of(format)), content_type};
    desk_give(service_of(call)->clerks, "report", errand, make_report, wanted);
}

static void show_report(struct call *call) {
    static const char *const types[][2] = {{"text", "text/plain; charset=utf-8"},
                                           {"json", "application/json"},
                                           {"markdown", "text/markdown; charset=utf-8"},
                                           {"html", "text/html; charset=utf-8"},
                                           {"junit", "application/xml"}};
    const char *format = call_query(call, "format");
    if (format == NULL) format = "text";
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i][0], format) != 0) continue;
        begin_report(call, false, format, types[i][1]);
        return;
    }
    reply_error(call, 400, "bad_parameter", "format must be text, json, markdown, html or junit");
}

// The report as a page, for people who follow links.
static void show_page(struct call *call) {
    begin_report(call, true, "html", "text/html; charset=utf-8");
}

static const struct route_parameter look_parameters[] = {
    {"number", "of the look, from 1", "{\"type\":\"integer\",\"minimum\":1}", true},
    {"attempt", "of those at the end of the window; else the last one", "{\"type\":\"integer\",\"minimum\":0}", false},
    {NULL, NULL, NULL, false},
};
static const struct route_parameter report_parameters[] = {
    {"format", "else text", "{\"type\":\"string\",\"enum\":[\"text\",\"json\",\"markdown\",\"html\",\"junit\"]}", false},
    {NULL, NULL, NULL, false},
};
static const struct route_answer looks_answers[] = {{200, "the looks in order", "LookList", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer look_answers[] = {
    {200, "the document of the look", "Result", NULL}, {404, "there is none", "Error", NULL}, {0, NULL, NULL, NULL}};
static const struct route_answer result_answers[] = {{200, "the document", "Result", NULL},
                                                     {304, "it is as the ETag says", NULL, NULL},
                                                     {404, "it is not decided, or there is none", "Error", NULL},
                                                     {0, NULL, NULL, NULL}};
static const struct route_answer report_answers[] = {{200, "the report, of the last look while there is no result", NULL,
                                                      "text/plain application/json text/markdown text/html application/xml"},
                                                     {404, "there is nothing to report", "Error", NULL},
                                                     {0, NULL, NULL, NULL}};
static const struct route_answer page_answers[] = {
    {200, "the report as a page", NULL, "text/html"}, {404, "there is no such analysis", "Error", NULL}, {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/api/v1/analyses/{id}/looks",
     .role = ROLE_READ,
     .handle = list_looks,
     .operation = "listLooks",
     .summary = "List the looks of an analysis",
     .answers = looks_answers},
    {.method = "GET",
     .path = "/api/v1/analyses/{id}/looks/{number}",
     .role = ROLE_READ,
     .handle = show_look,
     .resume = errand_resume,
     .operation = "readLook",
     .summary = "Read what a look found",
     .parameters = look_parameters,
     .answers = look_answers},
    {.method = "GET",
     .path = "/api/v1/analyses/{id}/result",
     .role = ROLE_READ,
     .handle = show_result,
     .operation = "readResult",
     .summary = "Read the result of an analysis",
     .answers = result_answers},
    {.method = "GET",
     .path = "/api/v1/analyses/{id}/report",
     .role = ROLE_READ,
     .handle = show_report,
     .resume = errand_resume,
     .operation = "reportAnalysis",
     .summary = "Read the report of an analysis",
     .parameters = report_parameters,
     .answers = report_answers},
    {.method = "GET",
     .path = "/analyses/{id}",
     .role = ROLE_READ,
     .handle = show_page,
     .resume = errand_resume,
     .operation = "pageOfAnalysis",
     .summary = "See the report of an analysis",
     .answers = page_answers},
};

const struct route_table reports_table = {routes, sizeof routes / sizeof routes[0], NULL};
