// SPDX-License-Identifier: GPL-3.0-or-later
// Judges, tolerances and what belongs to which judge.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/judge_settings.h"
#include "good_config.h"

// Lines 1 to 4, then the judge, then metrics from line 6 on.
static const char *config_of(struct arena *arena, const char *judge, const char *metrics) {
    return arena_printf(arena,
                        "canary: shop\n"
                        "sources: {main: {url: \"http://127.0.0.1:9090\"}}\n"
                        "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
                        "window: {length: 10m, step: 15s}\n"
                        "%s\n"
                        "metrics:\n"
                        "  - {name: m, %s}\n",
                        *judge != '\0' ? judge : "# none", metrics);
}

static bool near(double found, double wanted) {
    return fabs(found - wanted) <= 1e-12 * fmax(fabs(wanted), 1);
}

static void test_config_judge__serin_is_the_default(void **state) {
    (void)state;
    struct read_config r = {0};
    read_config(&r, config_of(&r.arena, "", "query: 'x{${scope}}'"), NULL);
    const struct judge_config *j = &r.config.judge;
    assert_true(r.ok);
    assert_string_equal(j->name, "serin");
    assert_true(isnan(j->pass) && isnan(j->marginal));
    assert_true(near(j->confidence, 99) && near(j->pass_confidence, 95) && near(j->min_samples, 8));
    assert_true(near(judge_alpha(j), 0.01));
    assert_true(r.config.metrics[0].required);
    read_config_finish(&r);
}

struct tolerance_case {
    const char *metric;
    double relative, absolute, harm; // harm NaN: twice
    enum kayenta_direction direction;
};

#define TWICE ((double)NAN)

static const struct tolerance_case tolerances[] = {
    {"query: 'x{${scope}}'", 0.05, 0, TWICE, KAYENTA_INCREASE},
    {"unit: rps, query: 'x{${scope}}'", 0.05, 0, TWICE, KAYENTA_DECREASE},
    {"unit: req/s, query: 'x{${scope}}'", 0.05, 0, TWICE, KAYENTA_DECREASE},
    {"unit: req/s, direction: either, query: 'x{${scope}}'", 0.05, 0, TWICE, KAYENTA_EITHER},
    {"tolerance: 12.5%, query: 'x{${scope}}'", 0.125, 0, TWICE, KAYENTA_INCREASE},
    {"tolerance: 300%, query: 'x{${scope}}'", 3, 0, TWICE, KAYENTA_INCREASE},
    {"tolerance: {relative: 20%, absolute: 3}, harm: 50%, query: 'x{${scope}}'", 0.2, 3, 0.5, KAYENTA_INCREASE},
    {"tolerance: {absolute: 5ms}, unit: s, query: 'x{${scope}}'", 0.05, 0.005, TWICE, KAYENTA_INCREASE},
    {"tolerance: {absolute: 5ms}, unit: ms, query: 'x{${scope}}'", 0.05, 5, TWICE, KAYENTA_INCREASE},
    {"tolerance: {absolute: 1m30s}, unit: seconds, query: 'x{${scope}}'", 0.05, 90, TWICE, KAYENTA_INCREASE},
    {"tolerance: {absolute: 0.1%}, unit: ratio, query: 'x{${scope}}'", 0.05, 0.001, TWICE, KAYENTA_INCREASE},
    {"tolerance: {absolute: 0.1%}, unit: \"%\", query: 'x{${scope}}'", 0.05, 0.1, TWICE, KAYENTA_INCREASE},
    {"tolerance: {absolute: 5ms}, histogram: 'x_bucket{${scope}}'", 0.05, 0.005, TWICE, KAYENTA_INCREASE},
    {"counts: {bad: 'b{${scope}}', total: 't{${scope}}'}", 0.25, 0.0001, TWICE, KAYENTA_INCREASE},
    {"tolerance: {absolute: 0.5%}, counts: {bad: 'b{${scope}}', total: 't{${scope}}'}", 0.25, 0.005, TWICE, KAYENTA_INCREASE},
};

static void test_config_judge__tolerances_have_units_and_defaults(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof tolerances / sizeof tolerances[0]; i++) {
        const struct tolerance_case *c = &tolerances[i];
        struct read_config r = {0};
        read_config(&r, config_of(&r.arena, "", c->metric), NULL);
        if (!r.ok) fail_msg("%s: %s", c->metric, r.findings.items[0].text);
        const struct metric_config *m = &r.config.metrics[0];
        const struct tolerance_config *t = &m->tolerance;
        bool harm = isnan(c->harm) ? isnan(t->harm) : near(t->harm, c->harm);
        if (!near(t->relative, c->relative) || !near(t->absolute, c->absolute) || !harm || m->judge.direction != c->direction)
            fail_msg("%s: relative %g absolute %g harm %g direction %s", c->metric, t->relative, t->absolute, t->harm,
                     direction_name(m->judge.direction));
        read_config_finish(&r);
    }
}

static void test_config_judge__objectives_give_the_tolerated_ratio(void **state) {
    (void)state;
    struct read_config r = {0};
    read_config(
        &r,
        config_of(&r.arena,
                  "objectives: [{name: o, target: 99%, period: 30d, counts: {bad: b, total: t}}, {name: p, target: 99.5%, period: 30d, "
                  "counts: {bad: b, total: t}}]",
                  "counts: {bad: 'b{${scope}}', total: 't{${scope}}'}"),
        NULL);
    if (!r.ok) fail_msg("%s", r.findings.items[0].text);
    assert_true(near(r.config.metrics[0].tolerance.absolute, 0.0005)); // a tenth of what the stricter one leaves
    read_config_finish(&r);
}

static const struct {
    const char *judge, *metric;
    const char *place, *part;
} mistakes[] = {
    {"", "tolerance: 5, query: 'x{${scope}}'", "7:26", "such as 5%, found 5"},
    {"", "tolerance: -5%, query: 'x{${scope}}'", "7:26", "found -5%"},
    {"", "tolerance: {relative: 0.2}, query: 'x{${scope}}'", "7:37", "such as 5%, found 0.2"},
    {"", "tolerance: {}, query: 'x{${scope}}'", "7:26", "needs relative, absolute or both"},
    {"", "tolerance: {absolut: 1}, query: 'x{${scope}}'", "7:27", "did you mean absolute?"},
    {"", "tolerance: {absolute: much}, query: 'x{${scope}}'", "7:37", "found much"},
    {"", "tolerance: {absolute: 5ms}, unit: bytes, query: 'x{${scope}}'", "7:37", "5ms is a time, which the unit"},
    {"", "tolerance: {absolute: 5%}, unit: s, query: 'x{${scope}}'", "7:37", "5% is not in the unit"},
    {"", "tolerance: 20%, harm: 10%, query: 'x{${scope}}'", "7:5", "not below the tolerance"},
    {"", "tolerance: 100%, direction: decrease, query: 'x{${scope}}'", "7:5", "accepts any decrease"},
    {"", "effect: {allowed_increase: 1.1}, query: 'x{${scope}}'", "7:23",
     "belongs to the judge kayenta and this config is judged by serin"},
    {"", "gaps: zero, query: 'x{${scope}}'", "7:21", "belongs to the judge kayenta"},
    {"", "remove_outliers: 3, query: 'x{${scope}}'", "7:32", "belongs to the judge kayenta"},
    {"judge: {name: kayenta}", "harm: 10%, query: 'x{${scope}}'", "7:21",
     "belongs to the judge serin and this config is judged by kayenta"},
    {"judge: {name: kayenta}", "pre: {length: 5m}, query: 'x{${scope}}'", "7:20", "belongs to the judge serin"},
    {"judge: {name: kayenta, pass_confidence: 90%}", "query: 'x{${scope}}'", "5:41", "belongs to the judge serin"},
    {"judge: {name: threshold}", "query: 'x{${scope}}'", "7:5", "the judge threshold does not do"},
    {"judge: {name: kayenta, spending: obf}", "query: 'x{${scope}}'", "5:34", "belongs to the judge serin"},
    {"judge: {spending: pocok}", "query: 'x{${scope}}'", "5:19", "did you mean pocock?"},
    {"judge: {confidence: 100%}", "query: 'x{${scope}}'", "5:21", "above 50% and below 100%"},
    {"judge: {confidence: 40}", "query: 'x{${scope}}'", "5:21", "above 50%"},
    {"judge: {marginal: 40}", "query: 'x{${scope}}'", "5:8", "marginal needs pass"},
    {"judge: {min_samples: 2}", "query: 'x{${scope}}', min_samples: 50", "7:5",
     "can never pass nor fail: the window holds 40 steps of 15s"},
    {"", "required: false, query: 'x{${scope}}'", "7:3", "none is required"},
    {"", "critical: true, required: false, query: 'x{${scope}}'", "7:5", "cannot be critical and not required"},
    {"", "quantiles: [0.5], query: 'x{${scope}}'", "7:26", "belongs to metrics of kind histogram"},
    {"", "quantiles: [50], histogram: 'x{${scope}}'", "7:27", "between 0 and 1"},
    {"", "pre: {length: 5m}, histogram: 'x{${scope}}'", "7:20", "belongs to metrics of kind series"},
    {"", "pre: {length: 5m}, offset: 1d, query: 'x{${scope}}'", "7:20", "cannot go with offset"},
    {"", "histogram: 'rate(x{${scope}}[1m])'", "7:26", "must be a plain selector"},
    {"", "threshold: {query: x, max: 1, consecutive: 1.5}", "7:58", "expected a whole number"},
};

static bool holds(const struct findings *findings, const char *place, const char *part) {
    for (size_t i = 0; i < findings->count; i++) {
        char at[32];
        snprintf(at, sizeof at, "%d:%d", findings->items[i].line, findings->items[i].column);
        if (strcmp(at, place) == 0 && strstr(findings->items[i].text, part) != NULL) return true;
    }
    return false;
}

static void test_config_judge__mistakes_have_their_place(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct read_config r = {0};
        read_config(&r, config_of(&r.arena, mistakes[i].judge, mistakes[i].metric), NULL);
        if (r.ok || !holds(&r.findings, mistakes[i].place, mistakes[i].part)) {
            struct buf out;
            buf_init(&out, 1 << 16);
            findings_print(&r.findings, &out);
            print_error("%s %s: wanted %s ...%s..., found:\n%s\n", mistakes[i].judge, mistakes[i].metric, mistakes[i].place,
                        mistakes[i].part, buf_text(&out));
            buf_finish(&out);
            wrong++;
        }
        read_config_finish(&r);
    }
    assert_int_equal(wrong, 0);
}

static void test_config_judge__limits_say_how_many_may_lie_outside(void **state) {
    (void)state;
    static const struct {
        const char *keys;
        int64_t allowed, consecutive;
    } cases[] = {
        {"max: 1", 0, -1}, {"max: 1, allowed: 3", 3, -1}, {"max: 1, consecutive: 2", -1, 2}, {"max: 1, consecutive: 2, allowed: 5", 5, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read_config r = {0};
        const char *metric = arena_printf(&r.arena, "gaps: zero, threshold: {query: 'x{${scope}}', %s}", cases[i].keys);
        read_config(&r, config_of(&r.arena, "judge: {name: threshold}", metric), NULL);
        if (!r.ok) fail_msg("%s", r.findings.items[0].text);
        assert_int_equal(r.config.metrics[0].allowed, cases[i].allowed);
        assert_int_equal(r.config.metrics[0].consecutive, cases[i].consecutive);
        assert_true(near(r.config.judge.min_samples, 1));
        read_config_finish(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config_judge__serin_is_the_default),
        cmocka_unit_test(test_config_judge__tolerances_have_units_and_defaults),
        cmocka_unit_test(test_config_judge__objectives_give_the_tolerated_ratio),
        cmocka_unit_test(test_config_judge__mistakes_have_their_place),
        cmocka_unit_test(test_config_judge__limits_say_how_many_may_lie_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
