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

bool column_is_finite(struct column column) {
    return column.count == 0 || (isfinite(column.values[0]) && isfinite(column.values[column.count - 1]));
}
