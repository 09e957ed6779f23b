// SPDX-License-Identifier: GPL-3.0-or-later
// The page and the other formats with markup when documents are large, hostile or damaged.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "documents.h"
#include "exporters/report_format.h"

// Thirty looks at as many metrics as letters.
static void add_looks(json_t *result, const char *letters) {
    json_t *names = json_array(), *looks = json_array();
    for (size_t i = 0; i < strlen(letters); i++) {
        char name[40];
        snprintf(name, sizeof name, "crowd_%zu", i);
        json_array_append_new(names, json_string(name));
    }
    for (int i = 1; i <= 30; i++)
        json_array_append_new(looks, json_pack("{s:i, s:s, s:s, s:s}", "look", i, "at", "2025-01-01T00:30:00Z", "verdict", "inconclusive",
                                               "classes", letters));
    json_object_set_new(result, "looks",
                        json_pack("{s:s, s:{s:o, s:o}}", "text", "look 30 of 30", "history", "metrics", names, "looks", looks));
}

// Forty metrics of the document, all failing, each with four queries and thirty looks.
static json_t *busy_document(const char *name) {
    json_t *result = document_crowd(name, 40), *queries = json_array();
    const json_t *query = json_array_get(json_object_get(result, "queries"), 0);
    for (size_t i = 0; i < 160; i++) {
        json_t *copy = json_deep_copy(query);
        char metric[40];
        snprintf(metric, sizeof metric, "crowd_%zu", i % 40);
        json_object_set_new(copy, "metric", json_string(metric));
        json_array_append_new(queries, copy);
    }
    json_object_set_new(result, "queries", queries);
    add_looks(result, "phline-iphline-iphline-iphline-iphline-i");
    return result;
}

static void test_report_html__stays_small_and_harmless(void **state) {
    (void)state;
    struct buf out;
    json_t *judged = busy_document("evidence"), *result = busy_document("fail");
    document_render(&out, judged, "html");
    assert_in_range(out.len, 100000, 300 << 10);
    buf_finish(&out);
    json_decref(judged);
    document_render(&out, result, "html");
    assert_in_range(out.len, 100000, 300 << 10);
    assert_non_null(strstr(buf_text(&out), "The last 20 of 30 looks"));
    buf_finish(&out);
    for (size_t i = 0; i < DOCUMENT_HOSTILE; i++) {
        document_poison(result, document_hostile[i]);
        document_render(&out, result, "html");
        assert_null(strstr(buf_text(&out), "<script"));
        buf_finish(&out);
    }
    json_decref(result);
}

static void check_coordinates(const char *html) {
    static const char *const none[] = {"=\"nan", "=\"-nan", "=\"inf", "Mnan", "Lnan", "Hnan", "Vnan", "hnan", "vnan", " nan", "-nan"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) assert_null(strstr(html, none[i]));
}

// Numbers at the ends of what doubles hold must not become coordinates that are none.
static void test_report_html__draws_any_numbers(void **state) {
    (void)state;
    static const double values[] = {0, -0.0, 5e-324, 1e308, -1e308, 1e-300, 3};
    for (size_t i = 0; i < 49; i++) {
        json_t *result = document_load("fail"), *metric = json_array_get(json_object_get(result, "metrics"), 0);
        json_t *trend = json_object_get(json_object_get(metric, "trend"), "canary"), *shift = json_object_get(metric, "shift");
        double a = values[i % 7], b = values[i / 7];
        json_array_set_new(trend, 3, json_real(a));
        json_array_set_new(trend, 4, json_null());
        json_array_set_new(trend, 5, json_real(b));
        json_object_set_new(shift, "lower", json_real(a));
        json_object_set_new(shift, "upper", json_real(b));
        json_object_set_new(metric, "tolerance", json_pack("{s:f,s:f,s:f}", "relative", fabs(a), "absolute", fabs(b), "harm", 2 * fabs(b)));
        struct buf out;
        document_render(&out, result, "html");
        check_coordinates(buf_text(&out));
        buf_finish(&out);
        json_decref(result);
    }
}

static const char *const replacements[] = {"null", "1e308", "\"+Inf\"", "[{}]"};

// A document that may be wrong: it is refused with a reason, or rendered without what no reader takes.
static void check_damaged(const json_t *result, const char *format) {
    struct error err = {0};
    struct report_style style = {.width = 80};
    struct buf out;
    buf_init(&out, DOCUMENT_BYTES);
    if (!report_format_find(view_of(format))->render(&out, result, &style, &err)) {
        assert_int_not_equal(err.text[0], '\0');
    } else if (strcmp(format, "html") == 0) {
        check_coordinates(buf_text(&out));
    }
    buf_finish(&out);
}

// Puts every replacement in the place of every member below `node`, one at a time; of a list's items the last.
static void damage(const json_t *root, json_t *node) {
    static const char *const formats[] = {"prom", "markdown", "junit", "github"};
    void *at = json_is_object(node) ? json_object_iter(node) : NULL;
    for (; at != NULL; at = json_object_iter_next(node, at)) {
        json_t *kept = json_incref(json_object_iter_value(at));
        for (size_t i = 0; i < sizeof replacements / sizeof replacements[0]; i++) {
            json_object_iter_set_new(node, at, json_loads(replacements[i], JSON_DECODE_ANY, NULL));
            check_damaged(root, formats[i]);
            check_damaged(root, formats[(i + 1) % 4]);
            check_damaged(root, "html");
        }
        json_object_iter_set_new(node, at, kept);
        damage(root, kept);
    }
    if (json_array_size(node) > 0) damage(root, json_array_get(node, json_array_size(node) - 1));
}

static void test_report_html__survives_every_damaged_member(void **state) {
    (void)state;
    json_t *result = document_load("evidence");
    json_object_set_new(result, "objectives", document_load("objectives"));
    while (json_array_size(json_object_get(result, "metrics")) > 2) json_array_remove(json_object_get(result, "metrics"), 1);
    damage(result, result);
    json_decref(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_html__stays_small_and_harmless),
        cmocka_unit_test(test_report_html__draws_any_numbers),
        cmocka_unit_test(test_report_html__survives_every_damaged_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
