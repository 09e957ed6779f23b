// SPDX-License-Identifier: GPL-3.0-or-later
// One exchange with a source, through all of its tries: a query or a piece of one, the server's version, the token that
// the others need, or the probe that finds out which protocol the server has. Private to query: fetch.c
// decides which flight goes when, flight.c carries it out.
#ifndef QUERY_FLIGHT_H
#define QUERY_FLIGHT_H

#include "query/recorded.h"
#include "source_ops.h"

struct flight;

enum flight_kind { FLIGHT_QUERY, FLIGHT_VERSION, FLIGHT_PROBE, FLIGHT_TOKEN };
enum flight_state { FLIGHT_WAITING, FLIGHT_RUNNING, FLIGHT_DONE };

struct flight_run { // what all flights of a run share
    struct http_client *client;
    struct recorder *recorder; // NULL when not recording
    int64_t deadline_ms;       // monotonic
    uint64_t seed;
    void *user;
    void (*ended)(void *user, struct flight *flight);                            // must; the flight is done, good or bad
    void (*waits)(void *user, struct flight *flight);                            // must; the flight waits for another try
    void (*halved)(void *user, struct flight *flight, const struct query *later); // must; the flight keeps the earlier half
};

struct flight {
    struct flight_run *run;
    enum flight_kind kind;
    struct source *source;
    struct query query;        // the piece that is asked for
    const struct query *whole; // the query it is a piece of; NULL when it is not
    size_t job;                // whose answer it belongs to
    size_t order;              // its place among the flights of the run
    struct flight *next_piece; // of the same job
    struct flight *next_moot;  // that waits for nothing, see fetch.c
    enum source_protocol protocol; // that a raw read is asked for in; PROTOCOL_AUTO before the first try
    size_t slot;               // of the recorder; tokens and probes have none
    unsigned token_generation; // of the token it was sent with
    bool token_dropped;        // a 401 has made it wait for a new one
    struct answer answer;
    enum flight_state state;
    bool abandoned;             // done without having been asked, as another piece had failed
    int64_t due_ms, started_ms; // monotonic; started_ms 0 before the first try
    struct decoder *decoder;
    struct buf body;            // of anything but a query
};

bool flight_is_raw(const struct flight *flight);  // a raw read, whatever the protocol
bool flight_is_read(const struct flight *flight); // goes, or would go now, as a remote read

void flight_finish(struct flight *flight); // frees what it holds, not the flight itself

// Starts the next try.
void flight_send(struct flight *flight, int64_t now_ms);

// Ends the flight with an error; what was there of an answer is thrown away.
void flight_fail(struct flight *flight, const struct error *err);

// Ends a flight that waits for another try with what the last one brought, or, when there was none, as refused by the breaker.
void flight_refuse(struct flight *flight);

void flight_abandon(struct flight *flight);

#endif
