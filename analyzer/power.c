// SPDX-License-Identifier: GPL-3.0-or-later
#include "power.h"

#include <math.h>

#include "stats/normal.h"

static double theta_of(double change, const struct power_view *view) {
    if (!view->log_scale) return change;
    if (view->sign > 0) return log1p(change);
    return change < 1 ? -log1p(-change) : (double)INFINITY;
}

double power_visible(const struct evidence_settings *s, const struct power_view *view) {
    if (!(view->se > 0) || isinf(view->se)) return (double)NAN;
    double power = normal_quantile(POWER_CHANCE);
    double sure =
        s->kappa * theta_of(view->tolerance, view) + (power + t_roots_upper(view->roots, s->alpha * view->share, view->df)) * view->se;
    double large = theta_of(view->least, view) + power * view->se, theta = fmax(sure, large);
    if (!view->log_scale) return theta;
    return view->sign > 0 ? expm1(theta) : -expm1(-theta);
}

double power_visible_in(const struct evidence_settings *s, size_t steps, double sd, double rho, double share) {
    double n = (double)steps, square = rho * rho, df = fmax(n * (1 - square) / (1 + square) - 1, EVIDENCE_DF_LEAST);
    bool either = s->direction == EVIDENCE_EITHER;
    struct power_view view = {.se = sd * sqrt((1 + rho) / ((1 - rho) * n)),
                              .df = df,
                              .share = either ? share / 2 : share,
                              .tolerance = s->tolerance,
                              .least = s->tolerance,
                              .sign = s->direction == EVIDENCE_DECREASE ? -1 : 1,
                              .log_scale = true};
    return power_visible(s, &view);
}
