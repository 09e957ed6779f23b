// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "html_plot.h"

#define NOON INT64_C(1735732800000) // 2025-01-01T12:00:00Z
#define MIB 1048576.0

struct scale_case {
    double lo, hi;
    const char *unit;
    size_t count;
    double first, step;
};

static const struct scale_case scales[] = {
    {0.0312, 3.385, "", 3, 1, 1},
    {-0.031, 0.0305, "ratio", 3, -0.02, 0.02},
    {199.5 * MIB, 229.2 * MIB, "bytes", 3, 200 * MIB, 10 * MIB},
    {290, 910, "s", 3, 300, 300},       // five minutes, not 200 s
    {0.61, 0.61000002385, "", 2, 0, 0}, // `first` and `step` are not told for it
    {1e300, 1.2e300, NULL, 3, 1e300, 1e299},
    {5e-324, 1e-323, "", 0, 0, 0},
};

static void test_html_axis__marks_are_round_and_inside(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        const struct scale_case *c = &scales[i];
        struct html_axis axis = {c->lo, c->hi, 0, 100};
        struct html_ticks ticks = html_axis_ticks(&axis, c->unit, 3);
        assert_in_range(ticks.count, c->count, HTML_TICKS);
        for (size_t k = 0; k < ticks.count; k++) assert_true(ticks.at[k] >= c->lo && ticks.at[k] <= c->hi);
        if (c->step == 0) continue;
        assert_true(fabs(ticks.step - c->step) <= 1e-9 * c->step);
        assert_true(fabs(ticks.at[0] - c->first) <= 1e-9 * c->step);
    }
}

static void test_html_axis__times_are_round(void **state) {
    (void)state;
    static const struct {
        int64_t from_s, length_s, first_s, step_s;
    } cases[] = {{0, 1680, 0, 600},           {65, 1680, 600, 600},     {7, 30, 10, 10},
                 {3600, 86400, 10800, 21600}, {0, 3 * 86400, 0, 86400}, {5, 0, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t start = NOON + cases[i].from_s * 1000, end = start + cases[i].length_s * 1000;
        struct html_ticks ticks = html_time_ticks(start, end);
        assert_int_equal(ticks.count == 0, cases[i].length_s == 0);
        for (size_t k = 0; k < ticks.count; k++) assert_true(ticks.at[k] >= (double)start && ticks.at[k] <= (double)end);
        if (ticks.count == 0) continue;
        assert_in_range(ticks.count, 2, 5);
        assert_int_equal((int64_t)ticks.step, cases[i].step_s * 1000);
    }
}

static void test_html_axis__settles_only_on_what_can_be_told_apart(void **state) {
    (void)state;
    struct html_axis none = html_axis_of(0, 100), wide = html_axis_of(0, 100), flat = html_axis_of(0, 100);
    html_axis_stretch(&none, (double)NAN);
    html_axis_stretch(&none, (double)INFINITY);
    assert_false(html_axis_settle(&none));
    html_axis_stretch(&wide, -1.7e308);
    html_axis_stretch(&wide, 1.7e308);
    assert_false(html_axis_settle(&wide));
    html_axis_stretch(&flat, 2.385);
    assert_true(html_axis_settle(&flat));
    assert_true(fabs(html_axis_place(&flat, 2.385) - 50) < 1e-9);
    assert_true(html_axis_place(&flat, 1e9) == 100 && html_axis_place(&flat, -1e9) == 0 && html_axis_place(&flat, (double)NAN) == 0);
}

static void test_html_plot__escapes_what_is_not_its_own(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, 4096);
    html_plot_begin(&out, "x", "<b>caption</b>", "<t>", "<d>", 50, 16);
    html_plot_texts(&out);
    html_plot_text(&out, HTML_END, 12.34, 7, "<v>");
    html_plot_side(&out, 7, "<s>");
    html_plot_end(&out);
    assert_string_equal(buf_text(&out), "<figure><figcaption><b>caption</b></figcaption><svg class=\"x\" height=\"50\" role=\"img\">"
                                        "<title>&lt;t&gt;</title><desc>&lt;d&gt;</desc><svg viewBox=\"0 0 16 500\" "
                                        "preserveAspectRatio=\"none\"></svg><text class=\"end\" x=\"12.3%\" y=\"7\">&lt;v&gt;</text>"
                                        "<text class=\"end\" x=\"-6\" y=\"11\">&lt;s&gt;</text></svg></figure>\n");
    buf_finish(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html_axis__marks_are_round_and_inside),
        cmocka_unit_test(test_html_axis__times_are_round),
        cmocka_unit_test(test_html_axis__settles_only_on_what_can_be_told_apart),
        cmocka_unit_test(test_html_plot__escapes_what_is_not_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
