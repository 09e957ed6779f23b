// SPDX-License-Identifier: GPL-3.0-or-later
// The expected signatures are from Python's hmac and base64 over the same texts.
#include "webhook_sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct signing {
    const char *secret, *id, *body, *expected;
    int64_t time_s;
};

static const struct signing signings[] = {
    {"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "msg_0a1b", "{\"type\":\"serin.verdict.finished\"}",
     "v1,uzGvckrxD1fONXIyKgtHaJrNgvt/ds+a6+i7jbtZpVs=", 1772361360},
    {"whsec_////////////////////////////////", "msg_2", "", "v1,5HANciEWmozGqqn/CBZ1EgEdTFqq6h8uYJxJpOAFIKQ=", 1},
    {"whsec_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoOEhYaHiImKi4yNjo+QkZKTlJWWl5iZmpucnZ6foKGiow==", "msg_é", "Ü\nx",
     "v1,/yVjRFU2OqOBOdAOzSE9nimf3QlBU7eKWK6U+Sg8D8Y=", 99999999999},
};

static void test_webhook_sign__agrees_with_an_independent_implementation(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof signings / sizeof signings[0]; i++) {
        const struct signing *s = &signings[i];
        struct buf out;
        struct error err = {0};
        buf_init(&out, 1024);
        assert_true(webhook_sign(&out, s->secret, s->id, s->time_s, view_of(s->body), &err));
        assert_string_equal(buf_text(&out), s->expected);
        buf_finish(&out);
    }
}

static void test_webhook_sign__several_secrets_are_parted_by_a_blank(void **state) {
    (void)state;
    struct buf out;
    char expected[256];
    buf_init(&out, 1024);
    for (size_t i = 0; i < 2; i++)
        assert_true(webhook_sign(&out, signings[i].secret, signings[0].id, signings[0].time_s, view_of(signings[0].body), NULL));
    strcpy(expected, signings[0].expected);
    assert_memory_equal(buf_text(&out), expected, strlen(expected));
    assert_memory_equal(buf_text(&out) + strlen(expected), " v1,", 4);
    assert_string_not_equal(buf_text(&out) + strlen(expected) + 1, expected);
    buf_finish(&out);
}

static void test_webhook_sign__refuses_what_is_no_secret_without_telling_it(void **state) {
    static const char *const wrong[] = {
        "",
        "hunter2",
        "whsec_",
        "whsec_aHVudGVyMg==",
        "whsec_not base64 at all, whatever it is",
        "WHSEC_S/X5C/m68gi9PtIZxMtrEuMs85oH0opa",
        "whsec_S/X5C/m68gi9PtIZxMtrEuMs85oH0opamb/cMgY5rFo",                                              // padding is missing
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", // 65 bytes
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct buf out;
        struct error err = {0};
        buf_init(&out, 1024);
        assert_false(webhook_sign(&out, wrong[i], "msg_1", 1, view_of("{}"), &err));
        assert_int_equal(out.len, 0);
        assert_true(wrong[i][0] == '\0' || strlen(wrong[i]) < 7 || strstr(err.text, wrong[i]) == NULL);
        buf_finish(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_webhook_sign__agrees_with_an_independent_implementation),
        cmocka_unit_test(test_webhook_sign__several_secrets_are_parted_by_a_blank),
        cmocka_unit_test(test_webhook_sign__refuses_what_is_no_secret_without_telling_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
