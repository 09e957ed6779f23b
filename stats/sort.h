// SPDX-License-Identifier: GPL-3.0-or-later
// Sorting of doubles, made for the 60 to 1,440 values of a canary and good for millions.
#ifndef STATS_SORT_H
#define STATS_SORT_H

#include <stddef.h>

// Ascending; no value may be NaN. -0.0 and 0.0 count as equal and come in any order. O(n log n) at worst, no other memory.
void sort_doubles(double *values, size_t count);

// Of three values, without a branch on them: a pivot.
static inline double middle_of_three(double a, double b, double c) {
    double low = a < b ? a : b, high = a < b ? b : a;
    double rest = c < high ? c : high;
    return low < rest ? rest : low;
}

#endif
