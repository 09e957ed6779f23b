// SPDX-License-Identifier: GPL-3.0-or-later
#include "burst.h"

#include <math.h>

#include "paired.h"
#include "stats/column.h"

#define WIDTH_LEAST 4
#define WIDTH_SHARE 0.06

size_t burst_width(size_t steps) {
    double width = ceil(WIDTH_SHARE * (double)steps);
    return width > WIDTH_LEAST ? (size_t)width : WIDTH_LEAST;
}

// The highest level that all but a quarter of some run reach.
static double highest_run(const double *values, size_t count, size_t width, double *room, size_t *ret_first) {
    double best = -(double)INFINITY;
    for (size_t i = 0; i + width <= count; i++) {
        double level = column_sort(values + i, width, room).values[width / 4];
        if (!(level > best)) continue;
        best = level;
        *ret_first = i;
    }
    return best;
}

struct burst burst_find(const double *values, size_t count, size_t width, struct arena *arena) {
    double *room = arena_array(arena, 2 * count, sizeof *room), *z = room + count;
    struct burst burst = {0};
    size_t unused;
    double middle = paired_median(values, count, room);
    for (size_t i = 0; i < count; i++) z[i] = fabs(values[i] - middle);
    burst.noise = paired_median(z, count, room);
    for (size_t i = 0; i < count; i++) z[i] = values[i] - middle;
    burst.height = highest_run(z, count, width, room, &burst.first);
    for (size_t i = 0; i < count; i++) z[i] = -z[i];
    burst.mirrored = fmax(highest_run(z, count, width, room, &unused), 0);
    return burst;
}
