// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "query/align.h"

#define GAP ((double)NAN)
#define STEPS 4

// Steps (60000, 120000], (120000, 180000], (180000, 240000], (240000, 300000].
static const struct grid minutes = {60000, 60000, STEPS};

struct fixture {
    struct series_set set;
    struct arena arena;
    struct align_side side;
};

static void start(struct fixture *f) {
    *f = (struct fixture){.side = {.grid = minutes, .since_ms = 0}};
    series_set_init(&f->set);
}

static void use(struct fixture *f) {
    f->side.series = series_set_sorted(&f->set, &f->arena);
    f->side.count = f->set.count;
}

static void finish(struct fixture *f) {
    series_set_finish(&f->set);
    arena_finish(&f->arena);
}

static struct series *add_pod(struct fixture *f, const char *name) {
    struct series *series = series_set_add(&f->set);
    series->labels.items = arena_alloc(&f->set.arena, sizeof *series->labels.items);
    series->labels.items[0] = (struct label){view_of("pod"), view_of(name)};
    series->labels.count = 1;
    return series;
}

static double stale(void) {
    uint64_t bits = STALE_BITS;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void check_column(const char *what, const double *got, const double *want) {
    for (size_t i = 0; i < STEPS; i++) {
        bool same = isnan(want[i]) ? isnan(got[i]) : isinf(want[i]) ? got[i] == want[i] : fabs(got[i] - want[i]) <= 1e-12 * fabs(want[i]);
        if (!same) fail_msg("%s: step %zu is %.17g, wanted %.17g", what, i, got[i], want[i]);
    }
}

static void check_series(const char *what, const size_t *got, const size_t *want) {
    for (size_t i = 0; i < STEPS; i++) {
        if (got[i] != want[i]) fail_msg("%s: step %zu has %zu series, wanted %zu", what, i, got[i], want[i]);
    }
}

static void test_grid_step__is_open_left_and_closed_right(void **state) {
    (void)state;
    static const struct {
        int64_t time_ms;
        size_t step;
    } cases[] = {{60000, 4},  {60001, 0},     {120000, 0},    {120001, 1},       {300000, 3},
                 {300001, 4}, {INT64_MIN, 4}, {INT64_MAX, 4}, {INT64_MIN + 1, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (grid_step(&minutes, cases[i].time_ms) != cases[i].step) fail_msg("%lld", (long long)cases[i].time_ms);
    }
    assert_int_equal(grid_step(&(struct grid){INT64_MIN, 1, 3}, INT64_MAX), 3);
    assert_int_equal(grid_step(&(struct grid){INT64_MAX - 2, 1, 3}, INT64_MAX), 1);
}

static void test_align_values__means_of_samples_then_of_series(void **state) {
    (void)state;
    struct fixture f;
    struct aligned_values got;
    start(&f);
    struct series *a = add_pod(&f, "a"), *b;
    series_append(a, 60000, 1000); // on the border: not in the grid
    series_append(a, 75003, 2);
    series_append(a, 119998, 4);
    series_append(a, 120000, 6);
    series_append(a, 135002, GAP);
    series_append(a, 181000, 7.5);
    series_append(a, 200000, stale());
    series_append(a, 400000, 9);
    b = add_pod(&f, "b"); // joins late
    series_append(b, 185000, 2.5);
    series_append(b, 186000, 3.5);
    series_append(b, 250000, (double)INFINITY);
    use(&f);
    align_values(&f.side, &f.arena, &got);
    check_column("mean", got.mean, (double[]){4, GAP, (7.5 + 3) / 2, (double)INFINITY});
    check_series("mean", got.series, (size_t[]){1, 0, 2, 1});
    assert_int_equal(got.steps, STEPS);
    assert_int_equal(got.samples, 7);
    assert_int_equal(got.nans, 1);
    finish(&f);
}

static void test_align_values__of_nothing_is_missing(void **state) {
    (void)state;
    struct fixture f;
    struct aligned_values got;
    start(&f);
    use(&f);
    align_values(&f.side, &f.arena, &got);
    check_column("nothing", got.mean, (double[]){GAP, GAP, GAP, GAP});
    f.side.grid.steps = 0;
    align_values(&f.side, &f.arena, &got);
    assert_int_equal(got.steps, 0);
    finish(&f);
}

// A counter scraped every 15 seconds with jitter, from `from_ms` to `to_ms`, `per_scrape` more each time.
static void add_scrapes(struct series *series, int64_t from_ms, int64_t to_ms, double first, double per_scrape) {
    double value = first;
    for (int64_t t = from_ms; t <= to_ms; t += 15000, value += per_scrape) series_append(series, t + (t / 15000) % 3, value);
}

static void test_align_increases__start_at_the_last_sample_before_a_step(void **state) {
    (void)state;
    struct fixture f;
    struct aligned_increases got;
    start(&f);
    add_scrapes(add_pod(&f, "a"), 7000, 300000, 1000, 2.5);
    use(&f);
    align_increases(&f.side, &f.arena, &got);
    check_column("increase", got.increase, (double[]){10, 10, 10, 10});
    check_series("increase", got.series, (size_t[]){1, 1, 1, 1});
    double watched = 0;
    for (size_t k = 0; k < STEPS; k++) watched += got.watched_s[k];
    if (fabs(watched - 240) > 0.01) fail_msg("watched for %g s", watched);
    assert_int_equal(got.resets + got.appeared + got.passed_over, 0);
    finish(&f);
}

static void test_align_increases__of_two_pods_one_of_which_is_replaced(void **state) {
    (void)state;
    struct fixture f;
    struct aligned_increases got;
    start(&f);
    struct series *a = add_pod(&f, "a"), *b = add_pod(&f, "b"), *c;
    add_scrapes(a, 5000, 290000, 1e6, 1);
    add_scrapes(b, 5000, 140000, 5e5, 2); // one more at 140 s, then gone
    series_append(b, 155000, stale());
    c = add_pod(&f, "c");
    add_scrapes(c, 170000, 290000, 3, 2); // new: its first 3 count
    use(&f);
    align_increases(&f.side, &f.arena, &got);
    check_column("increase", got.increase, (double[]){4 + 8, 4 + 4 + 3, 4 + 8, 4 + 8});
    check_series("increase", got.series, (size_t[]){2, 3, 2, 2});
    assert_int_equal(got.appeared, 1);
    assert_int_equal(got.resets, 0);
    finish(&f);
}

static void test_align_increases__handle_reset_gap_and_few_samples(void **state) {
    (void)state;
    static const struct {
        const char *what;
        int64_t time_ms[8];
        double value[8];
        size_t count;
        int64_t since_ms, interval_ms;
        double want[STEPS], watched_s[STEPS];
        uint64_t resets, appeared, passed_over;
    } cases[] = {
        {"reset", {30000, 90000, 150000, 210000, 270000}, {10, 14, 3, 9, 9}, 5, 0, 0, {4, 3, 6, 0}, {60, 60, 60, 60}, 1, 0, 0},
        {"reset before the grid counts nothing", {10000, 40000, 70000}, {90, 5, 7}, 3, 0, 0, {2, GAP, GAP, GAP}, {30, 0, 0, 0}, 0, 0, 0},
        {"a hole is seen at its end", {50000, 110000, 290000}, {1, 2, 11.5}, 3, 0, 0, {1, GAP, GAP, 9.5}, {60, 0, 0, 180}, 0, 0, 0},
        {"one sample tells nothing", {100000}, {7}, 1, 0, 0, {GAP, GAP, GAP, GAP}, {0}, 0, 0, 0},
        {"one late sample is a new counter when the interval is known",
         {250000},
         {7},
         1,
         0,
         60000,
         {GAP, GAP, GAP, 7},
         {0, 0, 0, 60},
         0,
         1,
         0},
        {"there since the samples asked for begin",
         {70000, 130000, 190000, 250000},
         {1e6, 1e6 + 1, 1e6 + 3, 1e6 + 6},
         4,
         0,
         0,
         {GAP, 1, 2, 3},
         {0, 60, 60, 60},
         0,
         0,
         0},
        {"no numbers", {50000, 100000, 110000, 170000}, {1, GAP, -2, 5}, 4, 0, 0, {GAP, 4, GAP, GAP}, {0, 120, 0, 0}, 0, 0, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        struct aligned_increases got;
        start(&f);
        struct series *a = add_pod(&f, "a");
        for (size_t k = 0; k < cases[i].count; k++) series_append(a, cases[i].time_ms[k], cases[i].value[k]);
        use(&f);
        f.side.since_ms = cases[i].since_ms;
        f.side.interval_ms = cases[i].interval_ms;
        align_increases(&f.side, &f.arena, &got);
        check_column(cases[i].what, got.increase, cases[i].want);
        check_column(cases[i].what, got.watched_s, cases[i].watched_s);
        if (got.resets != cases[i].resets || got.appeared != cases[i].appeared || got.passed_over != cases[i].passed_over)
            fail_msg("%s: %d resets, %d new, %d passed over", cases[i].what, (int)got.resets, (int)got.appeared, (int)got.passed_over);
        finish(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid_step__is_open_left_and_closed_right),
        cmocka_unit_test(test_align_values__means_of_samples_then_of_series),
        cmocka_unit_test(test_align_values__of_nothing_is_missing),
        cmocka_unit_test(test_align_increases__start_at_the_last_sample_before_a_step),
        cmocka_unit_test(test_align_increases__of_two_pods_one_of_which_is_replaced),
        cmocka_unit_test(test_align_increases__handle_reset_gap_and_few_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
