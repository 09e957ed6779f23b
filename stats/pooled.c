// SPDX-License-Identifier: GPL-3.0-or-later
#include "pooled.h"

static size_t run_length(struct column column, size_t from, double value) {
    size_t end = from;
    while (end < column.count && column.values[end] == value) end++;
    return end - from;
}

bool pooled_next(struct pooled *pooled, struct pooled_group *ret) {
    bool has_x = pooled->x_seen < pooled->x.count, has_y = pooled->y_seen < pooled->y.count;
    if (!has_x && !has_y) return false;
    double x = has_x ? pooled->x.values[pooled->x_seen] : 0, y = has_y ? pooled->y.values[pooled->y_seen] : 0;
    double value = has_x && (!has_y || x < y) ? x : y;
    *ret = (struct pooled_group){run_length(pooled->x, pooled->x_seen, value), run_length(pooled->y, pooled->y_seen, value)};
    pooled->x_seen += ret->x;
    pooled->y_seen += ret->y;
    return true;
}
