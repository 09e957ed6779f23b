// SPDX-License-Identifier: GPL-3.0-or-later
#include "sorted_window.h"

#include <math.h>

void sorted_window_add(struct sorted_window *window, double value) {
    size_t at = window->count++;
    for (; at > 0 && window->values[at - 1] > value; at--) window->values[at] = window->values[at - 1];
    window->values[at] = value;
}

static size_t index_of(const struct sorted_window *window, double value) {
    size_t at = 0;
    while (window->values[at] < value) at++;
    return at;
}

// Each value is the middle one of the new one and its neighbours in the window without the old one.
void sorted_window_move(struct sorted_window *window, double removed, double added) {
    size_t last = window->count - 1, at = 0;
    double *v = window->values, below = -(double)INFINITY;
    for (size_t i = 0; i < last; i++) at += v[i] < removed;
    for (size_t i = 0; i < last; i++) {
        double above = v[i + (i >= at)], inner = above < added ? above : added;
        v[i] = below > inner ? below : inner;
        below = above;
    }
    v[last] = below > added ? below : added;
}

double sorted_window_median_without(const struct sorted_window *window, double value) {
    size_t skipped = index_of(window, value), others = window->count - 1, low = (others - 1) / 2, high = others / 2;
    double below = window->values[low + (low >= skipped)], above = window->values[high + (high >= skipped)];
    return below + (above - below) / 2;
}
