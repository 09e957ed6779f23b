// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/call.h"

#include <assert.h>
#include <string.h>

#include "call_state.h"
#include "serve/json_text.h"

void *call_user(const struct call *call) {
    return listener_user(call->listener);
}

const char *call_path(const struct call *call, const char *name) {
    struct view found;
    for (size_t i = 0; route_path_name(call->match.route->path, i, &found); i++) {
        if (view_is(found, name)) return call->match.values[i].ptr;
    }
    assert(name == NULL);
    return "";
}

const char *call_query(const struct call *call, const char *name) {
    return target_value(&call->target, name);
}

const char *call_header(const struct call *call, const char *name) {
    return MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

struct view call_body(const struct call *call) {
    return (struct view){buf_text(&call->body), call->body.len};
}

const json_t *call_json(struct call *call, struct error *err) {
    if (call->json == NULL) call->json = json_text_parse(call_body(call), err);
    return call->json;
}

struct call_who call_who(const struct call *call) {
    return call->who;
}

int64_t call_now_ms(const struct call *call) {
    return call->now_ms;
}

struct arena *call_arena(struct call *call) {
    return &call->arena;
}

void call_keep(struct call *call, void *value) {
    call->kept = value;
}

void *call_kept(const struct call *call) {
    return call->kept;
}

// Called with the lock of struct waits held, on any thread; the listener's thread then goes on with the call.
static void wait_ended(struct wait *wait, enum wait_end end) {
    static const enum call_end ends[] = {
        [WAIT_WOKEN] = CALL_WOKEN, [WAIT_DUE] = CALL_TIMEOUT, [WAIT_HUNG_UP] = CALL_GONE, [WAIT_STOPPING] = CALL_STOPPING};
    struct call *call = (struct call *)((char *)wait - offsetof(struct call, wait));
    call->ended = ends[end];
    MHD_resume_connection(call->connection);
}

// The connection must be suspended before the wait begins, because the wait may end, and resume it, at once.
void call_defer(struct call *call, int64_t until_mono_ms, call_release_fn *release) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    assert(!call->deferred && call->status == 0);
    call->deferred = true;
    call->release = release;
    call->stage = STAGE_WAITING;
    call->wait.end = wait_ended;
    MHD_suspend_connection(call->connection);
    waits_add(listener_waits(call->listener), &call->wait, until_mono_ms, info->connect_fd);
}

void call_wake(struct call *call) {
    waits_wake(listener_waits(call->listener), &call->wait);
}

enum call_end call_ended(const struct call *call) {
    return call->ended;
}

void call_release(struct call *call) {
    if (!call->deferred) return;
    call->deferred = false;
    if (call->release != NULL) call->release(call);
}
