// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/kayenta_mix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct kayenta_tag tag_x[] = {{"pod", "x"}}, tag_y[] = {{"pod", "y"}}, tag_other[] = {{"zone", "x"}};
static const double three[] = {1.5, 2.5, 3.5};
static const char *const metric[] = {"cpu"};

#define SET(tags, tag_count, values, count)                                                                                                \
    { "cpu", {tags, tag_count}, values, count, 0, 240000, 60000, NULL }

static const struct kayenta_set bare = SET(NULL, 0, three, 3), in_x = SET(tag_x, 1, three, 3), in_y = SET(tag_y, 1, three, 2),
                                in_other = SET(tag_other, 1, three, 3);

static size_t numbers(const struct kayenta_set *set) {
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) count += isnan(set->values[i]) ? 0 : 1;
    return count;
}

// Mixes and checks, in order, tag, numbers of control and numbers of experiment of each pair: "x 3 2,y 0 3".
static void check_pairs(struct kayenta_sets control, struct kayenta_sets experiment, const char *want) {
    struct arena arena = {0};
    struct kayenta_pairs pairs;
    struct error err = {0};
    struct buf text;
    buf_init(&text, 1000);
    bool ok = kayenta_mix_all(metric, 1, control, experiment, &arena, &pairs, &err);
    for (size_t i = 0; ok && i < pairs.count; i++) {
        const struct kayenta_pair *pair = &pairs.items[i];
        assert_int_equal(pair->control.count, 4); // padded to the time range
        buf_printf(&text, "%s%s %zu %zu", i > 0 ? "," : "", pair->control.tags.count > 0 ? pair->control.tags.items[0].value : "-",
                   numbers(&pair->control), numbers(&pair->experiment));
    }
    if (!ok) buf_str(&text, err.text);
    if (ok ? strcmp(buf_text(&text), want) != 0 : strstr(buf_text(&text), want) == NULL) fail_msg("want %s, got %s", want, buf_text(&text));
    buf_finish(&text);
    free(pairs.items);
    arena_finish(&arena);
}

static void test_kayenta_mix__pairs_by_tags(void **state) {
    (void)state;
    const struct kayenta_set both[] = {in_x, in_y}, with_bare[] = {bare, in_x};
    struct kayenta_sets one = {&in_x, 1}, other = {&in_y, 1}, two = {both, 2}, untagged = {&bare, 1}, mixed = {with_bare, 2},
                        zone = {&in_other, 1};
    check_pairs(one, one, "x 3 3");
    check_pairs(one, other, "x 3 0,y 0 2");
    check_pairs(two, one, "x 3 3,y 2 0");
    check_pairs(untagged, two, "x 0 3,y 0 2");
    check_pairs(two, untagged, "x 3 0,y 2 0");
    check_pairs(untagged, untagged, "- 3 3");
    check_pairs(mixed, untagged, "- 3 3,x 3 0");
    check_pairs(one, zone, "different tag keys");
    check_pairs((struct kayenta_sets){NULL, 0}, one, "No control metrics found for cpu");
    check_pairs(one, (struct kayenta_sets){NULL, 0}, "No experiment metrics found for cpu");
}

static void test_kayenta_mix__refuses_names_and_tags_that_differ(void **state) {
    (void)state;
    struct kayenta_set nameless = in_x, renamed = in_x;
    nameless.name = NULL;
    renamed.name = "memory";
    const struct {
        const struct kayenta_set *control, *experiment;
        const char *want;
    } cases[] = {
        {&nameless, &in_x, "Control metric set name was not set."},
        {&in_x, &nameless, "Experiment metric set name was not set."},
        {&in_x, &renamed, "Control metric set name 'cpu' does not match experiment metric set name 'memory'."},
        {&in_x, &in_y, "Control metric set tags {pod=x} do not match experiment metric set tags {pod=y}."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct kayenta_pair pair;
        struct error err = {0};
        assert_false(kayenta_mix_one(cases[i].control, cases[i].experiment, &arena, &pair, &err));
        assert_string_equal(err.text, cases[i].want);
        arena_finish(&arena);
    }
}

static void test_kayenta_mix__time_range_is_bounded(void **state) {
    (void)state;
    struct kayenta_set wide = in_x;
    struct arena arena = {0};
    struct kayenta_pair pair;
    struct error err = {0};
    wide.end_ms = INT64_MAX;
    wide.step_ms = 1;
    assert_false(kayenta_mix_one(&wide, &in_x, &arena, &pair, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kayenta_mix__pairs_by_tags),
        cmocka_unit_test(test_kayenta_mix__refuses_names_and_tags_that_differ),
        cmocka_unit_test(test_kayenta_mix__time_range_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
