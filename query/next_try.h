// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a flight whose try has failed is tried once more, and how. Where it is, the flight waits again (the event `waits`) when these
// return; nothing else of it has changed but what the next try asks for. Private to query, from inside the events of flight.c alone.
#ifndef QUERY_NEXT_TRY_H
#define QUERY_NEXT_TRY_H

#include "base/http.h"
#include "flight.h"

void next_try_now(struct flight *flight);

// The same again after a pause, where another try may mend what went wrong. False when it may not, and when the deadline comes first.
bool next_try_later(struct flight *flight, const struct http_result *http);

// As next_try_later(); before it another protocol is tried where the choice is ours, after it the first half alone where the server
// finds the whole too much.
bool next_try_mends(struct flight *flight, const struct http_result *http);

// A refused token may have been withdrawn early: a new one is worth one more try.
bool next_try_renews_token(struct flight *flight);

#endif
