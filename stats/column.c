// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/column.h"

#include <gsl/gsl_sort_double.h>
#include <math.h>

struct column column_sort(const double *values, size_t count, double *room) {
    size_t numbers = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i])) room[numbers++] = values[i] + 0.0; // -0.0 + 0.0 is 0.0
    }
    gsl_sort(room, 1, numbers);
    return (struct column){room, numbers};
}

bool column_is_finite(struct column column) {
    return column.count == 0 || (isfinite(column.values[0]) && isfinite(column.values[column.count - 1]));
}
