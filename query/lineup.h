// SPDX-License-Identifier: GPL-3.0-or-later
// The flights of one source that wait: those that could go, in their order, and those whose next try has its time.
// Which one is next is known without a look at the others, however many there are. Private to query.
#ifndef QUERY_LINEUP_H
#define QUERY_LINEUP_H

#include <stddef.h>
#include <stdint.h>

#define LINEUP_MOST_READS 2 // remote reads of a source at once: servers carry out ten for all who ask

struct flight;

struct lineup_place {
    uint64_t key; // the least is first
    struct flight *flight;
};

struct lineup_heap {
    struct lineup_place *places;
    size_t count, cap;
};

// Zeroes are an empty one.
struct lineup {
    struct lineup_heap ready; // by order; the token that the others need before all
    struct lineup_heap reads; // raw reads that may have to wait for the protocol or for other reads; by order
    struct lineup_heap later; // not due yet; by time
    uint64_t looks;           // at a flight, since the lineup was empty: what all the choosing has cost
};

void lineup_finish(struct lineup *lineup); // leaves an empty one

// The flight must be waiting, and stays the caller's.
void lineup_add(struct lineup *lineup, struct flight *flight);

// The first flight, in their order, that is due and does not wait for a protocol; it stays where it is. NULL when
// there is none. *ret_due_ms: when the first of those that are not due yet will be; INT64_MAX when there are none.
struct flight *lineup_first(struct lineup *lineup, int64_t now_ms, int64_t *ret_due_ms);

// Takes out what lineup_first() has just returned.
void lineup_take(struct lineup *lineup, const struct flight *flight);

// Takes a flight out of the lineup it is in, if it is in one.
void lineup_remove(struct flight *flight);

// Takes out any flight that waits, due or not; NULL when there is none.
struct flight *lineup_take_any(struct lineup *lineup);

#endif
