// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/mixture_sprt.h"

#include <math.h>
#include <stdbool.h>

enum stats_status mixture_sprt_test(const struct mixture_sprt_model *model, double n, double mean, struct mixture_sprt *ret) {
    *ret = (struct mixture_sprt){(double)NAN, (double)NAN};
    bool known = isfinite(model->theta0) && isfinite(model->sigma2) && isfinite(model->tau2);
    if (!known || model->sigma2 < 0 || model->tau2 < 0 || !(n >= 0)) return STATS_INVALID;
    if (n == 0 || isnan(mean)) {
        *ret = (struct mixture_sprt){0, 1};
        return STATS_NODATA;
    }
    if (isinf(n) || isinf(mean)) return STATS_NONFINITE;
    if (model->sigma2 == 0) return STATS_DEGENERATE;
    double weight = n * (model->tau2 / model->sigma2); // of the data against the mixture
    double z = (mean - model->theta0) * sqrt(n / model->sigma2);
    bool overflows = isinf(weight);
    double pull = overflows ? 1 : weight / (1 + weight);
    double log_spread = overflows ? log(n) + log(model->tau2) - log(model->sigma2) : log1p(weight);
    ret->log_lr = 0.5 * (pull * z * z - log_spread);
    ret->p_always_valid = fmin(1, exp(-ret->log_lr));
    return STATS_OK;
}
