// SPDX-License-Identifier: GPL-3.0-or-later
// Boundaries of group sequential tests. Wanted values: the recursion with 40 nodes on panels of 2.5 deviations in Python; the
// two-look row of R's integrate() and uniroot(); the five-look row is also in print (4.877, 3.357, 2.680, 2.290, 2.031).
#include "stats/alpha_spending.h"

#include "check.h"

enum { MOST_LOOKS = 5, ROOM = 40000 };

static double scratch[ROOM];

static double least_growth(const double *t, size_t count) {
    double least = 1;
    for (size_t i = 1; i < count; i++) {
        if (1 - t[i - 1] / t[i] < least) least = 1 - t[i - 1] / t[i];
    }
    return 0.999 * least;
}

static void test_alpha_spending__boundaries_of_all_types(void **state) {
    (void)state;
    static const struct {
        struct spending plan;
        size_t looks;
        double t[MOST_LOOKS], z[MOST_LOOKS], spent[MOST_LOOKS];
    } cases[] = {
        {{SPENDING_OBRIEN_FLEMING, 0.025, 0},
         5,
         {0.2, 0.4, 0.6, 0.8, 1},
         {4.87688494879076, 3.35701192157464, 2.68028006454499, 2.28981676771236, 2.03103204349117},
         {5.38871262905875e-07, 0.000394151756691186, 0.00380806331098933, 0.0122117903464481, 0.025}},
        {{SPENDING_OBRIEN_FLEMING, 0.025, 0}, 2, {0.5, 1}, {2.962588042727565, 1.968595640637435}, {0.00152532275798892, 0.025}},
        {{SPENDING_OBRIEN_FLEMING, 1e-6, 0}, 2, {0.5, 1}, {6.81891860616712, 4.75342468631384}, {4.58641749715401e-12, 1e-6}},
        {{SPENDING_POCOCK, 0.01, 0},
         4,
         {0.3, 0.301, 0.65, 0.9},
         {2.63901604967796, 2.73703416377053, 2.63808226582625, 2.69832438343217},
         {0.00415735221843629, 0.00416868396350358, 0.00749944812783601, 0.00934701664001166}},
        {{SPENDING_POWER, 0.1, 3}, 3, {0.05, 0.5, 1}, {4.21479966999251, 2.24171637445028, 1.29866278317737}, {1.25e-5, 0.0125, 0.1}},
        {{SPENDING_HWANG_SHIH_DECANI, 0.025, -4},
         4,
         {0.25, 0.5, 0.75, 1},
         {3.15537303265962, 2.81834715438641, 2.43913179867476, 2.01364732408878},
         {0.000801465082002125, 0.00298007305055294, 0.00890214350280069, 0.025}},
        {{SPENDING_HWANG_SHIH_DECANI, 0.05, 1.5},
         3,
         {0.1, 0.35, 1},
         {2.36706249453542, 2.06569714741949, 1.88037266038194},
         {0.00896495245597097, 0.0262878422279351, 0.05}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct alpha_spending spending;
        struct spending_look look;
        double growth = least_growth(cases[i].t, cases[i].looks);
        assert_true(alpha_spending_scratch(growth) <= ROOM);
        assert_int_equal(alpha_spending_start(&cases[i].plan, growth, scratch, &spending), STATS_OK);
        for (size_t k = 0; k < cases[i].looks; k++) {
            assert_int_equal(alpha_spending_add(&spending, cases[i].t[k], &look), STATS_OK);
            check_double("z", look.z, cases[i].z[k], 1e-12 * cases[i].z[k]);
            check_double("spent", look.cumulative, cases[i].spent[k], 1e-13 * cases[i].spent[k]);
        }
    }
}

static void test_alpha_spending__first_looks_are_capped(void **state) {
    (void)state;
    struct spending plan = {SPENDING_OBRIEN_FLEMING, 0.025, 0};
    struct alpha_spending spending;
    struct spending_look look;
    assert_int_equal(alpha_spending_start(&plan, 0.1, scratch, &spending), STATS_OK);
    static const double t[] = {0.02, 0.04};
    static const double spent[] = {1.42584363595516e-56, 3.76689037450247e-29};
    for (int k = 0; k < 2; k++) {
        assert_int_equal(alpha_spending_add(&spending, t[k], &look), STATS_OK);
        check_double("z", look.z, 8.5, 1e-14);
        check_double("nominal p", look.nominal_p, 9.47953482220325e-18, 1e-30);
        check_double("spent", look.cumulative, spent[k], 1e-12 * spent[k]);
    }
    assert_int_equal(alpha_spending_add(&spending, 0.5, &look), STATS_OK); // as if it were the first
    check_double("z", look.z, 2.962588042727565, 1e-12);
}

// The paths that no look has stopped are what the spending function has not spent.
static void test_alpha_spending__hundreds_of_looks(void **state) {
    (void)state;
    struct spending plan = {SPENDING_POCOCK, 0.05, 0};
    struct alpha_spending spending;
    struct spending_look look;
    double before = 9;
    assert_true(alpha_spending_scratch(0.999 / 250) <= ROOM);
    assert_int_equal(alpha_spending_start(&plan, 0.999 / 250, scratch, &spending), STATS_OK);
    for (int k = 1; k <= 250; k++) {
        assert_int_equal(alpha_spending_add(&spending, k / 250.0, &look), STATS_OK);
        assert_true(look.z > 2.2 && look.z < 3.6);
        if (k < 20) assert_true(look.z < before);
        before = look.z;
    }
    double running = 0;
    for (size_t i = 0; i < spending.before.count; i++) running += spending.before.mass[i];
    check_double("still running", running, 1 - spending_at(&plan, 249.0 / 250), 1e-12); // the density kept is one look back
}

static void test_alpha_spending__spending_functions(void **state) {
    (void)state;
    static const struct {
        struct spending plan;
        double t, want;
    } cases[] = {
        {{SPENDING_OBRIEN_FLEMING, 0.01, 0}, 0.1, 3.777569827444975e-16},
        {{SPENDING_POCOCK, 0.05, 0}, 0.385, 0.02538719913790486},
        {{SPENDING_POWER, 0.01, 2.5}, 0.385, 0.0009197119380884974},
        {{SPENDING_HWANG_SHIH_DECANI, 0.03, 0}, 0.385, 0.01155},
        {{SPENDING_HWANG_SHIH_DECANI, 0.03, 1e-15}, 0.385, 0.01155},
        {{SPENDING_HWANG_SHIH_DECANI, 0.03, -900}, 0.5, 1.108164920546177e-197},
        {{SPENDING_HWANG_SHIH_DECANI, 0.03, 900}, 0.5, 0.03},
        {{SPENDING_POWER, 0.01, 2.5}, 0, 0},
        {{SPENDING_POWER, 0.01, 0}, 0.5, (double)NAN},
        {{SPENDING_HWANG_SHIH_DECANI, 0.03, (double)INFINITY}, 0.5, (double)NAN},
        {{SPENDING_POCOCK, 0.05, 0}, 1.000001, (double)NAN},
        {{SPENDING_POCOCK, 1, 0}, 0.5, (double)NAN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_double("spent", spending_at(&cases[i].plan, cases[i].t), cases[i].want, 1e-13 * fabs(cases[i].want));
}

static void test_alpha_spending__refuses_what_is_outside(void **state) {
    (void)state;
    struct spending plan = {SPENDING_POCOCK, 0.05, 0}, bad = {SPENDING_POCOCK, 0, 0};
    struct alpha_spending spending;
    struct spending_look look, again;
    assert_int_equal(alpha_spending_start(&bad, 0.1, scratch, &spending), STATS_INVALID);
    assert_int_equal(alpha_spending_add(&spending, 0.5, &look), STATS_INVALID);
    assert_int_equal(alpha_spending_start(&plan, 0, scratch, &spending), STATS_INVALID);
    assert_int_equal(alpha_spending_scratch((double)NAN), 0);
    assert_int_equal(alpha_spending_start(&plan, 0.5, scratch, &spending), STATS_OK);
    static const double outside[] = {0, -0.25, 1.5, (double)NAN};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        assert_int_equal(alpha_spending_add(&spending, outside[i], &look), STATS_INVALID);
        assert_true(isnan(look.z) && isnan(look.nominal_p) && isnan(look.cumulative));
    }
    assert_int_equal(alpha_spending_add(&spending, 0.4, &look), STATS_OK);
    assert_int_equal(alpha_spending_add(&spending, 0.4, &again), STATS_INVALID);
    assert_int_equal(alpha_spending_add(&spending, 0.4001, &again), STATS_INVALID); // finer than the scratch
    assert_int_equal(alpha_spending_add(&spending, 1, &again), STATS_OK);
    check_double("cumulative", again.cumulative, 0.05, 1e-15);
}

static void test_alpha_spending__decides_at_the_boundary(void **state) {
    (void)state;
    struct spending_look look = {2.5, 0.006, 0.01};
    assert_true(alpha_spending_decide(&look, 2.5));
    assert_true(alpha_spending_decide(&look, (double)INFINITY));
    assert_false(alpha_spending_decide(&look, 2.4999));
    assert_false(alpha_spending_decide(&look, (double)NAN));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alpha_spending__boundaries_of_all_types), cmocka_unit_test(test_alpha_spending__first_looks_are_capped),
        cmocka_unit_test(test_alpha_spending__hundreds_of_looks),       cmocka_unit_test(test_alpha_spending__spending_functions),
        cmocka_unit_test(test_alpha_spending__refuses_what_is_outside), cmocka_unit_test(test_alpha_spending__decides_at_the_boundary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
