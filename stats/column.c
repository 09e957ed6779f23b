// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/column.h"

#include <math.h>

#include "sort.h"

struct column column_sort(const double *values, size_t count, double *room) {
    size_t numbers = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i])) room[numbers++] = values[i] + 0.0; // -0.0 + 0.0 is 0.0
    }
    sort_doubles(room, numbers);
    return (struct column){room, numbers};
}

// No branch depends on a comparison of values: random ones are mispredicted.
struct column column_merge(struct column x, struct column y, double *room) {
    size_t i = 0, j = 0;
    while (i < x.count && j < y.count) {
        double a = x.values[i], b = y.values[j];
        size_t from_y = b < a;
        room[i + j] = b < a ? b : a;
        i += 1 - from_y;
        j += from_y;
    }
    for (; i < x.count; i++) room[i + j] = x.values[i];
    for (; j < y.count; j++) room[i + j] = y.values[j];
    return (struct column){room, x.count + y.count};
}

bool column_is_finite(struct column column) {
    return column.count == 0 || (isfinite(column.values[0]) && isfinite(column.values[column.count - 1]));
}
