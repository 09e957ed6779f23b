// SPDX-License-Identifier: GPL-3.0-or-later
// How Kayenta pairs the series of control and experiment: by equal tag maps, and NaN where a side has nothing.
#ifndef ANALYZER_KAYENTA_MIX_H
#define ANALYZER_KAYENTA_MIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

struct kayenta_tag {
    const char *name, *value;
};

struct kayenta_tags {
    struct kayenta_tag *items; // sorted by name, no name twice
    size_t count;
};

struct kayenta_set {  // one series of one side
    const char *name; // of the metric; may be NULL, which is refused
    struct kayenta_tags tags;
    const double *values;
    size_t count;
    int64_t start_ms, end_ms, step_ms; // step 0: how many values to expect is not known
    const void *origin;                // the caller's; a set made up for a missing one has that of its side's first set
};

struct kayenta_pair {
    struct kayenta_set control, experiment; // same name, same tags; padded with NaN to the expected number of values
};

struct kayenta_pairs {
    struct kayenta_pair *items;
    size_t count, cap;
};

struct kayenta_sets {
    const struct kayenta_set *items;
    size_t count;
};

void kayenta_tags_sort(struct kayenta_tags *tags);

// Names must be given and equal, tags equal. What is made lives in the arena.
bool kayenta_mix_one(const struct kayenta_set *control, const struct kayenta_set *experiment, struct arena *arena, struct kayenta_pair *ret,
                     struct error *err);

// All pairs of the metrics named, in their order. Each metric needs at least one set a side. A side with an untagged set
// against a tagged one is replaced by NaN for every tag map of the other. The caller frees ret->items, also after a failure.
bool kayenta_mix_all(const char *const *metrics, size_t metric_count, struct kayenta_sets control, struct kayenta_sets experiment,
                     struct arena *arena, struct kayenta_pairs *ret, struct error *err);

// "name -> {tag:value, ...}"
bool kayenta_set_key(const struct kayenta_set *set, struct buf *out, struct error *err);

#endif
