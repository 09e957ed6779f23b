// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "query/source_settings.h"

static const struct source_header headers[] = {{"X-One", "1"}, {"X-Two", "2"}};

static struct source_settings made(void) {
    return (struct source_settings){.url = "http://127.0.0.1:9090",
                                    .oauth2 = {.token_url = "http://127.0.0.1/token", .client_id = "ab", .client_secret_file = "c"},
                                    .tenant = "shop",
                                    .headers = headers,
                                    .header_count = 2,
                                    .rate = 2.385,
                                    .concurrency = 3};
}

static char *key_of(const struct source_settings *settings) {
    struct buf out;
    buf_init(&out, 65536);
    source_settings_key(settings, &out);
    return buf_take(&out);
}

static void assert_differs(const struct source_settings *other) {
    struct source_settings settings = made();
    char *a = key_of(&settings), *b = key_of(other);
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

static void test_source_settings__a_copy_outlives_what_it_was_made_from(void **state) {
    (void)state;
    struct arena arena = {0};
    char url[] = "http://127.0.0.1:9090", name[] = "X-One";
    struct source_header own[] = {{name, "1"}, {"X-Two", "2"}};
    struct source_settings settings = made(), copy, expected = made();
    settings.url = url;
    settings.headers = own;
    source_settings_copy(&settings, &arena, &copy);
    memset(url, 'z', sizeof url - 1);
    memset(name, 'z', sizeof name - 1);
    char *a = key_of(&copy), *b = key_of(&expected);
    assert_string_equal(a, b);
    assert_null(copy.proxy);
    free(a);
    free(b);
    arena_finish(&arena);
}

static void test_source_settings__every_difference_shows_in_the_key(void **state) {
    (void)state;
    struct source_settings s = made();
    s.tenant = NULL;
    s.proxy = "shop"; // the same text elsewhere
    assert_differs(&s);
    s = made();
    s.oauth2.client_id = "a";
    s.oauth2.client_secret_file = "bc";
    assert_differs(&s);
    s = made();
    s.header_count = 1;
    assert_differs(&s);
    s = made();
    s.rate = 2.386;
    assert_differs(&s);
    s = made();
    s.hedge_ms = 400;
    assert_differs(&s);
    s = made();
    s.hedge_share = 0.95;
    assert_differs(&s);
    s = made();
    s.limits.series = 5;
    assert_differs(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_source_settings__a_copy_outlives_what_it_was_made_from),
        cmocka_unit_test(test_source_settings__every_difference_shows_in_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
