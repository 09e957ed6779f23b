// SPDX-License-Identifier: GPL-3.0-or-later
// Outcomes are values of the cell a; a table of the same margins is the observed one with its cells moved by a step.
#include "stats/fisher.h"

#include <math.h>

#include "deviance.h"
#include "rare_outcomes.h"

static const uint64_t most = 1000000000000000; // below 2^53: cells are exact in doubles

static struct fisher_table with_cell(const struct fisher_table *t, uint64_t a) {
    return (struct fisher_table){a, t->a + t->b - a, t->a + t->c - a, t->d + a - t->a};
}

// ln n! - (n ln n - n)
static double factorial_excess(double n) {
    return n == 0 ? 0 : 0.5 * log(2 * M_PI * n) + stirling_error(n);
}

// All cells differ from their expectations by the same amount, (bc - ad) / total.
static double log_mass(const void *law, uint64_t outcome) {
    struct fisher_table t = with_cell(law, outcome);
    double a = (double)t.a, b = (double)t.b, c = (double)t.c, d = (double)t.d, total = a + b + c + d;
    double product = b * c, shift = (fma(-a, d, product) + fma(b, c, -product)) / total;
    double spread = deviance_shifted(a, (a + b) * ((a + c) / total), shift) + deviance_shifted(b, (a + b) * ((b + d) / total), -shift) +
                    deviance_shifted(c, (c + d) * ((a + c) / total), -shift) + deviance_shifted(d, (c + d) * ((b + d) / total), shift);
    double margins = factorial_excess(a + b) + factorial_excess(c + d) + factorial_excess(a + c) + factorial_excess(b + d);
    double cells = factorial_excess(a) + factorial_excess(b) + factorial_excess(c) + factorial_excess(d);
    return margins - cells - factorial_excess(total) - spread;
}

// The masses beyond the outcome on the side away from the mode, relative to its own.
static double beyond(const struct fisher_table *margins, uint64_t outcome, double step) {
    struct fisher_table t = with_cell(margins, outcome);
    double shrinking_1 = (double)(step < 0 ? t.a : t.b), shrinking_2 = (double)(step < 0 ? t.d : t.c);
    double growing_1 = (double)(step < 0 ? t.b : t.a), growing_2 = (double)(step < 0 ? t.c : t.d);
    double sum = 0, term = 1;
    while (term > 1e-18 * (1 + sum)) {
        term *= shrinking_1-- / ++growing_1 * (shrinking_2-- / ++growing_2);
        sum += term;
    }
    return sum;
}

static double tail(const struct fisher_table *t, uint64_t outcome, double step) {
    return exp(log_mass(t, outcome) + log1p(beyond(t, outcome, step)));
}

static struct outcomes outcomes_of(const struct fisher_table *t) {
    uint64_t row = t->a + t->b, column = t->a + t->c, total = row + t->c + t->d;
    uint64_t first = t->a > t->d ? t->a - t->d : 0, last = row < column ? row : column;
    double mode = floor(((double)row + 1) * (((double)column + 1) / ((double)total + 2)));
    mode = fmax((double)first, fmin(mode, (double)last));
    return (struct outcomes){first, last, (uint64_t)mode, log_mass, t};
}

static double two_sided(const struct fisher_table *t, struct outcomes outcomes) {
    struct rare_outcomes rare = rare_outcomes_find(outcomes, t->a);
    if (rare.all) return 1;
    double low = rare.has_low ? tail(t, rare.low, -1) : 0;
    double high = rare.has_high ? tail(t, rare.high, 1) : 0;
    return fmin(low + high, 1);
}

enum stats_status fisher_test(struct fisher_table t, struct p_values *ret) {
    *ret = (struct p_values){(double)NAN, (double)NAN, (double)NAN};
    if (t.a > most || t.b > most || t.c > most || t.d > most || t.a + t.b + t.c + t.d > most) return STATS_INVALID;
    *ret = (struct p_values){1, 1, 1};
    if (t.a + t.b == 0 || t.c + t.d == 0) return STATS_NODATA;
    if (t.a + t.c == 0 || t.b + t.d == 0) return STATS_DEGENERATE;
    struct outcomes outcomes = outcomes_of(&t);
    double step = t.a <= outcomes.mode ? -1 : 1, mass = exp(log_mass(&t, t.a)), rest = beyond(&t, t.a, step);
    double near = fmin(mass * (1 + rest), 1), far = fmin(fmax(1 - mass * rest, mass), 1);
    ret->less = step < 0 ? near : far;
    ret->greater = step < 0 ? far : near;
    ret->two_sided = two_sided(&t, outcomes);
    return STATS_OK;
}
