// SPDX-License-Identifier: GPL-3.0-or-later
// /metrics: the page is rendered ahead and sent without being copied.
#include "api/exports.h"
#include "api/service.h"
#include "serve/call.h"

static void release(void *user) {
    live_page_unref(user);
}

static void metrics(struct call *call) {
    struct exposition_choice choice = exposition_negotiate(call_header(call, "Accept"));
    const struct live_page *page = exports_page(service_of(call)->exports, choice.format, call_now_ms(call));
    reply_page(call, 200, choice.content_type, (struct view){page->data, page->len}, release, (void *)(uintptr_t)page);
}

static const struct route_answer answers[] = {
    {200, "in the format that Accept asks for", NULL, "text/plain application/openmetrics-text application/vnd.google.protobuf"},
    {0, NULL, NULL, NULL}};

static const struct route routes[] = {
    {.method = "GET",
     .path = "/metrics",
     .role = ROLE_READ,
     .query_open = true,
     .quiet = true,
     .handle = metrics,
     .operation = "readMetrics",
     .summary = "Scrape what the service exports",
     .answers = answers},
};

const struct route_table metrics_table = {routes, sizeof routes / sizeof routes[0], NULL};
