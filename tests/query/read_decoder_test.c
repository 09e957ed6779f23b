// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/snappy_block.h"
#include "query/read_decoder.h"

#define STREAM "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse"

// Protobuf by hand: a field of bytes, whose length is below 128 here.
static void put_field(struct buf *out, unsigned field, const char *bytes, size_t len) {
    buf_char(out, (char)(field << 3 | 2));
    buf_char(out, (char)len);
    buf_bytes(out, bytes, len);
}

static void put_label(struct buf *out, const char *name, const char *value) {
    struct buf label;
    buf_init(&label, 200);
    put_field(&label, 1, name, strlen(name));
    put_field(&label, 2, value, strlen(value));
    put_field(out, 1, buf_text(&label), label.len);
    buf_finish(&label);
}

// A series {job=value} with one chunk, of one sample: 1.5 at `ms`, which is below 64.
static void put_series(struct buf *out, const char *value, unsigned char encoding, unsigned char ms) {
    char data[11] = {0, 1, (char)(2 * ms), 0x3F, (char)0xF8};
    struct buf chunk, series;
    buf_init(&chunk, 200);
    buf_init(&series, 200);
    put_label(&series, "job", value);
    buf_char(&chunk, 0x18);
    buf_char(&chunk, (char)encoding);
    put_field(&chunk, 4, data, sizeof data);
    put_field(&series, 2, buf_text(&chunk), chunk.len);
    put_field(out, 1, buf_text(&series), series.len);
    buf_finish(&chunk);
    buf_finish(&series);
}

static void put_frame(struct buf *out, const struct buf *payload) {
    uint32_t crc = crc32c(0, buf_text(payload), payload->len);
    buf_char(out, (char)payload->len);
    for (int shift = 24; shift >= 0; shift -= 8) buf_char(out, (char)(crc >> shift & 0xFF));
    buf_bytes(out, buf_text(payload), payload->len);
}

// A frame with one series; query_index only when it is not 0.
static void put_simple(struct buf *out, const char *value, unsigned char encoding, unsigned char ms, unsigned char query) {
    struct buf payload;
    buf_init(&payload, 200);
    put_series(&payload, value, encoding, ms);
    if (query > 0) buf_char(&payload, 0x10);
    if (query > 0) buf_char(&payload, (char)query);
    put_frame(out, &payload);
    buf_finish(&payload);
}

static struct decode_result decode(enum read_form form, const struct buf *body, size_t piece, struct series_set *sets, size_t count,
                                   const struct decode_limits *limits) {
    struct decode_result result;
    for (size_t i = 0; i < count; i++) series_set_init(&sets[i]);
    struct read_decoder *decoder = read_decoder_create(form, limits, sets, count);
    for (size_t at = 0; at < body->len; at += piece) {
        if (!read_decoder_feed(decoder, buf_text(body) + at, body->len - at < piece ? body->len - at : piece)) break;
    }
    read_decoder_end(decoder, &result);
    read_decoder_destroy(decoder);
    return result;
}

static void test_read_form_of__goes_by_type_and_message(void **state) {
    (void)state;
    static const struct {
        const char *type;
        enum read_form form;
    } cases[] = {
        {"application/x-protobuf", READ_SAMPLES},
        {"Application/X-Protobuf; charset=x", READ_SAMPLES},
        {"application/x-protobuf; proto=prometheus.ReadResponse", READ_SAMPLES},
        {"application/x-protobuf; proto=prometheus.ChunkedReadResponse", READ_NONE},
        {STREAM, READ_STREAM},
        {"application/x-streamed-protobuf;proto=\"prometheus.ChunkedReadResponse\"", READ_STREAM},
        {"application/x-streamed-protobuf; a=b; proto=prometheus.ChunkedReadResponse", READ_STREAM},
        {"application/x-streamed-protobuf", READ_NONE},
        {"application/x-streamed-protobuf; proto=prometheus.Other", READ_NONE},
        {"application/json", READ_NONE},
        {"text/html", READ_NONE},
        {"", READ_NONE},
        {NULL, READ_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_int_equal(read_form_of(cases[i].type), cases[i].form);
}

static void test_read_decoder__joins_frames_of_a_series_in_pieces_of_any_size(void **state) {
    (void)state;
    struct buf body;
    buf_init(&body, 10000);
    put_simple(&body, "a", 1, 10, 0);
    put_simple(&body, "a", 1, 20, 0);
    put_simple(&body, "b", 1, 5, 0);
    put_simple(&body, "a", 1, 7, 2);
    for (size_t piece = 1; piece <= body.len; piece++) {
        struct series_set sets[3];
        struct decode_result result = decode(READ_STREAM, &body, piece, sets, 3, NULL);
        if (result.outcome != DECODE_OK) fail_msg("pieces of %zu: %s", piece, result.err.text);
        assert_int_equal(sets[0].count, 2);
        assert_int_equal(sets[0].items[0].count, 2);
        assert_int_equal(sets[0].items[0].time_ms[1], 20);
        assert_true(sets[0].items[1].value[0] == 1.5);
        assert_int_equal(sets[1].count, 0);
        assert_int_equal(sets[2].count, 1);
        assert_int_equal(sets[2].type, RESULT_MATRIX);
        for (size_t i = 0; i < 3; i++) series_set_finish(&sets[i]);
    }
    buf_finish(&body);
}

static void check_refused(const struct buf *body, const char *reason, bool wants_other) {
    struct series_set set;
    const struct decode_limits limits = {.bytes = 1000, .samples = 3, .series = 2, .string_bytes = 5};
    struct decode_result result = decode(READ_STREAM, body, 7, &set, 1, &limits);
    if (result.outcome != DECODE_BROKEN || strstr(result.err.text, reason) == NULL) {
        fail_msg("%d \"%s\", wanted \"%s\"", (int)result.outcome, result.err.text, reason);
    }
    assert_int_equal(result.wants_other, wants_other);
    series_set_finish(&set);
}

static void test_read_decoder__a_broken_stream_fails_whole(void **state) {
    (void)state;
    static const struct {
        const char *value;
        unsigned char encoding, ms, query;
        const char *extra, *reason;
        bool wants_other;
    } cases[] = {
        {"a", 1, 10, 0, "expanding series: boom\n", "after 1 good frames: the stream ends inside a frame", false},
        {"a", 1, 10, 0, "\x80", "ends inside a frame", false},
        {"a", 1, 10, 0, "\x01\x01\x02\x03\x04z", "the checksum", false},
        {"a", 1, 10, 0, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", "does not fit 64 bits", false},
        {"a", 1, 10, 0, "\xFF\xFF\xFF\x7F", "announces 268435455 bytes, more than the limit", false},
        {"a", 1, 10, 1, "", "query 1 of 1", false},
        {"a", 4, 10, 0, "", "encoding 4 (XOR2)", true},
        {"a", 9, 10, 0, "", "encoding 9 (unknown)", true},
        {"a\xFF", 1, 10, 0, "", "not valid UTF-8", false},
        {"longer", 1, 10, 0, "", "a label is longer than the limit", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf body;
        buf_init(&body, 10000);
        put_simple(&body, cases[i].value, cases[i].encoding, cases[i].ms, cases[i].query);
        buf_str(&body, cases[i].extra);
        check_refused(&body, cases[i].reason, cases[i].wants_other);
        buf_finish(&body);
    }
}

static void check_values(const char *const *values, const unsigned char *times, size_t count, const char *reason) {
    struct buf body;
    buf_init(&body, 10000);
    for (size_t i = 0; i < count; i++) put_simple(&body, values[i], 1, times[i], 0);
    check_refused(&body, reason, false);
    buf_finish(&body);
}

static void test_read_decoder__refuses_series_that_return_and_too_many(void **state) {
    (void)state;
    check_values((const char *const[]){"a", "b", "a"}, (const unsigned char[]){1, 2, 3}, 3, "more series than the limit");
    check_values((const char *const[]){"b", "a", "c"}, (const unsigned char[]){1, 2, 3}, 3, "more series than the limit");
    check_values((const char *const[]){"a", "a"}, (const unsigned char[]){2, 2}, 2, "times do not rise");
    check_values((const char *const[]){"a", "a", "a", "a"}, (const unsigned char[]){1, 2, 3, 4}, 4, "more samples than the limit");
    struct buf body;
    struct series_set set;
    buf_init(&body, 10000);
    for (unsigned char i = 0; i < 3; i++) put_simple(&body, i == 1 ? "b" : "a", 1, (unsigned char)(i + 1), 0);
    struct decode_result result = decode(READ_STREAM, &body, 1000, &set, 1, NULL);
    assert_int_equal(result.outcome, DECODE_BROKEN);
    assert_non_null(strstr(result.err.text, "comes back after another one began"));
    series_set_finish(&set);
    buf_finish(&body);
}

static void check_samples(const char *proto, size_t len, size_t queries, const char *reason) {
    struct buf body;
    struct series_set sets[2];
    buf_init(&body, 10000);
    snappy_block_write(&body, (struct view){proto, len});
    struct decode_result result = decode(READ_SAMPLES, &body, 3, sets, queries, NULL);
    if (reason == NULL && result.outcome != DECODE_OK) fail_msg("%s", result.err.text);
    if (reason != NULL && strstr(result.err.text, reason) == NULL) fail_msg("\"%s\", wanted \"%s\"", result.err.text, reason);
    if (reason == NULL && len > 10) {
        assert_int_equal(sets[0].items[0].count, 1);
        assert_int_equal(sets[0].items[0].time_ms[0], 7);
        assert_true(sets[0].items[0].value[0] == 1.5);
    }
    for (size_t i = 0; i < queries; i++) series_set_finish(&sets[i]);
    buf_finish(&body);
}

static void test_read_decoder__reads_samples(void **state) {
    (void)state;
    static const char one[] = "\x0A\x17\x0A\x15\x0A\x06\x0A\x01\x61\x12\x01\x62\x12\x0B\x09\0\0\0\0\0\0\xF8\x3F\x10\x07";
    check_samples(one, sizeof one - 1, 1, NULL);
    check_samples(one, sizeof one - 1, 2, "1 results for 2 queries");
    check_samples("\x0A\x00\x0A\x00", 4, 2, NULL);
    check_samples("\x0A\x00", 2, 2, "1 results for 2 queries");
    check_samples("\x0A\x05\x61", 3, 1, "not a readable ReadResponse");
    check_samples("\x0A\x04\x0A\x02\x0A\x05", 6, 1, "not a readable TimeSeries");
    check_samples("\x0A\x04\x0A\x02\x22\x00", 6, 1, "native histograms");
    check_samples("\x0A\x0E\x0A\x0C\x12\x04\x10\x07\x10\x07\x12\x04\x10\x07\x10\x07", 16, 1, "times do not rise");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_form_of__goes_by_type_and_message),
        cmocka_unit_test(test_read_decoder__joins_frames_of_a_series_in_pieces_of_any_size),
        cmocka_unit_test(test_read_decoder__a_broken_stream_fails_whole),
        cmocka_unit_test(test_read_decoder__refuses_series_that_return_and_too_many),
        cmocka_unit_test(test_read_decoder__reads_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
