// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/duration_histogram.h"

#include <math.h>

const double duration_bounds_s[DURATION_BUCKETS] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, HUGE_VAL};

void duration_histogram_add(struct duration_histogram *h, double seconds) {
    int i = 0;
    if (!(seconds > 0)) seconds = 0;
    while (seconds > duration_bounds_s[i]) i++;
    h->counts[i]++;
    h->sum_s += seconds;
}
