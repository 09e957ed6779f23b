// SPDX-License-Identifier: GPL-3.0-or-later
// The life of one request, as the library's callbacks tell it: request_begin() has the target; request_piece() is called once the headers
// are there, with every piece of the body, when the request is whole, and when a deferred call goes on; request_end() comes last.
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "call_state.h"
#include "check.h"
#include "listener_state.h"

#define MOST_DISCARDED UINT64_C(4194304) // bytes of a refused body that are read; a client that sends more is cut off
#define MOST_SENDING_MS INT64_C(300000)  // for a client to take its answer
#define MOST_SPARE_CALLS 64
#define NO_LIMIT_MS INT64_C(86400000) // for a deferred call: its own time limit counts

// Calls are used again, with the first block of their arena: most need no other memory.
static struct call *take_call(struct listener *listener) {
    struct call *call = listener->spare;
    if (call == NULL) return mem_zero(1, sizeof *call);
    struct arena arena = call->arena;
    listener->spare = call->next_spare;
    listener->spare_count--;
    *call = (struct call){.arena = arena};
    return call;
}

static void put_call_back(struct listener *listener, struct call *call) {
    if (listener->spare_count >= MOST_SPARE_CALLS) {
        arena_finish(&call->arena);
        free(call);
        return;
    }
    arena_clear(&call->arena);
    call->next_spare = listener->spare;
    listener->spare = call;
    listener->spare_count++;
}

void request_free_spare(struct listener *listener) {
    for (struct call *call = listener->spare, *next; call != NULL; call = next) {
        next = call->next_spare;
        arena_finish(&call->arena);
        free(call);
    }
}

void *request_begin(void *user, const char *target, struct MHD_Connection *connection) {
    struct listener *listener = user;
    struct call *call = take_call(listener);
    size_t len = strnlen(target, TARGET_MOST_BYTES + 1);
    call->listener = listener;
    call->connection = connection;
    call->peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    call->method = "";
    call->match.index = routes_count(listener->routes);
    call->now_ms = wall_now_ms();
    call->begin_us = mono_now_us();
    if (len <= TARGET_MOST_BYTES) call->target_text = arena_strndup(&call->arena, target, len);
    return call;
}

// The request is whole, or the rest of it is not wanted: from now on a stopping listener waits for its answer.
static void have_whole(struct call *call) {
    if (!call->whole) atomic_fetch_add(&call->listener->in_flight, 1);
    call->whole = true;
}

static enum MHD_Result send_reply(struct call *call) {
    have_whole(call);
    waits_move(call->listener->waits, &call->peer->slow, mono_now_ms() + MOST_SENDING_MS);
    if (atomic_load(&call->listener->stopping)) MHD_add_response_header(call->response, "Connection", "close");
    return call_send(call);
}

// Checks the request. A refused one is answered at once when its body is too long to be read, or when the client waits for "100 Continue"
// before sending it; the library then closes the connection. Otherwise the body is read and thrown away, so that the client sees the answer
// and can use the connection again.
static enum MHD_Result take_head(struct call *call, const char *method) {
    bool has_body = false;
    uint64_t length = 0;
    call->method = arena_strdup(&call->arena, method);
    bool good = check_head(call, &has_body, &length);
    call->stage = good ? STAGE_BODY : STAGE_DISCARD;
    if (good) buf_init(&call->body, check_body_most(call));
    bool long_one = length != UINT64_MAX && length > MOST_DISCARDED;
    if (!good && has_body && (long_one || call_header(call, "Expect") != NULL)) return send_reply(call);
    return MHD_YES;
}

static enum MHD_Result take_piece(struct call *call, const char *data, size_t *size) {
    if (call->stage == STAGE_BODY) {
        buf_bytes(&call->body, data, *size);
        if (call->body.failed) {
            buf_finish(&call->body);
            call->stage = STAGE_DISCARD;
            check_refuse_body(call);
        }
    } else {
        call->discarded += *size;
    }
    *size = 0;
    return call->discarded > MOST_DISCARDED ? MHD_NO : MHD_YES;
}

// After a handler: it has answered, or deferred the call, or by mistake done neither.
static enum MHD_Result settle(struct call *call) {
    struct listener *listener = call->listener;
    if (call->deferred && call->status == 0) {
        waits_move(listener->waits, &call->peer->slow, mono_now_ms() + NO_LIMIT_MS);
        atomic_fetch_add(&listener->waiting, 1);
        return MHD_YES;
    }
    if (call->deferred) { // it has deferred and then answered: the connection must be resumed before the answer can be sent
        if (waits_remove(listener->waits, &call->wait)) MHD_resume_connection(call->connection);
        call_release(call);
        return MHD_YES;
    }
    if (call->status == 0) reply_error(call, 500, "internal", "this path has no answer");
    return send_reply(call);
}

static enum MHD_Result go_on(struct call *call) {
    if (call->deferred) atomic_fetch_sub(&call->listener->waiting, 1);
    call_release(call);
    if (call->status != 0) return send_reply(call);
    if (call->ended == CALL_GONE) return MHD_NO;
    call->match.route->resume(call);
    return settle(call);
}

enum MHD_Result request_piece(void *listener, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *data, size_t *size, void **user) {
    struct call *call = *user;
    (void)listener, (void)connection, (void)url, (void)version;
    if (call->stage == STAGE_HEAD) return take_head(call, method);
    if (*size > 0) return take_piece(call, data, size);
    if (call->stage == STAGE_WAITING) return go_on(call);
    if (call->stage == STAGE_DISCARD) return send_reply(call);
    have_whole(call);
    call->match.route->handle(call);
    return settle(call);
}

static void count(struct call *call, int64_t micros) {
    struct route_counters *counters = &call->listener->counters[call->match.index];
    int class = call->status / 100;
    atomic_fetch_add_explicit(&counters->by_class[class >= 0 && class <= 5 ? class : 0], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counters->micros, (uint64_t)micros, memory_order_relaxed);
}

// Only 500, a fault of ours, is an error; other 5xx are limits, failed sources and the stop of the service.
static enum log_level level_of(const struct call *call) {
    bool quiet = call->match.route != NULL && call->match.route->quiet;
    if (call->status == 500) return LOG_LEVEL_ERROR;
    if (call->status > 500 && !atomic_load(&call->listener->stopping)) return LOG_LEVEL_WARN;
    return quiet && call->status < 400 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
}

// The query is not logged: it may hold tokens and other private data.
static void log_request(struct call *call, int64_t micros) {
    struct log_line line;
    enum log_level level = level_of(call);
    if (!log_wanted(level)) return;
    struct view path = call->target.path;
    log_begin(&line, level, "request");
    log_text(&line, "method", call->method);
    log_text(&line, "path", path.ptr != NULL ? arena_strndup(&call->arena, path.ptr, path.len) : NULL);
    log_text(&line, "operation", call->match.route != NULL ? call->match.route->operation : NULL);
    log_i64(&line, "status", call->status);
    log_text(&line, "error", call->code);
    log_double(&line, "ms", (double)micros / 1000);
    log_text(&line, "who", call->who.name);
    log_text(&line, "client", call->peer->text);
    log_end(&line);
}

static void tell_idle(struct listener *listener) {
    pthread_mutex_lock(&listener->idle_lock);
    pthread_cond_signal(&listener->idle);
    pthread_mutex_unlock(&listener->idle_lock);
}

void request_end(void *user, struct MHD_Connection *connection, void **place, enum MHD_RequestTerminationCode how) {
    struct listener *listener = user;
    struct call *call = *place;
    (void)connection;
    *place = NULL;
    if (call == NULL) return;
    if (call->deferred) { // the listener stops
        waits_remove(listener->waits, &call->wait);
        call->ended = CALL_STOPPING;
        atomic_fetch_sub(&listener->waiting, 1);
        call_release(call);
    }
    bool theirs = how == MHD_REQUEST_TERMINATED_COMPLETED_OK || how == MHD_REQUEST_TERMINATED_WITH_ERROR;
    if (call->stage == STAGE_HEAD && theirs) listener_refused(listener, REFUSED_MALFORMED); // the library has answered it by itself
    if (call->stage != STAGE_SENT) call->status = 0;
    int64_t micros = mono_now_us() - call->begin_us;
    count(call, micros);
    log_request(call, micros);
    waits_move(listener->waits, &call->peer->slow, mono_now_ms() + listener->limits.idle_ms + listener->limits.request_ms);
    if (call->response != NULL) MHD_destroy_response(call->response);
    listener->held -= call->held;
    json_decref(call->json);
    buf_finish(&call->body);
    bool whole = call->whole;
    put_call_back(listener, call);
    if (whole && atomic_fetch_sub(&listener->in_flight, 1) == 1 && atomic_load(&listener->stopping)) tell_idle(listener);
}
