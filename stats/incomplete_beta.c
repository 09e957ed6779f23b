// SPDX-License-Identifier: GPL-3.0-or-later
// The fraction converges fast on the near side of the mean and so, as a rule, gives the smaller tail.
#include "stats/incomplete_beta.h"

#include <gsl/gsl_sf_log.h>
#include <math.h>
#include <stdbool.h>

#include "beta_fraction.h"
#include "deviance.h"
#include "stats/normal.h"

enum { most_steps = 4000000, most_rounds = 200 };

static const double farthest = 745; // beyond these log odds the smaller of x and y is 0

struct point {
    double a, b, x, y;
    double excess; // a y - b x: a less its share x of a + b
};

// The smaller of x and y is taken at its word; what the other lost in rounding is put back.
static struct point point_at(double a, double b, double x, double y) {
    double lost = x <= y ? (1 - y) - x : (1 - x) - y;
    double share = b * x, rounded = fma(-b, x, share);
    double excess = fma(a, y, -share) + rounded + (x <= y ? a * lost : -b * lost);
    return (struct point){a, b, x, y, excess};
}

static struct point mirrored(struct point p) {
    return (struct point){p.b, p.a, p.y, p.x, -p.excess};
}

static double log_factor(struct point p) {
    double n = p.a + p.b;
    double spread = deviance_shifted(p.a, n * p.x, -p.excess) + deviance_shifted(p.b, n * p.y, p.excess);
    double errors = stirling_error(n) - stirling_error(p.a) - stirling_error(p.b);
    double smaller = p.a < p.b ? p.a : p.b, larger = p.a < p.b ? p.b : p.a;
    return 0.5 * log(smaller / (2 * M_PI) * (larger / n)) + errors - spread;
}

static double log_lower(struct point p) {
    return log_factor(p) + log(beta_fraction(p.a, p.b, p.x, p.excess));
}

// ln Gamma(b + a) - ln Gamma(b) for small a, to the digits of a: Stirling's series above 30, the recurrence up to there.
// (GSL's lnpoch takes the difference for large b and is off by 7e-10 from 50 on.)
static double log_rise(double b, double a) {
    static const double series[] = {1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680};
    double rise = 0;
    for (; b < 30; b++) rise -= log1p(a / b);
    double change = a / b, growth = log1p(change), power = 1 / b;
    rise += a * log(b) + b * gsl_sf_log_1plusx_mx(change) + (a - 0.5) * growth;
    for (int i = 0; i < 4; i++, power /= b * b) rise += series[i] * power * expm1(-(2 * i + 1) * growth);
    return rise;
}

// ln of 1 - I_x(a, b) by the power series of I_x, for a < 1 and b x < 1, where it may be as small as a.
static double log_upper_of_small_shape(struct point p) {
    double factor = 1, sum = 0, term = 1;
    for (int n = 1; n < most_steps && fabs(term) > 1e-17 * fabs(sum); n++) {
        factor *= (n - p.b) / n * p.x;
        term = factor / (p.a + n);
        sum += term;
    }
    return log(-expm1(p.a * log(p.x) + log_rise(p.b, p.a) - log_rise(1, p.a) + log1p(p.a * sum)));
}

// The tails of a point below the mean. That side is the greater one only where a is below 1 or both are hardly above.
static struct beta_tails tails_below_mean(struct point p) {
    double lower = log_lower(p);
    if (lower < -0.5) return (struct beta_tails){lower, log1p(-exp(lower))};
    double upper = log1p(-exp(lower));
    if (p.a < 1) upper = p.b * p.x < 1 ? log_upper_of_small_shape(p) : log_lower(mirrored(p));
    return (struct beta_tails){log1p(-exp(upper)), upper};
}

static struct beta_tails tails_at(struct point p) {
    if (p.excess + 1 - 2 * p.x > 0) return tails_below_mean(p);
    struct beta_tails other = tails_below_mean(mirrored(p));
    return (struct beta_tails){other.log_upper, other.log_lower};
}

static bool is_shape(double a) {
    return a == 0 || (a >= 1e-300 && a <= 1e20);
}

static bool is_domain(double a, double b, double x, double y) {
    return is_shape(a) && is_shape(b) && a + b > 0 && x >= 0 && y >= 0 && x <= 1 && y <= 1;
}

struct beta_tails incomplete_beta(double a, double b, double x, double y) {
    static const struct beta_tails all_lower = {0, -(double)INFINITY}, all_upper = {-(double)INFINITY, 0};
    if (!is_domain(a, b, x, y)) return (struct beta_tails){(double)NAN, (double)NAN};
    if (a == 0 || y == 0) return all_lower;
    if (b == 0 || x == 0) return all_upper;
    return tails_at(point_at(a, b, x, y));
}

double incomplete_beta_log_factor(double a, double b, double x, double y) {
    if (!is_domain(a, b, x, y) || a == 0 || b == 0) return (double)NAN;
    return x == 0 || y == 0 ? -(double)INFINITY : log_factor(point_at(a, b, x, y));
}

double incomplete_beta_lower(double a, double b, double x, double y) {
    return exp(incomplete_beta(a, b, x, y).log_lower);
}

double incomplete_beta_upper(double a, double b, double x, double y) {
    return exp(incomplete_beta(a, b, x, y).log_upper);
}

static struct point point_of_odds(double a, double b, double log_odds) {
    return point_at(a, b, 1 / (1 + exp(-log_odds)), 1 / (1 + exp(log_odds)));
}

// At most the root for a or b below 1, near it for others.
static double first_log_odds(double a, double b, double log_p) {
    double start = (log_p + log_rise(1, a) - log_rise(b, a)) / a;
    if (a > 1 && b > 1) {
        double z = log_p > -200 ? normal_quantile(exp(log_p)) : -sqrt(-2 * log_p);
        start = log((a - 0.5) / (b - 0.5)) + z * sqrt(1 / a + 1 / b);
    }
    return fmax(-farthest, fmin(start, farthest));
}

// ln I is concave in ln(x / y), for the density there is log-concave. So Newton's step never passes the root from below and
// lands below it from above: after the first step all go up, until rounding turns one.
static struct beta_root root_of_lower(double a, double b, double log_p) {
    double log_odds = first_log_odds(a, b, log_p), step = 0;
    for (int round = 0; round < most_rounds; round++) {
        struct point p = point_of_odds(a, b, log_odds);
        if (p.x == 0 || p.y == 0) break;
        double reached = tails_at(p).log_lower;
        step = (log_p - reached) * exp(reached - log_factor(p));
        log_odds = fmax(-farthest, fmin(log_odds + step, farthest));
        if (round > 0 && !(step > 1e-15 * (1 + fabs(log_odds)))) break;
    }
    struct point p = point_of_odds(a, b, log_odds);
    return (struct beta_root){p.x, p.y};
}

struct beta_root incomplete_beta_root_lower(double a, double b, double log_p) {
    if (!is_domain(a, b, 0, 1) || !(log_p <= 0)) return (struct beta_root){(double)NAN, (double)NAN};
    if (a == 0 || (log_p < 0 && isinf(log_p))) return (struct beta_root){0, 1};
    if (b == 0 || log_p == 0) return (struct beta_root){1, 0};
    if (log_p < -M_LN2) return root_of_lower(a, b, log_p);
    struct beta_root other = root_of_lower(b, a, log(-expm1(log_p)));
    return (struct beta_root){other.y, other.x};
}

struct beta_root incomplete_beta_root_upper(double a, double b, double log_p) {
    struct beta_root other = incomplete_beta_root_lower(b, a, log_p);
    return (struct beta_root){other.y, other.x};
}
