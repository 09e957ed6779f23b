// SPDX-License-Identifier: GPL-3.0-or-later
#include "series_summary.h"

#include <math.h>

struct sums {
    double all, trend[TEXT_TREND];
    size_t trend_count[TEXT_TREND];
};

static void add(struct series_summary *s, struct sums *sums, double value, double place) {
    if (s->count++ == 0) s->first = value;
    s->last = value;
    if (isnan(value)) {
        s->nans++;
        return;
    }
    sums->all += value;
    s->min = isnan(s->min) || value < s->min ? value : s->min;
    s->max = isnan(s->max) || value > s->max ? value : s->max;
    if (!isfinite(value) || !(place >= 0 && place <= 1)) return;
    size_t part = place < 1 ? (size_t)(place * TEXT_TREND) : TEXT_TREND - 1;
    sums->trend[part] += value;
    sums->trend_count[part]++;
}

void series_summary_of(const struct series *series, int64_t start_ms, int64_t end_ms, struct series_summary *ret) {
    struct sums sums = {0};
    double nothing = (double)NAN, length = (double)end_ms - (double)start_ms;
    *ret = (struct series_summary){.first = nothing, .last = nothing, .min = nothing, .mean = nothing, .max = nothing};
    for (size_t i = 0; i < series->count; i++)
        add(ret, &sums, series->value[i], length > 0 ? ((double)series->time_ms[i] - (double)start_ms) / length : 0);
    ret->histograms = series->count == 0 && series->histogram_count > 0;
    for (size_t i = 0; ret->histograms && i < series->histogram_count; i++) {
        const struct histogram *h = &series->histograms[i];
        add(ret, &sums, h->count, length > 0 ? ((double)h->time_ms - (double)start_ms) / length : 0);
    }
    if (ret->count > ret->nans) ret->mean = sums.all / (double)(ret->count - ret->nans);
    for (size_t k = 0; k < TEXT_TREND; k++) ret->trend[k] = sums.trend_count[k] > 0 ? sums.trend[k] / (double)sums.trend_count[k] : nothing;
    cadence_of(series, &ret->cadence);
}
