// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of locations and of what autocorrelation does to their errors.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conform.h"
#include "stats/ar1_mean.h"
#include "stats/autocorrelation.h"
#include "stats/hodges_lehmann.h"
#include "stats/hodges_lehmann_one.h"
#include "stats/mann_whitney_null.h"
#include "stats/robust_location.h"
#include "stats/signed_rank_null.h"

static bool read_values(const json_t *inputs, const char *name, struct conform_numbers *ret, struct error *err) {
    if (conform_numbers(json_object_get(inputs, name), ret)) return true;
    free(ret->values);
    return error_set(err, ERROR_DATA, "%s has a value that is not a number", name);
}

static bool read_column(const json_t *inputs, const char *name, struct column *ret, double **ret_room, struct error *err) {
    struct conform_numbers numbers;
    if (!read_values(inputs, name, &numbers, err)) return false;
    *ret_room = numbers.values;
    *ret = column_sort(numbers.values, numbers.count, numbers.values);
    return true;
}

static json_t *with_status(enum stats_status status) {
    return json_pack("{s:s}", "status", stats_status_text(status));
}

static void add(json_t *out, const char *name, double value) {
    json_object_set_new(out, name, conform_real(value));
}

static bool is_exact(const json_t *inputs) {
    const char *method = conform_text(inputs, "method");
    return method != NULL && strcmp(method, "exact") == 0;
}

static json_t *limits(enum stats_status status, double estimate, double low, double high, double achieved, bool exact) {
    json_t *out = with_status(status);
    add(out, "estimate", estimate);
    add(out, "ci_low", low);
    add(out, "ci_high", high);
    if (exact) add(out, "achieved", achieved);
    return out;
}

static json_t *shift(const json_t *inputs, struct column x, struct column y) {
    double *scratch = mem_zero(hodges_lehmann_scratch(x.count, y.count), sizeof *scratch);
    double confidence = conform_double(inputs, "conf", -1);
    struct hodges_lehmann r;
    enum stats_status status;
    if (confidence == -1) {
        double estimate;
        status = hodges_lehmann_estimate(x, y, scratch, &estimate);
        free(scratch);
        json_t *out = with_status(status);
        add(out, "estimate", estimate);
        return out;
    }
    if (is_exact(inputs)) {
        double *cdf = mem_zero(mann_whitney_null_size(x.count, y.count) + 1, sizeof *cdf);
        mann_whitney_null(x.count, y.count, cdf);
        status = hodges_lehmann_exact(x, y, confidence, cdf, scratch, &r);
        free(cdf);
    } else {
        status = hodges_lehmann_normal(x, y, confidence, scratch, &r);
    }
    free(scratch);
    return limits(status, r.estimate, r.low, r.high, r.achieved, is_exact(inputs));
}

static json_t *two_samples(const json_t *inputs, struct error *err) {
    struct column x, y;
    double *x_room = NULL, *y_room = NULL;
    json_t *out = NULL;
    if (read_column(inputs, "x", &x, &x_room, err) && read_column(inputs, "y", &y, &y_room, err)) out = shift(inputs, x, y);
    free(x_room);
    free(y_room);
    return out;
}

static json_t *centre(const json_t *inputs, struct column x) {
    double *scratch = mem_zero(hodges_lehmann_one_scratch(x.count), sizeof *scratch);
    double confidence = conform_double(inputs, "conf", -1);
    struct hodges_lehmann_one r;
    enum stats_status status;
    if (confidence == -1) {
        double estimate;
        status = hodges_lehmann_one_estimate(x, scratch, &estimate);
        free(scratch);
        json_t *out = with_status(status);
        add(out, "estimate", estimate);
        return out;
    }
    if (is_exact(inputs)) {
        double *cdf = mem_zero(signed_rank_null_size(x.count) + 1, sizeof *cdf);
        signed_rank_null(x.count, cdf);
        status = hodges_lehmann_one_exact(x, confidence, cdf, scratch, &r);
        free(cdf);
    } else {
        status = hodges_lehmann_one_normal(x, confidence, scratch, &r);
    }
    free(scratch);
    return limits(status, r.estimate, r.low, r.high, r.achieved, is_exact(inputs));
}

static json_t *one_sample(const json_t *inputs, struct error *err) {
    struct column x;
    double *room;
    if (!read_column(inputs, "x", &x, &room, err)) return NULL;
    json_t *out = centre(inputs, x);
    free(room);
    return out;
}

static json_t *acf(const json_t *inputs, struct error *err) {
    struct conform_numbers x;
    int64_t lags = conform_integer(inputs, "lags", 1);
    if (lags < 0 || lags > INT32_MAX) {
        error_set(err, ERROR_DATA, "lags is out of range");
        return NULL;
    }
    if (!read_values(inputs, "x", &x, err)) return NULL;
    double *scratch = mem_zero(autocorrelation_scratch(x.count) + 1, sizeof *scratch), *found = mem_zero((size_t)lags + 1, sizeof *found);
    json_t *out = with_status(autocorrelation_lags(x.values, x.count, (size_t)lags, scratch, found));
    json_object_set_new(out, "acf", conform_reals(found, (size_t)lags));
    free(found);
    free(scratch);
    free(x.values);
    return out;
}

static struct ar1_prior prior_of(const json_t *inputs) {
    struct ar1_prior usual = AR1_PRIOR_DEFAULT;
    return (struct ar1_prior){
        .rho = conform_double(inputs, "prior_rho", usual.rho),
        .weight = conform_double(inputs, "prior_weight", usual.weight),
        .least = conform_double(inputs, "rho_least", usual.least),
    };
}

static json_t *ar1(const json_t *inputs, struct error *err) {
    struct conform_numbers x;
    struct ar1_mean r;
    if (!read_values(inputs, "x", &x, err)) return NULL;
    double *scratch = mem_zero(ar1_mean_scratch(x.count) + 1, sizeof *scratch);
    double about = conform_double(inputs, "center", (double)NAN);
    json_t *out = with_status(ar1_mean_estimate(x.values, x.count, about, prior_of(inputs), scratch, &r));
    add(out, "mean", r.mean);
    add(out, "rho_raw", r.rho_raw);
    add(out, "rho", r.rho);
    add(out, "se", r.se);
    add(out, "df", r.df);
    add(out, "ess", r.ess);
    free(scratch);
    free(x.values);
    return out;
}

static json_t *robust(const json_t *inputs, struct error *err) {
    struct conform_numbers x;
    struct robust_location r;
    if (!read_values(inputs, "x", &x, err)) return NULL;
    double *scratch = mem_zero(robust_location_scratch(x.count), sizeof *scratch);
    json_t *out = with_status(robust_location_estimate(x.values, x.count, prior_of(inputs), scratch, &r));
    add(out, "estimate", r.estimate);
    add(out, "se", r.se);
    add(out, "df", r.df);
    add(out, "rho", r.rho);
    free(scratch);
    free(x.values);
    return out;
}

const struct conform_kind conform_stats_locations[] = {
    {"stats.hodges_lehmann", two_samples},
    {"stats.hodges_lehmann_one", one_sample},
    {"stats.acf", acf},
    {"stats.ar1_mean", ar1},
    {"stats.robust_location", robust},
    {NULL, NULL},
};
