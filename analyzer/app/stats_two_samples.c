// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "stats/brunner_munzel.h"
#include "stats/hodges_lehmann.h"
#include "stats/kolmogorov_smirnov.h"
#include "stats/mann_whitney.h"
#include "stats/mann_whitney_exact.h"
#include "stats/mann_whitney_null.h"
#include "stats/mann_whitney_ties.h"
#include "stats/mean_variance.h"
#include "stats/welch.h"
#include "stats_method.h"

struct columns {
    struct column x, y;
};

static struct columns sort_samples(const struct stats_call *call) {
    const struct stats_sample *x = &call->samples[0], *y = &call->samples[1];
    return (struct columns){column_sort(x->values, x->count, stats_doubles(call, x->count)),
                            column_sort(y->values, y->count, stats_doubles(call, y->count))};
}

static void say_larger(const struct stats_call *call, double a12, double p, const char *variant, struct stats_answer *answer) {
    const char *x = call->samples[0].name, *y = call->samples[1].name;
    const char *numbers = arena_printf(call->arena, "A12 %s, %s (%s)", answer_short(answer, a12), answer_p(answer, p), variant);
    if (p > stats_number(call, "level"))
        answer_say(answer, "no clear difference between %s and %s: %s", x, y, numbers);
    else
        answer_say(answer, "%s tends to be larger than %s: %s", a12 > 0.5 ? x : y, a12 > 0.5 ? y : x, numbers);
}

static void put_sizes(const struct mann_whitney *test, struct stats_answer *answer) {
    answer_number(answer, "u", test->u, "pairs in which the first is larger, ties half");
    answer_number(answer, "ties", test->ties, "sum of t^3 - t over groups of t equal values");
    answer_number(answer, "a12", test->a12, "chance that a value of the first exceeds one of the second, ties half");
    answer_number(answer, "delta", test->delta, "Cliff's delta, from -1 to 1");
}

// Tries the exact tests; false when the samples are too large for them.
static bool rank_sum_exactly(const struct stats_call *call, struct columns c, struct stats_answer *answer, struct p_values *ret_p,
                             const char **ret_variant) {
    struct mann_whitney_exact exact;
    struct mann_whitney_ties ties;
    size_t table = mann_whitney_null_size(c.x.count, c.y.count);
    double *cdf = stats_doubles(call, 2 * table);
    bool tabled = table > 0 && mann_whitney_null(c.x.count, c.y.count, cdf) == STATS_OK;
    if (tabled && mann_whitney_exact(c.x, c.y, cdf, &exact) == STATS_OK) {
        *ret_p = exact.p;
        *ret_variant = "exact, no ties";
        return true;
    }
    size_t scratch = mann_whitney_ties_scratch(c.x.count, c.y.count);
    if (scratch == 0 || mann_whitney_ties(c.x, c.y, stats_doubles(call, scratch), &ties) != STATS_OK) return false;
    *ret_p = ties.p;
    *ret_variant = "exact given the ties";
    answer_number(answer, "two_sided_abs", ties.two_sided_abs, "share of the orderings whose u is at least as far from its mean");
    return true;
}

static enum stats_status run_mann_whitney(const struct stats_call *call, struct stats_answer *answer) {
    struct columns c = sort_samples(call);
    struct mann_whitney test;
    bool continuity = stats_says(call, "continuity", "yes");
    enum stats_status status = mann_whitney_test(c.x, c.y, continuity, &test);
    struct p_values p = test.p;
    const char *variant = continuity ? "normal approximation" : "normal approximation without continuity correction";
    put_sizes(&test, answer);
    if (status == STATS_OK && !stats_says(call, "method", "asymptotic") && !rank_sum_exactly(call, c, answer, &p, &variant) &&
        stats_says(call, "method", "exact")) {
        answer_say(answer, "%zu against %zu values are too many for an exact test", c.x.count, c.y.count);
        return STATS_INVALID;
    }
    answer_p_values(answer, "p", &p);
    answer_word(answer, "variant", variant, "");
    if (status == STATS_OK) say_larger(call, test.a12, p.two_sided, variant, answer);
    return status;
}

static enum stats_status limits_of_shift(const struct stats_call *call, struct columns c, struct hodges_lehmann *ret, bool *ret_exact) {
    double confidence = stats_number(call, "confidence");
    double *scratch = stats_doubles(call, hodges_lehmann_scratch(c.x.count, c.y.count));
    size_t table = stats_says(call, "method", "asymptotic") ? 0 : mann_whitney_null_size(c.x.count, c.y.count);
    double *cdf = stats_doubles(call, 2 * table);
    *ret_exact = table > 0 && mann_whitney_null(c.x.count, c.y.count, cdf) == STATS_OK;
    return *ret_exact ? hodges_lehmann_exact(c.x, c.y, confidence, cdf, scratch, ret)
                      : hodges_lehmann_normal(c.x, c.y, confidence, scratch, ret);
}

static enum stats_status run_hodges_lehmann(const struct stats_call *call, struct stats_answer *answer) {
    struct columns c = sort_samples(call);
    struct hodges_lehmann shift;
    bool exact;
    enum stats_status status = limits_of_shift(call, c, &shift, &exact);
    const char *variant = exact ? "exact limits" : "limits by normal approximation";
    if (status == STATS_OK && !exact && stats_says(call, "method", "exact")) {
        answer_say(answer, "%zu against %zu values are too many for exact limits", c.x.count, c.y.count);
        return STATS_INVALID;
    }
    answer_number(answer, "estimate", shift.estimate, "median of all differences, the first less the second");
    answer_number(answer, "low", shift.low, "");
    answer_number(answer, "high", shift.high, "");
    answer_number(answer, "achieved", shift.achieved, "coverage of exact limits, when there are no ties");
    answer_word(answer, "variant", variant, "");
    if (status == STATS_OK)
        answer_say(answer, "%s less %s is %s, with %s confidence between %s and %s (%s)", call->samples[0].name, call->samples[1].name,
                   answer_short(answer, shift.estimate), answer_percent(answer, stats_number(call, "confidence")),
                   answer_short(answer, shift.low), answer_short(answer, shift.high), variant);
    return status;
}

static enum stats_status run_brunner_munzel(const struct stats_call *call, struct stats_answer *answer) {
    struct columns c = sort_samples(call);
    struct brunner_munzel test;
    struct mann_whitney sizes;
    enum stats_status status = brunner_munzel(c.x, c.y, &test);
    mann_whitney_test(c.x, c.y, true, &sizes);
    answer_number(answer, "statistic", test.statistic, "above 0 when the second tends to be larger");
    answer_number(answer, "df", test.df, "degrees of freedom");
    answer_number(answer, "a12", sizes.a12, "chance that a value of the first exceeds one of the second, ties half");
    answer_p_values(answer, "p_t", &test.p_t);
    answer_p_values(answer, "p_normal", &test.p_normal);
    if (status == STATS_OK) say_larger(call, sizes.a12, test.p_t.two_sided, "Student's t", answer);
    return status;
}

static enum stats_status run_welch(const struct stats_call *call, struct stats_answer *answer) {
    const struct stats_sample *x = &call->samples[0], *y = &call->samples[1];
    struct welch test;
    struct mean_variance of_x, of_y;
    enum stats_status status = welch(x->values, x->count, y->values, y->count, &test);
    mean_variance(x->values, x->count, &of_x);
    mean_variance(y->values, y->count, &of_y);
    answer_number(answer, "mean_x", of_x.mean, x->name);
    answer_number(answer, "mean_y", of_y.mean, y->name);
    answer_number(answer, "sd_x", of_x.sd, "standard deviation, with count - 1");
    answer_number(answer, "sd_y", of_y.sd, "");
    answer_number(answer, "t", test.t, "above 0 when the first mean is larger");
    answer_number(answer, "df", test.df, "degrees of freedom");
    answer_p_values(answer, "p", &test.p);
    if (status != STATS_OK) return status;
    bool clear = test.p.two_sided <= stats_number(call, "level"), larger = test.t > 0;
    const char *first = larger ? x->name : y->name, *second = larger ? y->name : x->name;
    const char *p = answer_p(answer, test.p.two_sided);
    if (clear)
        answer_say(answer, "the mean of %s is larger than that of %s: %s against %s, %s", first, second,
                   answer_short(answer, larger ? of_x.mean : of_y.mean), answer_short(answer, larger ? of_y.mean : of_x.mean), p);
    else
        answer_say(answer, "no clear difference between the means of %s and %s: %s against %s, %s", x->name, y->name,
                   answer_short(answer, of_x.mean), answer_short(answer, of_y.mean), p);
    return status;
}

static enum stats_status run_kolmogorov_smirnov(const struct stats_call *call, struct stats_answer *answer) {
    struct columns c = sort_samples(call);
    struct kolmogorov_smirnov test;
    double p_exact = (double)NAN;
    enum stats_status status = kolmogorov_smirnov(c.x, c.y, &test);
    size_t scratch = stats_says(call, "method", "asymptotic") ? 0 : kolmogorov_smirnov_scratch(c.x.count, c.y.count);
    bool exact = scratch > 0 && (status == STATS_OK || status == STATS_DEGENERATE);
    if (exact) kolmogorov_smirnov_exact(c.x, c.y, stats_doubles(call, scratch), &p_exact);
    if (status == STATS_OK && !exact && stats_says(call, "method", "exact")) {
        answer_say(answer, "%zu against %zu values are too many for an exact test", c.x.count, c.y.count);
        return STATS_INVALID;
    }
    answer_number(answer, "d", test.d, "largest distance of the two empirical distributions");
    answer_count(answer, "distance", test.distance, "the same in steps of one over the number of pairs");
    answer_number(answer, "p_exact", p_exact, "given the ties, against a difference of any kind");
    answer_number(answer, "p_asymptotic", test.p_asymptotic, "");
    double p = exact ? p_exact : test.p_asymptotic;
    bool clear = p <= stats_number(call, "level");
    if (status == STATS_OK)
        answer_say(answer, "%sthe distributions of %s and %s%s: D %s, %s (%s)", clear ? "" : "no clear difference between ",
                   call->samples[0].name, call->samples[1].name, clear ? " differ" : "", answer_short(answer, test.d), answer_p(answer, p),
                   exact ? "exact" : "asymptotic");
    return status;
}

#define LEVEL                                                                                                                              \
    { "level", ARGUMENT_CHANCE, "5%", "up to which p the sentence tells of a difference", NULL }
#define METHOD                                                                                                                             \
    {                                                                                                                                      \
        "method", ARGUMENT_WORD, "auto", "auto, exact or asymptotic; auto is exact where that takes no more than about a second",          \
            "auto|exact|asymptotic"                                                                                                        \
    }

static const struct stats_parameter mann_whitney_options[] = {
    METHOD,
    {"continuity", ARGUMENT_WORD, "yes", "yes or no: correct the normal approximation for continuity", "yes|no"},
    LEVEL,
    {.name = NULL},
};

static const struct stats_parameter hodges_lehmann_options[] = {
    {"confidence", ARGUMENT_CHANCE, "95%", "of the limits", NULL},
    METHOD,
    {.name = NULL},
};

static const struct stats_parameter smirnov_options[] = {METHOD, LEVEL, {.name = NULL}};
static const struct stats_parameter level_option[] = {LEVEL, {.name = NULL}};

const struct stats_method stats_two_samples[] = {
    {
        .name = "mann-whitney",
        .summary = "does one side tend to be larger? (rank-sum test, A12, Cliff's delta)",
        .definition = "  u is the number of pairs in which the value of the first column is larger, ties half (Mann and Whitney 1947);\n"
                      "  a12 is its share of all pairs (Vargha and Delaney 2000). p-values are exact where the samples are small enough,\n"
                      "  given the ties if there are any, and else by normal approximation; `variant` says which.\n",
        .example = "mann-whitney latency.csv --columns canary,baseline",
        .input = INPUT_TWO_COLUMNS,
        .options = mann_whitney_options,
        .run = run_mann_whitney,
    },
    {
        .name = "hodges-lehmann",
        .summary = "by how much is one side larger? (median difference with limits)",
        .definition = "  The median of all differences of a value of the first column and one of the second (Hodges and Lehmann 1963).\n"
                      "  Limits are order statistics of these differences and hold for any two distributions that differ by a shift.\n",
        .example = "hodges-lehmann canary.txt baseline.txt --confidence 99%",
        .input = INPUT_TWO_COLUMNS,
        .options = hodges_lehmann_options,
        .run = run_hodges_lehmann,
    },
    {
        .name = "brunner-munzel",
        .summary = "does one side tend to be larger, whatever the spreads?",
        .definition = "  Tests P(x < y) + P(x = y)/2 against 1/2 with unequal variances and ties allowed (Brunner and Munzel 2000).\n"
                      "  p_t takes Student's t, for small samples; p_normal the normal distribution.\n",
        .example = "brunner-munzel latency.csv",
        .input = INPUT_TWO_COLUMNS,
        .options = level_option,
        .run = run_brunner_munzel,
    },
    {
        .name = "welch",
        .summary = "do the means differ, with unequal spreads?",
        .definition = "  t = (mean x - mean y) / sqrt(var x / n + var y / m) with Satterthwaite's degrees of freedom (Welch 1947).\n",
        .example = "welch latency.csv",
        .input = INPUT_TWO_COLUMNS,
        .options = level_option,
        .run = run_welch,
    },
    {
        .name = "kolmogorov-smirnov",
        .summary = "do the distributions differ in any way?",
        .definition =
            "  d is the largest distance of the two empirical distribution functions. p_exact counts lattice paths (Hodges 1958)\n"
            "  and is conditional on the ties; p_asymptotic is Kolmogorov's limit.\n",
        .example = "kolmogorov-smirnov latency.csv",
        .input = INPUT_TWO_COLUMNS,
        .options = smirnov_options,
        .run = run_kolmogorov_smirnov,
    },
    {.name = NULL},
};
