// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/objective_query.h"
#include "good_config.h"

#define HOUR_MS INT64_C(3600000)

static void read_objective(struct read_config *r, const char *scopes, const char *objective) {
    *r = (struct read_config){0};
    read_config(r,
                arena_printf(&r->arena,
                             "canary: s\nsources: {m: {url: 'http://h'}}\n%sobjectives: [{name: o, target: 99%%, period: 30d, %s}]\n",
                             scopes, objective),
                NULL);
    if (!r->ok) fail_msg("%s: %s", objective, r->findings.items[0].text);
}

static void expect(struct read_config *r, const struct objective_view *view, enum objective_part part, const char *expected) {
    struct buf out;
    struct error err = {0};
    buf_init(&out, 1 << 16);
    if (!objective_query_part(&r->config, r->config.objectives, view, part, HOUR_MS, &out, &err)) fail_msg("%s", err.text);
    assert_string_equal(buf_text(&out), expected);
    buf_finish(&out);
}

static void test_objective_query__sums_counts_on_the_server(void **state) {
    (void)state;
    static const struct {
        const char *objective, *marked, *total;
    } cases[] = {
        {"counts: {bad: 'b{x=\"y\"}', total: t}", "sum(increase(b{x=\"y\"}[1h]))", "sum(increase(t[1h]))"},
        {"counts: {good: g, total: t}", "sum(increase(g[1h]))", "sum(increase(t[1h]))"},
        {"up: 'u{a=\"b\"}'", "sum(sum_over_time(u{a=\"b\"}[1h]))", "sum(count_over_time(u{a=\"b\"}[1h]))"},
        {"latency: {histogram: d_bucket, below: 300ms}", "sum(increase(d_bucket{le=~\"0\\\\.3\"}[1h]))",
         "sum(increase(d_bucket{le=\"+Inf\"}[1h]))"},
        {"latency: {histogram: 'd_bucket { a=\"le\" , } ', below: 1s}", "sum(increase(d_bucket { a=\"le\" ,le=~\"1|1\\\\.0\"}[1h]))",
         "sum(increase(d_bucket { a=\"le\" ,le=\"+Inf\"}[1h]))"},
        {"latency: {histogram: 'd_bucket{}', below: 1048576}",
         "sum(increase(d_bucket{le=~\"1048576|1048576\\\\.0|1\\\\.048576e\\\\+06\"}[1h]))", "sum(increase(d_bucket{le=\"+Inf\"}[1h]))"},
        {"latency: {histogram: d_bucket, below: 0.00005}", "sum(increase(d_bucket{le=~\"0\\\\.00005|5e-05\"}[1h]))",
         "sum(increase(d_bucket{le=\"+Inf\"}[1h]))"},
        {"latency: {histogram: d, below: 2.5}",
         "histogram_fraction(-Inf, 2.5, sum(increase(d[1h]))) * histogram_count(sum(increase(d[1h])))",
         "histogram_count(sum(increase(d[1h])))"},
        {"counts: {bad: b, total: t}, slices: {length: 5m, target: 95%}",
         "sum_over_time((sum(increase(b[5m])) / sum(increase(t[5m])) > bool 0.05)[59m59s999ms:5m])",
         "count_over_time((sum(increase(t[5m])) > 0)[59m59s999ms:5m])"},
        {"counts: {bad: b, total: t}, slices: {length: 5m, method: mean}",
         "sum_over_time((sum(increase(b[5m])) / (sum(increase(t[5m])) > 0))[59m59s999ms:5m])",
         "count_over_time((sum(increase(t[5m])) > 0)[59m59s999ms:5m])"},
        {"counts: {good: g, total: t}, slices: {length: 5m, target: 99.9%}",
         "sum_over_time(((sum(increase(t[5m])) - sum(increase(g[5m]))) / sum(increase(t[5m])) > bool 0.001)[59m59s999ms:5m])",
         "count_over_time((sum(increase(t[5m])) > 0)[59m59s999ms:5m])"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r;
        read_objective(&r, "", cases[i].objective);
        struct objective_view view = {&r.config.service, ""};
        expect(&r, &view, OBJECTIVE_MARKED, cases[i].marked);
        expect(&r, &view, OBJECTIVE_TOTAL, cases[i].total);
        read_config_finish(&r);
    }
}

static void test_objective_query__tells_service_and_sides_apart(void **state) {
    (void)state;
    struct read_config r;
    read_objective(&r,
                   "scopes: {baseline: {labels: {app: a, track: s}, matchers: ['z=~\"q\"']}, canary: {labels: {track: c, app: a, zone: e},"
                   " matchers: ['z=~\"q\"']}}\n",
                   "counts: {bad: 'b{${scope},code=\"5\"}', total: 't{${scope}}'}");
    struct arena arena = {0};
    const char *by = objective_side_labels(&r.config, &arena);
    assert_string_equal(by, "track, zone");
    struct objective_view service = {&r.config.service, ""}, sides = {&r.config.service, by}, canary = {&r.config.scopes[SIDE_CANARY], ""};
    expect(&r, &service, OBJECTIVE_MARKED, "sum(increase(b{app=\"a\",z=~\"q\",code=\"5\"}[1h]))");
    expect(&r, &sides, OBJECTIVE_TOTAL, "sum by (track, zone) (increase(t{app=\"a\",z=~\"q\"}[1h]))");
    expect(&r, &canary, OBJECTIVE_TOTAL, "sum(increase(t{track=\"c\",app=\"a\",zone=\"e\",z=~\"q\"}[1h]))");
    arena_finish(&arena);
    read_config_finish(&r);
    read_objective(
        &r, "scopes: {baseline: {labels: {app: a}, matchers: ['pod=~\"s\"']}, canary: {labels: {app: a}, matchers: ['pod=~\"c\"']}}\n",
        "counts: {bad: 'b{${scope}}', total: 't{${scope}}'}");
    assert_string_equal(objective_side_labels(&r.config, &arena), ""); // a matcher gives no label to keep apart
    arena_finish(&arena);
    read_config_finish(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_objective_query__sums_counts_on_the_server),
        cmocka_unit_test(test_objective_query__tells_service_and_sides_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
