// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_engine.h"

#include <stdio.h>

#define COUNTS(list)                                                                                                                       \
    { list, sizeof(list) / sizeof(list)[0] }

static const struct live_count gates[] = {{"checkout", NULL, 1, NULL, 0}, {"search", NULL, 0, NULL, 0}};
static const struct live_count freezes[] = {{"holidays", NULL, 1, NULL, 0}};
static const struct live_check checks[] = {
    {"checkout", "security_critical", 0}, {"checkout", "deploy_success", 0.995}, {"checkout", "cost_per_day", 12.385}};
static const struct live_count analyses[] = {
    {"checkout", "pass", 1203, "0f1e2d3c4b5a6978", INT64_C(1735680000000)},
    {"checkout", "fail", 17, "7f3a9c01d2e4b6a8", INT64_C(1735689540000)},
    {"search", "inconclusive", 3, NULL, 0},
};
static const struct live_count failures[] = {{"source-0", "timeout", 4, NULL, 0}, {"source-0", "refused", 2, NULL, 0}};
static const struct live_count deliveries[] = {{"publish.webhooks[0]", "delivered", 5, NULL, 0},
                                               {"publish.webhooks[0]", "dead", 1, NULL, 0},
                                               {"publish.alertmanagers[0]", "delivered", 8, NULL, 0}};
static const struct live_count waiting[] = {{"publish.webhooks[0]", NULL, 2, NULL, 0}};
static const struct live_count suppressed[] = {{"window", NULL, 6, NULL, 0}, {"repeated", NULL, 9, NULL, 0}};
static const struct live_count requests[] = {
    {"/metrics", "200", 86400, NULL, 0}, {"/api/v1/analyses/{id}", "404", 3, NULL, 0}, {"/api/v1/analyses", "202", 1220, NULL, 0}};
static const struct live_count rejected[] = {{"too many connections", NULL, 11, NULL, 0}};

const struct live_engine *made_engine(struct made_engine *made, size_t sources) {
    for (size_t i = 0; i < sources; i++) {
        struct live_source *source = &made->sources[i];
        snprintf(made->names[i], sizeof made->names[i], "source-%zu", i);
        *source = (struct live_source){made->names[i], 1000 + i, 1010, 10, 1, 2, 4, 300, UINT64_C(123456789), {{0}, 0}};
        duration_histogram_add(&source->durations, 0.02);
        duration_histogram_add(&source->durations, 0.025);
        duration_histogram_add(&source->durations, 45);
        duration_histogram_add(&source->durations, -1);
    }
    made->engine = (struct live_engine){
        .version = "2.385",
        .delays = {{1990, 7, 3}, 6.5},
        .gates = COUNTS(gates),
        .freezes = COUNTS(freezes),
        .checks = checks,
        .check_count = sizeof checks / sizeof checks[0],
        .analyses = COUNTS(analyses),
        .analyses_open = 2,
        .looks = 1234,
        .looks_missed = 5,
        .sources = made->sources,
        .source_count = sources,
        .query_failures = COUNTS(failures),
        .deliveries = COUNTS(deliveries),
        .waiting = COUNTS(waiting),
        .suppressed = COUNTS(suppressed),
        .http_requests = COUNTS(requests),
        .http_rejected = COUNTS(rejected),
        .http_in_flight = 1,
        .store_commits = 777,
        .keeps_evidence = true,
        .evidence_bytes = 4096 * 385,
        .evidence_looks = 238,
        .evidence_lost = 5,
        .process_start_ms = INT64_C(1735689600500),
        .process = {12.25, UINT64_C(11300000), 12, 0},
    };
    return &made->engine;
}
