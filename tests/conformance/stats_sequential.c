// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of the sequential methods.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conform.h"
#include "stats/alpha_spending.h"
#include "stats/confidence_sequence.h"
#include "stats/evalue.h"
#include "stats/mixture_sprt.h"

static bool read_spending(const json_t *inputs, struct spending *ret, struct error *err) {
    static const char *const types[] = {
        [SPENDING_OBRIEN_FLEMING] = "obf", [SPENDING_POCOCK] = "pocock", [SPENDING_POWER] = "power", [SPENDING_HWANG_SHIH_DECANI] = "hsd"};
    const char *name = conform_text(inputs, "spending");
    for (size_t i = 0; name != NULL && i < sizeof types / sizeof *types; i++) {
        if (strcmp(name, types[i]) != 0) continue;
        *ret = (struct spending){(enum spending_type)i, conform_double(inputs, "alpha", (double)NAN), conform_double(inputs, "param", 0)};
        return true;
    }
    return error_set(err, ERROR_DATA, "unknown spending function");
}

static double least_growth(const struct conform_numbers *t) {
    double least = 1;
    for (size_t i = 0; i < t->count; i++) {
        double growth = 1 - (i > 0 ? t->values[i - 1] : 0) / t->values[i];
        if (growth > 0 && growth < least) least = growth;
    }
    return least;
}

static json_t *run_looks(const struct spending *plan, const struct conform_numbers *t) {
    struct alpha_spending state;
    struct spending_look look;
    json_t *z = json_array(), *p = json_array(), *cumulative = json_array();
    double growth = 0.999999 * least_growth(t);
    double *scratch = mem_zero(alpha_spending_scratch(growth) + 1, sizeof *scratch);
    enum stats_status status = t->count > 0 ? alpha_spending_start(plan, growth, scratch, &state) : STATS_NODATA;
    for (size_t i = 0; status == STATS_OK && i < t->count; i++) {
        status = alpha_spending_add(&state, t->values[i], &look);
        json_array_append_new(z, conform_real(look.z));
        json_array_append_new(p, conform_real(look.nominal_p));
        json_array_append_new(cumulative, conform_real(look.cumulative));
    }
    free(scratch);
    return json_pack("{s:s, s:o, s:o, s:o}", "status", stats_status_text(status), "z", z, "nominal_p", p, "cumulative", cumulative);
}

static json_t *alpha_spending(const json_t *inputs, struct error *err) {
    struct spending plan;
    struct conform_numbers t = {NULL, 0};
    json_t *out = NULL;
    if (!read_spending(inputs, &plan, err)) return NULL;
    if (conform_numbers(json_object_get(inputs, "t"), &t))
        out = run_looks(&plan, &t);
    else
        error_set(err, ERROR_DATA, "a fraction is not a number");
    free(t.values);
    return out;
}

static json_t *msprt_normal(const json_t *inputs, struct error *err) {
    (void)err;
    struct mixture_sprt got;
    struct mixture_sprt_model model = {conform_double(inputs, "theta0", 0), conform_double(inputs, "sigma2", (double)NAN),
                                       conform_double(inputs, "tau2", (double)NAN)};
    double n = conform_double(inputs, "n", (double)NAN), mean = conform_double(inputs, "mean", (double)NAN);
    enum stats_status status = mixture_sprt_test(&model, n, mean, &got);
    return json_pack("{s:s, s:o, s:o}", "status", stats_status_text(status), "log_lr", conform_real(got.log_lr), "p_always_valid",
                     conform_real(got.p_always_valid));
}

static json_t *confseq_asymptotic(const json_t *inputs, struct error *err) {
    (void)err;
    struct confidence_sequence got;
    double n = conform_double(inputs, "n", (double)NAN), sigma = conform_double(inputs, "sigma", (double)NAN);
    double rho2 = conform_double(inputs, "rho2", (double)NAN), alpha = conform_double(inputs, "alpha", (double)NAN);
    enum stats_status status = confidence_sequence_radius(n, sigma, rho2, alpha, &got);
    return json_pack("{s:s, s:o, s:o}", "status", stats_status_text(status), "radius_two_sided", conform_real(got.radius_two_sided),
                     "radius_one_sided", conform_real(got.radius_one_sided));
}

static json_t *log_e_json(enum stats_status status, double log_e) {
    return json_pack("{s:s, s:o}", "status", stats_status_text(status), "log_e", conform_real(log_e));
}

static json_t *binomial(const json_t *inputs, struct error *err) {
    (void)err;
    double log_e, x = conform_double(inputs, "x", (double)NAN), y = conform_double(inputs, "y", (double)NAN);
    double p0 = conform_double(inputs, "p0", (double)NAN), a = conform_double(inputs, "a", 1), b = conform_double(inputs, "b", 1);
    enum stats_status status = evalue_binomial(x, y, p0, a, b, &log_e);
    return log_e_json(status, log_e);
}

static json_t *poisson(const json_t *inputs, struct error *err) {
    (void)err;
    double log_e, x = conform_double(inputs, "x", (double)NAN), exposure = conform_double(inputs, "exposure", (double)NAN);
    double lambda0 = conform_double(inputs, "lambda0", (double)NAN);
    double shape = conform_double(inputs, "shape", 1), rate = conform_double(inputs, "rate", 1);
    enum stats_status status = evalue_poisson(x, exposure, lambda0, shape, rate, &log_e);
    return log_e_json(status, log_e);
}

const struct conform_kind conform_stats_sequential[] = {
    {"stats.alpha_spending", alpha_spending}, {"stats.msprt_normal", msprt_normal}, {"stats.confseq_asymptotic", confseq_asymptotic},
    {"stats.evalue_binomial", binomial},      {"stats.evalue_poisson", poisson},    {NULL, NULL},
};
