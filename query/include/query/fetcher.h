// SPDX-License-Identifier: GPL-3.0-or-later
// Many batches of queries at once over one HTTP client, in one thread: what drives all looks of a service. fetch_run() is one
// batch in a fetcher of its own.
//
// Sources are shared by the batches that use them: concurrency, rate, circuit breaker, tokens and what is known of the server hold
// for all of them together. A source's batches are served in the order of their submission, and one that hangs holds up nobody else.
// A source is used by one fetcher at a time and must live as long as a batch uses it.
//
// Equal queries of several batches (same source, same query) are asked once while the first of them waits or flies, and a good
// answer also serves an equal query for FETCHER_KEEP_MS afterwards; each batch then has the answer with `shared` set, and it is
// counted so. A batch that records asks everything itself. Jobs of one batch are never joined: its maker does that better.
//
// Threads: one thread calls all of this but fetcher_wake(). The answers of a batch that has ended are read-only and may be read and
// finished in any thread, also while others hold the same shared answer.
#ifndef QUERY_FETCHER_H
#define QUERY_FETCHER_H

#include "query/source.h"

#define FETCHER_KEEP_MS INT64_C(5000)
#define FETCHER_KEEP_BYTES ((size_t)16 << 20) // of all answers kept for others

struct fetcher;
struct fetch_batch;

struct fetcher *fetcher_create(void);
void fetcher_destroy(struct fetcher *fetcher); // fine with NULL; cancels the batches that have not ended

// Called once when every job of the batch has an answer, good or bad, from within fetcher_step(). The batch is gone then; its jobs
// are the caller's again. False when the batch as a whole could not be carried out (interrupted, not recorded); err says why. It may
// submit and cancel.
typedef void fetcher_done(void *user, bool ok, const struct error *err);

// Sends nothing yet. The caller keeps jobs, count of them, and the texts of their queries until the batch has ended. Of the options
// (NULL: defaults) all count but `client`; they are copied, and what they point to is kept by the caller too.
struct fetch_batch *fetcher_submit(struct fetcher *fetcher, struct fetch_job *jobs, size_t count, const struct fetch_options *options,
                                   fetcher_done *done, void *user);

// Ends a batch that has not ended, without its callback: what only it has asked for is dropped, in flight or not. Jobs without an
// answer get an error. Not from inside a progress callback.
void fetcher_cancel(struct fetch_batch *batch);

// Starts what is due and moves bytes, until at least one batch has ended (its callback was called), somebody wakes it, or until the
// monotonic time.
void fetcher_step(struct fetcher *fetcher, int64_t until_mono_ms);

// From any thread: ends the step that goes on, or else the next one.
void fetcher_wake(struct fetcher *fetcher);

#endif
