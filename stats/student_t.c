// SPDX-License-Identifier: GPL-3.0-or-later
// From one degree of freedom on the tail is x^(df/2) y^(1/2) / B(df/2, 1/2) times the continued fraction, with x = df/(df + t^2),
// y = 1 - x and the beta function from a series of its own: a few times as fast as the general incomplete beta.
#include "stats/student_t.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdbool.h>

#include "beta_fraction.h"
#include "stats/incomplete_beta.h"
#include "stats/normal.h"

#define FAR 1e100
#define SERIES_FROM 16 // of a; the series below is then good to 1e-16
#define MOST_ROUNDS 60
#define CLOSE 1e-5 // a step of that relative size leaves an error of its third power
#define EXPANDED_FROM 2.5
#define NEAR 1.8    // the fraction for the other side of the mean, which converges several times as fast, costs no more than a digit up to
#define NEAR_FROM 8 // here, from so many degrees of freedom on

// The first term of the series in 1 / t, for t / sqrt(df) so large that df / (df + t^2) may be 0 in doubles:
// ln P(T > t) = -df ln reach - this.
static double far_constant(double df) {
    return gsl_sf_lngamma(df / 2) + 0.5 * log(M_PI) - gsl_sf_lngamma(df / 2 + 0.5) + log(df);
}

// ln B(a, 1/2), by the recurrence of the gamma function up to where its asymptotic series in 1/a holds.
static double log_beta_half(double a) {
    static const double series[] = {1.0 / 8, -1.0 / 192, 1.0 / 640, -17.0 / 14336, 31.0 / 18432, -691.0 / 180224};
    double above = 1, below = 1, sum = 0;
    for (; a < SERIES_FROM; a++) {
        above *= a + 0.5;
        below *= a;
    }
    double power = 1 / a, square = power * power;
    for (int i = 0; i < 6; i++, power *= square) sum += series[i] * power;
    return 0.5 * log(M_PI / a * (above / below) * (above / below)) + sum;
}

struct tail {
    double log_p, log_density;
};

// For df of at least 1 and t from 0.
static struct tail tail_at(double t, double df, double log_beta) {
    double square = t * t, log_x = -log1p(square / df), a = df / 2;
    double x = df / (df + square), y = square / (df + square), excess = a * ((t - 1) * (t + 1)) / (df + square);
    double log_density = (a + 0.5) * log_x - 0.5 * log(df) - log_beta;
    double log_factor = log_density + log(t); // x^a y^(1/2) / B
    if (t == 0) return (struct tail){-M_LN2, log_density};
    bool small = t > NEAR || df < NEAR_FROM;
    if (small && excess + 1 - 2 * x > 0) return (struct tail){log_factor + log(beta_fraction(a, 0.5, x, excess) / 2), log_density};
    return (struct tail){log(0.5 - exp(log_factor) * beta_fraction(0.5, a, y, -excess) / 2), log_density};
}

double student_t_upper(double t, double df) {
    if (isnan(t) || !(df >= 1e-290)) return (double)NAN;
    if (df > 1e18) return normal_upper(t);
    if (t < 0) return 1 - student_t_upper(-t, df);
    double reach = t / sqrt(df), square = reach * reach;
    if (reach > FAR) return exp(-df * log(reach) - far_constant(df));
    if (df >= 1) return exp(tail_at(t, df, log_beta_half(df / 2)).log_p);
    return incomplete_beta_lower(df / 2, 0.5, 1 / (1 + square), square / (1 + square)) / 2;
}

static double root_of_beta(double p, double df) {
    struct beta_root root = incomplete_beta_root_lower(df / 2, 0.5, log(2 * p));
    if (root.x * FAR * FAR < 1) return sqrt(df) * exp(-(log(p) + far_constant(df)) / df);
    return sqrt(df) * sqrt(root.y / root.x);
}

// The normal quantile with four terms of the expansion by Fisher and Cornish (1960) in 1 / df.
static double expansion(double z, double df) {
    double s = z * z;
    double second = (5 * s + 16) * s + 3, third = ((3 * s + 19) * s + 17) * s - 15,
           fourth = (((79 * s + 776) * s + 1482) * s - 1920) * s - 945;
    return z * (1 + ((s + 1) / 4 + (second / 96 + (third / 384 + fourth / 92160 / df) / df) / df) / df);
}

// By the expansion where it is good to CLOSE, so that one step is enough; else where Wallace's normal approximation (1959) has the
// tail, within a few thousandths of the normal quantile.
static double first_guess(double normal, double df) {
    if (df > EXPANDED_FROM * (normal * normal + 2)) return expansion(normal, df);
    double z = normal * (8 * df + 3) / (8 * df + 1);
    return sqrt(df * expm1(z * z / df));
}

// Halley's steps on the logarithm of the tail.
double student_t_upper_root_from(double p, double df, double normal) {
    if (!(p >= 0 && p <= 1) || !(df > 0)) return (double)NAN;
    if (p > 0.5) return -student_t_upper_root_from(1 - p, df, -normal);
    if (p == 0 || df > 1e18) return normal;
    double t = first_guess(normal, df), log_beta = log_beta_half(df / 2), log_p = log(p);
    if (df < 1 || !(t < FAR)) return root_of_beta(p, df);
    for (int round = 0; round < MOST_ROUNDS; round++) {
        struct tail tail = tail_at(t, df, log_beta);
        double hazard = exp(tail.log_density - tail.log_p), excess = tail.log_p - log_p;
        double newton = excess / hazard, bend = (df + 1) * t / (df + t * t) - hazard; // minus the second derivative by the first
        double step = newton / fmax(1 - 0.5 * newton * bend, 0.5);
        t = fmax(t + step, 0);
        if (fabs(step) <= CLOSE * t + 1e-15) return t;
    }
    return root_of_beta(p, df);
}

double student_t_upper_root(double p, double df) {
    return student_t_upper_root_from(p, df, p > 0.5 ? normal_quantile(1 - p) : -normal_quantile(p));
}
