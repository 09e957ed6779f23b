// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/snappy_block.h"

static void test_snappy_block__gives_back_what_was_written(void **state) {
    (void)state;
    char text[5000];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)(i * i % 251);
    for (size_t len = 0; len <= sizeof text; len += 1250) {
        struct buf block, back;
        struct error err = {0};
        buf_init(&block, 100000);
        buf_init(&back, 100000);
        snappy_block_write(&block, (struct view){text, len});
        assert_true(snappy_block_read((struct view){buf_text(&block), block.len}, sizeof text, &back, &err));
        assert_int_equal(back.len, len);
        assert_memory_equal(buf_text(&back), text, len);
        buf_finish(&block);
        buf_finish(&back);
    }
}

static void test_snappy_block_read__takes_copies_that_overlap_themselves(void **state) {
    (void)state;
    static const char block[] = "\x44\x04"
                                "ab\xFE\x02\x00\x00z"; // ab, 64 from two bytes before, z: one less than announced
    static const char fixed[] = "\x43\x04"
                                "ab\xFE\x02\x00\x00z";
    struct buf back;
    buf_init(&back, 100);
    assert_false(snappy_block_read((struct view){block, sizeof block - 1}, 100, &back, NULL));
    assert_true(snappy_block_read((struct view){fixed, sizeof fixed - 1}, 100, &back, NULL));
    assert_int_equal(back.len, 67);
    for (size_t i = 0; i < 66; i++) assert_int_equal(buf_text(&back)[i], "ab"[i % 2]);
    assert_int_equal(buf_text(&back)[66], 'z');
    buf_finish(&back);
}

// Blocks by hand: the length as a varint, then literals (tag (n-1)*4) and copies.
static void test_snappy_block_read__refuses_before_it_allocates(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *reason;
    } cases[] = {
        {"", 0, "not a snappy block"},
        {"\xFF\xFF\xFF\xFF\xFF\x01", 6, "not a snappy block"},
        {"\x80\x80\x80\x80\x04\x00q", 7, "more than the limit of 1000000"},
        {"\xA0\xC2\x1E\x00q", 5, "more than its 5 can hold"},
        {"\x02\x00q", 3, "damaged"},
        {"\x01\x00qq", 4, "damaged"},
        {"\x05\x00q\x01\x00", 5, "damaged"},
        {"\x05\x00q\x01\x07", 5, "damaged"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf back;
        struct error err = {0};
        buf_init(&back, 100);
        assert_false(snappy_block_read((struct view){cases[i].bytes, cases[i].len}, 1000000, &back, &err));
        if (strstr(err.text, cases[i].reason) == NULL) fail_msg("case %zu: \"%s\", wanted \"%s\"", i, err.text, cases[i].reason);
        assert_int_equal(back.len, 0);
        buf_finish(&back);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snappy_block__gives_back_what_was_written),
        cmocka_unit_test(test_snappy_block_read__takes_copies_that_overlap_themselves),
        cmocka_unit_test(test_snappy_block_read__refuses_before_it_allocates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
