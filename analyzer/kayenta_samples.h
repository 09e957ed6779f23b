// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of a metric from a Kayenta config: series are paired by their tags, as Kayenta's mixer does, not pooled.
#ifndef ANALYZER_KAYENTA_SAMPLES_H
#define ANALYZER_KAYENTA_SAMPLES_H

#include "analyzer/kayenta_mix.h"
#include "analyzer/samples.h"

// The pairs of one metric; series of equal tags are one pair, origin of each side is its struct series or NULL where a side had
// none. The caller frees ret->items, also after a failure.
bool kayenta_samples_pair(const struct plan *plan, const struct metric_config *metric, const struct series_set *const sides[SIDE_COUNT],
                          struct arena *arena, struct kayenta_pairs *ret, struct error *err);

#endif
