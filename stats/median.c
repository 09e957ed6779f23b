// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/median.h"

#include <math.h>
#include <string.h>

#include "select.h"

double median_of(const double *values, size_t count, double *room) {
    if (count > 0) memmove(room, values, count * sizeof *room);
    return select_median(room, count);
}

double median_sorted(struct column column) {
    size_t half = column.count / 2;
    if (column.count == 0) return (double)NAN;
    return column.count % 2 == 1 ? column.values[half] : select_middle(column.values[half - 1], column.values[half]);
}

// Where the `count` values nearest to the centre begin: they stand side by side.
static size_t nearest(struct column column, size_t count, double centre) {
    size_t low = 0, high = column.count - count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (centre - column.values[middle] > column.values[middle + count] - centre)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double median_distance(struct column column, double centre) {
    size_t count = column.count / 2 + 1;
    if (column.count == 0) return (double)NAN;
    const double *v = column.values + nearest(column, count, centre);
    double below = fabs(v[0] - centre), above = fabs(v[count - 1] - centre), upper = fmax(below, above);
    if (column.count % 2 == 1) return upper;
    double inner = below > above ? fabs(v[1] - centre) : fabs(v[count - 2] - centre);
    return select_middle(fmax(fmin(below, above), inner), upper);
}
