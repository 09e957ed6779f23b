// SPDX-License-Identifier: GPL-3.0-or-later
// When a request that takes long is worth a second one, of which the first good answer counts: after a fixed time, or after the time
// in which such a share of the last answers came. Never for more than one request in twenty. Zeroes are none. Pure: durations are
// arguments.
#ifndef QUERY_HEDGE_H
#define QUERY_HEDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEDGE_SEEN ((size_t)128)       // answers that are looked back on
#define HEDGE_FEWEST ((size_t)20)      // answers that a share can be told from
#define HEDGE_ONE_OF UINT64_C(20)

struct hedge {
    int64_t after_ms; // 0: not after a fixed time
    double share;     // of the answers, such as 0.95; 0: not by them
    int64_t seen_ms[HEDGE_SEEN];
    size_t seen;      // in all
    int64_t share_ms; // that share of them came within
    uint64_t requests, sent; // first ones, and second ones
};

int64_t hedge_after_ms(const struct hedge *hedge); // INT64_MAX: never, or not known yet
void hedge_request(struct hedge *hedge);           // a first one goes
void hedge_answer(struct hedge *hedge, int64_t duration_ms); // a good one has come
bool hedge_take(struct hedge *hedge); // a second one goes; false when there were enough of them

#endif
