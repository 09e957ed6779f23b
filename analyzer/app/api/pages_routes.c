// SPDX-License-Identifier: GPL-3.0-or-later
// Pages for people: the canaries with their newest verdict, and the analyses of one.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/analysis_view.h"
#include "api/reply.h"
#include "base/http.h"
#include "base/timetext.h"
#include "exporters/xml_text.h"

#define MOST_PAGE_BYTES ((size_t)4 << 20)
#define RECENT 200
#define OVERVIEW_MS INT64_C(30000)

static const char head[] =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
    "<meta http-equiv=\"refresh\" content=\"30\"><meta name=\"color-scheme\" content=\"light dark\"><title>serin</title><style>"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}.pass{color:#1a7f37}.fail{color:#cf222e}"
    ".marginal,.inconclusive,.error{color:#b35900}td.n{text-align:right;font-variant-numeric:tabular-nums}</style></head><body>";

static const char page_end[] = "</table></body></html>\n";
static const char page_type[] = "text/html; charset=utf-8";

static void put(struct buf *out, const char *text) {
    if (text != NULL) xml_text(out, text);
}

static void put_time(struct buf *out, int64_t ms) {
    if (ms > 0) time_format(out, ms / 1000 * 1000);
}

// The attribute href. `link` is what stands before every path of the service; the name ends the path.
static void put_href(struct buf *out, const char *link, const char *path, const char *name) {
    struct buf href;
    buf_init(&href, MOST_PAGE_BYTES);
    buf_printf(&href, "%s%s", link, path);
    http_percent_encode(&href, view_of(name));
    xml_attribute(out, "href", buf_text(&href));
    buf_finish(&href);
}

static void put_canary(struct buf *out, const char *link, const char *name) {
    buf_str(out, "<td><a");
    put_href(out, link, "/canaries/", name);
    buf_char(out, '>');
    put(out, name);
    buf_str(out, "</a></td>");
}

static void put_row(struct buf *out, const char *link, const struct store_analysis *row, bool with_canary) {
    const char *verdict = analysis_view_verdict(row);
    buf_str(out, "<tr>");
    if (with_canary) put_canary(out, link, row->canary);
    buf_printf(out, "<td class=\"%s\"><a class=\"%s\"", verdict, verdict);
    put_href(out, link, "/analyses/", row->id);
    buf_printf(out, ">%s</a></td><td class=\"n\">", verdict);
    if (isfinite(row->score)) buf_printf(out, "%.4g", row->score);
    buf_str(out, "</td><td>");
    put(out, row->version);
    buf_str(out, "</td><td>");
    put_time(out, row->created_ms);
    buf_str(out, "</td><td>");
    put_time(out, row->finished_ms);
    buf_str(out, "</td></tr>");
}

static void reply_page_text(struct call *call, struct buf *out) {
    buf_str(out, page_end);
    if (out->failed) {
        reply_error(call, 500, "internal", "the page is too large");
    } else {
        reply_text(call, 200, page_type, (struct view){buf_text(out), out->len});
    }
    buf_finish(out);
}

static bool seen_before(const struct store_analyses *rows, const char *canary) {
    for (size_t i = 0; i < rows->count; i++) {
        if (strcmp(rows->items[i].canary, canary) == 0) return true;
    }
    return false;
}

static void put_problems(struct buf *out, const struct catalog_view *view) {
    if (view->problem_count == 0) return;
    buf_str(out, "<p class=\"error\">");
    for (size_t i = 0; i < view->problem_count; i++) {
        put(out, view->problems[i].file);
        buf_str(out, ": ");
        put(out, view->problems[i].findings[0].text);
        buf_str(out, "<br>");
    }
    buf_str(out, "</p>");
}

// What a reader should see first comes first.
static int urgency(const struct store_analysis *row) {
    static const char *const words[] = {"fail", "error", "inconclusive", "marginal", "running", "cancelled"};
    int i = 0;
    while (i < (int)(sizeof words / sizeof words[0]) && strcmp(words[i], analysis_view_verdict(row)) != 0) i++;
    return i;
}

static int by_urgency(const void *a, const void *b) {
    const struct store_analysis *x = a, *y = b;
    int difference = urgency(x) - urgency(y);
    return difference != 0 ? difference : (x->created_ms < y->created_ms) - (x->created_ms > y->created_ms);
}

// The newest analysis of each canary: among the latest ones, and of every config however long ago that was.
static bool newest_of_each(struct store *store, const struct catalog_view *view, struct arena *arena, struct store_analyses *ret,
                           struct error *err) {
    struct store_filter recent = {.limit = STORE_PAGE_MOST};
    struct store_analyses page;
    if (!store_list(store, &recent, arena, &page, err)) return false;
    *ret = (struct store_analyses){.items = arena_alloc(arena, (page.count + view->count + 1) * sizeof *ret->items)};
    for (size_t i = 0; i < page.count; i++) {
        if (!seen_before(ret, page.items[i].canary)) ret->items[ret->count++] = page.items[i];
    }
    for (size_t i = 0; i < view->count; i++) {
        struct store_filter last = {.canary = view->entries[i]->name, .limit = 1};
        struct store_analyses found;
        if (seen_before(ret, last.canary)) continue;
        if (!store_list(store, &last, arena, &found, err)) return false;
        if (found.count > 0) ret->items[ret->count++] = found.items[0];
    }
    qsort(ret->items, ret->count, sizeof *ret->items, by_urgency);
    return true;
}

static void put_overview(struct buf *out, const char *link, const struct catalog_view *view, const struct store_analyses *rows) {
    buf_printf(out, "%s<h1>serin</h1><p>%zu configs</p>", head, view->count);
    put_problems(out, view);
    buf_str(out, "<table><tr><th>canary<th>verdict<th>score<th>version<th>begun<th>decided</tr>");
    for (size_t i = 0; i < rows->count; i++) put_row(out, link, &rows->items[i], true);
    for (size_t i = 0; i < view->count; i++) {
        if (seen_before(rows, view->entries[i]->name)) continue;
        buf_str(out, "<tr>");
        put_canary(out, link, view->entries[i]->name);
        buf_str(out, "<td>none yet</td><td></td><td></td><td></td><td></td></tr>");
    }
}

// On a clerk: with a thousand configs it takes as long as hundreds of requests.
static void make_overview(void *user, struct errand *errand, void *input) {
    const struct service *service = user;
    const struct catalog_view *view = catalog_take(service->catalog);
    struct store_analyses rows;
    struct error err = {0};
    struct buf out;
    (void)input;
    bool ok = newest_of_each(service->store, view, errand_arena(errand), &rows, &err);
    buf_init(&out, MOST_PAGE_BYTES);
    if (ok) put_overview(&out, service->public_url, view, &rows);
    catalog_release(service->catalog, view);
    buf_str(&out, page_end);
    if (!ok) {
        errand_store_failed(errand, &err);
    } else if (out.failed) {
        errand_error(errand, 500, "internal", "", "the page is too large");
    } else {
        errand_text(errand, 200, page_type, (struct view){buf_text(&out), out.len});
    }
    buf_finish(&out);
}

static void overview(struct call *call) {
    desk_give(service_of(call)->clerks, "page", errand_begin(call, OVERVIEW_MS), make_overview, NULL);
}

static bool is_config(const struct service *service, const char *name) {
    const struct catalog_view *view = catalog_take(service->catalog);
    bool found = catalog_find(view, name) != NULL;
    catalog_release(service->catalog, view);
    return found;
}

static void canary(struct call *call) {
    struct store_filter filter = {.canary = call_path(call, "name"), .limit = RECENT};
    struct store_analyses rows;
    struct error err = {0};
    struct buf out;
    if (!store_list(service_of(call)->store, &filter, call_arena(call), &rows, &err)) {
        reply_store_failed(call, &err);
        return;
    }
    if (rows.count == 0 && !is_config(service_of(call), filter.canary)) {
        reply_error_hint(call, 404, "unknown_canary", "GET /api/v1/configs lists what there is", "there is no canary of the name %.256s",
                         filter.canary);
        return;
    }
    buf_init(&out, MOST_PAGE_BYTES);
    buf_printf(&out, "%s<p><a", head);
    put_href(&out, service_of(call)->public_url, "/", "");
    buf_str(&out, ">serin</a></p><h1>");
    put(&out, filter.canary);
    buf_str(&out, "</h1><table><tr><th>verdict<th>score<th>version<th>begun<th>decided</tr>");
    for (size_t i = 0; i < rows.count; i++) put_row(&out, service_of(call)->public_url, &rows.items[i], false);
    reply_page_text(call, &out);
}

static const struct route_answer answers[] = {{200, "the page", NULL, "text/html"}, {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/",
     .role = ROLE_READ,
     .handle = overview,
     .resume = errand_resume,
     .operation = "pageOfCanaries",
     .summary = "See the newest verdict of each canary",
     .answers = answers},
    {.method = "GET",
     .path = "/canaries/{name}",
     .role = ROLE_READ,
     .handle = canary,
     .operation = "pageOfCanary",
     .summary = "See the analyses of a canary",
     .answers = answers},
};

const struct route_table pages_table = {routes, sizeof routes / sizeof routes[0], NULL};
