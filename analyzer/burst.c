// SPDX-License-Identifier: GPL-3.0-or-later
#include "burst.h"

#include <math.h>

#include "sorted_window.h"

#define WIDTH_LEAST 4
#define WIDTH_SHARE 0.06

size_t burst_width(size_t steps) {
    double width = ceil(WIDTH_SHARE * (double)steps);
    return width > WIDTH_LEAST ? (size_t)width : WIDTH_LEAST;
}

// The highest level that all but a quarter of some run reach, and the deepest in the same way.
static void find_runs(const double *z, size_t count, size_t width, double *room, struct burst *ret) {
    struct sorted_window run = {room, 0};
    double deepest = (double)INFINITY;
    ret->height = -(double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        if (i >= width) {
            sorted_window_move(&run, z[i - width], z[i]);
        } else {
            sorted_window_add(&run, z[i]);
        }
        if (run.count < width) continue;
        deepest = fmin(deepest, room[width - 1 - width / 4]);
        if (!(room[width / 4] > ret->height)) continue;
        ret->height = room[width / 4];
        ret->first = i + 1 - width;
    }
    ret->mirrored = fmax(-deepest, 0);
}

struct burst burst_find(const double *values, size_t count, double level, size_t width, struct arena *arena) {
    double *room = arena_array(arena, 2 * count, sizeof *room), *z = room + count;
    struct burst burst = {0};
    for (size_t i = 0; i < count; i++) z[i] = values[i] - level;
    find_runs(z, count, width, room, &burst);
    return burst;
}
