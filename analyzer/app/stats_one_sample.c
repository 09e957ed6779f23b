// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "stats/ar1_mean.h"
#include "stats/autocorrelation.h"
#include "stats/fences.h"
#include "stats/hodges_lehmann_one.h"
#include "stats/mean_variance.h"
#include "stats/p_adjust.h"
#include "stats/quantile.h"
#include "stats/robust_location.h"
#include "stats/signed_rank_null.h"
#include "stats/student_t.h"
#include "stats_method.h"

#define MOST_LAGS 10000

static struct column sort_sample(const struct stats_call *call) {
    const struct stats_sample *x = &call->samples[0];
    return column_sort(x->values, x->count, stats_doubles(call, x->count));
}

static void put_quantiles(const struct stats_call *call, struct column x, struct stats_answer *answer) {
    static const char *const columns[] = {"share", "value"};
    const struct stats_value *shares = stats_value(call, "quantiles");
    double *cells = answer_table(answer, "quantiles", columns, 2, shares->list_count);
    for (size_t i = 0; i < shares->list_count; i++) {
        cells[2 * i] = shares->list[i];
        cells[2 * i + 1] = quantile_sorted(x.values, x.count, shares->list[i]);
    }
}

static uint64_t count_outside(struct column x, struct fences fences) {
    uint64_t count = 0;
    for (size_t i = 0; i < x.count; i++) count += fences_outside(fences, x.values[i]);
    return count;
}

static enum stats_status run_summary(const struct stats_call *call, struct stats_answer *answer) {
    const struct stats_sample *sample = &call->samples[0];
    const struct stats_value *shares = stats_value(call, "quantiles");
    for (size_t i = 0; i < shares->list_count; i++) {
        if (shares->list[i] >= 0 && shares->list[i] <= 1) continue;
        answer_say(answer, "--quantiles: expected shares from 0 to 1, found %s", answer_short(answer, shares->list[i]));
        return STATS_INVALID;
    }
    struct column x = sort_sample(call);
    struct mean_variance moments;
    enum stats_status status = mean_variance(sample->values, sample->count, &moments);
    struct fences fences = fences_quartile(x.values, x.count, stats_number(call, "factor"), stats_says(call, "guarded", "yes"));
    uint64_t outliers = count_outside(x, fences);
    double low = x.count > 0 ? x.values[0] : (double)NAN, high = x.count > 0 ? x.values[x.count - 1] : (double)NAN;
    answer_count(answer, "count", x.count, "numbers");
    answer_count(answer, "missing", sample->missing, "");
    answer_number(answer, "mean", moments.mean, "");
    answer_number(answer, "sd", moments.sd, "standard deviation, with count - 1");
    answer_number(answer, "min", low, "");
    answer_number(answer, "max", high, "");
    answer_number(answer, "fences.low", fences.low, "below is an outlier");
    answer_number(answer, "fences.high", fences.high, "above is an outlier");
    answer_count(answer, "outliers", outliers, "values outside the fences");
    put_quantiles(call, x, answer);
    if (status == STATS_OK)
        answer_say(answer, "%zu values from %s to %s, mean %s, standard deviation %s, %zu outlier%s", x.count, answer_short(answer, low),
                   answer_short(answer, high), answer_short(answer, moments.mean), answer_short(answer, moments.sd), (size_t)outliers,
                   outliers == 1 ? "" : "s");
    return status;
}

static struct ar1_prior prior_of(const struct stats_call *call) {
    return (struct ar1_prior){.rho = stats_number(call, "prior-rho"),
                              .weight = stats_number(call, "prior-weight"),
                              .least = stats_number(call, "least-rho"),
                              .only_raises = stats_says(call, "only-raises", "yes")};
}

static bool check_prior(const struct stats_call *call, struct stats_answer *answer) {
    if (ar1_prior_valid(prior_of(call))) return true;
    answer_say(answer, "--prior-rho goes from 0 to 0.95, --least-rho from -0.95 to 0.95");
    return false;
}

struct limits {
    double low, high;
};

// Of Student's t, at the confidence of the call.
static struct limits student_limits(const struct stats_call *call, double centre, double se, double df) {
    double radius = student_t_upper_root(stats_value(call, "confidence")->complement / 2, df) * se;
    return (struct limits){centre - radius, centre + radius};
}

static enum stats_status run_location(const struct stats_call *call, struct stats_answer *answer) {
    const struct stats_sample *sample = &call->samples[0];
    struct column x = sort_sample(call);
    struct hodges_lehmann_one centre;
    struct robust_location robust;
    if (!check_prior(call, answer)) return STATS_INVALID;
    double confidence = stats_number(call, "confidence"), *scratch = stats_doubles(call, hodges_lehmann_one_scratch(x.count));
    size_t table = signed_rank_null_size(x.count);
    double *cdf = stats_doubles(call, table);
    bool exact = table > 0 && signed_rank_null(x.count, cdf) == STATS_OK;
    enum stats_status status =
        exact ? hodges_lehmann_one_exact(x, confidence, cdf, scratch, &centre) : hodges_lehmann_one_normal(x, confidence, scratch, &centre);
    enum stats_status series = robust_location_estimate(sample->values, sample->count, prior_of(call),
                                                        stats_doubles(call, robust_location_scratch(sample->count)), &robust);
    answer_number(answer, "estimate", centre.estimate, "median of the means of all pairs");
    answer_number(answer, "low", centre.low, "limits for independent values");
    answer_number(answer, "high", centre.high, "");
    answer_number(answer, "achieved", centre.achieved, "coverage of exact limits, when there are no ties");
    answer_word(answer, "variant", exact ? "exact limits" : "limits by normal approximation", "");
    answer_number(answer, "se", robust.se, "standard error that knows of autocorrelation");
    answer_number(answer, "df", robust.df, "degrees of freedom of that");
    answer_number(answer, "rho", robust.rho, "correlation of neighbours as used");
    struct limits limits = student_limits(call, robust.estimate, series == STATS_OK ? robust.se : (double)NAN, robust.df);
    answer_number(answer, "student.low", limits.low, "limits by that standard error");
    answer_number(answer, "student.high", limits.high, "");
    if (status == STATS_OK)
        answer_say(answer, "the centre of %s is %s, with %s confidence between %s and %s, or %s and %s if neighbours resemble each other",
                   sample->name, answer_short(answer, centre.estimate), answer_percent(answer, confidence),
                   answer_short(answer, centre.low), answer_short(answer, centre.high), answer_short(answer, limits.low),
                   answer_short(answer, limits.high));
    return status;
}

static enum stats_status run_autocorrelation(const struct stats_call *call, struct stats_answer *answer) {
    static const char *const columns[] = {"lag", "r"};
    const struct stats_sample *x = &call->samples[0];
    uint64_t lags = stats_count(call, "lags");
    if (lags < 1 || lags > MOST_LAGS) {
        answer_say(answer, "--lags: expected 1 to %d", MOST_LAGS);
        return STATS_INVALID;
    }
    double *r = stats_doubles(call, lags), *cells = answer_table(answer, "lags", columns, 2, lags);
    enum stats_status status = autocorrelation_lags(x->values, x->count, lags, stats_doubles(call, autocorrelation_scratch(x->count)), r);
    for (size_t i = 0; i < lags; i++) {
        cells[2 * i] = (double)(i + 1);
        cells[2 * i + 1] = r[i];
    }
    if (status == STATS_OK) answer_say(answer, "neighbours in %s correlate with %s", x->name, answer_short(answer, r[0]));
    return status;
}

static enum stats_status run_ar1_mean(const struct stats_call *call, struct stats_answer *answer) {
    const struct stats_sample *x = &call->samples[0];
    struct ar1_mean got;
    if (!check_prior(call, answer)) return STATS_INVALID;
    enum stats_status status =
        ar1_mean_estimate(x->values, x->count, (double)NAN, prior_of(call), stats_doubles(call, ar1_mean_scratch(x->count)), &got);
    answer_number(answer, "mean", got.mean, "");
    answer_number(answer, "se", got.se, "standard error that knows of autocorrelation");
    answer_number(answer, "df", got.df, "degrees of freedom of that");
    answer_number(answer, "ess", got.ess, "as many independent values would say as much");
    answer_number(answer, "rho_raw", got.rho_raw, "correlation of neighbours as observed");
    answer_number(answer, "rho", got.rho, "as used: without bias, and drawn towards the prior");
    struct limits limits = student_limits(call, got.mean, status == STATS_OK ? got.se : (double)NAN, got.df);
    answer_number(answer, "student.low", limits.low, "limits of the mean");
    answer_number(answer, "student.high", limits.high, "");
    if (status == STATS_OK)
        answer_say(answer, "the mean of %s is %s, with %s confidence between %s and %s; the values count as %s independent ones", x->name,
                   answer_short(answer, got.mean), answer_percent(answer, stats_number(call, "confidence")),
                   answer_short(answer, limits.low), answer_short(answer, limits.high), answer_short(answer, got.ess));
    return status;
}

static uint64_t count_up_to(const double *p, size_t count, double level) {
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++) found += p[i] <= level;
    return found;
}

static enum stats_status run_adjust(const struct stats_call *call, struct stats_answer *answer) {
    static const char *const columns[] = {"p", "bonferroni", "holm", "benjamini_hochberg"};
    const struct stats_sample *p = &call->samples[0];
    double *scratch = stats_doubles(call, p_adjust_scratch(p->count)), *cells = answer_table(answer, "p_values", columns, 4, p->count);
    uint64_t clear[3] = {0};
    enum stats_status status = STATS_NODATA;
    for (size_t i = 0; i < p->count; i++) cells[4 * i] = p->values[i];
    for (size_t method = 0; method < 3; method++) { // the enum is in the order of the columns
        double *adjusted = stats_doubles(call, p->count);
        status = p_adjust((enum p_adjust_method)method, p->values, p->count, scratch, adjusted);
        for (size_t i = 0; i < p->count; i++) cells[4 * i + method + 1] = adjusted[i];
        clear[method] = count_up_to(adjusted, p->count, stats_number(call, "level"));
    }
    if (status == STATS_INVALID) answer_say(answer, "a p-value is below 0 or above 1");
    if (status != STATS_OK) return status;
    const char *level = answer_percent(answer, stats_number(call, "level"));
    answer_say(answer, "at %s: %zu of %zu stand by Holm, %zu by Benjamini and Hochberg, %zu without correction", level,
               (size_t)clear[P_ADJUST_HOLM], p->count - p->missing, (size_t)clear[P_ADJUST_BENJAMINI_HOCHBERG],
               (size_t)count_up_to(p->values, p->count, stats_number(call, "level")));
    return status;
}

// clang-format off
#define CONFIDENCE {"confidence", ARGUMENT_CHANCE, "95%", "of the limits", NULL}
#define PRIORS \
    {"prior-rho", ARGUMENT_NOT_NEGATIVE, "0.4", "correlation of neighbours as believed without data, 0 to 0.95", NULL}, \
    {"prior-weight", ARGUMENT_NOT_NEGATIVE, "6", "as many values as that belief is worth", NULL}, \
    {"least-rho", ARGUMENT_NUMBER, "0", "the correlation is never taken as less, -0.95 to 0.95", NULL}, \
    {"only-raises", ARGUMENT_WORD, "no", "yes or no: the belief never makes the correlation smaller", "yes|no"}
// clang-format on

static const struct stats_parameter summary_options[] = {
    {"quantiles", ARGUMENT_NUMBERS, "0.01,0.05,0.25,0.5,0.75,0.95,0.99", "shares from 0 to 1", NULL},
    {"factor", ARGUMENT_NOT_NEGATIVE, "1.5", "of the quartiles' distance, beyond which values are outliers", NULL},
    {"guarded", ARGUMENT_WORD, "no", "yes or no: fences not inside the 1st and 99th percentile", "yes|no"},
    {.name = NULL},
};

static const struct stats_parameter series_options[] = {CONFIDENCE, PRIORS, {.name = NULL}};
static const struct stats_parameter lag_options[] = {{"lags", ARGUMENT_COUNT, "10", "up to which lag", NULL}, {.name = NULL}};
static const struct stats_parameter adjust_options[] = {{"level", ARGUMENT_CHANCE, "5%", "up to which p the sentence counts", NULL},
                                                        {.name = NULL}};

const struct stats_method stats_one_sample[] = {
    {
        .name = "summary",
        .summary = "how do the values lie? (mean, spread, quantiles, outliers)",
        .definition = "  Mean and standard deviation in two passes; quantiles by linear interpolation (type 7, R's default); fences at\n"
                      "  the quartiles less and plus `factor` times their distance (Tukey 1977).\n",
        .example = "summary 3 1 4 1 5 9 2 6",
        .input = INPUT_ONE_COLUMN,
        .options = summary_options,
        .run = run_summary,
    },
    {
        .name = "location",
        .summary = "where is the centre, whatever the outliers? (one-sample Hodges-Lehmann)",
        .definition = "  The median of the means of all pairs (Hodges and Lehmann 1963). Limits are order statistics of these means, for\n"
                      "  independent values of any symmetric distribution; se, df and rho are Huber's with an AR(1) correction, for\n"
                      "  values in the order of time.\n",
        .example = "location latency.csv --columns canary",
        .input = INPUT_ONE_COLUMN,
        .options = series_options,
        .run = run_location,
    },
    {
        .name = "autocorrelation",
        .summary = "how much do neighbours resemble each other?",
        .definition =
            "  r_k, with one mean and one divisor for all lags (Box and Jenkins 1970). Values stand in the order of time at equal\n"
            "  steps; missing ones are left out and what follows moves up.\n",
        .example = "autocorrelation latency.csv --columns canary --lags 5",
        .input = INPUT_ONE_COLUMN,
        .options = lag_options,
        .run = run_autocorrelation,
    },
    {
        .name = "ar1-mean",
        .summary = "the mean of a time series, with an honest standard error",
        .definition = "  The series is taken as autoregressive of order one, its correlation corrected for bias (Kendall 1954) and drawn\n"
                      "  towards a prior. Values stand in the order of time at equal steps.\n",
        .example = "ar1-mean latency.csv --columns canary",
        .input = INPUT_ONE_COLUMN,
        .options = series_options,
        .run = run_ar1_mean,
    },
    {
        .name = "adjust",
        .summary = "several p-values at once (Holm, Benjamini-Hochberg, Bonferroni)",
        .definition =
            "  Adjusted p-values, each to be compared with the level meant for all. Holm (1979) and Bonferroni bound the chance of\n"
            "  any false rejection, Benjamini and Hochberg (1995) the expected share of false ones.\n",
        .example = "adjust 0.001 0.012 0.03 0.4",
        .input = INPUT_ONE_COLUMN,
        .options = adjust_options,
        .run = run_adjust,
    },
    {.name = NULL},
};
