// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/parity.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query/histogram.h"

#define START_MS INT64_C(1735689600000)
#define WINDOW_MS INT64_C(1800000)
#define MOST_PROBES 8

struct world { // the answers of both sides to a few probes
    struct arena arena;
    struct series_set sets[MOST_PROBES][SIDE_COUNT];
    struct parity_probe probes[MOST_PROBES];
    size_t count;
    struct parity parity;
};

static void begin(struct world *w) {
    *w = (struct world){.count = 0};
}

static struct parity_probe *add_probe(struct world *w, const char *metric, const char *series) {
    size_t at = w->count++;
    w->probes[at] = (struct parity_probe){.metric = metric, .series = series};
    for (int side = 0; side < SIDE_COUNT; side++) {
        series_set_init(&w->sets[at][side]);
        w->probes[at].sides[side] = (struct parity_side){&w->sets[at][side], START_MS, START_MS + WINDOW_MS};
    }
    return &w->probes[at];
}

static void end(struct world *w) {
    for (size_t i = 0; i < w->count; i++) {
        for (int side = 0; side < SIDE_COUNT; side++) series_set_finish(&w->sets[i][side]);
    }
    arena_finish(&w->arena);
}

// "a=1,b=2", names rising.
static struct series *add_series(struct world *w, enum side side, const char *labels) {
    struct series *series = series_set_add(&w->sets[w->count - 1][side]);
    series->labels.items = arena_array(&w->arena, 8, sizeof *series->labels.items);
    for (const char *at = labels; *at != '\0';) {
        size_t name = strcspn(at, "="), value = strcspn(at + name + 1, ",");
        series->labels.items[series->labels.count++] = (struct label){{at, name}, {at + name + 1, value}};
        at += name + 1 + value;
        if (*at == ',') at++;
    }
    return series;
}

static void fill(struct series *series, int64_t from_ms, int64_t interval_ms, size_t every) {
    size_t k = 0;
    for (int64_t at = from_ms; at <= START_MS + WINDOW_MS; at += interval_ms, k++) {
        if (every == 0 || k % every != every - 1) series_append(series, at, (double)k + 0.25);
    }
}

static void add_full(struct world *w, enum side side, const char *labels) {
    fill(add_series(w, side, labels), START_MS, 15000, 0);
}

static void compare(struct world *w, const char *apart) {
    const char *names[1] = {apart};
    parity_compare(w->probes, w->count, &(struct texts){names, apart != NULL ? 1 : 0}, &w->arena, &w->parity);
}

static void expect_gap(const struct world *w, size_t at, enum parity_check check, double impact, const char *part) {
    if (at >= w->parity.gap_count) fail_msg("%zu gaps, wanted one at %zu", w->parity.gap_count, at);
    const struct parity_gap *gap = &w->parity.gaps[at];
    if (gap->check != check || fabs(gap->impact - impact) > 1e-9 || strstr(gap->text, part) == NULL)
        fail_msg("gap %zu: %s costs %.9g (%s), wanted %s with %.9g (%s)", at, parity_check_name(gap->check), gap->impact, gap->text,
                 parity_check_name(check), impact, part);
}

static void expect_score(const struct world *w, double score, size_t gaps) {
    double lost = 0;
    for (size_t i = 0; i < w->parity.gap_count; i++) {
        lost += w->parity.gaps[i].impact;
        if (i > 0 && w->parity.gaps[i - 1].impact < w->parity.gaps[i].impact) fail_msg("gap %zu costs more than the one before", i);
    }
    if (w->parity.gap_count != gaps || fabs(w->parity.score - score) > 1e-6)
        fail_msg("score %.9g with %zu gaps, wanted %.9g with %zu; the first: %s", w->parity.score, w->parity.gap_count, score, gaps,
                 w->parity.gap_count > 0 ? w->parity.gaps[0].text : "");
    assert_true(fabs(100 - lost - w->parity.score) < 1e-5);
}

static void test_parity__sides_that_differ_only_in_what_tells_them_apart_score_100(void **state) {
    struct world w;
    (void)state;
    begin(&w);
    add_probe(&w, "load", "load");
    for (int side = 0; side < SIDE_COUNT; side++) {
        bool canary = side == SIDE_CANARY;
        add_full(&w, (enum side)side, canary ? "code=200,instance=c1,node=a,track=canary" : "code=200,instance=b1,node=a,pod=b1-x");
        add_full(&w, (enum side)side, canary ? "code=500,instance=c1,node=a,track=canary" : "code=500,instance=b1,node=a,pod=b1-x");
    }
    add_full(&w, SIDE_BASELINE, "code=200,instance=b2,node=b,pod=b2-x"); // another node is no gap
    add_full(&w, SIDE_BASELINE, "code=500,instance=b2,node=b,pod=b2-x");
    add_series(&w, SIDE_CANARY, "code=200,instance=c1,node=a,pod=c1-x,track=canary"); // without samples, but with its labels
    compare(&w, "track");
    expect_score(&w, 100, 0);
    end(&w);
}

static void test_parity__one_removed_series_is_named_with_both_counts(void **state) {
    struct world w;
    (void)state;
    begin(&w);
    for (size_t i = 0; i < 4; i++) {
        static const char *const names[] = {"errors", "latency", "memory", "load"};
        add_probe(&w, names[i], names[i]);
        add_full(&w, SIDE_BASELINE, "instance=b1");
        add_full(&w, SIDE_BASELINE, "instance=b2");
        if (i != 2) add_full(&w, SIDE_CANARY, "instance=c1");
    }
    compare(&w, NULL);
    expect_score(&w, 75, 1);
    expect_gap(&w, 0, PARITY_DATA, 25, "missing on the canary side: 2 series on the baseline side");
    assert_string_equal(w.parity.gaps[0].metric, "memory");
    assert_int_equal(w.parity.gaps[0].side_series[SIDE_BASELINE], 2);
    assert_int_equal(w.parity.gaps[0].side_series[SIDE_CANARY], 0);
    assert_int_equal(w.parity.gaps[0].side_samples[SIDE_BASELINE], 242);
    end(&w);
}

static void test_parity__nothing_on_both_sides_counts_for_nothing(void **state) {
    struct world w;
    (void)state;
    begin(&w);
    add_probe(&w, "silent", "silent");
    compare(&w, NULL);
    assert_true(isnan(w.parity.score));
    add_probe(&w, "load", "load");
    add_full(&w, SIDE_BASELINE, "");
    add_full(&w, SIDE_CANARY, "");
    compare(&w, NULL);
    expect_score(&w, 100, 0);
    assert_int_equal(w.parity.metrics, 1);
    assert_int_equal(w.parity.silent.count, 1);
    assert_string_equal(w.parity.silent.items[0], "silent");
    end(&w);
}

// A metric of two probes, one of them in order.
static void test_parity__a_slower_scrape_costs_its_share_of_the_metric(void **state) {
    struct world w;
    (void)state;
    begin(&w);
    static const char errors[] = "errors";
    add_probe(&w, errors, "errors_total");
    add_full(&w, SIDE_BASELINE, "instance=b1");
    add_full(&w, SIDE_CANARY, "instance=c1");
    add_probe(&w, errors, "requests_total");
    add_full(&w, SIDE_BASELINE, "instance=b1");
    fill(add_series(&w, SIDE_CANARY, "instance=c1"), START_MS, 60000, 0);
    compare(&w, NULL);
    expect_score(&w, 90, 1); // half of the metric, 20 of 75, three quarters
    expect_gap(&w, 0, PARITY_INTERVAL, 10, "every 15s on the baseline side, every 1m on the canary side");
    assert_string_equal(w.parity.gaps[0].series, "requests_total");
    end(&w);
}

static void test_parity__thinned_and_late_samples_are_found(void **state) {
    struct world w;
    (void)state;
    begin(&w);
    add_probe(&w, "load", "load");
    fill(add_series(&w, SIDE_BASELINE, "instance=b1"), START_MS, 15000, 5); // every fifth is missing
    fill(add_series(&w, SIDE_CANARY, "instance=c1"), START_MS + WINDOW_MS / 2, 15000, 0);
    compare(&w, NULL);
    assert_int_equal(w.parity.gap_count, 2);
    expect_gap(&w, 0, PARITY_OLDEST, 100 * 15.0 * 0.5 / 75, "samples of 30m on the baseline side, of 15m on the canary side");
    expect_gap(&w, 1, PARITY_DENSITY, 100 * 20 * (1 - 97.0 / 121) / 75, "80.2% of the expected samples on the baseline side, 100%");
    end(&w);
}

static void test_parity__labels_and_values_of_one_side_are_named(void **state) {
    struct world w;
    (void)state;
    begin(&w);
    add_probe(&w, "errors", "requests_total");
    add_full(&w, SIDE_BASELINE, "code=200,handler=pay,instance=b1");
    add_full(&w, SIDE_BASELINE, "code=404,handler=pay,instance=b1");
    add_full(&w, SIDE_BASELINE, "code=500,handler=pay,instance=b1");
    add_full(&w, SIDE_CANARY, "code=200,instance=c1,region=eu");
    compare(&w, NULL);
    assert_int_equal(w.parity.gap_count, 2);
    expect_gap(&w, 0, PARITY_LABELS, 100 * 20 * 0.5 / 80,
               "labels handler on the baseline side only; labels region on the canary side only");
    expect_gap(&w, 1, PARITY_VALUES, 100 * 5 * (2.0 / 3) / 80, "label code: 404, 500 on the baseline side only");
    end(&w);
}

static void test_parity__too_many_series_leave_values_out(void **state) {
    struct world w;
    char labels[64];
    (void)state;
    begin(&w);
    add_probe(&w, "errors", "requests_total");
    for (size_t i = 0; i < 1002; i++) {
        snprintf(labels, sizeof labels, "user=%zu", i);
        add_full(&w, SIDE_BASELINE, arena_strdup(&w.arena, labels));
        if (i < 10) add_full(&w, SIDE_CANARY, arena_strdup(&w.arena, labels));
    }
    compare(&w, NULL);
    expect_score(&w, 100, 0);
    end(&w);
}

static void test_parity__a_missing_bucket_is_named(void **state) {
    struct world w;
    (void)state;
    begin(&w);
    add_probe(&w, "latency", "latency_bucket");
    static const char *const bounds[] = {"le=0.1", "le=0.5", "le=1", "le=+Inf"};
    for (size_t i = 0; i < 4; i++) {
        add_full(&w, SIDE_BASELINE, bounds[i]);
        if (i != 1) add_full(&w, SIDE_CANARY, i == 2 ? "le=1.0" : bounds[i]);
    }
    compare(&w, NULL);
    assert_int_equal(w.parity.gap_count, 1);
    expect_gap(&w, 0, PARITY_BUCKETS, 100 * 20 * (1.0 / 3) / 75,
               "3 bounds of buckets on the baseline side, 2 on the canary side, le 0.5 on the baseline side only");
    end(&w);
}

static void add_native(struct world *w, enum side side, int schema) {
    struct series *series = add_series(w, side, "");
    struct native_buckets *native = arena_alloc(&w->arena, sizeof *native);
    native->schema = schema;
    for (int64_t at = START_MS; at <= START_MS + WINDOW_MS; at += 15000)
        series_append_histogram(series, &(struct histogram){.time_ms = at, .count = 1, .sum = 1, .native = native});
}

static void test_parity__layouts_of_histograms_are_compared(void **state) {
    static const double custom[] = {0.1, 0.5};
    struct world w;
    (void)state;
    begin(&w);
    add_probe(&w, "same", "same");
    add_native(&w, SIDE_BASELINE, 3);
    add_native(&w, SIDE_CANARY, 3);
    add_probe(&w, "coarser", "coarser");
    add_native(&w, SIDE_BASELINE, 3);
    add_native(&w, SIDE_CANARY, 1);
    add_probe(&w, "classic", "classic");
    add_full(&w, SIDE_BASELINE, "le=0.1");
    add_native(&w, SIDE_CANARY, 1);
    add_probe(&w, "custom", "custom");
    add_full(&w, SIDE_BASELINE, "le=0.1");
    add_full(&w, SIDE_BASELINE, "le=0.5");
    add_native(&w, SIDE_CANARY, HISTOGRAM_CUSTOM);
    struct native_buckets *native = (struct native_buckets *)(uintptr_t)w.sets[3][SIDE_CANARY].items[0].histograms[120].native;
    native->custom = custom;
    native->custom_count = 2;
    compare(&w, NULL);
    assert_int_equal(w.parity.gap_count, 2);
    expect_gap(&w, 0, PARITY_BUCKETS, 25 * 20 / 75.0,
               "buckets with listed bounds on the baseline side, exponential buckets on the canary side");
    expect_gap(&w, 1, PARITY_BUCKETS, 25 * 10 / 75.0, "schema 3 on the baseline side, 1 on the canary side");
    end(&w);
}

static void test_parity__expressions_have_no_scrape_interval(void **state) {
    struct world w;
    (void)state;
    begin(&w);
    add_probe(&w, "ratio", NULL)->step_ms = 60000;
    fill(add_series(&w, SIDE_BASELINE, ""), START_MS, 60000, 0);
    fill(add_series(&w, SIDE_CANARY, ""), START_MS, 60000, 2);
    compare(&w, NULL);
    assert_int_equal(w.parity.gap_count, 1);
    expect_gap(&w, 0, PARITY_DENSITY, 100 * 20 * (1 - 16.0 / 31 / (31.0 / 31)) / 35, "100% of the expected samples");
    end(&w);
}

static void test_parity__the_document_lists_as_many_gaps_as_wanted(void **state) {
    struct world w;
    (void)state;
    begin(&w);
    add_probe(&w, "load", NULL);
    add_full(&w, SIDE_CANARY, "");
    add_probe(&w, "memory", "memory_bytes");
    add_full(&w, SIDE_CANARY, "");
    compare(&w, NULL);
    json_t *doc = parity_json(&w.parity, 1);
    char *text = json_dumps(doc, JSON_COMPACT);
    assert_string_equal(text, "{\"score\":0,\"metrics\":2,\"silent\":0,\"silent_metrics\":[],\"gap_count\":2,\"gaps\":[{\"metric\":"
                              "\"load\",\"series\":null,\"check\":"
                              "\"data\",\"impact\":50,\"text\":\"missing on the baseline side: 1 series on the canary side, none here\","
                              "\"baseline\":{\"series\":0,\"samples\":0},\"canary\":{\"series\":1,\"samples\":121}}]}");
    free(text);
    json_decref(doc);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parity__sides_that_differ_only_in_what_tells_them_apart_score_100),
        cmocka_unit_test(test_parity__one_removed_series_is_named_with_both_counts),
        cmocka_unit_test(test_parity__nothing_on_both_sides_counts_for_nothing),
        cmocka_unit_test(test_parity__a_slower_scrape_costs_its_share_of_the_metric),
        cmocka_unit_test(test_parity__thinned_and_late_samples_are_found),
        cmocka_unit_test(test_parity__labels_and_values_of_one_side_are_named),
        cmocka_unit_test(test_parity__too_many_series_leave_values_out),
        cmocka_unit_test(test_parity__a_missing_bucket_is_named),
        cmocka_unit_test(test_parity__layouts_of_histograms_are_compared),
        cmocka_unit_test(test_parity__expressions_have_no_scrape_interval),
        cmocka_unit_test(test_parity__the_document_lists_as_many_gaps_as_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
