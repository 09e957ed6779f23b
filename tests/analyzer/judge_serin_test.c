// SPDX-License-Identifier: GPL-3.0-or-later
// From answers to verdict with the judge serin, each kind of metric healthy and broken.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "hand_answers.h"
#include "query/histogram.h"

#define STEPS 60
#define GAP ((double)NAN)

static const char *config_with(struct arena *arena, const char *judge, const char *metrics) {
    return arena_printf(arena,
                        "canary: shop\n"
                        "sources: {main: {url: \"http://127.0.0.1:9090\"}}\n"
                        "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
                        "window: {length: 15m, step: 15s}\n"
                        "%s"
                        "metrics:\n%s",
                        judge, metrics);
}

// A number from -1 to 1 that looks random but is the same every time.
static double noise(size_t k, int side) {
    uint32_t x = (uint32_t)k * 2654435761u + (uint32_t)side * 40503u + 12345u;
    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    return (double)(x % 20001) / 10000 - 1;
}

struct shape { // of one side of a series or counter
    double level, noise;
    double from, factor; // times `factor` from that share of the window on
    size_t count;        // samples
};

static double shape_at(const struct shape *s, size_t k, int side) {
    double value = s->level * (1 + s->noise * noise(k, side));
    return (double)k >= s->from * STEPS && s->factor > 0 ? value * s->factor : value;
}

static void add_gauge(struct hand *h, size_t metric, enum side side, struct shape shape, const char *label, const char *value) {
    struct series *series = hand_series(h, metric, PART_VALUE, side, label, value);
    for (size_t k = 0; k < shape.count; k++)
        series_append(series, h->plan.start_ms + ((int64_t)k + 1) * 15000, shape_at(&shape, k, (int)side));
}

static void add_counter(struct hand *h, size_t metric, enum query_part part, enum side side, struct shape shape, const char *label,
                        const char *value) {
    struct series *series = hand_series(h, metric, part, side, label, value);
    double sum = 1000;
    for (size_t k = 0; k < 4; k++) series_append(series, h->plan.start_ms + ((int64_t)k - 3) * 15000, sum);
    for (size_t k = 0; k < shape.count; k++) {
        sum += round(shape_at(&shape, k, (int)side));
        series_append(series, h->plan.start_ms + ((int64_t)k + 1) * 15000, sum);
    }
}

static struct verdict judged(struct hand *h) {
    return hand_verdict(h);
}

static bool holds(const char *text, const char *part) {
    return text != NULL && strstr(text, part) != NULL;
}

static bool any_holds(const struct texts *texts, const char *part) {
    for (size_t i = 0; i < texts->count; i++) {
        if (holds(texts->items[i], part)) return true;
    }
    return false;
}

struct series_case {
    const char *keys; // of the metric
    struct shape baseline, canary;
    enum verdict_kind want;
    enum classification class;
    const char *part; // of the metric's reason
};

#define CALM                                                                                                                               \
    { 100, 0.02, 0, 0, STEPS }

static const struct series_case series_cases[] = {
    {"", CALM, CALM, VERDICT_PASS, CLASS_PASS, "is 0.203% higher (-0.27 to +0.678%); harm of 10% is excluded, 95% sure"},
    {"", CALM, {115, 0.02, 0, 0, STEPS}, VERDICT_FAIL, CLASS_HIGH, "% higher ("},
    {"", CALM, {100, 0.02, 0.5, 1.4, STEPS}, VERDICT_FAIL, CLASS_HIGH, "on; tolerated 5%"},
    {"", CALM, {80, 0.02, 0, 0, STEPS}, VERDICT_PASS, CLASS_PASS, "(19.5 to 20.2%)"},
    {"direction: decrease, ", CALM, {80, 0.02, 0, 0, STEPS}, VERDICT_FAIL, CLASS_LOW, "% lower ("},
    {"direction: either, ", CALM, {80, 0.02, 0, 0, STEPS}, VERDICT_FAIL, CLASS_LOW, "% lower ("},
    {"unit: req/s, ", CALM, {80, 0.02, 0, 0, STEPS}, VERDICT_FAIL, CLASS_LOW, "% lower ("}, // traffic: a decrease is bad
    {"tolerance: 20%, ", CALM, {115, 0.02, 0, 0, STEPS}, VERDICT_PASS, CLASS_PASS, "harm of 40% is excluded"},
    {"tolerance: {absolute: 30}, ", CALM, {115, 0.02, 0, 0, STEPS}, VERDICT_PASS, CLASS_PASS, "30 are tolerated, and harm beyond"},
    {"", CALM, {100, 0.4, 0, 0, STEPS}, VERDICT_FAIL, CLASS_HIGH, "varies"},
    {"", {100, 0, 0, 0, STEPS}, {100, 0, 0, 0, STEPS}, VERDICT_PASS, CLASS_PASS, "the same on both sides"},
    {"", {100, 0, 0, 0, STEPS}, {120, 0, 0, 0, STEPS}, VERDICT_FAIL, CLASS_HIGH, "is 20% higher; tolerated 5%"},
    {"", {100, 0, 0, 0, STEPS}, {102, 0, 0, 0, STEPS}, VERDICT_PASS, CLASS_PASS, "all the time"},
    {"", CALM, {100, 0.02, 0, 0, 4}, VERDICT_INCONCLUSIVE, CLASS_INCONCLUSIVE, "4 steps with data on both sides, 8 needed"},
    {"", CALM, {100, 0.02, 0, 0, 0}, VERDICT_INCONCLUSIVE, CLASS_NODATA, "no samples on the canary side"},
    {"must_have_data: true, ", CALM, {100, 0.02, 0, 0, 0}, VERDICT_FAIL, CLASS_NODATA, "no samples on the canary side"},
    {"must_have_data: true, ", {100, 0, 0, 0, 0}, {100, 0.02, 0, 0, 0}, VERDICT_INCONCLUSIVE, CLASS_NODATA, "either side"},
    {"", {100, 0, 0, 0, 0}, CALM, VERDICT_INCONCLUSIVE, CLASS_NODATA, "no samples on the baseline side"},
    {"", {100, 0.5, 0, 0, STEPS}, {100, 0.5, 0, 0, STEPS}, VERDICT_INCONCLUSIVE, CLASS_INCONCLUSIVE, "harm of 10% is not excluded"},
};

static void test_judge_serin__series(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof series_cases / sizeof series_cases[0]; i++) {
        const struct series_case *c = &series_cases[i];
        struct hand h = {0};
        const char *metric = arena_printf(&h.r.arena, "  - {name: cpu, %squery: 'cpu{${scope}}'}\n", c->keys);
        hand_start(&h, config_with(&h.r.arena, "", metric));
        if (c->baseline.count > 0) add_gauge(&h, 0, SIDE_BASELINE, c->baseline, NULL, NULL);
        if (c->canary.count > 0) add_gauge(&h, 0, SIDE_CANARY, c->canary, NULL, NULL);
        struct verdict v = judged(&h);
        if (v.kind != c->want || v.metrics[0].classification != c->class || (c->part != NULL && !holds(v.metrics[0].reason, c->part))) {
            print_error("series case %zu: %s, %s: %s\n", i, verdict_name(v.kind), classification_name(v.metrics[0].classification),
                        v.metrics[0].reason);
            wrong++;
        }
        hand_finish(&h);
    }
    assert_int_equal(wrong, 0);
}

static void test_judge_serin__says_how_long_a_decision_takes(void **state) {
    (void)state;
    struct hand h = {0};
    hand_start(&h, config_with(&h.r.arena, "", "  - {name: cpu, query: 'cpu{${scope}}'}\n"));
    add_gauge(&h, 0, SIDE_BASELINE, (struct shape){100, 0.5, 0, 0, STEPS}, NULL, NULL);
    add_gauge(&h, 0, SIDE_CANARY, (struct shape){100, 0.5, 0, 0, STEPS}, NULL, NULL);
    struct verdict v = judged(&h);
    assert_true(v.metrics[0].minutes >= 1);
    assert_int_equal(v.metrics[0].role, ROLE_HOLDS);
    assert_true(any_holds(&v.missing, arena_printf(&h.r.arena, "needs about %.0f more minute", v.metrics[0].minutes)));
    assert_true(any_holds(&v.next, arena_printf(&h.r.arena, "a window of about %.0f more minute", v.metrics[0].minutes)));
    assert_false(v.has_score); // nothing was judged
    hand_finish(&h);
}

struct counts_case {
    struct shape bad[2], total[2];
    enum verdict_kind want;
    const char *part;
};

#define TRAFFIC                                                                                                                            \
    { 1000, 0.05, 0, 0, STEPS }
#define FEW                                                                                                                                \
    { 10, 0.5, 0, 0, STEPS }
#define NONE                                                                                                                               \
    { 0, 0, 0, 0, 0 }

static const struct counts_case counts_cases[] = {
    {{FEW, FEW}, {TRAFFIC, TRAFFIC}, VERDICT_PASS, "harm of 50% is excluded"},
    {{FEW, {30, 0.5, 0, 0, STEPS}}, {TRAFFIC, TRAFFIC}, VERDICT_FAIL, "times as high"},
    {{NONE, NONE}, {TRAFFIC, TRAFFIC}, VERDICT_PASS, NULL}, // no counter of errors while there is traffic: no errors
    {{NONE, FEW}, {TRAFFIC, TRAFFIC}, VERDICT_FAIL, "tolerated 25% and 0.01 points"},
    {{FEW, NONE}, {TRAFFIC, NONE}, VERDICT_INCONCLUSIVE, "no samples on the canary side"},
    {{{1, 0.9, 0, 0, STEPS}, {1, 0.9, 0, 0, STEPS}}, {{5, 0.1, 0, 0, STEPS}, {5, 0.1, 0, 0, STEPS}}, VERDICT_INCONCLUSIVE, "not excluded"},
};

static void test_judge_serin__counts(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof counts_cases / sizeof counts_cases[0]; i++) {
        const struct counts_case *c = &counts_cases[i];
        struct hand h = {0};
        hand_start(&h, config_with(&h.r.arena, "", "  - {name: errors, counts: {bad: 'bad{${scope}}', total: 'all{${scope}}'}}\n"));
        for (int side = 0; side < SIDE_COUNT; side++) {
            if (c->bad[side].count > 0) add_counter(&h, 0, PART_BAD, (enum side)side, c->bad[side], NULL, NULL);
            if (c->total[side].count > 0) add_counter(&h, 0, PART_TOTAL, (enum side)side, c->total[side], NULL, NULL);
        }
        struct verdict v = judged(&h);
        if (v.kind != c->want || (c->part != NULL && !holds(v.metrics[0].reason, c->part))) {
            print_error("counts case %zu: %s: %s\n", i, verdict_name(v.kind), v.metrics[0].reason);
            wrong++;
        }
        hand_finish(&h);
    }
    assert_int_equal(wrong, 0);
}

// Requests spread over the buckets 0.1, 0.2, 0.4, 0.8 and above; `slow` moves some of the first bucket to the last but one.
static const double spread[5] = {60, 25, 10, 4, 1};

static void add_classic(struct hand *h, enum side side, double slow) {
    static const char *const bounds[5] = {"0.1", "0.2", "0.4", "0.8", "+Inf"};
    double below = 0;
    for (int b = 0; b < 5; b++) {
        below += spread[b] + (b == 0 ? -slow : b == 3 ? slow : 0);
        add_counter(h, 0, PART_BUCKETS, side, (struct shape){below, 0, 0, 0, STEPS}, "le", bounds[b]);
    }
}

static void add_native(struct hand *h, enum side side, double slow) {
    struct series *series = hand_series(h, 0, PART_BUCKETS, side, NULL, NULL);
    for (int64_t k = -3; k <= STEPS; k++) {
        struct native_buckets *native = arena_alloc(&h->r.arena, sizeof *native);
        struct index_bucket *buckets = arena_array(&h->r.arena, 5, sizeof *buckets);
        double many = (double)(k + 4), sum = 0;
        for (int b = 0; b < 5; b++) {
            buckets[b] = (struct index_bucket){b - 3, many * (spread[b] + (b == 0 ? -slow : b == 3 ? slow : 0))};
            sum += buckets[b].count;
        }
        *native = (struct native_buckets){.schema = 0, .positive = buckets, .positive_count = 5};
        struct histogram histogram = {.time_ms = h->plan.start_ms + k * 15000, .count = sum, .sum = sum, .native = native};
        histogram_set_borders(&histogram, &h->r.arena);
        series_append_histogram(series, &histogram);
    }
}

static void test_judge_serin__histograms(void **state) {
    (void)state;
    static void (*const add[2])(struct hand *, enum side, double) = {add_classic, add_native};
    for (int native = 0; native < 2; native++) {
        for (int broken = 0; broken < 2; broken++) {
            struct hand h = {0};
            hand_start(
                &h, config_with(&h.r.arena, "", "  - {name: latency, unit: s, histogram: 'latency_bucket{${scope}}', quantiles: [0.5]}\n"));
            add[native](&h, SIDE_BASELINE, 0);
            add[native](&h, SIDE_CANARY, broken ? 20 : 0);
            struct verdict v = judged(&h);
            const struct metric_result *m = &v.metrics[0];
            if (v.kind != (broken ? VERDICT_FAIL : VERDICT_PASS)) fail_msg("native %d broken %d: %s", native, broken, m->reason);
            assert_int_equal(m->samples->columns.steps, STEPS);
            assert_true(fabs(m->samples->sides[SIDE_CANARY].total - 100 * STEPS) < 1e-6);
            if (broken) assert_int_equal(m->classification, CLASS_HIGH);
            hand_finish(&h);
        }
    }
}

static void test_judge_serin__finds_where(void **state) {
    (void)state;
    static const char *const handlers[] = {"/cart", "/pay", "/list"};
    struct hand h = {0};
    hand_start(&h,
               config_with(&h.r.arena, "", "  - {name: errors, by: [handler], counts: {bad: 'bad{${scope}}', total: 'all{${scope}}'}}\n"));
    for (int side = 0; side < SIDE_COUNT; side++) {
        for (int i = 0; i < 3; i++) {
            double errors = side == SIDE_CANARY && i == 1 ? 40 : 10;
            add_counter(&h, 0, PART_BAD, (enum side)side, (struct shape){errors, 0.5, 0, 0, STEPS}, "handler", handlers[i]);
            add_counter(&h, 0, PART_TOTAL, (enum side)side, (struct shape){1000, 0.05, 0, 0, STEPS}, "handler", handlers[i]);
        }
    }
    struct verdict v = judged(&h);
    assert_int_equal(v.metric_count, 3);
    assert_int_equal(v.kind, VERDICT_FAIL);
    assert_true(v.where_count >= 1);
    assert_string_equal(v.where[0].label, "handler");
    assert_string_equal(v.where[0].value, "/pay");
    assert_true(v.where[0].share > 0.8);
    double points = 0;
    for (size_t i = 0; i < v.metric_count; i++) points += v.metrics[i].points;
    assert_true(fabs(points - v.score) < 1e-9 && fabs(v.score - 200.0 / 3) < 1e-9);
    hand_finish(&h);
}

// Six metrics of which one is slightly worse: alone it fails, among six it does not, critical it is judged alone.
static enum classification class_among(size_t others, const char *keys, double level, double *ret_p) {
    struct hand h = {0};
    const char *metrics = arena_printf(&h.r.arena, "  - {name: m0, %squery: 'm0{${scope}}'}\n", keys);
    for (size_t i = 1; i <= others; i++) metrics = arena_printf(&h.r.arena, "%s  - {name: m%zu, query: 'm%zu{${scope}}'}\n", metrics, i, i);
    hand_start(&h, config_with(&h.r.arena, "", metrics));
    for (size_t i = 0; i <= others; i++) {
        add_gauge(&h, i, SIDE_BASELINE, (struct shape){100, 0.35, 0, 0, STEPS}, NULL, NULL);
        add_gauge(&h, i, SIDE_CANARY, (struct shape){i == 0 ? level : 100, 0.35, 0, 0, STEPS}, NULL, NULL);
    }
    struct verdict v = judged(&h);
    enum classification class = v.metrics[0].classification;
    *ret_p = v.metrics[0].p_adjusted;
    hand_finish(&h);
    return class;
}

static void test_judge_serin__many_metrics_share_the_level(void **state) {
    (void)state;
    double alone, among, critical, level = 105;
    while (class_among(3, "", level, &alone) != CLASS_HIGH && level < 200) level += 0.25; // the first that fails
    assert_true(alone < 0.01 && alone > 0.002);
    assert_int_not_equal(class_among(19, "", level, &among), CLASS_HIGH);
    assert_true(fabs(among - fmin(alone * 4, 1)) < 1e-9); // 20 metrics share what 5 have
    assert_int_equal(class_among(19, "critical: true, ", level, &critical), CLASS_HIGH);
    assert_true(fabs(critical - alone) < 1e-12);
}

static void test_judge_serin__what_is_not_required_only_scores(void **state) {
    (void)state;
    static const struct {
        const char *judge, *keys;
        enum verdict_kind want;
    } cases[] = {
        {"", "", VERDICT_FAIL},
        {"", "required: false, ", VERDICT_PASS},
        {"", "muted: true, ", VERDICT_PASS},
        {"judge: {pass: 80, marginal: 40}\n", "required: false, ", VERDICT_MARGINAL},
        {"judge: {pass: 80, marginal: 60}\n", "required: false, ", VERDICT_FAIL},
        {"judge: {pass: 10}\n", "", VERDICT_FAIL}, // no score hides it
        {"judge: {pass: 80}\n", "muted: true, ", VERDICT_PASS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hand h = {0};
        const char *metrics =
            arena_printf(&h.r.arena, "  - {name: a, %squery: 'a{${scope}}'}\n  - {name: b, query: 'b{${scope}}'}\n", cases[i].keys);
        hand_start(&h, config_with(&h.r.arena, cases[i].judge, metrics));
        for (size_t m = 0; m < 2; m++) {
            add_gauge(&h, m, SIDE_BASELINE, (struct shape)CALM, NULL, NULL);
            add_gauge(&h, m, SIDE_CANARY, (struct shape){m == 0 ? 130 : 100, 0.02, 0, 0, STEPS}, NULL, NULL);
        }
        struct verdict v = judged(&h);
        if (v.kind != cases[i].want) fail_msg("case %zu: %s, score %g, %s", i, verdict_name(v.kind), v.score, v.reasons.items[0]);
        hand_finish(&h);
    }
}

static void test_judge_serin__a_pre_period_takes_old_offsets_out(void **state) {
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct hand h = {0};
        hand_start(&h, config_with(&h.r.arena, "",
                                   with ? "  - {name: cpu, pre: {length: 10m}, query: 'cpu{${scope}}'}\n"
                                        : "  - {name: cpu, query: 'cpu{${scope}}'}\n"));
        for (int side = 0; side < SIDE_COUNT; side++) {
            double level = side == SIDE_CANARY ? 115 : 100;
            add_gauge(&h, 0, (enum side)side, (struct shape){level, 0.02, 0, 0, STEPS}, NULL, NULL);
            struct series *before = with ? hand_series(&h, 0, PART_BEFORE, (enum side)side, NULL, NULL) : NULL;
            for (int64_t k = 0; with && k < 40; k++)
                series_append(before, h.plan.start_ms - 600000 + (k + 1) * 15000, level * (1 + 0.02 * noise((size_t)k + 500, side)));
        }
        assert_int_equal(judged(&h).kind, with ? VERDICT_PASS : VERDICT_FAIL);
        hand_finish(&h);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge_serin__series),
        cmocka_unit_test(test_judge_serin__says_how_long_a_decision_takes),
        cmocka_unit_test(test_judge_serin__counts),
        cmocka_unit_test(test_judge_serin__histograms),
        cmocka_unit_test(test_judge_serin__finds_where),
        cmocka_unit_test(test_judge_serin__many_metrics_share_the_level),
        cmocka_unit_test(test_judge_serin__what_is_not_required_only_scores),
        cmocka_unit_test(test_judge_serin__a_pre_period_takes_old_offsets_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
