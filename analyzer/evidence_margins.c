// SPDX-License-Identifier: GPL-3.0-or-later
#include "evidence_margins.h"

#include <math.h>

// A change of just the tolerance is within it, however its logarithm is rounded.
#define ROUNDING (1 + 1e-9)

// A decrease by everything or more cannot be exceeded.
static double log_change(double relative, double sign) {
    if (sign > 0) return log1p(relative);
    return relative < 1 ? -log1p(-relative) : (double)INFINITY;
}

struct evidence_margins evidence_margins(const struct evidence_settings *settings, double level, double sign, bool log_scale) {
    struct evidence_margins m;
    double harm = evidence_settings_harm(settings), ratio = settings->tolerance > 0 ? harm / settings->tolerance : 2;
    m.tolerance = ROUNDING * (level > 0 ? fmax(settings->tolerance, settings->absolute / level) : settings->tolerance);
    m.harm = fmax(harm, ratio * m.tolerance);
    m.theta_tolerance = log_scale ? log_change(m.tolerance, sign) : m.tolerance;
    m.theta_harm = m.tolerance > 0 ? m.theta_tolerance * (m.harm / m.tolerance) : harm;
    return m;
}
