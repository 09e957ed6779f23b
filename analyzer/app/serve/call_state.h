// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of a call, for the listener, the checks and the reply functions. Only the listener's thread uses it, except `wait` and
// `ended`, which the lock of struct waits guards while the call waits.
#ifndef SERVE_CALL_STATE_H
#define SERVE_CALL_STATE_H

#include <microhttpd.h>

#include "base/buf.h"
#include "serve/call.h"
#include "serve/listener.h"
#include "serve/target.h"
#include "serve/waits.h"

#define MOST_REPLY_HEADERS 8

enum call_stage {
    STAGE_HEAD,    // nothing was checked yet
    STAGE_BODY,    // the body is being received
    STAGE_DISCARD, // it was refused: what still comes of the body is thrown away
    STAGE_WAITING, // deferred
    STAGE_SENT,    // the answer was handed to the library
};

struct reply_header {
    const char *name, *value;
};

struct call {
    struct listener *listener;
    struct MHD_Connection *connection;
    struct peer *peer;
    struct arena arena;
    enum call_stage stage;
    char *target_text; // as it was sent; NULL: longer than TARGET_MOST_BYTES
    struct target target;
    const char *method;
    struct route_match match;
    struct buf body;
    uint64_t discarded;
    bool whole; // the request has come whole: it counts among those in flight
    json_t *json; // NULL until it was asked for
    struct call_who who;
    int64_t now_ms, begin_us;
    void *kept;
    struct call *next_spare; // in listener.spare, while the call is unused

    int status; // 0: not answered
    struct MHD_Response *response;
    size_t held; // bytes of it that count in the listener's
    struct reply_header headers[MOST_REPLY_HEADERS];
    size_t header_count;
    const char *etag; // with its quotes; NULL: none
    const char *code; // of an error, for the log; NULL: none

    struct wait wait;
    enum call_end ended;
    bool deferred; // call_defer() was called, and it was neither released nor answered since
    call_release_fn *release;
};

// Of the listener (listener.c).
struct waits *listener_waits(struct listener *listener);
void *listener_user(const struct listener *listener);

// Ends a deferral: calls the release function. Does nothing when the call is not deferred.
void call_release(struct call *call);

// Hands the answer to the library (call_reply.c). MHD_NO: the connection is to be closed.
enum MHD_Result call_send(struct call *call);

#endif
