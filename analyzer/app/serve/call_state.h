// SPDX-License-Identifier: GPL-3.0-or-later
// A call from the inside: what the listener, the checks and the reply functions share. All of it is the listener's thread's, but for
// `wait` and `ended`, which the lock of the waits guards while the call waits.
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
    STAGE_BODY,    // the body comes
    STAGE_DISCARD, // the answer is known; what comes of the body is thrown away
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
    bool whole; // counted among those in flight
    json_t *json; // NULL until it was asked for
    struct call_who who;
    int64_t now_ms, begin_us;
    void *kept;
    struct call *next_spare; // of the listener's, while it is none's

    int status; // 0: not answered
    struct MHD_Response *response;
    struct reply_header headers[MOST_REPLY_HEADERS];
    size_t header_count;
    const char *etag; // with its quotes; NULL: none
    const char *code; // of an error, for the log; NULL: none

    struct wait wait;
    enum call_end ended;
    bool deferred; // and neither released nor answered
    call_release_fn *release;
};

// Of the listener (listener.c).
struct waits *listener_waits(struct listener *listener);
void *listener_user(const struct listener *listener);

// Ends a deferral: release, once. On the listener's thread; nothing when the call is not deferred.
void call_release(struct call *call);

// Gives the answer to the library. False: the connection is to be closed. (call_reply.c)
enum MHD_Result call_send(struct call *call);

#endif
