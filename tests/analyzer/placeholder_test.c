// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "placeholder.h"

static void test_placeholder__expands_once(void **state) {
    (void)state;
    struct name_value items[] = {{"region", "eu", {0, 0}}, {"trick", "${region}", {0, 0}}, {"none", "", {0, 0}}};
    const struct name_values vars = {items, 3};
    const struct placeholder_context context = {"a=\"b\"", 1680000, 15000};
    static const struct {
        const char *text, *want; // NULL: refused
        const char *part;        // of the error
    } cases[] = {
        {"up{${scope}}", "up{a=\"b\"}", NULL},
        {"rate(x[${window}]) ${step} ${region}${none}", "rate(x[28m]) 15s eu", NULL},
        {"${trick}", "${region}", NULL}, // a value is not expanded again
        {"$scope $ {scope} $$ 5$", "$scope $ {scope} $$ 5$", NULL},
        {"", "", NULL},
        {"${}", NULL, "unknown placeholder ${}"},
        {"a ${scope", NULL, "byte 2 has no closing }"},
        {"${regoin}", NULL, "did you mean ${region}?"},
        {"${ region}", NULL, "did you mean ${region}?"},
        {"${somethingelse}", NULL, "--var somethingelse=VALUE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        struct error err = {0};
        buf_init(&out, 1000);
        bool ok = placeholder_expand(&out, view_of(cases[i].text), &vars, &context, &err);
        assert_int_equal(ok, cases[i].want != NULL);
        if (ok) assert_string_equal(buf_text(&out), cases[i].want);
        if (!ok && strstr(err.text, cases[i].part) == NULL) fail_msg("%s: %s", cases[i].text, err.text);
        buf_finish(&out);
    }
}

static void test_placeholder__keeps_values_within_the_strings_of_a_query(void **state) {
    (void)state;
    struct name_value items[] = {{"v", "a\"} or '\\`\n#", {0, 0}}, {"plain", "a\"b", {0, 0}}};
    const struct name_values vars = {items, 2};
    const struct placeholder_context context = {"app=\"it's\"", 60000, 15000};
    static const struct {
        const char *text, *want; // NULL: refused
    } cases[] = {
        {"up{a=\"${v}\"}", "up{a=\"a\\\"} or '\\\\`\\n#\"}"},
        {"up{a='${v}'}", "up{a='a\"} or \\'\\\\`\\n#'}"},
        {"up{a=`${plain}`}", "up{a=`a\"b`}"},
        {"up{a=`${v}`}", NULL},
        {"up{a=\"\\\"${plain}\"}", "up{a=\"\\\"a\\\"b\"}"},               // an escaped quote does not end the string
        {"up{a=\"x\",${plain}}", "up{a=\"x\",a\"b}"},                     // no string: as it is
        {"up{${scope},a=\"${plain}\"}", "up{app=\"it's\",a=\"a\\\"b\"}"}, // the scope's own quotes do not count
        {"# it's\nup{a=\"${plain}\"}", "# it's\nup{a=\"a\\\"b\"}"},       // nor do those of a comment
        {"up{a=\"${plain}${window}\"} # ${plain}", "up{a=\"a\\\"b1m\"} # a\"b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        struct error err = {0};
        buf_init(&out, 1000);
        bool ok = placeholder_expand(&out, view_of(cases[i].text), &vars, &context, &err);
        if (ok != (cases[i].want != NULL)) fail_msg("%s: %s", cases[i].text, err.text);
        if (ok) assert_string_equal(buf_text(&out), cases[i].want);
        buf_finish(&out);
    }
}

static void test_placeholder__knows_only_variables_in_urls_and_has_a_bound(void **state) {
    (void)state;
    struct name_value items[] = {{"long", "0123456789", {0, 0}}};
    const struct name_values vars = {items, 1};
    struct buf out;
    struct error err = {0};
    buf_init(&out, 15);
    assert_false(placeholder_expand(&out, view_of("${scope}"), &vars, NULL, &err));
    assert_true(placeholder_expand(&out, view_of("${long}"), &vars, NULL, &err));
    assert_false(placeholder_expand(&out, view_of("${long}"), &vars, NULL, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    buf_finish(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_placeholder__expands_once),
        cmocka_unit_test(test_placeholder__keeps_values_within_the_strings_of_a_query),
        cmocka_unit_test(test_placeholder__knows_only_variables_in_urls_and_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
