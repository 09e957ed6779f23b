// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "analyzer/objective.h"
#include "good_config.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

static const char head[] = "canary: shop\n"
                           "sources: {main: {url: 'http://127.0.0.1:9090'}}\n"
                           "scopes: {baseline: {labels: {app: a, track: s}}, canary: {labels: {app: a, track: c}}}\n"
                           "objectives:\n";

#define COUNTS "counts: {bad: 'hits{code=\"500\",${scope}}', total: 'hits{${scope}}'}"

// Reads the head with one objective on line 5.
static const struct objective_config *read_one(struct read_config *r, const char *objective) {
    *r = (struct read_config){0};
    read_config(r, arena_printf(&r->arena, "%s  - %s\n", head, objective), NULL);
    if (r->ok) return r->config.objectives;
    struct buf out;
    buf_init(&out, 1 << 16);
    findings_print(&r->findings, &out);
    print_error("%s", buf_text(&out));
    buf_finish(&out);
    return NULL;
}

static void test_objective__reads_all_kinds(void **state) {
    (void)state;
    struct read_config r;
    const struct objective_config *o = read_one(&r, "{name: a, target: 99.9%, period: 30d, " COUNTS ", release_budget: {halt_at: 30%}}");
    assert_non_null(o);
    assert_int_equal(o->kind, OBJECTIVE_BAD);
    assert_string_equal(o->id, "shop-a");
    assert_true(o->by_scope);
    assert_string_equal(o->source, "main");
    assert_true(o->has_halt_at);
    assert_int_equal(r.config.service.labels.count, 1);
    assert_string_equal(r.config.service.labels.items[0].name, "app");
    read_config_finish(&r);
    o = read_one(
        &r, "{name: a, target: 99%, calendar: month, time_zone: Europe/Berlin, latency: {histogram: 'd_bucket{x=\"y\"}', below: 300ms}}");
    assert_non_null(o);
    assert_int_equal(o->kind, OBJECTIVE_LATENCY);
    assert_false(o->native || o->by_scope);
    assert_true(fabs(o->below - 0.3) < 1e-15);
    assert_int_equal(o->calendar, CALENDAR_MONTH);
    assert_int_equal(o->period_ms, 30 * DAY_MS);
    read_config_finish(&r);
    o = read_one(
        &r, "{name: a, target: 99%, period: 28d, latency: {histogram: d, below: 1048576}, slices: {length: 5m, target: 95%, empty: bad}}");
    assert_non_null(o);
    assert_true(o->native && o->sliced);
    assert_int_equal(o->slice_ms, 300000);
    assert_int_equal(o->empty, EMPTY_SLICE_BAD);
    read_config_finish(&r);
    o = read_one(&r, "{name: a, target: 99%, period: 28d, up: 'probe_success{job=\"p\"}'}");
    assert_non_null(o);
    assert_int_equal(o->kind, OBJECTIVE_UP);
    read_config_finish(&r);
}

static void test_objective__budgets_are_decimals(void **state) {
    (void)state;
    static const struct {
        const char *target;
        double budget;
    } cases[] = {{"99.9%", 0.001}, {"99.9", 0.001}, {"99.95%", 0.0005},         {"99.999%", 0.00001},
                 {"70%", 0.3},     {"0.5%", 0.995}, {"99.999999999999%", 1e-14}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r;
        struct arena arena = {0};
        const struct objective_config *o = read_one(&r, arena_printf(&arena, "{name: a, target: %s, period: 30d, up: u}", cases[i].target));
        assert_non_null(o);
        if (memcmp(&o->budget, &cases[i].budget, sizeof o->budget) != 0) fail_msg("%s: %.17g", cases[i].target, o->budget);
        read_config_finish(&r);
        arena_finish(&arena);
    }
}

static void test_objective__tiers_are_fitted_to_the_period(void **state) {
    (void)state;
    static const struct {
        const char *keys;
        double factors[4];
        int64_t long_ms[4], short_ms[4], hold_ms[4], absent_ms;
    } cases[] = {
        {"period: 30d", {14.4, 6, 3, 1}, {HOUR_MS, 6 * HOUR_MS, DAY_MS, 3 * DAY_MS}, {300000, 1800000, 7200000, 21600000}, {0}, 180000},
        {"period: 28d",
         {13.44, 5.6, 2.8, 2.8 / 3},
         {HOUR_MS, 6 * HOUR_MS, DAY_MS, 3 * DAY_MS},
         {300000, 1800000, 7200000, 21600000},
         {0},
         180000},
        {"period: 28d, scaling: pyrra",
         {14, 7, 2, 1},
         {HOUR_MS, 6 * HOUR_MS, DAY_MS, 4 * DAY_MS},
         {300000, 1800000, 7200000, 21600000},
         {120000, 900000, 3600000, 10800000},
         180000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r;
        struct arena arena = {0};
        const struct objective_config *o = read_one(&r, arena_printf(&arena, "{name: a, target: 99.9%%, %s, up: u}", cases[i].keys));
        assert_non_null(o);
        assert_int_equal(o->tier_count, 4);
        assert_string_equal(o->tiers[0].name, "page_fast");
        assert_string_equal(o->tiers[3].name, "ticket_slow");
        assert_int_equal(o->absent_ms, cases[i].absent_ms);
        for (size_t k = 0; k < 4; k++) {
            if (fabs(o->tiers[k].factor - cases[i].factors[k]) > 1e-14) fail_msg("case %zu tier %zu: %.17g", i, k, o->tiers[k].factor);
            assert_int_equal(o->tiers[k].long_ms, cases[i].long_ms[k]);
            assert_int_equal(o->tiers[k].short_ms, cases[i].short_ms[k]);
            assert_int_equal(o->tiers[k].hold_ms, cases[i].hold_ms[k]);
            assert_int_equal(o->tiers[k].severity, k < 2 ? SEVERITY_PAGE : SEVERITY_TICKET);
        }
        read_config_finish(&r);
        arena_finish(&arena);
    }
}

static void test_objective__takes_tiers_of_its_own(void **state) {
    (void)state;
    struct read_config r;
    const struct objective_config *o =
        read_one(&r, "{name: a, target: 99%, period: 7d, up: u, tiers: [{name: fast, severity: page, long: 1h, budget: 8%},"
                     " {name: slow, severity: ticket, long: 6h, short: 1h, hold: 2m, factor: 3.5}]}");
    assert_non_null(o);
    assert_int_equal(o->tier_count, 2);
    assert_true(fabs(o->tiers[0].factor - 13.44) < 1e-14);
    assert_int_equal(o->tiers[0].short_ms, 300000);
    assert_int_equal(o->tiers[1].hold_ms, 120000);
    assert_true(fabs(objective_threshold(o, o->tiers[0].factor) - 0.1344) < 1e-17);
    assert_int_equal(o->absent_ms, 9 * 60000); // 0.1344 of an hour are 8 min 4 s
    read_config_finish(&r);
}

static void test_objective__tells_each_mistake_with_its_place(void **state) {
    (void)state;
    static const struct {
        const char *objective;
        int column;
        const char *key, *part;
    } cases[] = {
        {"{name: a, target: 100%, period: 30d, up: u}", 23, "objectives[0].target", "leaves no budget"},
        {"{name: a, target: 0.999, period: 30d, up: u}", 23, "objectives[0].target", "is read as per cent"},
        {"{name: a, target: 9.99e1, period: 30d, up: u}", 23, "objectives[0].target", "plain decimal"},
        {"{name: a, target: 99.9999999999999%, period: 30d, up: u}", 23, "objectives[0].target", "at most 12 decimals"},
        {"{name: a, target: 99%, up: u}", 5, "objectives[0]", "exactly one of period"},
        {"{name: a, target: 99%, period: 30d}", 5, "objectives[0]", "exactly one of counts, latency, up"},
        {"{name: a, target: 99%, period: 30d, up: 'sum(u)'}", 45, "objectives[0].up", "plain selector"},
        {"{name: a, target: 99%, period: 30d, counts: {total: t}}", 49, "objectives[0].counts", "exactly one of bad and good"},
        {"{name: a, target: 99%, period: 30d, counts: {bad: b, total: 't{${scope}}'}}", 5, "objectives[0]", "another one does not"},
        {"{name: a, target: 99%, calendar: mont, up: u}", 38, "objectives[0].calendar", "did you mean month?"},
        {"{name: a, target: 99%, calendar: month, time_zone: Mars/Base, up: u}", 56, "objectives[0].time_zone", "not known here"},
        {"{name: a, target: 99%, period: 30d, up: u, labels: {tier: x}}", 57, "objectives[0].labels.tier", "set by serin"},
        {"{name: a, target: 99%, period: 30d, up: u, labels: {a-b: x}}", 57, "objectives[0].labels.a-b", "no name of a label"},
        {"{name: a, target: 99%, period: 30d, latency: {histogram: 'x_bucket{le=\"1\"}', below: 1s}}", 62,
         "objectives[0].latency.histogram", "below does"},
        {"{name: a, target: 99%, period: 12h, up: u}", 5, "objectives[0]", "longer than the period"},
        {"{name: a, target: 99%, period: 12h, scaling: pyrra, up: u}", 5, "objectives[0]", "too short"},
        {"{name: a, target: 99%, period: 30d, up: u, tiers: [{name: x, severity: page, long: 1h}]}", 56, "objectives[0].tiers[0]",
         "exactly one of factor"},
        {"{name: a, target: 99%, period: 30d, up: u, tiers: [{name: x, severity: pager, long: 1h, factor: 2}]}", 76,
         "objectives[0].tiers[0].severity", "did you mean page?"},
        {"{name: a, target: 99%, period: 30d, up: u, release_budget: {halt_at: 19.9%}}", 74, "objectives[0].release_budget.halt_at",
         "20% to 50%"},
        {"{name: a, target: 99%, period: 30d, up: u, release_budget: {halt_at: 51%}}", 74, "objectives[0].release_budget.halt_at",
         "20% to 50%"},
        {"{name: a, target: 99%, period: 30d, up: u, slices: {length: 5m}}", 56, "objectives[0].slices", "needs target"},
        {"{name: a, target: 99%, period: 30d, up: u, slices: {length: 5m, method: mean, target: 99%}}", 56, "objectives[0].slices",
         "method: mean has none"},
        {"{name: a, target: 99%, period: 30d, up: u, slices: {length: 10m, target: 99%}}", 5, "objectives[0]", "shorter than a slice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r = {0};
        bool found = false;
        read_config(&r, arena_printf(&r.arena, "%s  - %s\n", head, cases[i].objective), NULL);
        for (size_t k = 0; k < r.findings.count; k++) {
            const struct finding *f = &r.findings.items[k];
            found = found || (f->level == FINDING_ERROR && f->line == 5 && f->column == cases[i].column &&
                              strcmp(f->key, cases[i].key) == 0 && strstr(f->text, cases[i].part) != NULL);
        }
        if (!found) {
            struct buf out;
            buf_init(&out, 1 << 16);
            findings_print(&r.findings, &out);
            fail_msg("%s\nwanted 5:%d %s ...%s, found\n%s", cases[i].objective, cases[i].column, cases[i].key, cases[i].part,
                     buf_text(&out));
        }
        read_config_finish(&r);
    }
}

static void test_objective__tiers_that_cannot_fire_are_told(void **state) {
    (void)state;
    struct read_config r;
    const struct objective_config *o = read_one(&r, "{name: a, target: 90%, period: 30d, up: u}");
    assert_non_null(o);
    assert_false(objective_can_fire(o, &o->tiers[0]));
    assert_true(objective_can_fire(o, &o->tiers[1]));
    bool told = false;
    for (size_t i = 0; i < r.findings.count; i++) told = told || strstr(r.findings.items[i].text, "page_fast can never fire") != NULL;
    assert_true(told);
    read_config_finish(&r);
}

static void test_objective__alone_needs_no_comparison(void **state) {
    (void)state;
    struct read_config r = {0};
    read_config(&r, "canary: s\nsources: {a: {url: 'http://h'}}\nobjectives: [{name: x, target: 99%, period: 30d, up: u}]\n", NULL);
    assert_true(r.ok);
    assert_string_equal(r.config.objectives[0].source, "a");
    findings_finish(&r.findings);
    read_config(&r, "canary: s\nsources: {a: {url: 'http://h'}}\n", NULL);
    assert_int_equal(r.findings.errors, 3); // scopes, window, metrics; the judge has a default
    findings_finish(&r.findings);
    read_config(&r, "canary: s\nsources: {a: {url: 'http://h'}}\nobjectives: [{name: x, target: 99%, period: 30d, up: 'u{${scope}}'}]\n",
                NULL);
    assert_false(r.ok);
    read_config_finish(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_objective__reads_all_kinds),
        cmocka_unit_test(test_objective__budgets_are_decimals),
        cmocka_unit_test(test_objective__tiers_are_fitted_to_the_period),
        cmocka_unit_test(test_objective__takes_tiers_of_its_own),
        cmocka_unit_test(test_objective__tells_each_mistake_with_its_place),
        cmocka_unit_test(test_objective__tiers_that_cannot_fire_are_told),
        cmocka_unit_test(test_objective__alone_needs_no_comparison),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
