// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/look_levels.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define LEAST_FRESH 1e-9 // a part without any share would be policy

const char *spending_name(enum spending_type spending) {
    return spending == SPENDING_POCOCK ? "pocock" : "obf";
}

static double least_growth(const size_t *at, size_t count) {
    double least = 1;
    for (size_t i = 1; i < count; i++) {
        double grown = (double)(at[i] - at[i - 1]) / (double)at[i];
        least = grown < least ? grown : least;
    }
    return least * (1 - 1e-9); // so that rounding of the fractions asks for no more room
}

void look_levels(enum spending_type spending, double alpha, const size_t *at, size_t count, size_t steps, struct look_level *ret) {
    const struct spending plan = {.type = spending, .alpha = alpha};
    double growth = least_growth(at, count);
    double *scratch = mem_zero(alpha_spending_scratch(growth), sizeof *scratch);
    struct alpha_spending state;
    struct spending_look look = {0};
    alpha_spending_start(&plan, growth, scratch, &state);
    for (size_t i = 0; i < count; i++) {
        bool added = alpha_spending_add(&state, (double)at[i] / (double)steps, &look) == STATS_OK;
        double level = added ? look.nominal_p : 0, more = look.cumulative - (i > 0 ? ret[i - 1].spent : 0);
        ret[i] = (struct look_level){level, look.cumulative, level > 0 ? fmin(fmax(more / level, LEAST_FRESH), 1) : 1};
    }
    free(scratch);
}
