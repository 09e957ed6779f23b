// SPDX-License-Identifier: GPL-3.0-or-later
#include "bucket_summary.h"

#include <math.h>

static double lower_bound(const struct bucket_counts *c, size_t bucket) {
    return bucket > 0 ? c->bounds[bucket - 1] : fmin(c->bounds[0], 0);
}

static double upper_bound(const struct bucket_counts *c, size_t bucket) {
    return bucket + 1 < c->buckets ? c->bounds[bucket] : c->bounds[c->buckets - 2];
}

double bucket_total(const struct bucket_counts *c) {
    double total = 0;
    for (size_t i = 0; i < c->buckets; i++) total += c->counts[i];
    return total;
}

double bucket_mean(const struct bucket_counts *c) {
    double total = bucket_total(c), sum = 0;
    if (!(total > 0)) return (double)NAN;
    for (size_t i = 0; i < c->buckets; i++) sum += c->counts[i] * (lower_bound(c, i) + upper_bound(c, i)) / 2;
    return sum / total;
}

double bucket_quantile(const struct bucket_counts *c, double share) {
    double rank = share * bucket_total(c), below = 0;
    if (!(bucket_total(c) > 0)) return (double)NAN;
    for (size_t i = 0; i < c->buckets; i++) {
        if (c->counts[i] > 0 && below + c->counts[i] >= rank) {
            double part = fmax(rank - below, 0) / c->counts[i];
            return lower_bound(c, i) + part * (upper_bound(c, i) - lower_bound(c, i));
        }
        below += c->counts[i];
    }
    return upper_bound(c, c->buckets - 1);
}
