// SPDX-License-Identifier: GPL-3.0-or-later
// What the answers to both parts of a window say: how many events there were, how many of them were bad, and which of the five states
// the data are in.
#ifndef ANALYZER_OBJECTIVE_COUNT_H
#define ANALYZER_OBJECTIVE_COUNT_H

#include "analyzer/objective_eval.h"

struct objective_parts { // NaN: no series
    double marked, total;
};

// The last value of an answer; NaN when there is none.
double objective_count_value(const struct answer *answer);

// Counts of both parts over a span. `ret` is NaN unless the state says that they are known, or that there was no traffic.
enum objective_state objective_count_events(const struct objective_config *objective, const struct objective_span *span,
                                            struct objective_parts parts, struct event_counts *ret);

// All of ret from both parts.
void objective_count_measure(const struct planned_objective *objective, const struct objective_span *span, struct objective_parts parts,
                             struct objective_count *ret);

// Multiples of the slice's length in (start, end]: where slices end.
double objective_count_slices(const struct objective_config *objective, const struct objective_span *span);

// The binomial of an objective's counts, to whole events: bounds of the burn rate and whether it is above the factor for certain. All
// NaN and inconclusive for counts that cannot be whole.
void objective_count_burn(struct event_counts counts, double budget, double factor, double alpha, struct burn_significance *ret);

#endif
