// SPDX-License-Identifier: GPL-3.0-or-later
// Which flight of a source goes when: tokens first, no more at once than the source allows, at its rate, and as its circuit breaker
// advises. Private to query.
#ifndef QUERY_TRAFFIC_H
#define QUERY_TRAFFIC_H

#include "flight.h"

// A flight beside the queries, which waits from now on. `batch` NULL: nobody waits for it.
struct flight *traffic_errand(struct source *source, struct flight_events *events, enum flight_kind kind, uint64_t order,
                              struct fetch_batch *batch);

// Ends the errands that the batch waits for with the error.
void traffic_end_errands(struct source *source, const struct fetch_batch *batch, const struct error *err);

// Starts what of the source is due and has room, and answers what needs no request; sets when it must be looked at again.
void traffic_start(struct source *source, int64_t now_mono_ms);

// What the source has beside its queries is dropped; none of them may be left.
void traffic_finish(struct source *source);

#endif
