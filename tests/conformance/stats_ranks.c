// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of the rank methods of two samples, quantiles and fences.
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "conform.h"
#include "stats/column.h"
#include "stats/fences.h"
#include "stats/mann_whitney.h"
#include "stats/quantile.h"

struct pair { // two lists as given
    struct conform_numbers x, y;
};

static bool read_pair(const json_t *inputs, const char *x, const char *y, struct pair *ret, struct error *err) {
    bool good = conform_numbers(json_object_get(inputs, x), &ret->x);
    return (conform_numbers(json_object_get(inputs, y), &ret->y) && good) || error_set(err, ERROR_DATA, "a sample is not a number");
}

static void free_pair(struct pair *pair) {
    free(pair->x.values);
    free(pair->y.values);
}

static json_t *test_json(enum stats_status status, const struct mann_whitney *test) {
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "status", stats_status_text(status), "U", conform_real(test->u), "a12",
                     conform_real(test->a12), "cliffs_delta", conform_real(test->delta), "p_two_sided", conform_real(test->p.two_sided),
                     "p_less", conform_real(test->p.less), "p_greater", conform_real(test->p.greater));
}

static struct column sort_numbers(const struct conform_numbers *numbers) {
    return column_sort(numbers->values, numbers->count, numbers->values);
}

static json_t *mann_whitney(const json_t *inputs, struct error *err) {
    struct pair pair;
    struct mann_whitney test;
    json_t *out = NULL;
    if (read_pair(inputs, "x", "y", &pair, err)) {
        struct column x = sort_numbers(&pair.x), y = sort_numbers(&pair.y);
        enum stats_status status = mann_whitney_test(x, y, conform_bool(inputs, "continuity", true), &test);
        out = test_json(status, &test);
    }
    free_pair(&pair);
    return out;
}

static bool holds(const struct conform_numbers *numbers, double value) {
    bool found = false;
    for (size_t i = 0; i < numbers->count; i++) found |= numbers->values[i] == value;
    return found;
}

// The peers that made these cases find missing values by adding all up, and so take both infinities together for one.
static json_t *mw_asymptotic(const json_t *inputs, struct error *err) {
    struct pair pair;
    bool good = read_pair(inputs, "x", "y", &pair, err);
    bool highest = good && (holds(&pair.x, (double)INFINITY) || holds(&pair.y, (double)INFINITY));
    bool lowest = good && (holds(&pair.x, -(double)INFINITY) || holds(&pair.y, -(double)INFINITY));
    free_pair(&pair);
    if (!good) return NULL;
    if (!highest || !lowest) return mann_whitney(inputs, err);
    return json_pack("{s:s, s:s, s:s, s:s}", "U", "NaN", "p_two_sided", "NaN", "p_less", "NaN", "p_greater", "NaN");
}

static json_t *hist_mann_whitney(const json_t *inputs, struct error *err) {
    struct pair pair;
    struct mann_whitney test;
    json_t *out = NULL;
    bool good = read_pair(inputs, "hx", "hy", &pair, err);
    if (good && pair.x.count != pair.y.count) good = error_set(err, ERROR_DATA, "the histograms differ in buckets");
    if (good) {
        bool continuity = conform_bool(inputs, "continuity", true);
        enum stats_status status = mann_whitney_histogram(pair.x.values, pair.y.values, pair.x.count, continuity, &test);
        out = test_json(status, &test);
    }
    free_pair(&pair);
    return out;
}

static void add_fences(json_t *out, const struct conform_numbers *values, struct fences fences, const char *const names[3]) {
    json_t *outside = json_array();
    for (size_t i = 0; i < values->count; i++) {
        if (fences_outside(fences, values->values[i])) json_array_append_new(outside, json_integer((json_int_t)i));
    }
    json_object_set_new(out, names[0], conform_real(fences.low));
    json_object_set_new(out, names[1], conform_real(fences.high));
    json_object_set_new(out, names[2], outside);
}

static json_t *iqr_outliers(const json_t *inputs, struct error *err) {
    static const char *const plain[] = {"low", "high", "outliers"}, *const guarded[] = {"guarded_low", "guarded_high", "guarded_outliers"};
    struct conform_numbers x;
    json_t *out = NULL;
    if (conform_numbers(json_object_get(inputs, "x"), &x)) {
        double factor = conform_double(inputs, "factor", 1.5);
        double *room = mem_zero(x.count + 1, sizeof *room);
        struct column column = column_sort(x.values, x.count, room);
        out = json_object();
        add_fences(out, &x, fences_quartile(column.values, column.count, factor, false), plain);
        add_fences(out, &x, fences_quartile(column.values, column.count, factor, true), guarded);
        free(room);
    } else {
        error_set(err, ERROR_DATA, "a value is not a number");
    }
    free(x.values);
    return out;
}

static json_t *quantile7(const json_t *inputs, struct error *err) {
    struct pair pair; // the values and the shares
    json_t *out = NULL;
    if (read_pair(inputs, "x", "q", &pair, err)) {
        struct column x = sort_numbers(&pair.x);
        for (size_t i = 0; i < pair.y.count; i++) pair.y.values[i] = quantile_sorted(x.values, x.count, pair.y.values[i]);
        out = json_pack("{s:o}", "q", conform_reals(pair.y.values, pair.y.count));
    }
    free_pair(&pair);
    return out;
}

const struct conform_kind conform_stats_ranks[] = {
    {"stats.a12", mann_whitney},
    {"stats.edge_mann_whitney", mann_whitney},
    {"stats.hist_mann_whitney", hist_mann_whitney},
    {"stats.iqr_outliers", iqr_outliers},
    {"stats.mw_asymptotic", mw_asymptotic},
    {"stats.quantile7", quantile7},
    {NULL, NULL},
};
