// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "exporters/remote_write_encode.h"

static struct label labels[] = {{{"z", 1}, {"last", 4}}, {{"__name__", 8}, {"up", 2}}, {{"empty", 5}, {"", 0}}, {{"Z", 1}, {"first", 5}}};

static void check_bytes(const struct series *series, const char *want, size_t len) {
    struct buf out;
    struct error err = {0};
    buf_init(&out, 1000);
    if (!remote_write_encode(series, 1, &out, &err)) fail_msg("%s", err.text);
    assert_int_equal(out.len, len);
    assert_memory_equal(buf_text(&out), want, len);
    buf_finish(&out);
}

static void test_remote_write_encode__sorts_labels_and_leaves_empty_ones_out(void **state) {
    (void)state;
    int64_t time_ms[] = {-1, 0};
    double value[] = {0, 1.5};
    struct series series = {.labels = {labels, 4}, .time_ms = time_ms, .value = value, .count = 2};
    static const char want[] = "\x0A\x3F"
                               "\x0A\x0A\x0A\x01Z\x12\x05"
                               "first"
                               "\x0A\x0E\x0A\x08__name__\x12\x02up"
                               "\x0A\x09\x0A\x01z\x12\x04last"
                               "\x12\x0B\x10\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"
                               "\x12\x09\x09\0\0\0\0\0\0\xF8\x3F";
    check_bytes(&series, want, sizeof want - 1);
    assert_int_equal(series.labels.items[0].name.ptr[0], 'z'); // not changed
}

static void test_remote_write_encode__keeps_stale_markers_and_the_sign_of_zero(void **state) {
    (void)state;
    int64_t time_ms[] = {1, 2};
    double value[] = {-0.0, 0};
    uint64_t stale = STALE_BITS;
    memcpy(&value[1], &stale, sizeof stale);
    struct series series = {.labels = {&labels[1], 1}, .time_ms = time_ms, .value = value, .count = 2};
    static const char want[] = "\x0A\x2A\x0A\x0E\x0A\x08__name__\x12\x02up"
                               "\x12\x0B\x09\0\0\0\0\0\0\0\x80\x10\x01"
                               "\x12\x0B\x09\x02\0\0\0\0\0\xF0\x7F\x10\x02";
    check_bytes(&series, want, sizeof want - 1);
}

static void test_remote_write_encode__refuses_what_receivers_refuse(void **state) {
    (void)state;
    static struct label twice[] = {{{"__name__", 8}, {"up", 2}}, {{"a", 1}, {"1", 1}}, {{"a", 1}, {"2", 1}}};
    static struct label bad_name[] = {{{"__name__", 8}, {"up", 2}}, {{"a-b", 3}, {"1", 1}}};
    static struct label bad_metric[] = {{{"__name__", 8}, {"1up", 3}}};
    static struct label bad_value[] = {{{"__name__", 8}, {"up", 2}}, {{"a", 1}, {"\xFF", 1}}};
    static const struct {
        struct labels labels;
        size_t samples;
        const char *reason;
    } cases[] = {
        {{twice, 3}, 1, "the label a twice"},     {{bad_name, 2}, 1, "cannot be the name of a label"},
        {{bad_metric, 1}, 1, "name of a metric"}, {{bad_value, 2}, 1, "not UTF-8"},
        {{labels, 1}, 1, "without __name__"},     {{&labels[1], 1}, 0, "without samples"},
        {{&labels[1], 1}, 2, "do not rise"},
    };
    int64_t time_ms[] = {5, 5};
    double value[] = {1, 2};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct series series = {.labels = cases[i].labels, .time_ms = time_ms, .value = value, .count = cases[i].samples};
        struct buf out;
        struct error err = {0};
        buf_init(&out, 1000);
        assert_false(remote_write_encode(&series, 1, &out, &err));
        if (strstr(err.text, cases[i].reason) == NULL) fail_msg("\"%s\", wanted \"%s\"", err.text, cases[i].reason);
        assert_int_equal(out.len, 0);
        buf_finish(&out);
    }
}

static const struct remote_write_metric gauge = {REMOTE_WRITE_GAUGE, "", ""};

// As the reference encoder writes it.
static void test_remote_write2_encode__writes_the_reference_bytes(void **state) {
    (void)state;
    static struct label old[] = {{{"service", 7}, {"old", 3}}, {{"__name__", 8}, {"serin_run_score_ratio", 21}}};
    int64_t time_ms[] = {INT64_C(1735689600000)};
    double value[1];
    uint64_t stale = STALE_BITS;
    memcpy(value, &stale, sizeof stale);
    struct series series = {.labels = {old, 2}, .time_ms = time_ms, .value = value, .count = 1};
    static const char want[] = "\"\0\"\x08__name__\"\x15serin_run_score_ratio\"\x07service\"\x03old"
                               "*\x1c\n\x04\x01\x02\x03\x04\x12\x10\t\x02\0\0\0\0\0\xf0\x7f\x10\x80\xf8\xa5\xf9\xc1"
                               "2*\x02\x08\x02";
    struct buf out;
    struct error err = {0};
    buf_init(&out, 1000);
    if (!remote_write2_encode(&series, &gauge, 1, &out, &err)) fail_msg("%s", err.text);
    assert_int_equal(out.len, sizeof want - 1);
    assert_memory_equal(buf_text(&out), want, out.len);
    buf_finish(&out);
}

static void test_remote_write2_encode__tells_texts_once(void **state) {
    (void)state;
    enum { SERIES = 2000 };
    static char names[SERIES][16];
    static struct label list[SERIES][3];
    static struct series series[SERIES];
    static struct remote_write_metric metrics[SERIES];
    int64_t time_ms[] = {1};
    double value[] = {2.385};
    for (size_t i = 0; i < SERIES; i++) {
        int len = snprintf(names[i], sizeof names[i], "pod-%04zu", i);
        list[i][0] = (struct label){{"__name__", 8}, {"serin_score", 11}};
        list[i][1] = (struct label){{"pod", 3}, {names[i], (size_t)len}};
        list[i][2] = (struct label){{"score", 5}, {"pod", 3}};
        series[i] = (struct series){.labels = {list[i], 3}, .time_ms = time_ms, .value = value, .count = 1};
        metrics[i] = (struct remote_write_metric){REMOTE_WRITE_GAUGE, "A help that is long enough to be counted.", "score"};
    }
    struct buf out;
    struct error err = {0};
    buf_init(&out, (size_t)1 << 20);
    if (!remote_write2_encode(series, metrics, SERIES, &out, &err)) fail_msg("%s", err.text);
    size_t helps = 0, scores = 0;
    for (size_t i = 0; i + 20 < out.len; i++) {
        helps += memcmp(out.data + i, "A help that", 11) == 0;
        scores += memcmp(out.data + i, "\"\x05score", 7) == 0;
    }
    assert_int_equal(helps, 1);
    assert_int_equal(scores, 1);
    assert_true(out.len < SERIES * (10 + 2 + 31)); // a symbol, and what a series takes without texts
    buf_finish(&out);
}

static void test_remote_write2_encode__refuses_what_receivers_refuse(void **state) {
    (void)state;
    static struct label twice[] = {{{"__name__", 8}, {"up", 2}}, {{"a", 1}, {"1", 1}}, {{"a", 1}, {"2", 1}}};
    int64_t time_ms[] = {5, 5};
    double value[] = {1, 2};
    const struct series bad[] = {
        {.labels = {twice, 3}, .time_ms = time_ms, .value = value, .count = 1},
        {.labels = {twice, 2}, .time_ms = time_ms, .value = value, .count = 2},
        {.labels = {twice, 2}, .time_ms = time_ms, .value = value, .count = 0},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct buf out;
        struct error err = {0};
        buf_init(&out, 1000);
        assert_false(remote_write2_encode(&bad[i], &gauge, 1, &out, &err));
        assert_int_equal(strncmp(err.text, "series 1: ", 10), 0);
        assert_int_equal(out.len, 0);
        buf_finish(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote_write_encode__sorts_labels_and_leaves_empty_ones_out),
        cmocka_unit_test(test_remote_write_encode__keeps_stale_markers_and_the_sign_of_zero),
        cmocka_unit_test(test_remote_write_encode__refuses_what_receivers_refuse),
        cmocka_unit_test(test_remote_write2_encode__writes_the_reference_bytes),
        cmocka_unit_test(test_remote_write2_encode__tells_texts_once),
        cmocka_unit_test(test_remote_write2_encode__refuses_what_receivers_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
