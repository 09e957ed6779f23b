// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "stats/binomial.h"
#include "stats/binomial_interval.h"
#include "stats/fisher.h"
#include "stats/mann_whitney.h"
#include "stats/poisson_dispersed.h"
#include "stats/poisson_test.h"
#include "stats_method.h"

#define MOST_WHOLE 9007199254740992.0

static const char *share_text(const struct stats_call *call, struct stats_answer *answer, uint64_t part, uint64_t rest) {
    double total = (double)part + (double)rest;
    return arena_printf(call->arena, "%s (%s of %s)", answer_percent(answer, (double)part / total), answer_short(answer, (double)part),
                        answer_short(answer, total));
}

static enum stats_status run_fisher(const struct stats_call *call, struct stats_answer *answer) {
    struct fisher_table t = {stats_count(call, "a"), stats_count(call, "b"), stats_count(call, "c"), stats_count(call, "d")};
    struct p_values p;
    enum stats_status status = fisher_test(t, &p);
    double share_x = (double)t.a / ((double)t.a + (double)t.b), share_y = (double)t.c / ((double)t.c + (double)t.d);
    if (status == STATS_INVALID) answer_say(answer, "the counts add up to more than 1e15");
    answer_number(answer, "share_x", share_x, "A of A + B");
    answer_number(answer, "share_y", share_y, "C of C + D");
    answer_p_values(answer, "p", &p);
    if (status != STATS_OK) return status;
    const char *x = share_text(call, answer, t.a, t.b), *y = share_text(call, answer, t.c, t.d), *found = answer_p(answer, p.two_sided);
    if (p.two_sided > stats_number(call, "level"))
        answer_say(answer, "no clear difference between %s and %s: %s (exact)", x, y, found);
    else
        answer_say(answer, "the share of the %s row is larger: %s against %s, %s (exact)", share_x > share_y ? "first" : "second", x, y,
                   found);
    return status;
}

struct rates { // what both forms of the comparison answer
    struct p_values p;
    double mid_p, ratio, low, high;
};

static enum stats_status compare_exactly(const struct stats_call *call, double alpha, struct rates *ret) {
    struct poisson_test test;
    struct poisson_count x = {(uint64_t)stats_number(call, "x"), stats_number(call, "tx")};
    struct poisson_count y = {(uint64_t)stats_number(call, "y"), stats_number(call, "ty")};
    enum stats_status status = poisson_test(x, y, stats_number(call, "ratio"), alpha, &test);
    *ret = (struct rates){test.p, test.mid_p_greater, test.rate_ratio, test.low, test.high};
    return status;
}

static enum stats_status compare_dispersed(const struct stats_call *call, double alpha, struct rates *ret) {
    struct poisson_dispersed test;
    struct dispersed_count x = {stats_number(call, "x"), stats_number(call, "tx")}, y = {stats_number(call, "y"), stats_number(call, "ty")};
    // Its limits are one-sided ones; two of half the chance make the two-sided interval.
    enum stats_status status = poisson_dispersed(x, y, stats_number(call, "ratio"), stats_number(call, "phi"), alpha / 2, &test);
    *ret = (struct rates){test.p, (double)NAN, test.rate_ratio, test.low, test.high};
    return status;
}

static bool is_whole(double count) {
    return count <= MOST_WHOLE && count == floor(count);
}

static enum stats_status run_poisson(const struct stats_call *call, struct stats_answer *answer) {
    struct rates rates;
    double alpha = stats_value(call, "confidence")->complement;
    bool dispersed = stats_value(call, "phi")->given;
    if (!dispersed && !(is_whole(stats_number(call, "x")) && is_whole(stats_number(call, "y")))) {
        answer_say(answer, "X and Y are whole numbers up to 2^53; fractions need --phi");
        return STATS_INVALID;
    }
    enum stats_status status = dispersed ? compare_dispersed(call, alpha, &rates) : compare_exactly(call, alpha, &rates);
    answer_number(answer, "rate_ratio", rates.ratio, "rate of X by rate of Y");
    answer_number(answer, "low", rates.low, "limits of that");
    answer_number(answer, "high", rates.high, "");
    answer_p_values(answer, "p", &rates.p);
    if (!dispersed) answer_number(answer, "mid_p_greater", rates.mid_p, "as p.greater, the observed split counted half");
    if (status == STATS_OK && isnan(rates.ratio)) answer_say(answer, "no events on either side: any ratio of the rates is possible");
    if (status == STATS_OK && !isnan(rates.ratio))
        answer_say(answer, "X has %s times the rate of Y, with %s confidence between %s and %s; %s against %s (%s)",
                   answer_short(answer, rates.ratio), answer_percent(answer, stats_number(call, "confidence")),
                   answer_short(answer, rates.low), answer_short(answer, rates.high), answer_p(answer, rates.p.two_sided),
                   answer_short(answer, stats_number(call, "ratio")), dispersed ? "dispersed counts" : "exact");
    return status;
}

static enum stats_status run_binomial(const struct stats_call *call, struct stats_answer *answer) {
    uint64_t k = stats_count(call, "k"), n = stats_count(call, "n");
    const struct stats_value *confidence = stats_value(call, "confidence"), *p = stats_value(call, "p");
    struct binomial_interval exact, wilson;
    enum stats_status status = binomial_interval_exact(k, n, confidence->complement, BINOMIAL_TWO_SIDED, &exact);
    binomial_interval_wilson(k, n, confidence->complement, &wilson);
    if (status == STATS_INVALID) answer_say(answer, "K is at most N");
    answer_number(answer, "share", n > 0 ? (double)k / (double)n : (double)NAN, "K of N");
    answer_number(answer, "exact.low", exact.low, "Clopper and Pearson: never covers less than it says");
    answer_number(answer, "exact.high", exact.high, "");
    answer_number(answer, "wilson.low", wilson.low, "Wilson: shorter, right on average");
    answer_number(answer, "wilson.high", wilson.high, "");
    if (p->given) {
        answer_number(answer, "at_least", binomial_at_least(k, n, p->number, p->complement), "chance of K or more under --p");
        answer_number(answer, "at_most", binomial_at_most(k, n, p->number, p->complement), "chance of K or fewer");
        answer_number(answer, "mass", binomial_mass(k, n, p->number, p->complement), "chance of just K");
    }
    if (status == STATS_OK)
        answer_say(answer, "%s of %s is %s, with %s confidence between %s and %s (exact)", answer_short(answer, (double)k),
                   answer_short(answer, (double)n), answer_percent(answer, (double)k / (double)n),
                   answer_percent(answer, confidence->number), answer_percent(answer, exact.low), answer_percent(answer, exact.high));
    return status;
}

static enum stats_status run_histogram(const struct stats_call *call, struct stats_answer *answer) {
    const struct stats_sample *x = &call->samples[0], *y = &call->samples[1];
    struct mann_whitney test;
    if (x->count != y->count) {
        answer_say(answer, "%zu buckets against %zu; both columns have the same buckets", x->count, y->count);
        return STATS_INVALID;
    }
    bool continuity = stats_says(call, "continuity", "yes");
    enum stats_status status = mann_whitney_histogram(x->values, y->values, x->count, continuity, &test);
    if (status == STATS_INVALID) answer_say(answer, "a count is negative, or counts add up to more than 1e100");
    if (status == STATS_NONFINITE) answer_say(answer, "a count is missing or infinite");
    answer_number(answer, "u", test.u, "pairs in which the first is in the higher bucket, ties half");
    answer_number(answer, "ties", test.ties, "sum of t^3 - t over the buckets");
    answer_number(answer, "a12", test.a12, "chance that the first is in the higher bucket, ties half");
    answer_number(answer, "delta", test.delta, "Cliff's delta, from -1 to 1");
    answer_p_values(answer, "p", &test.p);
    if (status != STATS_OK) return status;
    const char *numbers =
        arena_printf(call->arena, "A12 %s, %s (normal approximation)", answer_short(answer, test.a12), answer_p(answer, test.p.two_sided));
    if (test.p.two_sided > stats_number(call, "level"))
        answer_say(answer, "no clear difference between %s and %s: %s", x->name, y->name, numbers);
    else
        answer_say(answer, "%s tends to be in higher buckets than %s: %s", test.a12 > 0.5 ? x->name : y->name,
                   test.a12 > 0.5 ? y->name : x->name, numbers);
    return status;
}

static const struct stats_parameter fisher_operands[] = {
    {"a", ARGUMENT_COUNT, NULL, "first row, with the event", NULL},
    {"b", ARGUMENT_COUNT, NULL, "first row, without", NULL},
    {"c", ARGUMENT_COUNT, NULL, "second row, with the event", NULL},
    {"d", ARGUMENT_COUNT, NULL, "second row, without", NULL},
    {.name = NULL},
};

static const struct stats_parameter poisson_operands[] = {
    {"x", ARGUMENT_NOT_NEGATIVE, NULL, "events of one side", NULL},
    {"tx", ARGUMENT_NOT_NEGATIVE, NULL, "its exposure: requests, seconds, any unit", NULL},
    {"y", ARGUMENT_NOT_NEGATIVE, NULL, "events of the other side", NULL},
    {"ty", ARGUMENT_NOT_NEGATIVE, NULL, "its exposure in the same unit", NULL},
    {.name = NULL},
};

static const struct stats_parameter poisson_options[] = {
    {"ratio", ARGUMENT_POSITIVE, "1", "the rate ratio under test", NULL},
    {"phi", ARGUMENT_POSITIVE, NULL, "variance over mean of events that come in bursts; allows fractions", NULL},
    {"confidence", ARGUMENT_CHANCE, "95%", "of the limits", NULL},
    {.name = NULL},
};

static const struct stats_parameter binomial_operands[] = {
    {"k", ARGUMENT_COUNT, NULL, "successes, or failures", NULL}, {"n", ARGUMENT_COUNT, NULL, "trials", NULL}, {.name = NULL}};

static const struct stats_parameter binomial_options[] = {
    {"confidence", ARGUMENT_CHANCE, "95%", "of the limits", NULL},
    {"p", ARGUMENT_CHANCE, NULL, "a chance under which K or more and K or fewer are asked for", NULL},
    {.name = NULL},
};

static const struct stats_parameter histogram_options[] = {
    {"continuity", ARGUMENT_WORD, "yes", "yes or no: correct the normal approximation for continuity", "yes|no"},
    {"level", ARGUMENT_CHANCE, "5%", "up to which p the sentence tells of a difference", NULL},
    {.name = NULL},
};

static const struct stats_parameter fisher_options[] = {
    {"level", ARGUMENT_CHANCE, "5%", "up to which p the sentence tells of a difference", NULL}, {.name = NULL}};

const struct stats_method stats_counts[] = {
    {
        .name = "fisher",
        .summary = "do two shares differ? (exact test of a 2 x 2 table)",
        .definition = "  With all margins given, A is hypergeometric when the rows do not differ (Fisher 1934). p.two_sided adds up all\n"
                      "  tables that are not more probable than this one. Takes up to 1e15 counts.\n",
        .example = "fisher 12 988 3 997",
        .operands = fisher_operands,
        .options = fisher_options,
        .run = run_fisher,
    },
    {
        .name = "poisson",
        .summary = "do two rates differ? (exact, or for events that come in bursts)",
        .definition = "  Given X + Y, X is binomial when its rate is `ratio` times that of Y (Przyborowski and Wilenski 1940). With --phi\n"
                      "  counts are divided by their dispersion, and tails are those of the beta distribution.\n",
        .example = "poisson 30 3600 12 3600",
        .operands = poisson_operands,
        .options = poisson_options,
        .run = run_poisson,
    },
    {
        .name = "binomial",
        .summary = "between which limits is a share? (Clopper-Pearson, Wilson, tails)",
        .definition = "  Limits of the chance behind K successes in N trials by Clopper and Pearson (1934) and by Wilson (1927).\n",
        .example = "binomial 3 1200 --p 0.1%",
        .operands = binomial_operands,
        .options = binomial_options,
        .run = run_binomial,
    },
    {
        .name = "histogram",
        .summary = "does one histogram lie higher? (Mann-Whitney on bucket counts)",
        .definition =
            "  The Mann-Whitney test of two columns of counts per bucket, not cumulative, in ascending order of the buckets. Values\n"
            "  in one bucket tie; counts may be fractions.\n",
        .example = "histogram buckets.csv --columns canary,baseline",
        .input = INPUT_TWO_COLUMNS,
        .options = histogram_options,
        .run = run_histogram,
    },
    {.name = NULL},
};
