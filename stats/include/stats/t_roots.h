// SPDX-License-Identifier: GPL-3.0-or-later
// Quantiles of Student's distribution that one judgement asks for again and again, each computed once.
#ifndef STATS_T_ROOTS_H
#define STATS_T_ROOTS_H

#include <stddef.h>

#define T_ROOTS_MOST 20

struct t_roots { // the caller's; zeroes are none
    struct t_root {
        double p, df, root;
    } kept[T_ROOTS_MOST];
    size_t count;
};

// student_t_upper_root(), also of the normal distribution at infinite df; `roots` may be NULL. What finds no room is computed anew each time.
double t_roots_upper(struct t_roots *roots, double p, double df);

#endif
