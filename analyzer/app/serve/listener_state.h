// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of a listener, for its files.
#ifndef SERVE_LISTENER_STATE_H
#define SERVE_LISTENER_STATE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "serve/addresses.h"
#include "serve/listener.h"
#include "serve/tls.h"
#include "serve/tokens.h"
#include "serve/waits.h"

struct route_counters {
    _Atomic uint64_t by_class[6], micros;
};

struct listener {
    struct arena arena; // texts of the options, hosts, counters
    struct listener_limits limits;
    void *user;
    struct routes *routes;
    char *openapi;      // the document, as text
    const char **hosts; // names that Host may have; with host_count 0 any
    size_t host_count;
    const char *token_file; // NULL: no tokens are asked for
    const char *url;
    bool loopback;
    int port;
    struct MHD_Daemon *daemon;
    struct tls *tls; // NULL: none
    struct waits *waits;
    struct addresses *addresses; // used by the listener's thread alone
    struct call *spare;          // calls to be used again; used by the listener's thread alone
    size_t spare_count;
    size_t held; // bytes of large answers on their way; the listener's thread's
    atomic_bool stopping;
    _Atomic uint64_t connections, in_flight, waiting, connections_total, refused[REFUSAL_COUNT];
    struct route_counters *counters; // one for each route, and one for requests without a route

    pthread_mutex_t token_lock; // guards `tokens`, which a reload replaces, and the allowances in them
    struct tokens *tokens;      // NULL without a file

    pthread_mutex_t idle_lock; // for the condition alone: in_flight has become 0 while stopping
    pthread_cond_t idle;
};

struct peer { // one connection
    struct wait slow; // ends when the client takes too long to send its request or to take the answer
    int fd;
    struct address *address;
    struct tls_keys *keys; // NULL without TLS
    struct listener *listener;
    char text[ADDRESS_MOST_TEXT];
};

void listener_refused(struct listener *listener, enum listener_refusal why); // counts it

// Reads the token file again when it has changed. When it cannot be used that is logged and the old tokens stay. token_lock is held.
void listener_refresh_tokens(struct listener *listener);

// Callbacks of the library (request.c, peer.c).
void *request_begin(void *listener, const char *target, struct MHD_Connection *connection);
enum MHD_Result request_piece(void *listener, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *data, size_t *size, void **call);
void request_end(void *listener, struct MHD_Connection *connection, void **call, enum MHD_RequestTerminationCode how);
void request_free_spare(struct listener *listener);
enum MHD_Result peer_allow(void *listener, const struct sockaddr *address, socklen_t len);
void peer_notify(void *listener, struct MHD_Connection *connection, void **peer, enum MHD_ConnectionNotificationCode what);

#endif
