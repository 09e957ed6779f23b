// SPDX-License-Identifier: GPL-3.0-or-later
#include "exposure.h"

#include <math.h>
#include <stdbool.h>

enum stats_status exposure_check(double tx, double ty, double ratio) {
    if (tx < 0 || ty < 0 || !(ratio > 0) || isinf(ratio)) return STATS_INVALID;
    bool both = tx > 0 && ty > 0;
    if (!both) return STATS_NODATA;
    return isfinite(tx) && isfinite(ty) ? STATS_OK : STATS_NONFINITE;
}

struct exposure_share exposure_share(double tx, double ty, double ratio) {
    int scale;
    ty = frexp(ty, &scale);
    double weight = ratio * ldexp(tx, -scale);
    if (isinf(weight)) return (struct exposure_share){1, 0};
    return (struct exposure_share){weight / (weight + ty), ty / (weight + ty)};
}

double exposure_rate_ratio(double p, double q, double tx, double ty) {
    if (p == 0 || q == 0) return p == 0 ? 0 : (double)INFINITY;
    return p / q * (ty / tx);
}
