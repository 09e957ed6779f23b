// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/yaml.h"
#include "yaml_text.h"

static void test_yaml_text__reads_back_as_the_same_text(void **state) {
    (void)state;
    static const char *const texts[] = {"",         "plain",    "it's", "'",   "a: b # c", "say \"hi\" \\ there",          "line\nfeed 'q'",
                                        "\x01\x7f", "- [x, {y", "null", "1e3", "${scope}", "sum(rate(x{c=~\"5..\"}[5m]))", "ü → ∞"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct arena arena = {0};
        struct findings findings;
        struct yaml_node *root;
        struct buf out;
        findings_init(&findings, &arena);
        buf_init(&out, 1 << 12);
        buf_str(&out, "k: ");
        yaml_text(&out, texts[i]);
        assert_true(yaml_parse((struct view){buf_text(&out), out.len}, "t", &arena, &findings, &root));
        assert_string_equal(yaml_get(root, "k")->text, texts[i]);
        buf_finish(&out);
        findings_finish(&findings);
        arena_finish(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_yaml_text__reads_back_as_the_same_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
