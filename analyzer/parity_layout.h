// SPDX-License-Identifier: GPL-3.0-or-later
// How the histograms of one side are laid out in buckets.
#ifndef ANALYZER_PARITY_LAYOUT_H
#define ANALYZER_PARITY_LAYOUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "query/series.h"

struct parity_layout {
    enum { LAYOUT_NONE, LAYOUT_BOUNDS, LAYOUT_SCHEMA } kind; // no histograms; bounds, of classic or custom buckets; exponential ones
    double *bounds; // finite ones, rising
    size_t count;
    bool known; // schema: a query API does not tell it
    int schema;
};

// Looks at no more than 4,096 series.
void parity_layout_of(const struct series_set *set, struct arena *arena, struct parity_layout *ret);

// From 0 to 1: the share of bounds that both have; one half for schemas that differ, since the finer one can be made the coarser. NaN
// when neither side has histograms. Appends what each side has to `baseline` and `canary`.
double parity_layout_compare(const struct parity_layout *baseline, const struct parity_layout *canary, struct buf *out);

#endif
