// SPDX-License-Identifier: GPL-3.0-or-later
// Partitions without branches on the values: which side one goes to cannot be predicted.
#include "select.h"

#include <math.h>

#include "sort.h"
#include "stats/column.h"

#define SORT_BELOW 8
#define ROUNDS_MOST 48 // good pivots halve the rest about every second round

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

// A pivot equal to the one before, not above which the rest lies, is a sign of many equal values: they are then passed at once.
double select_smallest(double *values, size_t count, size_t rank) {
    size_t from = 0, to = count;
    double least = -(double)INFINITY;
    for (int round = 0; to - from > SORT_BELOW && round < ROUNDS_MOST; round++) {
        double pivot = middle_of_three(values[from], values[from + (to - from) / 2], values[to - 1]);
        size_t at = pivot == least ? move_equal(values, from, to, pivot) : move_below(values, from, to, pivot);
        if (rank >= at) {
            from = at;
            least = pivot;
        } else if (pivot == least) {
            return pivot;
        } else {
            to = at;
        }
    }
    column_sort(values + from, to - from, values + from);
    return values[rank];
}

double select_middle(double a, double b) {
    double sum = a + b;
    return isfinite(sum) ? sum / 2 : a / 2 + b / 2;
}

static double largest_of(const double *values, size_t count) {
    double largest = values[0];
    for (size_t i = 1; i < count; i++) largest = values[i] > largest ? values[i] : largest;
    return largest;
}

double select_median(double *values, size_t count) {
    if (count == 0) return (double)NAN;
    double upper = select_smallest(values, count, count / 2);
    return count % 2 == 1 ? upper : select_middle(largest_of(values, count / 2), upper);
}
