// SPDX-License-Identifier: GPL-3.0-or-later
// Both sides are taken times the same power of two, in which t and df do not change.
#include "stats/welch.h"

#include <math.h>

#include "moments.h"
#include "stats/student_t.h"

static double standard_error(struct moments moments, size_t count) {
    return ldexp(sqrt(moments.part / (double)count), moments.exponent);
}

enum stats_status welch(const double *x, size_t x_count, const double *y, size_t y_count, struct welch *ret) {
    const double none = (double)NAN;
    struct moments_range of_x = moments_range(x, x_count), of_y = moments_range(y, y_count);
    double low = fmin(of_x.low, of_y.low), high = fmax(of_x.high, of_y.high);
    *ret = (struct welch){none, none, {none, none, none}};
    if (of_x.count == 0 || of_y.count == 0) return STATS_NODATA;
    if (isinf(low) || isinf(high)) return STATS_NONFINITE;
    if (of_x.count == 1 || of_y.count == 1) return STATS_DEGENERATE;
    int shift = moments_shift(low, high);
    struct moments in_x = moments_of(x, x_count, of_x, shift), in_y = moments_of(y, y_count, of_y, shift);
    double error_x = standard_error(in_x, of_x.count), error_y = standard_error(in_y, of_y.count), error = hypot(error_x, error_y);
    ret->t = (in_x.mean - in_y.mean + (in_x.rest - in_y.rest)) / error; // 0 / 0 is NaN
    if (error == 0) {
        if (isinf(ret->t)) ret->p = (struct p_values){0, ret->t > 0, ret->t < 0};
        return STATS_DEGENERATE;
    }
    double share_x = error_x / error, share_y = error_y / error;
    ret->df = 1 / (pow(share_x, 4) / (double)(of_x.count - 1) + pow(share_y, 4) / (double)(of_y.count - 1));
    double less = student_t_upper(-ret->t, ret->df), greater = student_t_upper(ret->t, ret->df);
    ret->p = (struct p_values){p_two_sided(less, greater), less, greater};
    return STATS_OK;
}
