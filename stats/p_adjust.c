// SPDX-License-Identifier: GPL-3.0-or-later
// Sorted values and what they become stand side by side; equal values become equal, so each finds its own by bisection.
#include "stats/p_adjust.h"

#include <math.h>

#include "stats/column.h"

static double at_most_one(double value) {
    return value < 1 ? value : 1;
}

static void adjust_sorted(enum p_adjust_method method, struct column p, double *ret) {
    double count = (double)p.count, bound = method == P_ADJUST_HOLM ? 0 : 1;
    for (size_t i = 0; i < p.count; i++) {
        size_t rank = method == P_ADJUST_BENJAMINI_HOCHBERG ? p.count - 1 - i : i;
        double value = p.values[rank];
        switch (method) {
        case P_ADJUST_BONFERRONI:
            bound = at_most_one(count * value);
            break;
        case P_ADJUST_HOLM:
            bound = fmax(bound, at_most_one((double)(p.count - rank) * value));
            break;
        case P_ADJUST_BENJAMINI_HOCHBERG:
            bound = fmin(bound, count / (double)(rank + 1) * value);
            break;
        }
        ret[rank] = bound;
    }
}

static size_t find(struct column sorted, double value) {
    size_t low = 0, high = sorted.count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted.values[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t p_adjust_scratch(size_t count) {
    return 2 * count;
}

enum stats_status p_adjust(enum p_adjust_method method, const double *p, size_t count, double *scratch, double *ret_adjusted) {
    struct column sorted = column_sort(p, count, scratch);
    bool invalid = sorted.count > 0 && (sorted.values[0] < 0 || sorted.values[sorted.count - 1] > 1);
    if (invalid || sorted.count == 0) {
        for (size_t i = 0; i < count; i++) ret_adjusted[i] = (double)NAN;
        return invalid ? STATS_INVALID : STATS_NODATA;
    }
    adjust_sorted(method, sorted, scratch + count);
    for (size_t i = 0; i < count; i++) ret_adjusted[i] = isnan(p[i]) ? p[i] : scratch[count + find(sorted, p[i])];
    return STATS_OK;
}
