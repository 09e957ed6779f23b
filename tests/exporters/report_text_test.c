// SPDX-License-Identifier: GPL-3.0-or-later
// The text report against golden files: every document of fixtures/reports in every style.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "documents.h"
#include "exporters/report.h"
#include "text_style.h"

struct variant {
    const char *name;
    struct report_style style;
};

static const char *const documents[] = {"pass", "fail", "marginal", "inconclusive", "error", "evidence"};
static const struct variant variants[] = {
    {"utf8", {.width = 80}},  {"ascii", {.width = 80, .ascii = true}}, {"color", {.width = 80, .color = true}},
    {"wide", {.width = 120}}, {"quiet", {.width = 80, .quiet = true}}, {"verbose", {.width = 100, .verbose = true}},
};

enum { DOCUMENTS = sizeof documents / sizeof documents[0], VARIANTS = sizeof variants / sizeof variants[0], LIMIT = 1 << 20 };

static void render(struct buf *out, const json_t *result, const struct report_style *style) {
    struct error err = {0};
    buf_init(out, LIMIT);
    if (!report_text(out, result, style, &err)) fail_msg("%s", err.text);
}

static void test_report_text__matches_golden_files(void **state) {
    (void)state;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        json_t *result = document_load(documents[i]);
        for (size_t k = 0; k < VARIANTS; k++) {
            struct buf out;
            render(&out, result, &variants[k].style);
            char name[64];
            snprintf(name, sizeof name, "%s.%s.txt", documents[i], variants[k].name);
            document_golden(name, &out);
            buf_finish(&out);
        }
        json_decref(result);
    }
}

// Columns of the longest line, escapes not counted.
static int widest(const char *text) {
    int most = 0;
    while (*text != '\0') {
        char line[8192];
        size_t used = 0;
        for (; *text != '\0' && *text != '\n' && used + 1 < sizeof line; text++) {
            if (*text == '\x1b')
                text += strcspn(text, "m");
            else
                line[used++] = *text;
        }
        line[used] = '\0';
        if (*text == '\n') text++;
        if (text_columns(line) > most) most = text_columns(line);
    }
    return most;
}

static void check_shape(const json_t *result, const struct report_style *style) {
    struct buf out;
    render(&out, result, style);
    const char *text = buf_text(&out);
    int width = style->width < 80 ? 80 : style->width;
    if (widest(text) > width) fail_msg("%d columns where %d are allowed:\n%s", widest(text), width, text);
    assert_int_equal(strchr(text, '\x1b') != NULL, style->color);
    assert_int_equal(text[out.len - 1], '\n');
    assert_null(strstr(text, " \n"));
    for (const char *at = text; *at != '\0' && style->ascii; at++) {
        if (*at != '\n' && *at != '\x1b' && (*at < ' ' || *at > '~')) fail_msg("not ASCII: %s", at);
    }
    buf_finish(&out);
}

static void test_report_text__keeps_to_width_and_alphabet(void **state) {
    (void)state;
    static const int widths[] = {0, 40, 80, 81, 95, 105, 106, 107, 120, 160, 250};
    for (size_t i = 0; i < DOCUMENTS; i++) {
        json_t *result = document_load(documents[i]);
        for (size_t k = 0; k < 16 * sizeof widths / sizeof widths[0]; k++) {
            struct report_style style = {(k & 1) != 0, (k & 2) != 0, widths[k / 16], (k & 4) != 0, (k & 8) != 0};
            check_shape(result, &style);
        }
        json_decref(result);
    }
}

static void test_report_text__neutralises_hostile_texts(void **state) {
    (void)state;
    static const char *const texts[] = {
        "\x1b[2J\x1b]0;owned\x07",
        "two\nlines\r\nand\ttabs",
        "csi \xC2\x9B 31m",
        "bidi \xE2\x80\xAE word",
        "%s%n%d",
        "",
        "a_very_long_name_without_any_blank_that_is_wider_than_a_terminal_of_eighty_columns_could_ever_show_in_one_line",
        "漢字の名前がとても長いので端末の幅を超えてしまうかもしれない漢字の名前がとても",
        "   ",
        "émile ✖ 🐤",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *result = document_load("fail");
        document_poison(result, texts[i]);
        for (int k = 0; k < 4; k++) {
            struct report_style style = {.width = k < 2 ? 80 : 130, .ascii = k % 2 == 1, .verbose = true};
            check_shape(result, &style);
            struct buf out;
            render(&out, result, &style);
            assert_null(strstr(buf_text(&out), "\xC2\x9B"));
            assert_null(strstr(buf_text(&out), "\xE2\x80\xAE"));
            buf_finish(&out);
        }
        json_decref(result);
    }
}

struct defect {
    const char *object, *member; // "" is the document; "metrics" the first item of that list
    const char *place;           // as the error names it
};

static const struct defect defects[] = {
    {"", "schema", "schema"},
    {"", "id", "id"},
    {"", "canary", "canary"},
    {"", "owner", "owner"},
    {"", "verdict", "verdict"},
    {"", "score", "score"},
    {"", "reasons", "reasons"},
    {"", "missing", "missing"},
    {"", "next", "next"},
    {"", "groups", "groups"},
    {"", "metrics", "metrics"},
    {"", "guards", "guards"},
    {"", "notices", "notices"},
    {"", "queries", "queries"},
    {"", "sources", "sources"},
    {"", "window", "window"},
    {"", "judge", "judge"},
    {"judge", "pass", "judge.pass"},
    {"window", "start", "window.start"},
    {"window", "step_s", "window.step_s"},
    {"metrics", "name", "metrics[0].name"},
    {"metrics", "tags", "metrics[0].tags"},
    {"metrics", "groups", "metrics[0].groups"},
    {"metrics", "unit", "metrics[0].unit"},
    {"metrics", "classification", "metrics[0].classification"},
    {"metrics", "ratio", "metrics[0].ratio"},
    {"metrics", "shift", "metrics[0].shift"},
    {"metrics", "baseline", "metrics[0].baseline"},
    {"metrics", "trend", "metrics[0].trend"},
    {"metrics", "critical", "metrics[0].critical"},
    {"groups", "weight", "groups[0].weight"},
    {"groups", "has_data", "groups[0].has_data"},
    {"guards", "state", "guards[0].state"},
    {"queries", "tries", "queries[0].tries"},
    {"queries", "outcome", "queries[0].outcome"},
    {"sources", "name", "sources[0].name"},
    {"scopes", "name", "scopes[0].name"},
    {"scopes", "baseline", "scopes[0].baseline"},
};

static json_t *find(json_t *result, const char *object) {
    if (*object == '\0') return result;
    json_t *node = json_object_get(result, object);
    return json_is_array(node) ? json_array_get(node, 0) : node;
}

static void expect_refusal(const json_t *result, const struct defect *defect, const char *problem) {
    char expected[200];
    struct buf out;
    struct error err = {0};
    struct report_style style = {.width = 80};
    buf_init(&out, LIMIT);
    bool ok = report_text(&out, result, &style, &err);
    buf_finish(&out);
    snprintf(expected, sizeof expected, "result document: %s %s", defect->place, problem);
    bool named = !ok && strncmp(err.text, expected, strlen(expected)) == 0;
    if (!named) fail_msg("expected \"%s...\", found \"%s\"", expected, ok ? "success" : err.text);
    assert_int_equal(err.code, ERROR_DATA);
}

static void test_report_text__names_missing_and_wrong_members(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        json_t *result = document_load("fail");
        bool list = json_is_array(json_object_get(find(result, defects[i].object), defects[i].member));
        json_object_del(find(result, defects[i].object), defects[i].member);
        expect_refusal(result, &defects[i], "is missing");
        json_object_set_new(find(result, defects[i].object), defects[i].member, list ? json_object() : json_array());
        expect_refusal(result, &defects[i], "must be");
        json_decref(result);
    }
}

static const char *const replacements[] = {
    "null", "true", "-1",  "9223372036854775807", "-9223372036854775808", "-1e308", "1e308", "5e-324", "0.5", "\"\"", "\"NaN\"", "\"+Inf\"",
    "[]",   "{}",   "[{}]"};

// A document that may be wrong: it is refused with a reason, or rendered in shape.
static void check_damaged(const json_t *result) {
    static const struct report_style styles[] = {{.width = 80, .ascii = true}, {.width = 120, .verbose = true}};
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        struct error err = {0};
        struct buf out;
        buf_init(&out, LIMIT);
        bool ok = report_text(&out, result, &styles[i], &err);
        buf_finish(&out);
        if (ok)
            check_shape(result, &styles[i]);
        else
            assert_int_not_equal(err.text[0], '\0');
    }
}

// Puts every replacement in the place of every member below `node`, one at a time.
static void damage(const json_t *root, json_t *node) {
    void *at = json_is_object(node) ? json_object_iter(node) : NULL;
    for (; at != NULL; at = json_object_iter_next(node, at)) {
        json_t *kept = json_incref(json_object_iter_value(at));
        for (size_t i = 0; i < sizeof replacements / sizeof replacements[0]; i++) {
            json_object_iter_set_new(node, at, json_loads(replacements[i], JSON_DECODE_ANY, NULL));
            check_damaged(root);
        }
        json_object_iter_set_new(node, at, kept);
        damage(root, kept);
    }
    // One item of a list is as good as another: the last one has what the first has.
    if (json_array_size(node) > 0) damage(root, json_array_get(node, json_array_size(node) - 1));
}

static void test_report_text__survives_every_damaged_member(void **state) {
    (void)state;
    static const char *const names[] = {"fail", "marginal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_t *result = document_load(names[i]);
        damage(result, result);
        json_decref(result);
    }
}

static void test_report_text__refuses_unknown_words(void **state) {
    (void)state;
    static const struct defect words[] = {
        {"", "verdict", "verdict"},
        {"", "schema", "schema"},
        {"metrics", "classification", "metrics[0].classification"},
        {"guards", "state", "guards[0].state"},
        {"window", "end", "window.end"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        json_t *result = document_load("fail");
        json_object_set_new(find(result, words[i].object), words[i].member, json_string("splendid"));
        expect_refusal(result, &words[i], "");
        json_decref(result);
    }
}

// A document with `count` copies of the first metric of "fail", all failing, in groups of rising weight.
static json_t *crowd(size_t count) {
    json_t *result = document_load("fail"), *metrics = json_array(), *groups = json_array();
    for (size_t i = 0; i < count; i++) {
        char name[40];
        snprintf(name, sizeof name, "crowd_%02zu", i);
        json_t *metric = json_deep_copy(json_array_get(json_object_get(result, "metrics"), 0));
        json_object_set_new(metric, "name", json_string(name));
        json_object_set_new(metric, "critical", json_boolean(i == 3));
        json_object_set_new(metric, "groups", json_pack("[s]", name));
        json_array_append_new(metrics, metric);
        json_t *group = json_pack("{s:s,s:i,s:i,s:i,s:b}", "name", name, "weight", (int)i, "score", 0, "metrics", 1, "has_data", 1);
        json_array_append_new(groups, group);
    }
    json_object_set_new(result, "metrics", metrics);
    json_object_set_new(result, "groups", groups);
    return result;
}

static void test_report_text__names_the_heaviest_failures_first(void **state) {
    (void)state;
    static const char *const order[] = {"FAIL   crowd_03  high", "FAIL   crowd_13  high", "FAIL   crowd_12  high",
                                        "and 4 more, see the table"};
    json_t *result = crowd(14);
    struct report_style style = {.width = 80, .ascii = true};
    struct buf out;
    render(&out, result, &style);
    const char *at = buf_text(&out);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        at = strstr(at, order[i]);
        if (at == NULL) fail_msg("\"%s\" is not in its place:\n%s", order[i], buf_text(&out));
    }
    buf_finish(&out);
    style.verbose = true;
    render(&out, result, &style);
    assert_null(strstr(buf_text(&out), "more, see the table"));
    buf_finish(&out);
    json_decref(result);
}

static void test_report_text__tells_when_it_does_not_fit(void **state) {
    (void)state;
    struct buf out;
    struct error err = {0};
    struct report_style style = {.width = 80};
    json_t *result = document_load("fail");
    buf_init(&out, 200);
    assert_false(report_text(&out, result, &style, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    buf_finish(&out);
    json_decref(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_text__matches_golden_files),
        cmocka_unit_test(test_report_text__keeps_to_width_and_alphabet),
        cmocka_unit_test(test_report_text__neutralises_hostile_texts),
        cmocka_unit_test(test_report_text__names_missing_and_wrong_members),
        cmocka_unit_test(test_report_text__survives_every_damaged_member),
        cmocka_unit_test(test_report_text__refuses_unknown_words),
        cmocka_unit_test(test_report_text__names_the_heaviest_failures_first),
        cmocka_unit_test(test_report_text__tells_when_it_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
