// SPDX-License-Identifier: GPL-3.0-or-later
// Partitions without branches on the values: which side one goes to cannot be predicted.
#include "select.h"

#include <math.h>
#include <stdbool.h>

#include "stats/column.h"

#define SORT_BELOW 16
#define ROUNDS_MOST 48 // good pivots halve the rest about every second round

// Of the first, the middle and the last value.
static size_t middle_of_three(const double *values, size_t from, size_t to) {
    size_t low = from, high = to - 1, other = from + (to - from) / 2;
    bool turned = values[high] < values[low];
    size_t less = turned ? high : low, more = turned ? low : high;
    size_t rest = values[other] < values[more] ? other : more;
    return values[less] < values[rest] ? rest : less;
}

static size_t move_below(double *values, size_t from, size_t to, double pivot) {
    for (size_t i = from; i < to; i++) {
        double value = values[i];
        values[i] = values[from];
        values[from] = value;
        from += value < pivot;
    }
    return from;
}

static size_t move_equal(double *values, size_t from, size_t to, double pivot) {
    for (size_t i = from; i < to; i++) {
        double value = values[i];
        values[i] = values[from];
        values[from] = value;
        from += value <= pivot;
    }
    return from;
}

double select_smallest(double *values, size_t count, size_t rank) {
    size_t from = 0, to = count;
    for (int round = 0; to - from > SORT_BELOW && round < ROUNDS_MOST; round++) {
        size_t at = middle_of_three(values, from, to);
        double pivot = values[at];
        values[at] = values[to - 1];
        size_t equal = move_below(values, from, to - 1, pivot);
        values[to - 1] = values[equal];
        values[equal] = pivot;
        if (rank < equal) {
            to = equal;
            continue;
        }
        // Where nothing lies below the pivot there may be many that equal it.
        size_t above = equal == from ? move_equal(values, equal, to, pivot) : equal + 1;
        if (rank < above) return pivot;
        from = above;
    }
    column_sort(values + from, to - from, values + from);
    return values[rank];
}

double select_middle(double a, double b) {
    double sum = a + b;
    return isfinite(sum) ? sum / 2 : a / 2 + b / 2;
}

double select_median(double *values, size_t count) {
    if (count == 0) return (double)NAN;
    double upper = select_smallest(values, count, count / 2);
    return count % 2 == 1 ? upper : select_middle(select_smallest(values, count / 2, count / 2 - 1), upper);
}
