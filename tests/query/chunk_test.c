// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "query/histogram.h"

struct decoded {
    struct series_set set;
    struct chunk_target target;
    const char *reason;
};

// A chunk as text: bytes in hexadecimal, then after a | single bits; blanks are for the reader.
static struct view chunk_of(const char *text, unsigned char *bytes) {
    size_t bits = 0;
    for (; *text != '\0' && *text != '|'; text++) {
        if (*text == ' ') continue;
        const char pair[3] = {text[0], text[1], '\0'};
        bytes[bits / 8] = (unsigned char)strtoul(pair, NULL, 16);
        bits += 8;
        text++;
    }
    for (; *text != '\0'; text++) {
        if (*text != '0' && *text != '1') continue;
        bytes[bits / 8] |= (unsigned char)((*text == '1' ? 0x80u : 0u) >> bits % 8);
        bits++;
    }
    return (struct view){(const char *)bytes, (bits + 7) / 8};
}

static bool decode(struct decoded *d, int encoding, const char *text, bool keep_stale) {
    unsigned char bytes[200] = {0};
    *d = (struct decoded){0};
    d->target =
        (struct chunk_target){.series = series_set_add(&d->set), .arena = &d->set.arena, .samples_left = 1000, .keep_stale = keep_stale};
    return chunk_decode(encoding, chunk_of(text, bytes), &d->target, &d->reason);
}

static void check_times(const char *text, const int64_t *times, size_t count) {
    struct decoded d;
    if (!decode(&d, 1, text, false)) fail_msg("%s: %s", text, d.reason);
    assert_int_equal(d.target.series->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(d.target.series->time_ms[i], times[i]);
        assert_true(d.target.series->value[i] == 1.5);
    }
    series_set_finish(&d.set);
}

static void check_refused(int encoding, const char *text, const char *reason) {
    struct decoded d;
    if (decode(&d, encoding, text, false)) fail_msg("%s was not refused", text);
    if (d.reason == NULL || strstr(d.reason, reason) == NULL) fail_msg("%s: \"%s\", wanted \"%s\"", text, d.reason, reason);
    series_set_finish(&d.set);
}

// The first sample is 1.5 at 1000 ms, the second the same 100 ms later; the others are a difference of differences each.
#define TWO "D00F 3FF8000000000000 64 |0"

static void test_chunk_decode__reads_every_width_of_times(void **state) {
    (void)state;
    check_times("0003" TWO "0 0", (const int64_t[]){1000, 1100, 1200}, 3);
    check_times("0003" TWO "10 11111111111111 0", (const int64_t[]){1000, 1100, 1199}, 3);
    check_times("0003" TWO "10 10000000000000 0", (const int64_t[]){1000, 1100, 1200 + 8192}, 3);
    check_times("0003" TWO "110 10000000000000000 0", (const int64_t[]){1000, 1100, 1200 + 65536}, 3);
    check_times("0003" TWO "1110 10000000000000000000 0", (const int64_t[]){1000, 1100, 1200 + 524288}, 3);
    check_times("0003" TWO "1111 0000000000000000000000000000000100000000000000000000000000000000 0",
                (const int64_t[]){1000, 1100, 1200 + (INT64_C(1) << 32)}, 3);
}

static void test_chunk_decode__drops_or_keeps_stale_markers_by_their_bits(void **state) {
    (void)state;
    // Infinity, an ordinary NaN beside the marker, the marker, infinity again
    static const char text[] = "0004 D00F 7FF0000000000000 64 |11 11111 100001 0000000000000000 0000000000000001 1 "
                               "0 10 0000000000000000 0000000000000000 1 0 10 0000000000000000 0000000000000001 0";
    for (int keep = 0; keep < 2; keep++) {
        struct decoded d;
        if (!decode(&d, 1, text, keep != 0)) fail_msg("%s", d.reason);
        const struct series *series = d.target.series;
        assert_int_equal(series->count, 3 + keep);
        assert_int_equal(series->time_ms[series->count - 1], 1300);
        for (size_t i = 0; i < series->count; i++) {
            uint64_t bits;
            memcpy(&bits, &series->value[i], sizeof bits);
            if ((bits == STALE_BITS) != (keep != 0 && i == 2)) fail_msg("sample %zu has %016llx", i, (unsigned long long)bits);
        }
        series_set_finish(&d.set);
    }
}

static void test_chunk_decode__refuses_damage(void **state) {
    (void)state;
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "cut off"},
        {"00", "cut off"},
        {"0000", "no sample"},
        {"0001 D00F 3FF8", "more samples than its bits can hold"},
        {"FFFF" TWO "0 0", "more samples than its bits can hold"},
        {"0003" TWO "10 0000", "cut off"},
        {"0002 D00F 3FF8000000000000 00 |0", "do not rise"},
        {"0003" TWO "10 11111110011100 0", "do not rise"},
        {"0002 D00F 3FF8000000000000 80808080808080808001 |0", "64 bits"},
        {"0002 D00F 3FF8000000000000 8080808080808080808001 |0", "64 bits"},
        {"0002 FEFFFFFFFFFFFFFFFF01 3FF8000000000000 64 |0", "64 bits"},
        {"0001 D00F 3FF8000000000000 6400", "goes on after its last sample"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) check_refused(1, cases[i].text, cases[i].reason);
    check_refused(4, "0003" TWO "0 0", "not known");
    check_refused(0, "0003" TWO "0 0", "not known");
}

static void test_chunk_decode__wants_times_to_rise_over_chunks(void **state) {
    (void)state;
    unsigned char bytes[200] = {0};
    struct decoded d;
    assert_true(decode(&d, 1, "0003" TWO "0 0", false));
    assert_int_equal(d.target.samples_left, 1000 - 3);
    struct view again = chunk_of("0001 E012 3FF8000000000000", bytes); // 1200 ms, which the first chunk ended with
    assert_false(chunk_decode(1, again, &d.target, &d.reason));
    assert_string_equal(d.reason, "times do not rise");
    memcpy(bytes + 2, "\xE2\x12", 2); // 1201 ms
    assert_true(chunk_decode(1, again, &d.target, &d.reason));
    assert_int_equal(d.target.series->count, 4);
    d.target.samples_left = 0;
    assert_false(chunk_decode(1, again, &d.target, &d.reason));
    assert_string_equal(d.reason, "more samples than the limit");
    series_set_finish(&d.set);
}

// No flags, zero threshold 2^-2, schema 1, buckets -1, 0 and 3, none negative; then at 2 ms: count 6, zero bucket 1, sum 0.5, buckets
// 2, 0 and 3. The second sample, 3 ms later: 2 more of all, one more in the first bucket and in the last.
#define LAYOUT "00 F2 |10 001 10 010 10 010 10 111 10 001 10 010 0 "
#define SAMPLE "10 010 110 000110 10 001 0011111111100000000000000000000000000000000000000000000000000000 10 010 10 110 10 011 "

static void test_chunk_decode__gives_histograms_by_index_and_with_borders(void **state) {
    (void)state;
    struct decoded d;
    if (!decode(&d, 2, "0002" LAYOUT SAMPLE "10 011 10 010 0 0 10 001 10 111 10 001", false)) fail_msg("%s", d.reason);
    const struct series *series = d.target.series;
    assert_int_equal(series->histogram_count, 2);
    const struct histogram *first = &series->histograms[0], *second = &series->histograms[1];
    assert_int_equal(first->time_ms, 2);
    assert_true(first->count == 6 && first->sum == 0.5);
    assert_int_equal(first->native->schema, 1);
    assert_true(first->native->zero_threshold == 0.25 && first->native->zero_count == 1);
    assert_int_equal(first->native->positive_count, 2); // the empty bucket is left out
    assert_int_equal(first->native->positive[0].index, -1);
    assert_true(first->native->positive[0].count == 2);
    assert_int_equal(first->native->positive[1].index, 3);
    assert_true(first->native->positive[1].count == 3);
    assert_int_equal(first->bucket_count, 3);
    assert_true(first->buckets[0].rule == 3 && first->buckets[0].right == 0.25);
    assert_true(first->buckets[1].left == 0.5 && first->buckets[1].right == 0.7071067811865475);
    assert_true(first->buckets[2].left == 2 && first->buckets[2].right == 2.82842712474619);
    assert_int_equal(second->time_ms, 5);
    assert_true(second->count == 8 && second->sum == 0.5);
    assert_true(second->native->positive[0].count == 3);
    assert_true(second->native->positive[1].count == 4);
    series_set_finish(&d.set);
}

static void test_chunk_decode__refuses_damaged_histograms(void **state) {
    (void)state;
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"0001 00 F2 |10 001 10 010 ", "cut off"},
        {"0001 00 F2 |110 001001 0 0 0000000000000000", "schema"},
        {"0001 00 00 |0 11111111 0100000000000000000000000000000000000000000000000000000000000000 0 0", "more spans"},
        {"0001 00 00 |0 10 001 11111111 0100000000000000000000000000000000000000000000000000000000000000 0 0", "more buckets"},
        {"0001 00 00 |0 10 010 10 001 0 10 001 10 111 0 000000000000000000", "overlap"},
        {"0001 00 00 |0 10 001 10 001 11111111 0000000000000000000000000000000010000000000000000000000000000000 0 000", "32 bits"},
        {"0002" LAYOUT SAMPLE "10 110 10 010 0 0 0 0 0 0", "do not rise"},
        {"0002" LAYOUT SAMPLE "10 011 10 010 0 0 110 111010 0 0", "less than 0"},
        {"0001 00 FF FFF0000000000000 |0 0 0 0000", "zero threshold"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) check_refused(2, cases[i].text, cases[i].reason);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunk_decode__reads_every_width_of_times),
        cmocka_unit_test(test_chunk_decode__drops_or_keeps_stale_markers_by_their_bits),
        cmocka_unit_test(test_chunk_decode__refuses_damage),
        cmocka_unit_test(test_chunk_decode__wants_times_to_rise_over_chunks),
        cmocka_unit_test(test_chunk_decode__gives_histograms_by_index_and_with_borders),
        cmocka_unit_test(test_chunk_decode__refuses_damaged_histograms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
