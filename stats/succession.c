// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/succession.h"

double succession_silent(uint64_t silent, uint64_t active, uint64_t steps) {
    double all = (double)silent + (double)steps, term = 1 / (all + 1), sum = 0;
    for (uint64_t j = 0; j <= steps; j++) {
        if (j >= active) sum += term;
        term *= (double)(steps - j) / (all - (double)j);
    }
    return sum;
}
