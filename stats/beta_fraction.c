// SPDX-License-Identifier: GPL-3.0-or-later
#include "beta_fraction.h"

#include <math.h>

enum { most_steps = 4000000 };

static double nonzero(double value) {
    return value != 0 ? value : 1e-300;
}

double beta_fraction(double a, double b, double x, double excess) {
    double value = nonzero(a / (a + 1) * (excess + 1));
    double c = value, d = 0, change = 0, inverse = 1 / (a + 1); // of the divisor of this step
    for (int m = 1; m < most_steps && fabs(change - 1) > 1e-16; m++) {
        double next = 1 / (a + 2.0 * m + 1), product = m * (b - m) * x * inverse;
        double above = (a + m - 1) * inverse * (a + b + m - 1) * x * product;
        double below = m + product + (a + m) * next * (excess + 1 + m * (2 - x));
        inverse = next;
        d = 1 / nonzero(below + above * d);
        c = nonzero(below + above / c);
        change = c * d;
        value *= change;
    }
    return fabs(change - 1) <= 1e-16 ? 1 / value : (double)NAN;
}
