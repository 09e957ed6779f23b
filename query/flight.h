// SPDX-License-Identifier: GPL-3.0-or-later
// One exchange with a source, through all of its tries: a query or a piece of one, or an errand: the server's version, the token
// that the others need, or the probe that finds out which protocol the server has. Private to query: traffic.c decides which
// flight goes when, flight.c carries it out.
#ifndef QUERY_FLIGHT_H
#define QUERY_FLIGHT_H

#include "query/recorded.h"
#include "source_ops.h"

struct flight;
struct question;
struct fetch_batch;

enum flight_kind { FLIGHT_QUERY, FLIGHT_VERSION, FLIGHT_PROBE, FLIGHT_TOKEN };
enum { REPLY_OK = 200, REPLY_UNAUTHORIZED = 401, REPLY_FORBIDDEN = 403, REPLY_TOO_MANY_REQUESTS = 429 }; // status of HTTP
enum flight_state { FLIGHT_WAITING, FLIGHT_RUNNING, FLIGHT_DONE };

struct flight_events { // what all flights of a fetcher share
    struct http_client *client;
    uint64_t seed;
    void *user;
    // Must, all three. They free nothing and do not touch other flights, as they are called from the midst of flight.c.
    void (*ended)(void *user, struct flight *flight);                            // the flight is done, good or bad
    void (*waits)(void *user, struct flight *flight);                            // the flight waits for another try
    void (*halved)(void *user, struct flight *flight, const struct query *later); // the flight keeps the earlier half
};

struct flight {
    struct flight_events *events;
    enum flight_kind kind;
    struct source *source;
    struct query query;        // the piece that is asked for
    const struct query *whole; // the query it is a piece of; NULL when it is not
    struct question *question; // whose answer it belongs to; NULL: an errand
    struct fetch_batch *batch; // that waits for this errand; NULL: none
    uint64_t order;            // its place among all flights
    struct flight *next;       // of the same question, or of the source's errands
    struct lineup_heap *heap;  // where it waits, NULL: nowhere
    size_t place;              // in it
    const int64_t *deadline_ms; // monotonic; of the question, or of the source
    struct recorder *recorder; // NULL when not recorded
    enum source_protocol protocol; // that a raw read is asked for in; PROTOCOL_AUTO before the first try
    size_t slot;               // of the recorder
    unsigned token_generation; // of the token it was sent with
    bool token_dropped;        // a 401 has made it wait for a new one
    struct answer *answer;     // NULL until it is sent or has ended: many may wait
    enum flight_state state;
    bool abandoned;             // done without having been asked, as another piece had failed
    int64_t due_ms, started_ms; // monotonic; started_ms 0 before the first try
    int64_t sent_ms;            // monotonic, of the last try
    struct flight *next_flying; // of the source, while it runs
    struct flight *leader;      // whose second request this is; NULL: it is a first one
    struct flight *second;      // request for the same, see flight_hedge(); NULL: none was sent
    bool outrun;                // the second one has brought a good answer, while this one runs
    bool held;                  // has failed, and waits for what the second one brings
    struct decoder *decoder;
    struct buf body;            // of anything but a query
};

// A waiting flight on the heap, in no lineup yet.
struct flight *flight_create(struct flight_events *events, enum flight_kind kind, struct source *source, uint64_t order);

// Takes it out of the lineup and off the wire, and frees it. Not from inside an event. Fine with NULL.
void flight_destroy(struct flight *flight);

bool flight_is_raw(const struct flight *flight);  // a raw read, whatever the protocol
bool flight_is_read(const struct flight *flight); // goes, or would go now, as a remote read

// Starts the next try.
void flight_send(struct flight *flight, int64_t now_ms);

// When a second request for the same is worth sending; INT64_MAX: never. Recorded flights have none: what comes is written as it comes.
int64_t flight_hedge_ms(const struct flight *flight);

// Sends a second request for what runs. Of the two the first good answer counts, and when neither is good, the later one.
void flight_hedge(struct flight *flight, int64_t now_ms);

// Ends a flight that was outrun with the answer of its second request. Not from inside an event, unless it has failed itself.
void flight_take_second(struct flight *flight);

// Ends a flight that its source answers without a request.
void flight_answer(struct flight *flight);

// Ends the flight with an error, wherever it is; what was there of an answer is thrown away. A running one must not be in an event.
void flight_fail(struct flight *flight, const struct error *err);

// Ends a flight that waits for another try with what the last one brought, or, when there was none, as refused by the breaker.
void flight_refuse(struct flight *flight);

// Ends a flight that waits and is no longer needed, without an event.
void flight_abandon(struct flight *flight);

#endif
