// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of tails, of exact tests on counts and of intervals for shares and rates.
#include <math.h>
#include <string.h>

#include "conform.h"
#include "stats/binomial.h"
#include "stats/binomial_interval.h"
#include "stats/burn_significance.h"
#include "stats/fisher.h"
#include "stats/normal.h"
#include "stats/objective.h"
#include "stats/poisson_dispersed.h"
#include "stats/poisson_test.h"
#include "stats/student_t.h"

static double number(const json_t *inputs, const char *name) {
    return conform_double(inputs, name, (double)NAN);
}

static bool is_count(double value) {
    return value >= 0 && value < 0x1p63 && value == floor(value);
}

// Refuses what is no whole number from 0 up.
static bool read_count(const json_t *inputs, const char *name, uint64_t *ret, struct error *err) {
    double value = number(inputs, name);
    if (!is_count(value)) return error_set(err, ERROR_DATA, "%s is no count", name);
    *ret = (uint64_t)json_integer_value(json_object_get(inputs, name));
    if (!json_is_integer(json_object_get(inputs, name))) *ret = (uint64_t)value;
    return true;
}

static void put(json_t *out, const char *name, double value) {
    json_object_set_new(out, name, conform_real(value));
}

// null for what is not defined, as the service level cases have it
static json_t *with_nulls(json_t *out) {
    const char *name;
    json_t *value;
    json_object_foreach(out, name, value) {
        const char *text = json_string_value(value);
        if (text != NULL && strcmp(text, "NaN") == 0) json_object_set_new(out, name, json_null());
    }
    return out;
}

static void put_p_values(json_t *out, struct p_values p) {
    put(out, "p_greater", p.greater);
    put(out, "p_less", p.less);
    put(out, "p_two_sided", p.two_sided);
}

static json_t *with_status(enum stats_status status) {
    return json_pack("{s:s}", "status", stats_status_text(status));
}

static json_t *normal_tail(const json_t *inputs, struct error *err) {
    (void)err;
    double z = number(inputs, "z");
    return json_pack("{s:o, s:o}", "sf", conform_real(normal_upper(z)), "log_sf", conform_real(normal_log_upper(z)));
}

static json_t *t_tail(const json_t *inputs, struct error *err) {
    (void)err;
    return json_pack("{s:o}", "sf", conform_real(student_t_upper(number(inputs, "t"), number(inputs, "df"))));
}

static json_t *binomial_tail(const json_t *inputs, struct error *err) {
    uint64_t k, n;
    double p = number(inputs, "p");
    if (!read_count(inputs, "k", &k, err) || !read_count(inputs, "n", &n, err)) return NULL;
    return json_pack("{s:o, s:o}", "sf_ge", conform_real(binomial_at_least(k, n, p, 1 - p)), "cdf",
                     conform_real(binomial_at_most(k, n, p, 1 - p)));
}

static json_t *binomial_ci(const json_t *inputs, struct error *err) {
    uint64_t k, n;
    double alpha = 1 - conform_double(inputs, "conf", 0.95);
    struct binomial_interval exact, wilson;
    if (!read_count(inputs, "k", &k, err) || !read_count(inputs, "n", &n, err)) return NULL;
    json_t *out = with_status(binomial_interval_exact(k, n, alpha, BINOMIAL_TWO_SIDED, &exact));
    binomial_interval_wilson(k, n, alpha, &wilson);
    put(out, "cp_low", exact.low);
    put(out, "cp_high", exact.high);
    put(out, "wilson_low", wilson.low);
    put(out, "wilson_high", wilson.high);
    return out;
}

static json_t *conditional_json(enum stats_status status, const struct poisson_test *test) {
    json_t *out = with_status(status);
    put_p_values(out, test->p);
    put(out, "mid_p_greater", test->mid_p_greater);
    put(out, "rate_ratio", test->rate_ratio);
    put(out, "ci95_low", test->low);
    put(out, "ci95_high", test->high);
    put(out, "ci_lower", test->low);
    put(out, "ci_upper", test->high);
    return out;
}

static json_t *poisson_conditional(const json_t *inputs, struct error *err) {
    struct poisson_count x = {0, number(inputs, "tx")}, y = {0, number(inputs, "ty")};
    struct poisson_test test;
    if (!read_count(inputs, "x", &x.events, err) || !read_count(inputs, "y", &y.events, err)) return NULL;
    enum stats_status status = poisson_test(x, y, conform_double(inputs, "ratio", 1), 1 - conform_double(inputs, "conf", 0.95), &test);
    return conditional_json(status, &test);
}

static json_t *poisson_two_sample(const json_t *inputs, struct error *err) {
    struct poisson_count x = {0, number(inputs, "canary_exposure")}, y = {0, number(inputs, "baseline_exposure")};
    struct poisson_test test;
    if (!read_count(inputs, "canary_errors", &x.events, err) || !read_count(inputs, "baseline_errors", &y.events, err)) return NULL;
    double ratio = conform_double(inputs, "rate_ratio_null", 1), alpha = 1 - conform_double(inputs, "confidence", 0.95);
    enum stats_status status = poisson_test(x, y, ratio, alpha, &test);
    return with_nulls(conditional_json(status, &test));
}

static json_t *dispersed(const json_t *inputs, struct error *err) {
    (void)err;
    struct dispersed_count x = {number(inputs, "x"), number(inputs, "tx")}, y = {number(inputs, "y"), number(inputs, "ty")};
    struct poisson_dispersed test;
    json_t *out = with_status(poisson_dispersed(x, y, conform_double(inputs, "ratio", 1), conform_double(inputs, "phi", 1),
                                                conform_double(inputs, "alpha", 0.05), &test));
    put_p_values(out, test.p);
    put(out, "rate_ratio", test.rate_ratio);
    put(out, "low", test.low);
    put(out, "high", test.high);
    return out;
}

// Counts that are not whole have the beta form.
static json_t *edge_poisson(const json_t *inputs, struct error *err) {
    bool whole = is_count(number(inputs, "x")) && is_count(number(inputs, "y"));
    return whole ? poisson_conditional(inputs, err) : dispersed(inputs, err);
}

static json_t *fisher_json(struct fisher_table table) {
    struct p_values p;
    json_t *out = with_status(fisher_test(table, &p));
    put_p_values(out, p);
    return out;
}

static json_t *fisher_exact(const json_t *inputs, struct error *err) {
    struct fisher_table t;
    if (!read_count(inputs, "a", &t.a, err) || !read_count(inputs, "b", &t.b, err) || !read_count(inputs, "c", &t.c, err) ||
        !read_count(inputs, "d", &t.d, err))
        return NULL;
    return fisher_json(t);
}

static json_t *fisher_shares(const json_t *inputs, struct error *err) {
    struct fisher_table t;
    if (!read_count(inputs, "canary_errors", &t.a, err) || !read_count(inputs, "canary_total", &t.b, err) ||
        !read_count(inputs, "baseline_errors", &t.c, err) || !read_count(inputs, "baseline_total", &t.d, err))
        return NULL;
    if (t.a > t.b || t.c > t.d) return with_status(STATS_INVALID);
    t.b -= t.a;
    t.d -= t.c;
    return with_nulls(fisher_json(t));
}

static enum binomial_side side_of(const char *text) {
    if (text != NULL && strcmp(text, "lower") == 0) return BINOMIAL_LOWER;
    return text != NULL && strcmp(text, "upper") == 0 ? BINOMIAL_UPPER : BINOMIAL_TWO_SIDED;
}

static json_t *clopper_pearson(const json_t *inputs, struct error *err) {
    uint64_t errors, total;
    struct binomial_interval interval;
    double alpha = 1 - conform_double(inputs, "confidence", 0.95), budget = objective_budget(number(inputs, "objective_percent"));
    if (!read_count(inputs, "errors", &errors, err) || !read_count(inputs, "total", &total, err)) return NULL;
    enum stats_status status = binomial_interval_exact(errors, total, alpha, side_of(conform_text(inputs, "side")), &interval);
    json_t *out = with_status(status);
    double estimate = status == STATS_OK ? (double)errors / (double)total : (double)NAN;
    put(out, "estimate", estimate);
    put(out, "lower", interval.low);
    put(out, "upper", interval.high);
    put(out, "burn_rate", estimate / budget);
    put(out, "burn_rate_lower", interval.low / budget);
    put(out, "burn_rate_upper", interval.high / budget);
    return with_nulls(out);
}

static json_t *burn(const json_t *inputs, struct error *err) {
    uint64_t errors, total;
    struct burn_significance burn;
    double budget = objective_budget(number(inputs, "objective_percent"));
    if (!read_count(inputs, "errors", &errors, err) || !read_count(inputs, "total", &total, err)) return NULL;
    json_t *out = with_status(
        burn_significance(errors, total, budget, conform_double(inputs, "factor", 1), conform_double(inputs, "alpha", 0.05), &burn));
    put(out, "point_burn_rate", burn.rate);
    put(out, "p_value", burn.p_value);
    put(out, "burn_rate_lower", burn.lower);
    put(out, "burn_rate_upper", burn.upper);
    json_object_set_new(out, "verdict", json_string(burn_verdict_text(burn.verdict)));
    json_object_set_new(out, "min_significant_errors", burn.has_smallest ? json_integer((json_int_t)burn.smallest) : json_null());
    return with_nulls(out);
}

const struct conform_kind conform_stats_counts[] = {
    {"stats.normal_tail", normal_tail},
    {"stats.t_tail", t_tail},
    {"stats.binomial_tail", binomial_tail},
    {"stats.binomial_ci", binomial_ci},
    {"stats.poisson_conditional", poisson_conditional},
    {"stats.poisson_dispersed", dispersed},
    {"stats.edge_poisson", edge_poisson},
    {"stats.fisher_exact", fisher_exact},
    {"slo.clopper_pearson", clopper_pearson},
    {"slo.poisson_two_sample", poisson_two_sample},
    {"slo.fisher", fisher_shares},
    {"slo.burn_significance", burn},
    {NULL, NULL},
};
