// SPDX-License-Identifier: GPL-3.0-or-later
// One query to one source that is asked once for all the jobs, of several batches, that want its answer: the flights of its pieces,
// who waits for it, and in the end the answer. Private to query.
#ifndef QUERY_QUESTION_H
#define QUERY_QUESTION_H

#include "flight.h"

struct asker {
    struct asker *next;
    struct fetch_batch *batch;
    size_t job;
};

struct question {
    struct source *source; // not to be touched once it is answered
    uint64_t identity;     // of the source, when it was asked
    struct query query;
    char *expr;            // its own copy, of the query
    struct flight_events *events;
    struct recorder *recorder; // NULL when not recorded; it has one batch then
    uint64_t order;        // of its first flight; the others come after it
    int64_t deadline_ms;   // monotonic, of the batch that has most time
    struct asker *askers, **last_asker;
    size_t open, pieces;   // flights that are not done, and all
    struct flight *first_piece;
    bool sent;             // a try has gone, with a time limit of what deadline there was
    bool failed;           // a piece has; those not begun are not to be
    bool settling;
    struct question *next_settling;
    bool listed;           // equal ones find it, see asked.h
    struct answer *answer; // NULL until it is answered
    int64_t until_ms;      // monotonic: how long the answer may serve others
    size_t bytes;          // that it is counted with meanwhile
    struct question *next_kept;
};

// Cuts the query into flights and hands them to the event `waits`. One that cannot be cut has failed, and settles so.
struct question *question_create(struct flight_events *events, struct source *source, const struct query *query, uint64_t order,
                                 int64_t deadline_ms, struct recorder *recorder);
void question_destroy(struct question *question); // with what is in flight of it

// Whether it can still bring an answer for a batch that has so much time.
bool question_serves(const struct question *question, int64_t deadline_ms, int64_t now_ms);

void question_add_asker(struct question *question, struct fetch_batch *batch, size_t job, int64_t deadline_ms);
void question_drop_asker(struct question *question, const struct fetch_batch *batch, size_t job); // fine when it is none
bool question_is_for(const struct question *question, const struct fetch_batch *batch);           // and for no other

// What the events of its flights mean. True when it is to be settled.
bool question_ended(struct question *question, struct flight *flight);
void question_halved(struct question *question, struct flight *flight, const struct query *later);

// Ends all of its flights with the error.
void question_fail(struct question *question, const struct error *err);

// Gives up what is moot after a failure, and makes the answer when nothing is open any more: true then.
bool question_settle(struct question *question);

#endif
