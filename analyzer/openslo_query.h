// SPDX-License-Identifier: GPL-3.0-or-later
// What the PromQL of an indicator counts, as far as it is a counter that serin can count itself.
#ifndef ANALYZER_OPENSLO_QUERY_H
#define ANALYZER_OPENSLO_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/view.h"

struct openslo_counted {
    const char *selector; // plain
    bool rated;           // the query takes its increase, so it is a counter
    int64_t window_ms;    // of that; 0: none, or a placeholder
};

// name{...}, sum(...) of it, and rate() or increase() over any window. False with *ret_why for everything else.
bool openslo_query_count(struct view expr, struct arena *arena, struct openslo_counted *ret, const char **ret_why);

// A division of two such queries. False when the expression is none.
bool openslo_query_divide(struct view expr, struct view *ret_above, struct view *ret_below);

// histogram_quantile(q, sum by (le) (rate(x_bucket[w]))).
bool openslo_query_quantile(struct view expr, struct arena *arena, double *ret_quantile, struct openslo_counted *ret, const char **ret_why);

// When the selectors are the bucket of one bound and all events of the same classic histogram: the selector of its buckets and the bound.
bool openslo_query_bucket(const char *good, const char *total, struct arena *arena, const char **ret_histogram, const char **ret_bound);

// Whether the selector's metric is the buckets of a classic histogram, of which none is chosen; or a gauge that is 0 or 1 by its name
// (up, ..._up, ..._success).
bool openslo_query_is_buckets(const char *selector, struct arena *arena);
bool openslo_query_is_up(const char *selector, struct arena *arena);
bool openslo_query_is_counter(const char *selector, struct arena *arena); // ..._total, ..._count, ..._bucket

#endif
