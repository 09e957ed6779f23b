// SPDX-License-Identifier: GPL-3.0-or-later
// For each number j of values drawn from the groups so far stands a row of how many ways lead to each U among those groups.
// U is counted in units of one half, or of one when no group is even, since then U has no halves. The smaller side is drawn.
#include "stats/mann_whitney_ties.h"

#include <math.h>
#include <string.h>

#include "pooled.h"

#define MOST_WORK 4000000000

struct ways {
    size_t n, m; // how many are drawn, how many are not
    size_t unit; // halves of U in one step of a row: 1 or 2
    double *rows;
};

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static double *row_of(const struct ways *ways, size_t drawn) {
    return ways->rows + drawn + drawn * (drawn - 1) * ways->m; // row i has 2 i m + 1 numbers
}

// The fewest of the first `passed` values that must have been drawn, so that the rest suffices for n.
static size_t fewest(const struct ways *ways, size_t passed) {
    return passed > ways->m ? passed - ways->m : 0;
}

static void add_scaled(double *restrict to, const double *restrict from, size_t count, double factor) {
    for (size_t i = 0; i < count; i++) to[i] += factor * from[i];
}

// Draws k = 0, 1, ... of `tied` equal values after `passed` lower ones. Row by row from the top, so each row adds from rows
// that are still as they were.
static void add_group(const struct ways *ways, size_t passed, size_t tied) {
    size_t lowest = fewest(ways, passed), lowest_after = fewest(ways, passed + tied);
    for (size_t drawn = least(passed + tied, ways->n); drawn > 0 && drawn >= lowest_after; drawn--) {
        double combinations = 1, *to = row_of(ways, drawn);
        for (size_t k = 1; k <= least(tied, drawn - lowest); k++) {
            combinations = combinations * (double)(tied - k + 1) / (double)k;
            size_t before = drawn - k;
            if (before > passed) continue;
            size_t shift = k * (2 * (passed - before) + tied - k) / ways->unit;
            add_scaled(to + shift, row_of(ways, before), 2 * before * (passed - before) / ways->unit + 1, combinations);
        }
    }
}

// Sums the row of all n: ways to a U up to u, from u on, and as far from the middle as u. All in halves.
static void add_tails(const struct ways *ways, size_t u, struct mann_whitney_ties *ret) {
    const double *row = row_of(ways, ways->n);
    size_t middle = ways->n * ways->m, distance = u > middle ? u - middle : middle - u;
    double less = 0, greater = 0, far = 0, all = 0;
    for (size_t at = 0; at <= 2 * middle; at += ways->unit) {
        double count = row[at / ways->unit];
        all += count;
        if (at <= u) less += count;
        if (at >= u) greater += count;
        if ((at > middle ? at - middle : middle - at) >= distance) far += count;
    }
    less /= all;
    greater /= all;
    ret->p = (struct p_values){p_two_sided(less, greater), less, greater};
    ret->two_sided_abs = far / all;
}

// U in halves; whether a group is even; whether there is one group only.
static size_t first_pass(struct column x, struct column y, bool *ret_even, bool *ret_single) {
    struct pooled pooled = {x, y, 0, 0};
    struct pooled_group group;
    size_t halves = 0, groups = 0;
    *ret_even = false;
    while (pooled_next(&pooled, &group)) {
        halves += group.x * (2 * (pooled.y_seen - group.y) + group.y);
        if ((group.x + group.y) % 2 == 0) *ret_even = true;
        groups++;
    }
    *ret_single = groups == 1;
    return halves;
}

size_t mann_whitney_ties_scratch(size_t n, size_t m) {
    size_t smaller = least(n, m), larger = n < m ? m : n;
    if (smaller == 0 || larger > MOST_WORK || smaller > MOST_WORK / larger) return 0;
    size_t pairs = smaller * larger, all = smaller + larger;
    if (pairs > MOST_WORK / smaller || pairs * smaller > MOST_WORK / all) return 0;
    return smaller * (smaller + 1) * larger + smaller + 1;
}

enum stats_status mann_whitney_ties(struct column x, struct column y, double *scratch, struct mann_whitney_ties *ret) {
    const double none = (double)NAN;
    *ret = (struct mann_whitney_ties){none, {none, none, none}, none};
    if (x.count == 0 || y.count == 0) return STATS_NODATA;
    size_t size = mann_whitney_ties_scratch(x.count, y.count);
    if (size == 0) return STATS_INVALID;
    bool even, single, swapped = x.count > y.count;
    size_t u = first_pass(x, y, &even, &single);
    ret->u = (double)u / 2;
    struct column drawn = swapped ? y : x, other = swapped ? x : y;
    struct ways ways = {drawn.count, other.count, even ? 1 : 2, scratch};
    memset(scratch, 0, size * sizeof *scratch);
    scratch[0] = 1;
    struct pooled pooled = {drawn, other, 0, 0};
    struct pooled_group group;
    for (size_t passed = 0; pooled_next(&pooled, &group); passed += group.x + group.y) add_group(&ways, passed, group.x + group.y);
    add_tails(&ways, swapped ? 2 * drawn.count * other.count - u : u, ret);
    if (swapped) ret->p = (struct p_values){ret->p.two_sided, ret->p.greater, ret->p.less};
    return single ? STATS_DEGENERATE : STATS_OK;
}
