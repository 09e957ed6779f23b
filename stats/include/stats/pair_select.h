// SPDX-License-Identifier: GPL-3.0-or-later
// Order statistics of all pairs, without forming them: the k-th smallest of the differences x_i - y_j of two columns, and of
// the Walsh averages (x_i + x_j)/2, i <= j, of one (Walsh 1949). What Hodges-Lehmann estimates and their limits are made of.
// As in the sorted matrix of Johnson and Mizoguchi (1978) one walk along the border of a limit counts the pairs below it. The
// limits come from the same question about every fourth value of each column, asked in the same way; between two of them
// about 16 sqrt(n + m) pairs are left, which are written out and searched. Exact in double arithmetic: the result is one
// of the rounded differences or averages. Deterministic; where the limits fail (heavy ties, odd shapes) they are drawn anew
// from the pairs between them, at worst by halving the doubles between them: under 100 walks in all.
// Expected time O(n + m) a rank, and never more than those walks; neighbouring ranks share a search, all share the thin columns.
#ifndef STATS_PAIR_SELECT_H
#define STATS_PAIR_SELECT_H

#include <stddef.h>
#include <stdint.h>

#include "stats/column.h"
#include "stats/status.h"

size_t pair_select_differences_scratch(size_t x_count, size_t y_count);
size_t pair_select_averages_scratch(size_t x_count);

// ret_values[i] = the ranks[i]-th smallest, from 1 to n m, or to n(n + 1)/2 for averages. Any order of ranks is right, an
// ascending one is fast. A difference beyond the range of doubles is infinite; averages never are.
// nodata for an empty column, nonfinite for one with an infinite value, invalid for a rank out of range or a column of
// 2^31 values or more; then all of ret_values is NaN.
enum stats_status pair_select_differences(struct column x, struct column y, const uint64_t *ranks, size_t rank_count, double *scratch,
                                          double *ret_values);
enum stats_status pair_select_averages(struct column x, const uint64_t *ranks, size_t rank_count, double *scratch, double *ret_values);

#endif
