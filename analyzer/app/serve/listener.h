// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP server of the service. One thread reads requests, checks them against the routes and calls the handlers; another one watches for
// deadlines and for clients that hang up.
#ifndef SERVE_LISTENER_H
#define SERVE_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "serve/route.h"

struct listener_limits { // 0: the value of listener_limits_default()
    size_t connections;             // at once; further ones wait in the backlog
    size_t connections_per_address; // IPv6: per /64
    size_t body;                    // most bytes, for routes without a limit of their own
    int64_t request_ms;             // to send a whole request
    int64_t idle_ms;                // of a kept connection between two requests
    double rate;                    // requests a second of one token, or of one address without; below 0: no limit
    double burst;                   // requests at once
    double failed_sign_ins;         // of one address a minute; further ones are answered 429
};

struct listener_options {
    const char *address;              // NULL: 127.0.0.1
    int port;                         // 0: a free one
    const char *cert_file, *key_file; // PEM; both or none
    const char *client_ca_file;       // PEM; clients must show a certificate of it
    const char *token_file;           // NULL: everybody is admin, which is only allowed on loopback
    bool open_to_world;               // allow listening elsewhere than on loopback without tokens and TLS
    const char *const *hosts;         // names without port that requests may carry in Host, besides those of loopback
    size_t host_count;
    struct listener_limits limits;
    const struct route_table *const *tables;
    size_t table_count;
    const char *version;              // of the service, for the OpenAPI document
    void *user;                       // for handlers
};

struct listener_limits listener_limits_default(void);

struct listener;

// Listens, and answers requests from then on, even before it returns. The tables and `user` are borrowed, the rest is copied. NULL with err
// for a bad address, a port in use, an unusable certificate or token file, missing tokens or TLS, or routes that contradict each other.
struct listener *listener_start(const struct listener_options *options, struct error *err);

const char *listener_url(const struct listener *listener); // "http://127.0.0.1:9292", without slash at the end

// Takes no more connections, ends deferred calls as CALL_STOPPING, waits at most that long for requests in flight, and frees the listener.
// Requests that have not come whole are cut off. When it returns no handler runs any more and every deferred call has been released. Not to
// be called by a handler. Fine with NULL.
void listener_stop(struct listener *listener, int64_t most_ms);

// Reads the token file, certificate and key again. False with err when one is unusable: what was read before stays in use. Any thread.
bool listener_reload(struct listener *listener, struct error *err);

enum listener_refusal {
    REFUSED_MALFORMED,  // no HTTP, bad path, query or header
    REFUSED_TOO_LARGE,  // URI, headers or body
    REFUSED_SLOW,       // the request did not come whole in its time
    REFUSED_HOST,       // a Host or Origin that is not ours
    REFUSED_SIGN_IN,    // no token, or a wrong one
    REFUSED_ROLE,
    REFUSED_RATE,
    REFUSED_CONNECTION, // too many of one address
    REFUSAL_COUNT
};

extern const char *const listener_refusal_names[REFUSAL_COUNT]; // "malformed", "too_large", ...

struct listener_counts {
    uint64_t connections, in_flight, waiting; // now; in flight are whole requests that are not answered yet, `waiting` of them are deferred
    uint64_t connections_total;
    uint64_t refused[REFUSAL_COUNT];
};

struct route_counts {
    uint64_t by_class[6]; // answers by the first digit of their status; [0]: the client went before it was answered
    double seconds;       // from request to answer, waiting included, summed up
};

void listener_counts(const struct listener *listener, struct listener_counts *ret_counts); // any thread

// The counts of the i-th route of the tables. With i == listener_route_count() those of requests without a route; *ret_route is NULL then.
size_t listener_route_count(const struct listener *listener);
void listener_route_counts(const struct listener *listener, size_t i, const struct route **ret_route, struct route_counts *ret_counts);

#endif
