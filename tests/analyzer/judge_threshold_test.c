// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "hand_answers.h"

#define GAP ((double)NAN)

static const char *config_with(struct arena *arena, const char *judge, const char *limit) {
    return arena_printf(arena,
                        "canary: shop\n"
                        "sources: {main: {url: \"http://127.0.0.1:9090\"}}\n"
                        "scopes: {canary: {labels: {track: canary}}}\n"
                        "window: {length: 10m, step: 1m}\n"
                        "judge: {%s}\n"
                        "groups: {a: 60, b: 40}\n"
                        "metrics:\n"
                        "  - {name: load, group: a, threshold: {query: 'load{${scope}}', %s}}\n"
                        "  - {name: calm, group: b, required: false, threshold: {query: 'calm{${scope}}', min: 1}}\n",
                        judge, limit);
}

struct limit_case {
    const char *judge, *limit;
    double load[2][6]; // two series; samples end at the first 0
    double calm;
    enum verdict_kind want;
    enum classification load_class;
    const char *part; // of the metric's or the verdict's reason
};

static const struct limit_case cases[] = {
    {"name: threshold", "max: 3", {{1, 2, 3}}, 2, VERDICT_PASS, CLASS_PASS, "nothing that is required fails"},
    {"name: threshold", "max: 3", {{1, 4, 3}}, 2, VERDICT_FAIL, CLASS_HIGH, "1 of 3 samples are over 3 (0 allowed)"},
    {"name: threshold", "min: 3", {{1, 4, 3}}, 2, VERDICT_FAIL, CLASS_LOW, "1 of 3 samples are under 3 (0 allowed)"},
    {"name: threshold", "max: 3, allowed: 1", {{1, 4, 3}}, 2, VERDICT_PASS, CLASS_PASS, NULL},
    {"name: threshold", "max: 3, allowed: 1", {{4, 1, 4}}, 2, VERDICT_FAIL, CLASS_HIGH, "2 of 3 samples"},
    {"name: threshold", "max: 3, consecutive: 1", {{4, 1, 4, 1, 4}}, 2, VERDICT_PASS, CLASS_PASS, NULL},
    {"name: threshold", "max: 3, consecutive: 1", {{1, 4, 4, 1}}, 2, VERDICT_FAIL, CLASS_HIGH, "2 samples in a row are over 3 (1 allowed)"},
    {"name: threshold", "max: 3, consecutive: 1", {{1, 1, 4}, {4, 1, 1}}, 2, VERDICT_PASS, CLASS_PASS, NULL}, // two series, no row
    {"name: threshold", "max: 3, consecutive: 1", {{4, GAP, 4}}, 2, VERDICT_FAIL, CLASS_HIGH, "2 samples in a row"},
    {"name: threshold", "max: 3, allowed: 2, consecutive: 4", {{4, 1, 4, 1, 4}}, 2, VERDICT_FAIL, CLASS_HIGH, "3 of 5 samples"},
    {"name: threshold", "max: 3", {{0}}, 2, VERDICT_INCONCLUSIVE, CLASS_NODATA, "could not be judged"},
    {"name: threshold", "max: 3", {{1, 2, 3}}, 0.5, VERDICT_PASS, CLASS_PASS, NULL}, // what is not required informs
    {"name: threshold, pass: 90, marginal: 50", "max: 3", {{1, 2, 3}}, 0.5, VERDICT_MARGINAL, CLASS_PASS, "score 60 is below pass 90"},
    {"name: threshold, pass: 90, marginal: 70", "max: 3", {{1, 2, 3}}, 0.5, VERDICT_FAIL, CLASS_PASS, "score 60 is below marginal 70"},
    {"name: threshold, pass: 10", "max: 3", {{1, 4, 3}}, 2, VERDICT_FAIL, CLASS_HIGH, "load is high, so the canary fails"}, // hides in no
                                                                                                                            // score
};

static void supply(struct hand *h, const struct limit_case *c) {
    static const char *const pods[] = {"p", "q"};
    for (int s = 0; s < 2; s++) {
        if (!isnan(c->load[s][0]) && c->load[s][0] <= 0) continue;
        struct series *series = hand_series(h, 0, PART_VALUE, SIDE_CANARY, "pod", pods[s]);
        for (int k = 0; k < 6 && (isnan(c->load[s][k]) || c->load[s][k] > 0); k++)
            series_append(series, h->plan.start_ms + (k + 1) * 60000, c->load[s][k]);
    }
    hand_wave(h, 1, PART_VALUE, SIDE_CANARY, 5, (struct wave){c->calm, 0, 0});
}

static bool told(const struct verdict *v, const char *part) {
    const char *reason = v->metrics[0].reason;
    if (part == NULL || (reason != NULL && strstr(reason, part) != NULL)) return true;
    for (size_t i = 0; i < v->reasons.count; i++) {
        if (strstr(v->reasons.items[i], part) != NULL) return true;
    }
    return false;
}

static void test_judge_threshold__counts_samples_in_all_and_in_a_row(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct limit_case *c = &cases[i];
        struct hand h = {0};
        hand_start(&h, config_with(&h.r.arena, c->judge, c->limit));
        supply(&h, c);
        struct verdict v = hand_verdict(&h);
        if (v.kind != c->want || v.metrics[0].classification != c->load_class || !told(&v, c->part)) {
            print_error("case %zu (%s): %s, load is %s, reason %s, first of %zu: %s\n", i, c->limit, verdict_name(v.kind),
                        classification_name(v.metrics[0].classification), v.metrics[0].reason != NULL ? v.metrics[0].reason : "none",
                        v.reasons.count, v.reasons.count > 0 ? v.reasons.items[0] : "none");
            wrong++;
        }
        hand_finish(&h);
    }
    assert_int_equal(wrong, 0);
}

static void test_judge_threshold__points_add_up_to_the_score(void **state) {
    (void)state;
    struct hand h = {0};
    hand_start(&h, config_with(&h.r.arena, "name: threshold", "max: 3"));
    supply(&h, &cases[11]);
    struct verdict v = hand_verdict(&h);
    assert_true(v.has_score && fabs(v.score - 60) < 1e-9);
    assert_true(fabs(v.metrics[0].points - 60) < 1e-9 && fabs(v.metrics[1].points) < 1e-9);
    assert_true(fabs(v.metrics[1].weight - 40) < 1e-9);
    assert_int_equal(v.metrics[0].role, ROLE_PASSES);
    assert_int_equal(v.metrics[1].role, ROLE_INFORMS);
    assert_true(v.groups[0].has_data && fabs(v.groups[0].score - 100) < 1e-9 && fabs(v.groups[1].score) < 1e-9);
    hand_finish(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge_threshold__counts_samples_in_all_and_in_a_row),
        cmocka_unit_test(test_judge_threshold__points_add_up_to_the_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
