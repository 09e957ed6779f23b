// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/yaml.h"

struct fixture {
    struct arena arena;
    struct findings findings;
    struct yaml_node *root;
};

static bool parse(struct fixture *f, struct view text) {
    *f = (struct fixture){0};
    findings_init(&f->findings, &f->arena);
    return yaml_parse(text, "f.yaml", &f->arena, &f->findings, &f->root);
}

static void finish(struct fixture *f) {
    findings_finish(&f->findings);
    arena_finish(&f->arena);
}

static void test_yaml__nodes_know_their_place(void **state) {
    (void)state;
    struct fixture f;
    assert_true(parse(&f, view_of("# a comment\na: 1\nb:\n  - x\n  -  {c: [y, 'z']}\n")));
    const struct yaml_node *b = yaml_get(f.root, "b");
    const struct yaml_node *c = yaml_get(b->items[1], "c");
    const struct {
        const struct yaml_node *node;
        int line, column;
    } cases[] = {{f.root, 2, 1}, {yaml_get(f.root, "a"), 2, 4}, {f.root->pairs[1].key, 3, 1},
                 {b, 4, 3},      {b->items[0], 4, 5},           {b->items[1], 5, 6},
                 {c, 5, 10},     {c->items[1], 5, 14}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].node->line, cases[i].line);
        assert_int_equal(cases[i].node->column, cases[i].column);
    }
    assert_string_equal(c->items[1]->text, "z");
    finish(&f);
}

static void test_yaml__refuses_with_place_and_reason(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *part;
    } cases[] = {
        {"a: 1\nb: 2\na: 3\n", 3, 1, "already set in line 1"},
        {"a: &x 1\nb: *x\n", 2, 4, "aliases"},
        {"a: !!str 1\n", 1, 4, "tags"},
        {"a: !own [1]\n", 1, 4, "tags"},
        {"!m {a: 1}\n", 1, 1, "tags"},
        {"a: 1\n---\nb: 2\n", 2, 1, "second document"},
        {"", 1, 1, "empty"},
        {"# only a comment\n", 2, 1, "empty"},
        {"[a, b]: 1\n", 1, 1, "plain text"},
        {"a: \"x\\0y\"\n", 1, 4, "NUL"},
        {"a: [1, 2\n", 2, 1, "not valid YAML"},
        {"a: b: c\n", 1, 5, "not valid YAML"},
        {"a:\n\t- 1\n", 2, 1, "not valid YAML"},
        {"{\"a\": 1, \"a\": 2}", 1, 10, "already set in line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        assert_false(parse(&f, view_of(cases[i].text)));
        assert_int_equal(f.findings.errors, 1);
        const struct finding *found = &f.findings.items[0];
        if (found->line != cases[i].line || found->column != cases[i].column || strstr(found->text, cases[i].part) == NULL) {
            fail_msg("case %zu: %d:%d %s, wanted %d:%d %s", i, found->line, found->column, found->text, cases[i].line, cases[i].column,
                     cases[i].part);
        }
        finish(&f);
    }
}

static void test_yaml__refuses_what_is_not_utf8(void **state) {
    (void)state;
    static const char *const texts[] = {"a: \xff\n", "a: b\xc3\n", "\xed\xa0\x80: 1\n", "a: \xf8\x88\x80\x80\x80\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct fixture f;
        assert_false(parse(&f, view_of(texts[i])));
        assert_int_equal(f.findings.errors, 1);
        assert_non_null(strstr(f.findings.items[0].text, "UTF-8"));
        finish(&f);
    }
}

static void test_yaml__tells_every_duplicate_key(void **state) {
    (void)state;
    struct fixture f;
    assert_false(parse(&f, view_of("a: 1\na: 2\nb: {c: 1, c: 2}\n")));
    assert_int_equal(f.findings.errors, 2);
    assert_string_equal(f.findings.items[1].key, "c");
    finish(&f);
}

static void nested(struct buf *text, size_t depth) {
    buf_init(text, 4096);
    buf_repeat(text, '[', depth);
    buf_repeat(text, ']', depth);
}

static void test_yaml__bounds_depth_and_size(void **state) {
    (void)state;
    static const struct {
        size_t depth;
        bool good;
    } cases[] = {{1, true}, {65, true}, {66, false}, {2000, false}}; // the root is at depth 0
    struct fixture f;
    struct buf text;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nested(&text, cases[i].depth);
        assert_int_equal(parse(&f, view_of(buf_text(&text))), cases[i].good);
        if (!cases[i].good) assert_non_null(strstr(f.findings.items[0].text, "64 levels"));
        finish(&f);
        buf_finish(&text);
    }
    buf_init(&text, 1 << 20);
    buf_char(&text, '[');
    for (int i = 0; i < 100000; i++) buf_str(&text, "1,");
    buf_char(&text, ']');
    assert_false(parse(&f, view_of(buf_text(&text))));
    assert_non_null(strstr(f.findings.items[0].text, "100,000"));
    finish(&f);
    buf_finish(&text);
}

static void test_yaml__quotes_decide_what_a_scalar_is(void **state) {
    (void)state;
    static const struct {
        const char *text, *kind;
    } cases[] = {
        {"12", "a number"},    {"-1.5e3", "a number"}, {".5", "a number"}, {"+7", "a number"}, {"'12'", "text"},    {"\"true\"", "text"},
        {"true", "a boolean"}, {"false", "a boolean"}, {"yes", "text"},    {"True", "text"},   {"null", "nothing"}, {"~", "nothing"},
        {"", "nothing"},       {"''", "text"},         {"'null'", "text"}, {"0x10", "text"},   {"1e999", "text"},   {"nan", "text"},
        {".inf", "text"},      {"-", "a list"},        {"1_000", "text"},  {"1e", "text"},     {"1.2.3", "text"},   {"5m", "text"},
        {"{}", "a map"},       {"[]", "a list"},       {"|\n  7", "text"}, {"1,5", "text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        struct fixture f;
        snprintf(text, sizeof text, "v:\n  %s\n", cases[i].text);
        assert_true(parse(&f, view_of(text)));
        const char *kind = yaml_kind_name(yaml_get(f.root, "v"));
        if (strcmp(kind, cases[i].kind) != 0) fail_msg("%s is %s, wanted %s", cases[i].text, kind, cases[i].kind);
        finish(&f);
    }
}

static void test_yaml__reads_json(void **state) {
    (void)state;
    struct fixture f;
    assert_true(parse(&f, view_of("{\"a\": [1, 2.5, null, true], \"b\": {\"c\\u00e9\": \"x\\ny \\\"q\\\" \\/\"}}\n")));
    double number = 0;
    bool truth = false;
    const struct yaml_node *a = yaml_get(f.root, "a");
    assert_int_equal(a->count, 4);
    assert_true(yaml_number(a->items[1], &number) && number > 2.4 && number < 2.6);
    assert_true(yaml_is_null(a->items[2]));
    assert_true(yaml_bool(a->items[3], &truth) && truth);
    assert_string_equal(yaml_get(yaml_get(f.root, "b"), "c\xc3\xa9")->text, "x\ny \"q\" /");
    assert_null(yaml_get(a, "b"));
    assert_null(yaml_get(NULL, "b"));
    finish(&f);
}

static void test_yaml_parse_all__keeps_places_and_leaves_out_what_is_empty(void **state) {
    (void)state;
    struct arena arena = {0};
    struct findings findings;
    struct yaml_node **roots;
    size_t count;
    findings_init(&findings, &arena);
    assert_true(yaml_parse_all(view_of("# nothing\n---\na: 1\n---\n---\n- b\n...\n"), "f", &arena, &findings, &roots, &count));
    assert_int_equal(count, 2);
    assert_int_equal(roots[0]->line, 3);
    assert_int_equal(roots[1]->kind, YAML_LIST);
    assert_int_equal(roots[1]->line, 6);
    assert_true(yaml_parse_all(view_of(""), "f", &arena, &findings, &roots, &count));
    assert_int_equal(count, 0);
    assert_false(yaml_parse_all(view_of("a: 1\n---\nb: [\n"), "f", &arena, &findings, &roots, &count));
    assert_int_equal(findings.errors, 1);
    struct buf many;
    buf_init(&many, 1 << 20);
    for (int i = 0; i <= YAML_MOST_DOCUMENTS; i++) buf_str(&many, "--- x\n");
    assert_false(yaml_parse_all((struct view){buf_text(&many), many.len}, "f", &arena, &findings, &roots, &count));
    buf_finish(&many);
    findings_finish(&findings);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml__nodes_know_their_place),
        cmocka_unit_test(test_yaml__refuses_with_place_and_reason),
        cmocka_unit_test(test_yaml__refuses_what_is_not_utf8),
        cmocka_unit_test(test_yaml__tells_every_duplicate_key),
        cmocka_unit_test(test_yaml__bounds_depth_and_size),
        cmocka_unit_test(test_yaml__quotes_decide_what_a_scalar_is),
        cmocka_unit_test(test_yaml__reads_json),
        cmocka_unit_test(test_yaml_parse_all__keeps_places_and_leaves_out_what_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
