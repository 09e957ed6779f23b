// SPDX-License-Identifier: GPL-3.0-or-later
// Three ways to merge, one result: lanes for sides without repeated values, lanes that keep track of groups for sides with
// some, and one run of equal values at a time for sides with many, which leaves few branches to be guessed wrong. The lanes
// compare doubles, to which both zeros are equal; where -0.0 occurs the runs, which know the total order, do all.
#include "stats/rank.h"

#include <math.h>

#include "sort.h"

#define LANES 4
#define COUNTED_MOST 200000 // the cube of the pooled size stays below 2^53, so that tie sums are exact in any order

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

// How many of the values lie below `limit`. As the rounds depend on nothing but the count, no branch is guessed wrong.
static size_t count_below(const double *values, size_t count, double limit) {
    size_t low = 0;
    for (size_t left = count; left > 0;) {
        size_t step = left - left / 2;
        low += step & -(size_t)(values[low + step - 1] < limit);
        left -= step;
    }
    return low;
}

static bool has_negative_zero(const double *sorted, size_t count) {
    size_t at = count_below(sorted, count, 0);
    return at < count && sorted[at] == 0 && signbit(sorted[at]) != 0;
}

struct rank_side rank_side_of(const double *sorted, size_t count) {
    size_t repeats = 0;
    for (size_t i = 1; i < count; i++) repeats += sorted[i] <= sorted[i - 1];
    return (struct rank_side){sorted, count, repeats, has_negative_zero(sorted, count)};
}

// A difference is -0.0 only where the shift is 0.
struct rank_side rank_side_shifted(const double *sorted, size_t count, double shift, double *room) {
    size_t repeats = 0;
    double before = (double)NAN;
    for (size_t i = 0; i < count; i++) {
        double value = sorted[i] - shift;
        room[i] = isnan(value) ? (double)INFINITY : value;
        repeats += room[i] <= before;
        before = room[i];
    }
    return (struct rank_side){room, count, repeats, shift == 0 && has_negative_zero(room, count)};
}

// How many of the lowest `steps` values of both sides belong to x.
static size_t split_at(const double *x, size_t m, const double *y, size_t n, size_t steps) {
    size_t low = steps > n ? steps - n : 0;
    for (size_t left = (steps < m ? steps : m) - low; left > 0;) {
        size_t step = left - left / 2;
        low += step & -(size_t)(x[low + step - 1] <= y[steps - low - step]);
        left -= step;
    }
    return low;
}

// What a merge of m + n steps finds, each step taking the smaller head, x first.
struct steps {
    uint64_t sum;   // over the steps, of how many of x were taken before
    uint64_t equal; // pairs of an equal x and y
    uint64_t cubes; // sum of (t^3 - t) / 3 over the groups
};

// For sides without repeated values. The steps are cut into lanes of equal length that advance side by side, as each waits
// for its own comparison most of the time. Behind both sides there must be readable values above all that are merged.
static struct steps merge_lanes(const double *x, size_t m, const double *y, size_t n) {
    size_t length = (m + n) / LANES;
    size_t i0 = 0, i1 = split_at(x, m, y, n, length), i2 = split_at(x, m, y, n, 2 * length), i3 = split_at(x, m, y, n, 3 * length);
    uint64_t sum = 0, not_less = 0;
    for (size_t k = 0; k < length; k++) {
        sum += i0 + i1 + i2 + i3;
        double a0 = x[i0], b0 = y[k - i0], a1 = x[i1], b1 = y[length + k - i1];
        double a2 = x[i2], b2 = y[2 * length + k - i2], a3 = x[i3], b3 = y[3 * length + k - i3];
        i0 += a0 <= b0;
        not_less += a0 >= b0;
        i1 += a1 <= b1;
        not_less += a1 >= b1;
        i2 += a2 <= b2;
        not_less += a2 >= b2;
        i3 += a3 <= b3;
        not_less += a3 >= b3;
    }
    for (size_t k = LANES * length; k < m + n; k++) {
        double a = x[i3], b = y[k - i3];
        sum += i3;
        i3 += a <= b;
        not_less += a >= b;
    }
    uint64_t equal = not_less - n; // y was taken, being the smaller, in n of these steps
    return (struct steps){sum, equal, 2 * equal};
}

struct lane {
    size_t i, j;    // heads
    double before;  // the value taken last
    uint64_t run;   // how many before it are equal to it
    uint64_t x_run; // how many of them, and itself, are of x
    struct steps found;
};

static inline void lane_step(struct lane *lane, const double *x, const double *y) {
    double a = x[lane->i], b = y[lane->j], value = b < a ? b : a;
    uint64_t of_x = a <= b, same = -(uint64_t)(value <= lane->before);
    lane->before = value;
    lane->run = (lane->run + 1) & same;
    lane->x_run = (lane->x_run & same) + of_x;
    lane->found.sum += lane->i;
    lane->found.equal += lane->x_run & (of_x - 1);
    lane->found.cubes += lane->run * (lane->run + 1);
    lane->i += of_x;
    lane->j += 1 - of_x;
}

// For any sides, with the same values behind them. Two lanes, cut between groups.
static struct steps merge_counted(const double *x, size_t m, const double *y, size_t n) {
    double cut = m > n ? x[m / 2] : y[n / 2];
    struct lane low = {.before = (double)NAN}, high = {count_below(x, m, cut), count_below(y, n, cut), (double)NAN, 0, 0, {0}};
    size_t low_left = high.i + high.j, high_left = m + n - low_left;
    while (low_left > 0 && high_left > 0) {
        lane_step(&low, x, y);
        lane_step(&high, x, y);
        low_left--;
        high_left--;
    }
    for (; low_left > 0; low_left--) lane_step(&low, x, y);
    for (; high_left > 0; high_left--) lane_step(&high, x, y);
    return (struct steps){low.found.sum + high.found.sum, low.found.equal + high.found.equal, low.found.cubes + high.found.cubes};
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
    double t = (double)size;
    return (size <= COUNTED_MOST ? t * t * t : pow(t, 3)) - t; // exact either way up to there
}

static struct rank_sums merge_runs(struct rank_side x, struct rank_side y) {
    struct rank_sums sums = {0, 0};
    size_t i = 0, j = 0;
    while (i < x.count || (j < y.count && y.repeats > 0)) {
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

// What lies from the last value of one side on, for sides without repeated values: that side has one value there.
static struct rank_sums merge_rest(struct rank_side x, struct rank_side y) {
    bool tied = x.values[0] == y.values[0], x_above = x.values[x.count - 1] > y.values[y.count - 1];
    uint64_t pairs = x_above ? x.count - tied : 0;
    return (struct rank_sums){x.count * (x.count + 1) + 2 * pairs + tied, tied ? 6 : 0};
}

// Lanes up to the value at which the first side ends, for which the other then has a value behind them.
static struct rank_sums merge_both(struct rank_side x, struct rank_side y) {
    double last_x = x.values[x.count - 1], last_y = y.values[y.count - 1], top = last_x < last_y ? last_x : last_y;
    size_t m = count_below(x.values, x.count, top), n = count_below(y.values, y.count, top), merged = m + n;
    struct rank_side rest_x = {x.values + m, x.count - m, x.repeats, false}, rest_y = {y.values + n, y.count - n, y.repeats, false};
    bool distinct = x.repeats == 0 && y.repeats == 0;
    struct steps steps = distinct ? merge_lanes(x.values, m, y.values, n) : merge_counted(x.values, m, y.values, n);
    struct rank_sums rest = distinct ? merge_rest(rest_x, rest_y) : merge_runs(rest_x, rest_y);
    uint64_t twice = 2 * (m * merged - steps.sum) + steps.equal;
    return (struct rank_sums){twice + rest.twice_x + 2 * merged * rest_x.count, 3 * (double)steps.cubes + rest.ties};
}

struct rank_sums rank_merge(struct rank_side x, struct rank_side y) {
    size_t pooled = x.count + y.count, repeats = x.repeats + y.repeats;
    bool few_groups = repeats > pooled - pooled / 16 || (repeats > 0 && pooled > COUNTED_MOST);
    if (x.count == 0 || y.count == 0 || few_groups || x.signed_zero || y.signed_zero) return merge_runs(x, y);
    return merge_both(x, y);
}
