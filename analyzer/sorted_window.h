// SPDX-License-Identifier: GPL-3.0-or-later
// The values of a short window that moves along a series, kept in order: one value comes in, one goes out.
#ifndef ANALYZER_SORTED_WINDOW_H
#define ANALYZER_SORTED_WINDOW_H

#include <stddef.h>

struct sorted_window {
    double *values; // the caller's, room for the longest window; ascending
    size_t count;
};

void sorted_window_add(struct sorted_window *window, double value);

// Puts `added` in the place of `removed`, which must be in the window. No branch depends on the values.
void sorted_window_move(struct sorted_window *window, double removed, double added);

// The median of all values but this one, which must be in the window beside at least one other.
double sorted_window_median_without(const struct sorted_window *window, double value);

#endif
