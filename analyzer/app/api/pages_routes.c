// SPDX-License-Identifier: GPL-3.0-or-later
// Pages for people: the canaries with their newest verdict, and the analyses of one.
#include <math.h>
#include <string.h>

#include "api/analysis_view.h"
#include "api/reply.h"
#include "base/http.h"
#include "base/timetext.h"

#define MOST_PAGE_BYTES ((size_t)4 << 20)
#define RECENT 200

static const char head[] =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
    "<meta http-equiv=\"refresh\" content=\"30\"><meta name=\"color-scheme\" content=\"light dark\"><title>serin</title><style>"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}.pass{color:#1a7f37}.fail{color:#cf222e}"
    ".marginal,.inconclusive,.error{color:#b35900}td.n{text-align:right;font-variant-numeric:tabular-nums}</style></head><body>";

static void put(struct buf *out, const char *text) {
    for (; text != NULL && *text != '\0'; text++) {
        switch (*text) {
        case '&':
            buf_str(out, "&amp;");
            break;
        case '<':
            buf_str(out, "&lt;");
            break;
        case '>':
            buf_str(out, "&gt;");
            break;
        case '"':
            buf_str(out, "&quot;");
            break;
        default:
            buf_char(out, *text);
        }
    }
}

static void put_time(struct buf *out, int64_t ms) {
    if (ms > 0) time_format(out, ms / 1000 * 1000);
}

static void put_path(struct buf *out, const char *prefix, const char *name) {
    buf_str(out, prefix);
    http_percent_encode(out, view_of(name));
}

static void put_row(struct buf *out, const struct store_analysis *row, bool with_canary) {
    const char *verdict = analysis_view_verdict(row);
    buf_str(out, "<tr>");
    if (with_canary) {
        put_path(out, "<td><a href=\"/canaries/", row->canary);
        buf_str(out, "\">");
        put(out, row->canary);
        buf_str(out, "</a></td>");
    }
    buf_printf(out, "<td class=\"%s\"><a class=\"%s\" href=\"/analyses/%s\">%s</a></td><td class=\"n\">", verdict, verdict, row->id,
               verdict);
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
    buf_str(out, "</table></body></html>\n");
    if (out->failed) {
        reply_error(call, 500, "internal", "the page is too large");
    } else {
        reply_text(call, 200, "text/html; charset=utf-8", (struct view){buf_text(out), out->len});
    }
    buf_finish(out);
}

static bool seen_before(const struct store_analyses *rows, size_t i) {
    for (size_t k = 0; k < i; k++) {
        if (strcmp(rows->items[k].canary, rows->items[i].canary) == 0) return true;
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

static void overview(struct call *call) {
    const struct service *service = service_of(call);
    struct store_filter filter = {.limit = STORE_PAGE_MOST};
    struct store_analyses rows;
    struct error err = {0};
    struct buf out;
    if (!store_list(service->store, &filter, call_arena(call), &rows, &err)) {
        reply_store_failed(call, &err);
        return;
    }
    const struct catalog_view *view = catalog_take(service->catalog);
    buf_init(&out, MOST_PAGE_BYTES);
    buf_printf(&out, "%s<h1>serin</h1><p>%zu configs</p>", head, view->count);
    put_problems(&out, view);
    catalog_release(service->catalog, view);
    buf_str(&out, "<table><tr><th>canary<th>verdict<th>score<th>version<th>begun<th>decided</tr>");
    for (size_t i = 0; i < rows.count; i++) {
        if (!seen_before(&rows, i)) put_row(&out, &rows.items[i], true);
    }
    reply_page_text(call, &out);
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
    buf_printf(&out, "%s<p><a href=\"/\">serin</a></p><h1>", head);
    put(&out, filter.canary);
    buf_str(&out, "</h1><table><tr><th>verdict<th>score<th>version<th>begun<th>decided</tr>");
    for (size_t i = 0; i < rows.count; i++) put_row(&out, &rows.items[i], false);
    reply_page_text(call, &out);
}

static const struct route_answer answers[] = {{200, "the page", NULL, "text/html"}, {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/",
     .role = ROLE_READ,
     .handle = overview,
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
