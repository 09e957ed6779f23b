// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of a fetcher: its batches and how each of them begins and ends. Private to query; fetcher.c drives it.
#ifndef QUERY_BATCH_H
#define QUERY_BATCH_H

#include "asked.h"
#include "query/fetcher.h"

struct batch_list {
    struct fetch_batch *first, **last; // *last is NULL
};

struct fetch_batch {
    struct fetcher *fetcher;
    struct fetch_batch *next, **link; // *link is this batch
    struct batch_list *list;          // that it is in
    struct fetch_job *jobs;
    size_t job_count, done;
    size_t held;                      // bytes of the answers so far
    struct question **questions;      // of each job; NULL once it has its answer
    struct source **sources;          // each once
    size_t source_count;
    struct fetch_options options;
    struct recorder *recorder;        // NULL when not recording
    size_t versions;                  // errands that it waits for, though not for long
    int64_t limit_ms, deadline_ms;    // how long it has; monotonic
    int64_t grace_ms;                 // monotonic: when it ends without its errands; INT64_MAX while jobs are open
    struct error err;                 // why it could not be carried out as a whole; code ERROR_NONE: it was
    fetcher_done *ended;
    void *user;
};

struct fetcher {
    struct flight_events events;
    bool owns_client;
    bool alone;             // there will be one batch only, so no question is kept for another
    struct batch_list open; // in the order of their submission
    struct batch_list over; // their callbacks are still to be called
    size_t interruptible;   // open ones that have a flag to look at
    struct source **sources; // that have users
    size_t source_count, source_cap;
    struct question *settling, **last_settling; // to be settled; *last_settling is NULL
    struct asked asked;
    uint64_t numbers;       // batches there have been
    int64_t look_ms;        // monotonic: when a batch may have to be ended for its time
};

// Makes the batch and its questions; with err of the batch set when it is over before it began. Calls no callback.
struct fetch_batch *batch_create(struct fetcher *fetcher, struct fetch_job *jobs, size_t count, const struct fetch_options *options);

// Lets go of its questions and sources, closes the recording and frees it. Jobs without an answer get the error that it was cancelled.
// False when the batch as a whole could not be carried out; *ret_err says why.
bool batch_destroy(struct fetch_batch *batch, struct error *ret_err);

// Gives a job its answer, which is moved, and counts it.
void batch_take(struct fetch_batch *batch, size_t job, const struct answer *answer);

// One of its errands has ended.
void batch_errand_ended(struct fetch_batch *batch);

// Ends what is open of it with the error. Its questions settle afterwards.
void batch_give_up(struct fetch_batch *batch, const struct error *err);

// Has the fetcher settle the question before long.
void fetcher_settle_soon(struct fetcher *fetcher, struct question *question);
void fetcher_settle_never(struct fetcher *fetcher, struct question *question); // fine when it was not to

// For one batch, over a client that stays the caller's; NULL: one of its own.
struct fetcher *fetcher_create_alone(struct http_client *client);

#endif
