// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of the exact rank tests, of adjusted p-values and of the two tests with unequal variances.
#include <stdlib.h>

#include "base/mem.h"
#include "conform.h"
#include "stats/brunner_munzel.h"
#include "stats/kolmogorov_smirnov.h"
#include "stats/mann_whitney_exact.h"
#include "stats/mann_whitney_null.h"
#include "stats/mann_whitney_ties.h"
#include "stats/mean_variance.h"
#include "stats/p_adjust.h"
#include "stats/welch.h"

struct pair {
    struct conform_numbers x, y;
};

// The caller frees both.
static bool read_pair(const json_t *inputs, struct pair *ret, struct error *err) {
    bool good = conform_numbers(json_object_get(inputs, "x"), &ret->x);
    good = conform_numbers(json_object_get(inputs, "y"), &ret->y) && good;
    return good || error_set(err, ERROR_DATA, "a sample is not a number");
}

static void free_pair(struct pair *pair) {
    free(pair->x.values);
    free(pair->y.values);
}

static struct column sort(struct conform_numbers *numbers) {
    return column_sort(numbers->values, numbers->count, numbers->values);
}

static json_t *open_outputs(enum stats_status status) {
    return json_pack("{s:s}", "status", stats_status_text(status));
}

static void add(json_t *out, const char *name, double value) {
    json_object_set_new(out, name, conform_real(value));
}

static json_t *rank_outputs(enum stats_status status, double u, struct p_values p) {
    json_t *out = open_outputs(status);
    add(out, "U", u);
    add(out, "p_two_sided", p.two_sided);
    add(out, "p_less", p.less);
    add(out, "p_greater", p.greater);
    return out;
}

static json_t *with_ties(struct column x, struct column y) {
    struct mann_whitney_ties found;
    double *scratch = mem_zero(mann_whitney_ties_scratch(x.count, y.count) + 1, sizeof *scratch);
    enum stats_status status = mann_whitney_ties(x, y, scratch, &found);
    free(scratch);
    json_t *out = rank_outputs(status, found.u, found.p);
    add(out, "p_two_sided_abs", found.two_sided_abs);
    return out;
}

static json_t *without_ties(struct column x, struct column y) {
    struct mann_whitney_exact found;
    double *cdf = mem_zero(mann_whitney_null_size(x.count, y.count) + 1, sizeof *cdf);
    mann_whitney_null(x.count, y.count, cdf);
    enum stats_status status = mann_whitney_exact(x, y, cdf, &found);
    free(cdf);
    if (status == STATS_INVALID) return with_ties(x, y); // sizes without a table, or ties after all
    return rank_outputs(status, found.u, found.p);
}

static json_t *run_pair(const json_t *inputs, json_t *(*run)(struct column, struct column), struct error *err) {
    struct pair pair;
    json_t *out = read_pair(inputs, &pair, err) ? run(sort(&pair.x), sort(&pair.y)) : NULL;
    free_pair(&pair);
    return out;
}

static json_t *mw_exact(const json_t *inputs, struct error *err) {
    return run_pair(inputs, without_ties, err);
}

static json_t *mw_exact_ties(const json_t *inputs, struct error *err) {
    return run_pair(inputs, with_ties, err);
}

static json_t *ks_of(struct column x, struct column y) {
    struct kolmogorov_smirnov found;
    double exact, *scratch = mem_zero(kolmogorov_smirnov_scratch(x.count, y.count) + 1, sizeof *scratch);
    json_t *out = open_outputs(kolmogorov_smirnov(x, y, &found));
    kolmogorov_smirnov_exact(x, y, scratch, &exact);
    free(scratch);
    add(out, "D", found.d);
    add(out, "p_asymptotic_kolmogorov", found.p_asymptotic);
    add(out, "p_exact", exact);
    return out;
}

static json_t *ks_2samp(const json_t *inputs, struct error *err) {
    return run_pair(inputs, ks_of, err);
}

static json_t *brunner_munzel_of(struct column x, struct column y) {
    struct brunner_munzel found;
    json_t *out = open_outputs(brunner_munzel(x, y, &found));
    add(out, "statistic", found.statistic);
    add(out, "df", found.df);
    add(out, "p_t_two_sided", found.p_t.two_sided);
    add(out, "p_t_less", found.p_t.less);
    add(out, "p_t_greater", found.p_t.greater);
    add(out, "p_normal_two_sided", found.p_normal.two_sided);
    add(out, "p_normal_less", found.p_normal.less);
    add(out, "p_normal_greater", found.p_normal.greater);
    return out;
}

static json_t *brunner_munzel_case(const json_t *inputs, struct error *err) {
    return run_pair(inputs, brunner_munzel_of, err);
}

static json_t *welch_t(const json_t *inputs, struct error *err) {
    struct pair pair;
    json_t *out = NULL;
    if (read_pair(inputs, &pair, err)) {
        struct welch found;
        out = open_outputs(welch(pair.x.values, pair.x.count, pair.y.values, pair.y.count, &found));
        add(out, "t", found.t);
        add(out, "df", found.df);
        add(out, "p_two_sided", found.p.two_sided);
        add(out, "p_less", found.p.less);
        add(out, "p_greater", found.p.greater);
    }
    free_pair(&pair);
    return out;
}

static json_t *p_adjust_case(const json_t *inputs, struct error *err) {
    static const char *const names[] = {"bonferroni", "holm", "bh"};
    struct conform_numbers p;
    json_t *out = NULL;
    if (conform_numbers(json_object_get(inputs, "p"), &p)) {
        double *scratch = mem_zero(p_adjust_scratch(p.count) + 1, sizeof *scratch);
        double *adjusted = mem_zero(p.count + 1, sizeof *adjusted);
        out = json_object();
        for (int method = P_ADJUST_BONFERRONI; method <= P_ADJUST_BENJAMINI_HOCHBERG; method++) {
            enum stats_status status = p_adjust((enum p_adjust_method)method, p.values, p.count, scratch, adjusted);
            json_object_set_new(out, "status", json_string(stats_status_text(status)));
            json_object_set_new(out, names[method], conform_reals(adjusted, p.count));
        }
        free(scratch);
        free(adjusted);
    } else {
        error_set(err, ERROR_DATA, "a p-value is not a number");
    }
    free(p.values);
    return out;
}

static json_t *mean_variance_case(const json_t *inputs, struct error *err) {
    struct conform_numbers x;
    json_t *out = NULL;
    if (conform_numbers(json_object_get(inputs, "x"), &x)) {
        struct mean_variance found;
        out = open_outputs(mean_variance(x.values, x.count, &found));
        add(out, "mean", found.mean);
        add(out, "variance", found.variance);
        add(out, "sd", found.sd);
        json_object_set_new(out, "n", json_integer((json_int_t)found.count));
    } else {
        error_set(err, ERROR_DATA, "a value is not a number");
    }
    free(x.values);
    return out;
}

const struct conform_kind conform_stats_exact[] = {
    {"stats.mw_exact", mw_exact},
    {"stats.mw_exact_ties", mw_exact_ties},
    {"stats.ks_2samp", ks_2samp},
    {"stats.brunner_munzel", brunner_munzel_case},
    {"stats.welch_t", welch_t},
    {"stats.p_adjust", p_adjust_case},
    {"stats.edge_p_adjust", p_adjust_case},
    {"stats.edge_mean_variance", mean_variance_case},
    {NULL, NULL},
};
