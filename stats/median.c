// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/median.h"

#include <string.h>

#include "select.h"

double median_of(const double *values, size_t count, double *room) {
    if (count > 0) memmove(room, values, count * sizeof *room);
    return select_median(room, count);
}
