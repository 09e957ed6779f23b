// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "pieces.h"

static void test_pieces__cover_the_query_without_a_common_sample(void **state) {
    (void)state;
    static const struct {
        struct query query;
        int64_t raw_ms;
        size_t count;
    } cases[] = {
        {{"x", QUERY_RANGE, 0, 11000 * 15000, 15000}, 0, 1}, // 11,001 points pass
        {{"x", QUERY_RANGE, 0, 11001 * 15000, 15000}, 0, 2},
        {{"x", QUERY_RANGE, 7, 7 + 29999 * 15000, 15000}, 0, 3},
        {{"x", QUERY_RANGE, 7, 9 + INT64_C(33000) * 15000, 15000}, 0, 4},
        {{"x", QUERY_RANGE, 5, 5, 15000}, 0, 1},
        {{"x", QUERY_RAW, 137, 137 + 7199999, 0}, 0, 1},
        {{"x", QUERY_RAW, 137, 137 + 7200000, 0}, 0, 2},
        {{"x", QUERY_RAW, 0, 3599999, 0}, 600000, 6},
        {{"x", QUERY_INSTANT, 0, INT64_C(99999999999), 0}, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct query *pieces;
        size_t count;
        const struct query *q = &cases[i].query;
        assert_true(pieces_cut(q, cases[i].raw_ms, &pieces, &count, NULL));
        assert_int_equal(count, cases[i].count);
        int64_t at = q->start_ms;
        for (size_t k = 0; k < count; k++) {
            assert_int_equal(pieces[k].start_ms, at);
            if (q->mode == QUERY_RANGE) assert_in_range((uint64_t)((pieces[k].end_ms - pieces[k].start_ms) / q->step_ms), 0, 11000);
            at = pieces_next_ms(&pieces[k]);
        }
        assert_int_equal(pieces[count - 1].end_ms, q->end_ms);
        free(pieces);
    }
}

static void test_pieces__some_queries_must_stay_whole(void **state) {
    (void)state;
    static const struct query cases[] = {
        {"x @ end()", QUERY_RANGE, 0, 11001000, 1000},
        {"x", QUERY_RANGE, 0, INT64_C(1) << 60, 1},
        {"x", QUERY_RAW, 0, INT64_C(1) << 60, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct query *pieces;
        size_t count;
        struct error err = {0};
        assert_false(pieces_cut(&cases[i], 0, &pieces, &count, &err));
        assert_int_equal(err.code, ERROR_LIMIT);
    }
}

static void test_pieces__halves_meet(void **state) {
    (void)state;
    static const struct {
        struct query query;
        bool halved;
        int64_t first_end_ms, later_start_ms;
    } cases[] = {
        {{"x", QUERY_RAW, 137, 7200136, 0}, true, 3600136, 3600137},
        {{"x", QUERY_RAW, 0, 120999, 0}, true, 60999, 61000},
        {{"x", QUERY_RAW, 0, 118999, 0}, false, 0, 0},
        {{"x", QUERY_RANGE, 7, 7 + 4 * 15000, 15000}, true, 7 + 15000, 7 + 30000},
        {{"x", QUERY_RANGE, 7, 7 + 14999, 15000}, false, 0, 0},
        {{"x @ start()", QUERY_RANGE, 0, 60000, 15000}, false, 0, 0},
        {{"x", QUERY_INSTANT, 0, 60000, 0}, false, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct query first = cases[i].query, later;
        assert_int_equal(pieces_halve(&first, &later), cases[i].halved);
        if (!cases[i].halved) continue;
        assert_int_equal(first.start_ms, cases[i].query.start_ms);
        assert_int_equal(first.end_ms, cases[i].first_end_ms);
        assert_int_equal(later.start_ms, cases[i].later_start_ms);
        assert_int_equal(later.end_ms, cases[i].query.end_ms);
        assert_int_equal(pieces_next_ms(&first), later.start_ms);
    }
}

static struct answer one_sample(int64_t time_ms) {
    struct answer a = {.pieces = 1, .requests = 2, .tries = 2, .http_status = 200, .bytes = 10};
    series_set_init(&a.set);
    a.set.type = RESULT_MATRIX;
    series_append(series_set_add(&a.set), time_ms, 2.385);
    return a;
}

static void test_pieces__joined_samples_are_bounded(void **state) {
    (void)state;
    struct answer a = one_sample(1), b = one_sample(2);
    struct answer *pieces[] = {&a, &b};
    for (uint64_t most = 1; most <= 2; most++) {
        struct answer whole = {0};
        series_set_init(&whole.set);
        pieces_join(pieces, 2, &(struct decode_limits){.samples = most}, &whole);
        assert_int_equal(whole.result.outcome, most == 1 ? DECODE_BROKEN : DECODE_OK);
        assert_int_equal(whole.set.count, most == 1 ? 0 : 1);
        assert_int_equal(whole.requests, 4);
        assert_int_equal(whole.tries, 2);
        assert_int_equal(whole.bytes, 20);
        answer_finish(&whole);
    }
    answer_finish(&a);
    answer_finish(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces__cover_the_query_without_a_common_sample),
        cmocka_unit_test(test_pieces__some_queries_must_stay_whole),
        cmocka_unit_test(test_pieces__halves_meet),
        cmocka_unit_test(test_pieces__joined_samples_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
