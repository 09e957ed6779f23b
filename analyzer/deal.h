// SPDX-License-Identifier: GPL-3.0-or-later
// Deals the instances behind one side of a metric to two sides at random: pods against pods, never one pod's errors against another
// pod's requests.
#ifndef ANALYZER_DEAL_H
#define ANALYZER_DEAL_H

#include "analyzer/history.h"

struct deal_random {
    uint64_t state;
};

size_t deal_below(struct deal_random *random, size_t count); // from 0 to count - 1, each as likely; count over 0

struct deal { // how a metric's series are grouped
    size_t metric;
    const char *by;             // label, "series" where each is an instance, NULL when nothing tells instances apart
    size_t count;               // instances over the whole time
    size_t *query_of;           // which queries of the history's plan are dealt
    size_t **instance_of;       // of each series of their answers
    size_t query_count;
};

// `by` NULL: the first label of a usual name that tells at least two instances apart; without one, each series of a metric of kind series.
// The history's answers are those of the baseline side.
void deal_make(const struct history *history, size_t metric, const char *by, struct arena *arena, struct deal *ret);

// Deals what has samples in the window of the plan. ret_keep[side][k] says for each series of query query_of[k] whether it is that side's.
// False when fewer than two instances have any.
bool deal_hand_out(const struct deal *deal, const struct history *history, const struct plan *window, struct deal_random *random,
                   struct arena *arena, bool **ret_keep[SIDE_COUNT]);

#endif
