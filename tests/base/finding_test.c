// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/finding.h"

static void test_finding__prints_one_line_each(void **state) {
    (void)state;
    struct arena arena = {0};
    struct findings findings;
    struct buf out;
    buf_init(&out, 4096);
    findings_init(&findings, &arena);
    findings_add(&findings, FINDING_ERROR, "c.yaml", 3, 7, "metrics[2].name", "expected %s", "text");
    findings_add(&findings, FINDING_WARNING, "c.yaml", 4, 1, "judge", "odd");
    findings_add(&findings, FINDING_ERROR, "command line", 0, 0, "", "no place");
    findings_print(&findings, &out);
    assert_string_equal(buf_text(&out), "c.yaml:3:7: error: metrics[2].name: expected text\nc.yaml:4:1: warning: judge: odd\n"
                                        "command line: error: no place\n");
    assert_int_equal(findings.errors, 2);
    buf_finish(&out);
    findings_finish(&findings);
    findings_finish(NULL);
    arena_finish(&arena);
}

static void test_finding__keeps_a_thousand_and_counts_all(void **state) {
    (void)state;
    struct arena arena = {0};
    struct findings findings;
    char name[8] = "a.yaml";
    findings_init(&findings, &arena);
    for (int i = 0; i < 1500; i++) findings_add(&findings, FINDING_ERROR, name, i + 1, 1, "k", "number %d", i);
    name[0] = 'b'; // texts were copied
    assert_int_equal(findings.count, 1000);
    assert_int_equal(findings.errors, 1500);
    assert_string_equal(findings.items[999].text, "number 999");
    assert_string_equal(findings.items[0].file, "a.yaml");
    findings_finish(&findings);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finding__prints_one_line_each),
        cmocka_unit_test(test_finding__keeps_a_thousand_and_counts_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
