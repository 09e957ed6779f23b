// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "analyzer/plan.h"
#include "base/file.h"
#include "good_config.h"

static void read_fixture(struct read_config *r, const struct config_overrides *o) {
    struct view text;
    struct error err;
    assert_true(file_read(SERIN_FIXTURES "/canaries/kayenta.json", 1 << 20, &r->arena, &text, &err));
    read_config(r, text.ptr, o);
}

static void test_config_kayenta__reads_a_config_as_it_is(void **state) {
    (void)state;
    struct read_config r = {0};
    read_fixture(&r, NULL);
    const struct canary_config *c = &r.config;
    assert_true(r.ok);
    assert_non_null(c->metrics[0].kayenta);
    assert_string_equal(c->name, "storefront-release");
    assert_int_equal(c->metric_count, 2);
    const struct kayenta_settings *first = &c->metrics[0].judge, *second = &c->metrics[1].judge;
    assert_int_equal(first->direction, KAYENTA_INCREASE);
    assert_int_equal(first->nan_strategy, KAYENTA_NAN_REPLACE);
    assert_true(first->critical);
    assert_true(fabs(first->limits.allowed_increase - 1.1) < 1e-12);
    assert_true(second->remove_outliers && second->must_have_data && !second->muted);
    assert_true(fabs(second->outlier_factor - 2.5) < 1e-12);
    assert_true(fabs(c->groups[0].weight - 70) < 1e-12 && fabs(c->judge.pass - 90) < 1e-12 && fabs(c->judge.marginal - 60) < 1e-12);
    read_config_finish(&r);
}

static void test_config_kayenta__plan_takes_server_and_sides_from_the_command_line(void **state) {
    (void)state;
    struct read_config r = {0};
    struct config_overrides o;
    struct plan plan;
    struct error err = {0};
    config_overrides_init(&o);
    o.url = "http://127.0.0.1:9090";
    o.sides[SIDE_BASELINE] = "scope=store-v1,location=eu-west";
    o.sides[SIDE_CANARY] = "scope=store-v2,location=eu-west,team=cart";
    o.length_ms = 600000;
    read_fixture(&r, &o);
    assert_true(r.ok);
    if (!plan_build(&r.config, INT64_C(1735692000000), &r.arena, &plan, &err)) fail_msg("%s", err.text);
    static const char *const exprs[] = {
        "sum(rate(http_requests_total{app=\"store-v1\",zone=\"eu-west\",code=~\"5..\"}[1m]))",
        "sum(rate(http_requests_total{app=\"store-v2\",zone=\"eu-west\",code=~\"5..\"}[1m]))",
        "avg(cart_latency_seconds{app=\"store-v1\",team=\"shop\",quantile=\"0.95\"}) by (pod)",
        "avg(cart_latency_seconds{app=\"store-v2\",team=\"cart\",quantile=\"0.95\"}) by (pod)",
    };
    assert_int_equal(plan.query_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(plan.queries[i].query.expr, exprs[i]);
        assert_int_equal(plan.queries[i].query.end_ms - plan.queries[i].query.start_ms, 600000);
    }
    read_config_finish(&r);
}

static void test_config_kayenta__says_what_the_command_line_must_add(void **state) {
    (void)state;
    struct read_config r = {0};
    struct config_overrides o;
    struct plan plan;
    struct error err = {0};
    read_fixture(&r, NULL);
    assert_false(plan_build(&r.config, 0, &r.arena, &plan, &err));
    assert_non_null(strstr(err.text, "--url"));
    findings_finish(&r.findings);
    config_overrides_init(&o);
    o.sides[SIDE_CANARY] = "store-v2,location=eu";
    read_fixture(&r, &o);
    assert_false(r.ok);
    assert_string_equal(r.findings.items[0].key, "--canary");
    findings_finish(&r.findings);
    config_overrides_init(&o);
    o.step_ms = 7200000; // longer than the hour a Kayenta config is judged over
    read_fixture(&r, &o);
    assert_false(r.ok);
    read_config_finish(&r);
}

static void test_config_kayenta__tells_mistakes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        enum finding_level level;
        const char *part;
    } cases[] = {
        {"{\"classifier\": {},\n\"metrics\": []}", 2, 12, FINDING_ERROR, "at least one metric"},
        {"{\"classifier\": {}, \"metrics\": [{\"name\": \"m\",\n\"query\": {\"type\": \"datadog\"}}]}", 2, 19, FINDING_ERROR,
         "only queries of type prometheus"},
        {"{\"classifier\": {}, \"metrics\": [\n{\"query\": {\"type\": \"prometheus\"}}]}", 2, 1, FINDING_ERROR, "the key name is missing"},
        {"{\"classifier\": {},\n\"metrics\": [{\"name\": \"m\", \"query\": {\"type\": \"prometheus\"}, \"analysisConfigurations\": "
         "{\"canary\":\n{\"direction\": \"up\"}}}]}",
         3, 15, FINDING_WARNING, "up is not a value"},
        {"{\"metrics\": [{\"name\": \"m\", \"query\": {\"type\": \"prometheus\"}, \"analysisConfigurations\": {}}]}", 1, 1, FINDING_ERROR,
         "classifier is missing"},
        {"{\"classifier\": 5,\n\"metrics\": []}", 1, 16, FINDING_ERROR, "expected a map, found a number"},
        {"{\"classifier\": {},\n\"judge\": {\"name\": \"dredd-v1.0\"}, \"metrics\": []}", 2, 19, FINDING_ERROR,
         "dredd-v1.0 is not known here"},
        {"{\"classifier\": {},\n\"templates\": [], \"metrics\": []}", 2, 14, FINDING_ERROR, "a list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r = {0};
        bool found = false;
        read_config(&r, cases[i].text, NULL);
        assert_int_equal(r.ok, cases[i].level == FINDING_WARNING);
        for (size_t k = 0; k < r.findings.count; k++) {
            const struct finding *f = &r.findings.items[k];
            found = found || (f->line == cases[i].line && f->column == cases[i].column && f->level == cases[i].level &&
                              strstr(f->text, cases[i].part));
        }
        if (!found) fail_msg("case %zu: %d:%d %s", i, r.findings.items[0].line, r.findings.items[0].column, r.findings.items[0].text);
        read_config_finish(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config_kayenta__reads_a_config_as_it_is),
        cmocka_unit_test(test_config_kayenta__plan_takes_server_and_sides_from_the_command_line),
        cmocka_unit_test(test_config_kayenta__says_what_the_command_line_must_add),
        cmocka_unit_test(test_config_kayenta__tells_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
