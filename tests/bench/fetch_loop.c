// SPDX-License-Identifier: GPL-3.0-or-later
// The steady work of an engine, without start and end of a process:
//   fetch_loop http URL CONNECTIONS REQUESTS         gets the URL so often and throws the bodies away
//   fetch_loop judge URL[,URL] CONNECTIONS QUERIES   asks a server a side so many range queries of 60 points, and judges each pair of them
//   fetch_loop fleet URL[,URL] CONNECTIONS QUERIES   the same, but the queries of all canaries are in one run
// Prints wall and CPU microseconds for each request.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/kayenta_metric.h"
#include "base/http.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "query/source.h"
#include "stats/errors.h"
#include "stopwatch.h"

#define START_MS INT64_C(1735689600000)
#define STEP_MS INT64_C(60000)
#define POINTS 60
#define CANARY 40 // queries of one

struct loop {
    struct http_client *client;
    struct http_request request;
    size_t left, failed;
};

static void start_one(struct loop *loop) {
    if (loop->left == 0) return;
    loop->left--;
    if (!http_client_start(loop->client, &loop->request, NULL)) loop->failed++;
}

static void on_done(void *user, const struct http_result *result) {
    struct loop *loop = user;
    if (!result->complete || result->head->status != 200) loop->failed++;
    start_one(loop);
}

static size_t get_bodies(const char *url, size_t connections, size_t requests) {
    struct loop loop = {.client = http_client_create(), .left = requests};
    loop.request = (struct http_request){.url = url, .user = &loop, .done = on_done};
    for (size_t i = 0; i < connections; i++) start_one(&loop);
    while (http_client_active(loop.client) > 0) http_client_wait(loop.client, mono_now_ms() + 1000);
    http_client_destroy(loop.client);
    return loop.failed + loop.left;
}

static bool judge_pair(const struct answer *a, const struct answer *b) {
    struct kayenta_settings settings;
    struct kayenta_result result;
    struct error err;
    if (a->result.outcome != DECODE_OK || b->result.outcome != DECODE_OK || a->set.count != 1 || b->set.count != 1) return false;
    kayenta_settings_default(&settings);
    struct kayenta_sample experiment = {b->set.items[0].value, b->set.items[0].count};
    struct kayenta_sample control = {a->set.items[0].value, a->set.items[0].count};
    return kayenta_classify("m", experiment, control, &settings, &result, &err) && result.tested;
}

// So many queries of canaries in one run, then the judgements.
static size_t judge_run(struct source *const sides[2], const char *const *exprs, size_t count, const struct fetch_options *options) {
    struct fetch_job *jobs = mem_zero(count, sizeof *jobs);
    struct error err;
    size_t failed = 0;
    for (size_t i = 0; i < count; i++)
        jobs[i] = (struct fetch_job){.source = sides[i % 2],
                                     .query = {exprs[i % CANARY], QUERY_RANGE, START_MS, START_MS + (POINTS - 1) * STEP_MS, STEP_MS}};
    bool ran = fetch_run(jobs, count, options, &err);
    for (size_t i = 0; ran && i < count; i += 2) failed += !judge_pair(&jobs[i].answer, &jobs[i + 1].answer);
    for (size_t i = 0; ran && i < count; i++) answer_finish(&jobs[i].answer);
    free(jobs);
    return ran ? failed : count;
}

static struct source *open_source(const char *url, size_t connections) {
    struct error err;
    struct source *source = source_create_prometheus("bench", &(struct source_settings){.url = url, .concurrency = (int)connections}, &err);
    if (source == NULL) fprintf(stderr, "%s\n", err.text);
    return source;
}

static size_t judge_queries(char *urls, size_t connections, size_t queries, size_t in_run) {
    char *comma = strchr(urls, ',');
    if (comma != NULL) *comma = '\0';
    struct source *sides[2] = {open_source(urls, connections / 2), open_source(comma != NULL ? comma + 1 : urls, connections / 2)};
    const char *exprs[CANARY];
    struct arena arena = {0};
    size_t failed = 0;
    for (size_t i = 0; i < CANARY; i++)
        exprs[i] = arena_printf(&arena, "sum(rate(m%zu{track=\"%s\"}[5m]))", i / 2, i % 2 == 0 ? "stable" : "canary");
    if (sides[0] == NULL || sides[1] == NULL) failed = queries;
    const struct fetch_options options = {.client = http_client_create()}; // as a service keeps its connections
    for (size_t done = 0; failed == 0 && done < queries; done += in_run) failed += judge_run(sides, exprs, in_run, &options);
    http_client_destroy(options.client);
    for (size_t i = 0; i < 2; i++) source_destroy(sides[i]);
    arena_finish(&arena);
    return failed;
}

int main(int argc, char **argv) {
    bool fleet = argc == 5 && strcmp(argv[1], "fleet") == 0, judge = fleet || (argc == 5 && strcmp(argv[1], "judge") == 0);
    size_t connections = argc == 5 ? strtoul(argv[3], NULL, 10) : 0, count = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
    if (argc != 5 || (!judge && strcmp(argv[1], "http") != 0) || connections < 2 || count == 0) {
        fputs("usage: fetch_loop http|judge|fleet URL CONNECTIONS COUNT\n", stderr);
        return 2;
    }
    if (judge) count = (count + CANARY - 1) / CANARY * CANARY;
    stats_errors_off();
    double wall = seconds(), cpu = cpu_seconds();
    size_t failed = judge ? judge_queries(argv[2], connections, count, fleet ? count : CANARY) : get_bodies(argv[2], connections, count);
    printf("%.3f %.3f\n", (seconds() - wall) / (double)count * 1e6, (cpu_seconds() - cpu) / (double)count * 1e6);
    if (failed > 0) fprintf(stderr, "%zu of %zu failed\n", failed, count);
    return failed > 0;
}
