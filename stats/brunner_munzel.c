// SPDX-License-Identifier: GPL-3.0-or-later
// The placements of x add up to U and those of y to nm - U; U is an exact integer, in halves, and so centers both.
#include "stats/brunner_munzel.h"

#include <math.h>
#include <stdint.h>

#include "pooled.h"
#include "stats/normal.h"
#include "stats/student_t.h"

static uint64_t pairs_above(struct column x, struct column y) {
    struct pooled pooled = {x, y, 0, 0};
    struct pooled_group group;
    uint64_t halves = 0;
    while (pooled_next(&pooled, &group)) halves += (uint64_t)group.x * (2 * (pooled.y_seen - group.y) + group.y);
    return halves;
}

// Sums of squares of the placements of x and of y about their means; both in halves.
static void placement_squares(struct column x, struct column y, uint64_t u, double *ret_x, double *ret_y) {
    struct pooled pooled = {x, y, 0, 0};
    struct pooled_group group;
    double mean_x = (double)u / (double)x.count, mean_y = (double)(2 * (uint64_t)x.count * y.count - u) / (double)y.count;
    *ret_x = *ret_y = 0;
    while (pooled_next(&pooled, &group)) {
        double from_x = (double)(2 * pooled.y_seen - group.y) - mean_x, from_y = (double)(2 * pooled.x_seen - group.x) - mean_y;
        *ret_x += (double)group.x * from_x * from_x;
        *ret_y += (double)group.y * from_y * from_y;
    }
}

enum stats_status brunner_munzel(struct column x, struct column y, struct brunner_munzel *ret) {
    const double none = (double)NAN;
    const struct p_values no_p = {none, none, none};
    *ret = (struct brunner_munzel){none, none, no_p, no_p};
    if (x.count == 0 || y.count == 0) return STATS_NODATA;
    if (x.count == 1 || y.count == 1) return STATS_DEGENERATE;
    double n = (double)x.count, m = (double)y.count, squares_x, squares_y;
    uint64_t u = pairs_above(x, y), middle = (uint64_t)x.count * y.count;
    placement_squares(x, y, u, &squares_x, &squares_y);
    double part_x = n * squares_x / (n - 1), part_y = m * squares_y / (m - 1), whole = part_x + part_y;
    double distance = u > middle ? -(double)(u - middle) : (double)(middle - u);
    ret->statistic = distance / sqrt(whole); // both in halves; 0 / 0 is NaN
    if (!isnan(ret->statistic)) {
        double less = normal_upper(ret->statistic), greater = normal_upper(-ret->statistic);
        ret->p_normal = (struct p_values){p_two_sided(less, greater), less, greater};
    }
    if (whole == 0) return STATS_DEGENERATE;
    double share_x = part_x / whole, share_y = part_y / whole;
    ret->df = 1 / (share_x * share_x / (n - 1) + share_y * share_y / (m - 1));
    double less = student_t_upper(ret->statistic, ret->df), greater = student_t_upper(-ret->statistic, ret->df);
    ret->p_t = (struct p_values){p_two_sided(less, greater), less, greater};
    return STATS_OK;
}
