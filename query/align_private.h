// SPDX-License-Identifier: GPL-3.0-or-later
// What align.c and align_buckets.c share.
#ifndef QUERY_ALIGN_PRIVATE_H
#define QUERY_ALIGN_PRIVATE_H

#include "query/align.h"
#include "query/counter.h"

double *align_column(struct arena *arena, size_t count, double fill);
void align_add(double *sum, double value); // a NaN sum is no sum yet

int64_t align_usual_interval(const struct align_side *side);
int64_t align_interval(const struct series *series, int64_t usual_ms); // its own, or the usual one when it has too few samples

// Counts the watched time, and the series once in the step; *told is the step in which it was counted last.
void align_tell(const struct counter_step *added, size_t step, size_t *told, size_t *series, double *watched_s);

#endif
