// SPDX-License-Identifier: GPL-3.0-or-later
// Two merges: one without branches for samples without ties, and one run of equal values at a time for all others. The first
// one finds out whether there is a tie. Equality of doubles is wider than that of the total order (both zeros), which only
// sends a sample to the second merge without need.
#include "stats/rank.h"

#include <math.h>

#include "sort.h"

#define LANES 4

// Behind sort_doubles: moves NaN to the end and puts -0.0 before 0.0 where both occur.
void rank_sort(double *values, size_t count) {
    size_t numbers = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) continue;
        double number = values[i];
        values[i] = values[numbers];
        values[numbers++] = number;
    }
    sort_doubles(values, numbers);
    size_t from = 0, negative = 0;
    while (from < numbers && values[from] < 0) from++;
    size_t to = from;
    for (; to < numbers && values[to] == 0; to++) negative += signbit(values[to]) != 0;
    for (size_t i = from; i < to; i++) values[i] = i - from < negative ? -0.0 : 0.0;
}

struct rank_side rank_side_of(const double *sorted, size_t count) {
    bool tied = false;
    for (size_t i = 1; i < count; i++) tied |= sorted[i] == sorted[i - 1];
    return (struct rank_side){sorted, count, !tied};
}

struct rank_side rank_side_shifted(const double *sorted, size_t count, double shift, double *room) {
    bool tied = false;
    double before = (double)NAN;
    for (size_t i = 0; i < count; i++) {
        double value = sorted[i] - shift;
        room[i] = isnan(value) ? (double)INFINITY : value;
        tied |= room[i] == before;
        before = room[i];
    }
    return (struct rank_side){room, count, !tied};
}

// How many of the values lie below `limit`.
static size_t count_below(const double *values, size_t count, double limit) {
    size_t low = 0;
    while (count > 0) {
        size_t half = count / 2;
        bool below = values[low + half] < limit;
        low = below ? low + half + 1 : low;
        count = below ? count - half - 1 : half;
    }
    return low;
}

// How many of the lowest `steps` values of both sides belong to x.
static size_t split_at(const double *x, size_t m, const double *y, size_t n, size_t steps) {
    size_t low = steps > n ? steps - n : 0, count = (steps < m ? steps : m) - low;
    while (count > 0) {
        size_t half = count / 2, middle = low + half;
        bool below = x[middle] <= y[steps - 1 - middle];
        low = below ? middle + 1 : low;
        count = below ? count - half - 1 : half;
    }
    return low;
}

// A merge of m + n steps, each taking the smaller head, x first: the sum over the steps of how many of x were taken before.
// The steps are cut into lanes of equal length that advance side by side, as each waits for its own comparison most of the
// time. The value after the last one of the side that does not hold the largest must be readable and larger than all.
static bool merge_lanes(const double *x, size_t m, const double *y, size_t n, uint64_t *ret_sum) {
    size_t length = (m + n) / LANES;
    const double *y0 = y, *y1 = y0 + length, *y2 = y1 + length, *y3 = y2 + length;
    size_t i0 = 0, i1 = split_at(x, m, y, n, length), i2 = split_at(x, m, y, n, 2 * length), i3 = split_at(x, m, y, n, 3 * length);
    uint64_t sum = 0;
    bool tied = false;
    for (size_t k = 0; k < length; k++) {
        sum += i0 + i1 + i2 + i3;
        double a0 = x[i0], b0 = y0[k - i0], a1 = x[i1], b1 = y1[k - i1];
        double a2 = x[i2], b2 = y2[k - i2], a3 = x[i3], b3 = y3[k - i3];
        tied |= (a0 == b0) | (a1 == b1) | (a2 == b2) | (a3 == b3);
        i0 += a0 <= b0;
        i1 += a1 <= b1;
        i2 += a2 <= b2;
        i3 += a3 <= b3;
    }
    for (size_t k = LANES * length; k < m + n; k++) {
        sum += i3;
        tied |= x[i3] == y[k - i3];
        i3 += x[i3] <= y[k - i3];
    }
    *ret_sum = sum;
    return !tied;
}

// False when a value of x equals one of y. What lies above the largest value of the other side needs no merge; its lowest
// value is the one behind the merged ones that the lanes rely on.
static bool merge_distinct(struct rank_side x, struct rank_side y, uint64_t *ret_twice) {
    size_t m = x.count, n = y.count;
    double last_x = x.values[m - 1], last_y = y.values[n - 1];
    if (last_x == last_y) return false;
    if (last_x < last_y) {
        n = count_below(y.values, n, last_x);
        if (y.values[n] == last_x) return false;
    } else {
        m = count_below(x.values, m, last_y);
        if (x.values[m] == last_y) return false;
    }
    uint64_t sum, above = x.count - m, pooled = m + n;
    if (!merge_lanes(x.values, m, y.values, n, &sum)) return false;
    *ret_twice = 2 * (m * pooled - sum) + above * (2 * pooled + above + 1);
    return true;
}

// Whether a lies below b in the total order.
static bool lies_below(double a, double b) {
    return a < b || (a == b && signbit(a) != 0 && signbit(b) == 0);
}

static size_t run_length(struct rank_side side, size_t from, double value) {
    size_t end = from;
    while (end < side.count && !lies_below(value, side.values[end])) end++;
    return end - from;
}

static double tie_term(size_t size) {
    return pow((double)size, 3) - (double)size;
}

static struct rank_sums merge_runs(struct rank_side x, struct rank_side y) {
    struct rank_sums sums = {0, 0};
    size_t i = 0, j = 0;
    while (i < x.count || j < y.count) {
        bool from_y = i == x.count || (j < y.count && lies_below(y.values[j], x.values[i]));
        double value = from_y ? y.values[j] : x.values[i];
        size_t in_x = run_length(x, i, value), in_y = run_length(y, j, value), size = in_x + in_y;
        sums.twice_x += (uint64_t)in_x * (2 * (uint64_t)(i + j) + size + 1);
        if (size > 1) sums.ties += tie_term(size);
        i += in_x;
        j += in_y;
    }
    return sums;
}

struct rank_sums rank_merge(struct rank_side x, struct rank_side y) {
    struct rank_sums sums = {0, 0};
    bool plain = x.count > 0 && y.count > 0 && x.distinct && y.distinct;
    return plain && merge_distinct(x, y, &sums.twice_x) ? sums : merge_runs(x, y);
}
