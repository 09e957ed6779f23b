// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/gate_config.h"
#include "good_config.h"

#define HOUR_MS INT64_C(3600000)
#define BY_SCOPE "objectives: [{name: a, target: 99.9%, period: 30d, counts: {bad: 'h{code=\"500\",${scope}}', total: 'h{${scope}}'}}]\n"
#define ALONE "objectives: [{name: a, target: 99.9%, period: 30d, counts: {bad: 'h{code=\"500\"}', total: h}}]\n"

static const char head[] = "canary: shop\n"
                           "sources: {main: {url: 'http://127.0.0.1:9090'}}\n"
                           "scopes: {baseline: {labels: {app: a, track: s}}, canary: {labels: {app: a, track: c}}}\n";

static const char *read_gate(struct read_config *r, const char *objectives, const char *gate) {
    struct buf out;
    *r = (struct read_config){0};
    read_config(r, arena_printf(&r->arena, "%s%sgate: %s\n", head, objectives, gate), NULL);
    buf_init(&out, 1 << 16);
    findings_print(&r->findings, &out);
    const char *copy = arena_strdup(&r->arena, buf_text(&out));
    buf_finish(&out);
    return copy;
}

static void test_gate__reads_all_keys(void **state) {
    (void)state;
    struct read_config r;
    const char *found =
        read_gate(&r, BY_SCOPE,
                  "{checks: [{name: d, query: 'd{${scope}}', min: 0.99, fresh: 10m}, {name: t, query: time() - t, max_age: 6h, "
                  "required: false, source: main}], release_budget: {halt_at: 25%}, production_budget: {floor: 10%}, "
                  "approvals: 2, approval_max_age: 2h, verdict_max_age: 30m, artefact: 'shop@${digest}'}");
    if (!r.ok) fail_msg("%s", found);
    const struct gate_config *g = gate_config_of(&r.config);
    assert_int_equal(g->check_count, 2);
    assert_true(g->checks[0].limits.has_min && !g->checks[0].limits.has_max && g->checks[0].required);
    assert_int_equal(g->checks[0].fresh_ms, 600000);
    assert_string_equal(g->checks[0].source, "main");
    assert_int_equal(g->checks[1].max_age_ms, 6 * HOUR_MS);
    assert_false(g->checks[1].required);
    assert_true(g->has_release_budget && g->halt_at == 25 && g->floor == 10);
    assert_int_equal(g->approvals, 2);
    assert_int_equal(g->approval_max_age_ms, 2 * HOUR_MS);
    assert_int_equal(g->verdict_max_age_ms, HOUR_MS / 2);
    assert_string_equal(g->artefact, "shop@${digest}");
    read_config_finish(&r);
}

static void test_gate__has_defaults(void **state) {
    (void)state;
    struct read_config r;
    const char *found = read_gate(&r, BY_SCOPE, "{release_budget: {}}");
    if (!r.ok) fail_msg("%s", found);
    const struct gate_config *g = gate_config_of(&r.config);
    assert_true(g->has_release_budget && g->halt_at == 30 && g->floor == 0 && g->artefact == NULL);
    assert_int_equal(g->approvals, 0);
    assert_int_equal(g->verdict_max_age_ms, HOUR_MS);
    r.config.gate = NULL;
    assert_false(gate_config_of(&r.config)->has_release_budget);
    read_config_finish(&r);
}

static void test_gate__tells_mistakes_with_line_and_key(void **state) {
    (void)state;
    static const struct {
        const char *objectives, *gate, *says;
    } cases[] = {
        {BY_SCOPE, "{check: []}", "gate.check: unknown key; did you mean checks?"},
        {BY_SCOPE, "{release_budget: {halt_at: 10%}}", "gate.release_budget.halt_at: must be from 20% to 50%"},
        {BY_SCOPE, "{release_budget: {halt_at: 0.3}}", "must be from 20% to 50%"},
        {ALONE, "{release_budget: {}}", "gate.release_budget: needs an objective whose selectors hold ${scope}"},
        {BY_SCOPE, "{production_budget: {floor: 110%}}", "gate.production_budget.floor: expected a percentage"},
        {BY_SCOPE, "{production_budget: {}}", "the key floor is missing"},
        {BY_SCOPE, "{approvals: 1.5}", "gate.approvals: expected a whole number"},
        {BY_SCOPE, "{approvals: 21}", "more than 20 approvals"},
        {BY_SCOPE, "{verdict_max_age: 1}", "gate.verdict_max_age: expected a duration"},
        {BY_SCOPE, "{checks: [{name: a, query: x}]}", "gate.checks[0]"},
        {BY_SCOPE, "{checks: [{name: a, query: x, min: 2, max: 1}]}", "gate.checks[0]"},
        {BY_SCOPE, "{checks: [{name: a, query: x, min: 1, max_age: 1h}]}", "take one of them"},
        {BY_SCOPE, "{checks: [{name: a, query: x, min: 1}, {name: a, query: y, min: 1}]}", "names must differ"},
        {BY_SCOPE, "{checks: [{name: a, query: x + y, min: 1, fresh: 1h}]}", "fresh needs a plain selector"},
        {BY_SCOPE, "{checks: [{name: a, query: 'x{${scop}}', min: 1}]}", "did you mean ${scope}?"},
        {BY_SCOPE, "{checks: [{name: a, query: 'rate(x[${window}])', min: 1}]}", "needs the key window"},
        {BY_SCOPE, "{checks: [{name: a, query: x, min: 1, source: mian}]}", "no source is called mian; did you mean main?"},
        {BY_SCOPE, "{checks: {name: a}}", "gate.checks: expected a list"},
        {BY_SCOPE, "[]", "gate: expected a map"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r;
        const char *found = read_gate(&r, cases[i].objectives, cases[i].gate);
        if (r.ok || strstr(found, cases[i].says) == NULL || strstr(found, ":5:") == NULL) fail_msg("case %zu: %s", i, found);
        read_config_finish(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gate__reads_all_keys),
        cmocka_unit_test(test_gate__has_defaults),
        cmocka_unit_test(test_gate__tells_mistakes_with_line_and_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
