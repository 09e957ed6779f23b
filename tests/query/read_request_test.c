// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/snappy_block.h"
#include "read_request.h"

static void test_read_request__is_what_prometheus_sends(void **state) {
    (void)state;
    static const struct query query = {"bench_gauge{idx=~\"02.\"}", QUERY_RAW, 1735689600000, 1735704585000, 0};
    static const struct {
        enum source_protocol protocol;
        const char *accepted;
        size_t len;
    } cases[] = {{PROTOCOL_STREAM, "\x12\x01\x01", 3}, {PROTOCOL_SAMPLES, "\x12\x01\x00", 3}, {PROTOCOL_AUTO, "\x12\x02\x01\x00", 4}};
    static const char start[] = "\x0A\x35\x08\x80\xF8\xA5\xF9\xC1\x32\x10\xA8\xC6\xB8\x80\xC2\x32\x1A\x17\x12\x08__name__\x1A\x0B"
                                "bench_gauge\x1A\x0C\x08\x02\x12\x03idx\x1A\x03"
                                "02.";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf block, text;
        buf_init(&block, 1000);
        buf_init(&text, 1000);
        assert_true(read_request_write(&query, cases[i].protocol, &block, NULL));
        assert_true(snappy_block_read((struct view){buf_text(&block), block.len}, 1000, &text, NULL));
        assert_int_equal(text.len, sizeof start - 1 + cases[i].len);
        assert_memory_equal(buf_text(&text), start, sizeof start - 1);
        assert_memory_equal(buf_text(&text) + sizeof start - 1, cases[i].accepted, cases[i].len);
        buf_finish(&block);
        buf_finish(&text);
    }
}

static void test_read_request__wants_a_selector_that_leaves_out_series(void **state) {
    (void)state;
    static const struct {
        const char *expr;
        bool fits;
    } cases[] = {
        {"up", true},          {"{a=\"b\"}", true}, {"{a!=\"\"}", true}, {"{a=~\".*\"}", false},  {"{a=\"\"}", false},
        {"{a!=\"b\"}", false}, {"{}", false},       {"up[5m]", false},   {"rate(up[5m])", false}, {"up{a=\"\"}", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct query query = {.expr = cases[i].expr, .mode = QUERY_RAW};
        struct buf block;
        struct error err;
        buf_init(&block, 1000);
        if (read_request_fits(&query) != cases[i].fits) fail_msg("%s", cases[i].expr);
        assert_int_equal(read_request_write(&query, PROTOCOL_STREAM, &block, &err), cases[i].fits);
        if (!cases[i].fits) assert_non_null(strstr(err.text, cases[i].expr));
        buf_finish(&block);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_request__is_what_prometheus_sends),
        cmocka_unit_test(test_read_request__wants_a_selector_that_leaves_out_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
