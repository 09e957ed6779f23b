// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/objective.h"

#include <math.h>

double objective_budget(double objective_percent) {
    if (!(objective_percent >= 0 && objective_percent <= 100)) return (double)NAN;
    double rest = 100 - objective_percent;
    double units = rest * 1e12, whole = round(units);
    // A double near 100 is off by up to 7.1e-15 percent, a product by its rounding: what is farther off was no such decimal.
    return fabs(units - whole) < 0.0075 + 3e-16 * units ? whole / 1e14 : rest / 100;
}
