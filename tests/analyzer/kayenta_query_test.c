// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/kayenta_query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_kayenta_template__expands(void **state) {
    (void)state;
    static const struct kayenta_binding items[] = {{"a", "old"}, {"a", "1"}, {"b", "<${a}>"}, {"loop", "${pool}"}, {"pool", "${loop}"}};
    static const struct {
        const char *text, *want; // NULL: refused
    } cases[] = {
        {"x ${a} ${b}", "x 1 <1>"},
        {"${c:-none} ${a:-none}", "none 1"},
        {"${c:-}", ""},
        {"${c:-<${a}>}", "<${a>}"},
        {"$${a} ${a}", "${a} 1"},
        {"no end ${a", "no end ${a"},
        {"$a {a} $", "$a {a} $"},
        {"", ""},
        {"${c}", NULL},
        {"${loop}", NULL},
    };
    struct kayenta_bindings bindings = {items, COUNT(items)};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out;
        struct error err = {0};
        buf_init(&out, 1000);
        bool ok = kayenta_template_expand(cases[i].text, &bindings, &out, &err);
        if (ok != (cases[i].want != NULL) || (ok && strcmp(buf_text(&out), cases[i].want) != 0))
            fail_msg("%s: want %s, got %s", cases[i].text, cases[i].want ? cases[i].want : "refusal", ok ? buf_text(&out) : err.text);
        buf_finish(&out);
    }
}

static void test_kayenta_template__growth_is_bounded(void **state) {
    (void)state;
    static const struct kayenta_binding items[] = {{"a", "${b}${b}${b}${b}${b}${b}${b}${b}"},
                                                   {"b", "${c}${c}${c}${c}${c}${c}${c}${c}"},
                                                   {"c", "${d}${d}${d}${d}${d}${d}${d}${d}"},
                                                   {"d", "0123456789"}};
    struct kayenta_bindings bindings = {items, COUNT(items)};
    struct error err = {0};
    struct buf out;
    buf_init(&out, 1000);
    assert_false(kayenta_template_expand("${a}", &bindings, &out, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    buf_finish(&out);
}

static void test_kayenta_query__builds(void **state) {
    (void)state;
    static const char *binding_items[] = {"a=b"}, *by_items[] = {"zone", "code"};
    static const struct texts bindings = {binding_items, 1}, by = {by_items, 2}, none = {NULL, 0};
    static struct name_value template_items[] = {{.name = "t", .value = "l=\"$\\{scope}\",p=${p},"}};
    static struct name_value param_items[] = {{.name = "p", .value = "7"}};
    static const struct name_values templates = {template_items, 1};
    const struct kayenta_query_scope here = {"s-1", "us", NULL, NULL, {param_items, 1}},
                                     project = {"s-1", "us", "acme", "gce_instance", {NULL, 0}};
    const struct kayenta_query_scope bare = {NULL, NULL, NULL, NULL, {NULL, 0}};
    const struct {
        struct kayenta_query_config query;
        const struct kayenta_query_scope *scope;
        const char *want; // or, when refused, what the error holds
        bool refused;
    } cases[] = {
        {{"m", "gce_instance", bindings, none, NULL, NULL}, &here, "avg(m{a=b,instance=~\"s-1-.{4}\",zone=~\".+/zones/us-.{1}\"})", false},
        {{"m", NULL, none, by, NULL, NULL},
         &project,
         "avg(m{instance=~\"s-1-.{4}\",zone=~\".+/projects/acme/zones/us-.{1}\"}) by (zone,code)",
         false},
        {{"m", "aws_ec2_instance", bindings, none, NULL, ""}, &here, "avg(m{a=b,asg_groupName=\"s-1\",zone=~\"us.{1}\"})", false},
        {{"m", "k8s", bindings, none, NULL, "t"}, &here, "avg(m{l=\"s-1\",p=7,a=b})", false},
        {{"m", NULL, bindings, none, "x=${location}", "t"}, &here, "avg(m{x=us,a=b})", false},
        {{NULL, NULL, none, none, "PromQL:up{job=\"${scope}\"}", NULL}, &here, "up{job=\"s-1\"}", false},
        {{"m", "k8s", none, none, NULL, NULL}, &here, "no explicit support for resourceType 'k8s'", true},
        {{"m", NULL, none, none, NULL, NULL}, &bare, "Either a resource type or a custom filter", true},
        {{"m", "gce_instance", none, none, NULL, NULL}, &bare, "Location", true},
        {{"m", NULL, none, none, NULL, "other"}, &here, "'other' was not found", true},
        {{NULL, NULL, none, none, "x=1", NULL}, &here, "Metric name", true},
        {{"m", NULL, none, none, "x=${scope} ${zone}", NULL}, &bare, "Problem evaluating custom filter template: x=${scope} ${zone}", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out;
        struct error err = {0};
        buf_init(&out, 1000);
        bool ok = kayenta_query_build(&cases[i].query, &templates, cases[i].scope, KAYENTA_SCOPE_LABEL, &out, &err);
        bool good = ok ? strcmp(buf_text(&out), cases[i].want) == 0 : strstr(err.text, cases[i].want) != NULL;
        if (ok == cases[i].refused || !good) fail_msg("want %s, got %s", cases[i].want, ok ? buf_text(&out) : err.text);
        buf_finish(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kayenta_template__expands),
        cmocka_unit_test(test_kayenta_template__growth_is_bounded),
        cmocka_unit_test(test_kayenta_query__builds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
