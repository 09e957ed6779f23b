// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "stats/alpha_spending.h"
#include "stats/confidence_sequence.h"
#include "stats/evalue.h"
#include "stats/mixture_sprt.h"
#include "stats_method.h"

#define MOST_LOOKS 1000
#define LEAST_GROWTH 1e-6 // of the information from look to look: the finer, the more work

static struct spending plan_of(const struct stats_call *call) {
    static const char *const types[] = {[SPENDING_OBRIEN_FLEMING] = "obrien-fleming",
                                        [SPENDING_POCOCK] = "pocock",
                                        [SPENDING_POWER] = "power",
                                        [SPENDING_HWANG_SHIH_DECANI] = "hwang-shih-decani"};
    struct spending plan = {SPENDING_OBRIEN_FLEMING, stats_number(call, "alpha"), stats_number(call, "parameter")};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (stats_says(call, "type", types[i])) plan.type = (enum spending_type)i;
    }
    return plan;
}

// The fractions as given, or those of even looks; NULL with a sentence when they cannot be taken.
static const double *fractions_of(const struct stats_call *call, struct stats_answer *answer, size_t *ret_count) {
    const struct stats_value *given = stats_value(call, "fractions");
    uint64_t looks = given->given ? given->list_count : stats_count(call, "looks");
    *ret_count = (size_t)looks;
    if (looks < 1 || looks > MOST_LOOKS) {
        answer_say(answer, "expected 1 to %d looks", MOST_LOOKS);
        return NULL;
    }
    if (given->given) return given->list;
    double *even = stats_doubles(call, looks);
    for (size_t i = 0; i < looks; i++) even[i] = (double)(i + 1) / (double)looks;
    return even;
}

// The least share by which the information grows at a look; below 0 when it does not.
static double least_growth(const double *t, size_t count) {
    double least = 1, before = 0;
    for (size_t i = 0; i < count; before = t[i++]) {
        double growth = t[i] > 0 && t[i] <= 1 ? (t[i] - before) / t[i] : -1;
        if (growth < least) least = growth;
    }
    return least;
}

static enum stats_status run_spending(const struct stats_call *call, struct stats_answer *answer) {
    static const char *const columns[] = {"fraction", "z", "nominal_p", "cumulative"};
    struct spending plan = plan_of(call);
    struct alpha_spending state;
    size_t count;
    const double *t = fractions_of(call, answer, &count);
    if (t == NULL) return STATS_INVALID;
    double growth = least_growth(t, count);
    if (!(growth >= LEAST_GROWTH)) {
        answer_say(answer, "--fractions: expected rising shares above 0 and at most 1, each at least a millionth above the one before");
        return STATS_INVALID;
    }
    growth *= 0.999999; // the last bit of a difference must not decide
    double *scratch = stats_doubles(call, alpha_spending_scratch(growth));
    double *cells = answer_table(answer, "looks", columns, 4, count);
    enum stats_status status = alpha_spending_start(&plan, growth, scratch, &state);
    for (size_t i = 0; i < count && status == STATS_OK; i++) {
        struct spending_look look;
        status = alpha_spending_add(&state, t[i], &look);
        memcpy(cells + 4 * i, (double[]){t[i], look.z, look.nominal_p, look.cumulative}, 4 * sizeof *cells);
    }
    if (status == STATS_INVALID) answer_say(answer, "--parameter: power needs one above 0");
    if (status == STATS_OK)
        answer_say(answer, "stop at a look when z reaches its boundary: %s at the first, %s at the last; alpha %s one-sided over all",
                   answer_short(answer, cells[1]), answer_short(answer, cells[4 * count - 3]), answer_short(answer, plan.alpha));
    return status;
}

static enum stats_status run_msprt(const struct stats_call *call, struct stats_answer *answer) {
    struct mixture_sprt_model model = {stats_number(call, "theta0"), stats_number(call, "sigma2"), stats_number(call, "tau2")};
    struct mixture_sprt got;
    enum stats_status status = mixture_sprt_test(&model, stats_number(call, "n"), stats_number(call, "mean"), &got);
    answer_number(answer, "log_lr", got.log_lr, "logarithm of the likelihood ratio against theta0");
    answer_number(answer, "p_always_valid", got.p_always_valid, "may be compared with the level at every look");
    if (status == STATS_OK)
        answer_say(answer, "%s against a mean of %s, valid at any look", answer_p(answer, got.p_always_valid),
                   answer_short(answer, model.theta0));
    return status;
}

static enum stats_status run_confidence_sequence(const struct stats_call *call, struct stats_answer *answer) {
    struct confidence_sequence got;
    double mean = stats_number(call, "mean");
    const struct stats_value *confidence = stats_value(call, "confidence");
    enum stats_status status = confidence_sequence_radius(stats_number(call, "n"), stats_number(call, "sigma"), stats_number(call, "rho2"),
                                                          confidence->complement, &got);
    answer_number(answer, "radius_two_sided", got.radius_two_sided, "");
    answer_number(answer, "radius_one_sided", got.radius_one_sided, "of a bound on one side only");
    answer_number(answer, "low", mean - got.radius_two_sided, "mean less the two-sided radius");
    answer_number(answer, "high", mean + got.radius_two_sided, "mean and the two-sided radius");
    if (status == STATS_OK)
        answer_say(answer, "with %s confidence at all looks together the mean is between %s and %s",
                   answer_percent(answer, confidence->number), answer_short(answer, mean - got.radius_two_sided),
                   answer_short(answer, mean + got.radius_two_sided));
    return status;
}

static enum stats_status put_log_e(enum stats_status status, double log_e, struct stats_answer *answer) {
    answer_number(answer, "log_e", log_e, "logarithm of the e-value");
    answer_number(answer, "e", exp(log_e), "reaches 1 / alpha at any look with chance at most alpha when nothing changed");
    if (status == STATS_OK)
        answer_say(answer, "the counts are %s times as likely under a change as without one, at any look",
                   answer_short(answer, exp(log_e)));
    return status;
}

static enum stats_status run_evalue(const struct stats_call *call, struct stats_answer *answer) {
    double log_e;
    enum stats_status status = evalue_binomial(stats_number(call, "x"), stats_number(call, "y"), stats_number(call, "p0"),
                                               stats_number(call, "a"), stats_number(call, "b"), &log_e);
    return put_log_e(status, log_e, answer);
}

static enum stats_status run_evalue_poisson(const struct stats_call *call, struct stats_answer *answer) {
    double log_e;
    enum stats_status status = evalue_poisson(stats_number(call, "x"), stats_number(call, "exposure"), stats_number(call, "lambda0"),
                                              stats_number(call, "shape"), stats_number(call, "rate"), &log_e);
    return put_log_e(status, log_e, answer);
}

static const struct stats_parameter spending_options[] = {
    {"type", ARGUMENT_WORD, "obrien-fleming", "obrien-fleming, pocock, power or hwang-shih-decani",
     "obrien-fleming|pocock|power|hwang-shih-decani"},
    {"alpha", ARGUMENT_CHANCE, "0.025", "one-sided, for all looks together", NULL},
    {"parameter", ARGUMENT_NUMBER, "1", "of power and hwang-shih-decani", NULL},
    {"looks", ARGUMENT_COUNT, "5", "so many even looks", NULL},
    {"fractions", ARGUMENT_NUMBERS, NULL, "share of the final information at each look, such as 0.2,0.5,1", NULL},
    {.name = NULL},
};

static const struct stats_parameter msprt_operands[] = {
    {"n", ARGUMENT_NOT_NEGATIVE, NULL, "values so far; may be an effective number", NULL},
    {"mean", ARGUMENT_NUMBER, NULL, "their mean", NULL},
    {"sigma2", ARGUMENT_NOT_NEGATIVE, NULL, "variance of one value", NULL},
    {"tau2", ARGUMENT_NOT_NEGATIVE, NULL, "variance of the mixture: the square of an effect worth finding", NULL},
    {.name = NULL},
};

static const struct stats_parameter msprt_options[] = {{"theta0", ARGUMENT_NUMBER, "0", "mean when nothing changed", NULL}, {.name = NULL}};

static const struct stats_parameter sequence_operands[] = {
    {"n", ARGUMENT_NOT_NEGATIVE, NULL, "values so far; may be an effective number", NULL},
    {"mean", ARGUMENT_NUMBER, NULL, "their mean", NULL},
    {"sigma", ARGUMENT_NOT_NEGATIVE, NULL, "standard deviation of one value", NULL},
    {.name = NULL},
};

static const struct stats_parameter sequence_options[] = {
    {"rho2", ARGUMENT_POSITIVE, "0.01", "about 8 over the number of values at the look that matters most (for 95%)", NULL},
    {"confidence", ARGUMENT_CHANCE, "95%", "at all looks together", NULL},
    {.name = NULL},
};

static const struct stats_parameter evalue_operands[] = {{"x", ARGUMENT_NOT_NEGATIVE, NULL, "events of the canary", NULL},
                                                         {"y", ARGUMENT_NOT_NEGATIVE, NULL, "events of the baseline", NULL},
                                                         {.name = NULL}};

static const struct stats_parameter evalue_options[] = {
    {"p0", ARGUMENT_CHANCE, "0.5", "share of the canary's events when nothing changed, as its share of traffic", NULL},
    {"a", ARGUMENT_POSITIVE, "1", "of the Beta mixture", NULL},
    {"b", ARGUMENT_POSITIVE, "1", "of the Beta mixture", NULL},
    {.name = NULL},
};

static const struct stats_parameter poisson_operands[] = {
    {"x", ARGUMENT_NOT_NEGATIVE, NULL, "events", NULL},
    {"exposure", ARGUMENT_NOT_NEGATIVE, NULL, "seconds or requests in which they came", NULL},
    {"lambda0", ARGUMENT_POSITIVE, NULL, "their rate when nothing changed", NULL},
    {.name = NULL},
};

static const struct stats_parameter poisson_options[] = {{"shape", ARGUMENT_POSITIVE, "1", "of the Gamma mixture", NULL},
                                                         {"rate", ARGUMENT_POSITIVE, "1", "of the Gamma mixture", NULL},
                                                         {.name = NULL}};

const struct stats_method stats_sequential[] = {
    {
        .name = "spending",
        .summary = "boundaries for several looks (alpha spending)",
        .definition =
            "  One-sided boundaries of z such that the chance of reaching one at any look, when nothing changed, is alpha (Lan and\n"
            "  DeMets 1983). Agree with other quadratures to about 1e-12.\n",
        .example = "spending --type pocock --looks 4",
        .options = spending_options,
        .run = run_spending,
    },
    {
        .name = "msprt",
        .summary = "has a mean changed, looked at after every value?",
        .definition =
            "  The mixture sequential probability ratio test of a normal mean with known variance (Robbins 1970; Johari et al. 2022).\n",
        .example = "msprt 200 0.3 4 0.25",
        .operands = msprt_operands,
        .options = msprt_options,
        .run = run_msprt,
    },
    {
        .name = "confidence-sequence",
        .summary = "limits of a mean that hold at all looks",
        .definition = "  Asymptotic confidence sequence by the normal mixture (Robbins 1970; Waudby-Smith et al. 2024).\n",
        .example = "confidence-sequence 800 12.5 3 --rho2 0.01",
        .operands = sequence_operands,
        .options = sequence_options,
        .run = run_confidence_sequence,
    },
    {
        .name = "evalue",
        .summary = "do errors of the canary exceed their share, after any event?",
        .definition =
            "  The likelihood ratio of a Beta mixture of shares against p0 (Ville 1939; Lindon and Malek 2022), for events that are\n"
            "  Poisson given the rate.\n",
        .example = "evalue 30 12 --p0 0.5",
        .operands = evalue_operands,
        .options = evalue_options,
        .run = run_evalue,
    },
    {
        .name = "evalue-poisson",
        .summary = "does a rate exceed a known one, after any event?",
        .definition = "  The likelihood ratio of a Gamma mixture of rates against lambda0.\n",
        .example = "evalue-poisson 20 3600 0.002 --shape 2 --rate 1000",
        .operands = poisson_operands,
        .options = poisson_options,
        .run = run_evalue_poisson,
    },
    {.name = NULL},
};
