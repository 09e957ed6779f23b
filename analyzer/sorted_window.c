// SPDX-License-Identifier: GPL-3.0-or-later
#include "sorted_window.h"

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

void sorted_window_remove(struct sorted_window *window, double value) {
    window->count--;
    for (size_t at = index_of(window, value); at < window->count; at++) window->values[at] = window->values[at + 1];
}

double sorted_window_median_without(const struct sorted_window *window, double value) {
    size_t skipped = index_of(window, value), others = window->count - 1, low = (others - 1) / 2, high = others / 2;
    double below = window->values[low + (low >= skipped)], above = window->values[high + (high >= skipped)];
    return below + (above - below) / 2;
}
