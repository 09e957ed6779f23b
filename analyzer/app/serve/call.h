// SPDX-License-Identifier: GPL-3.0-or-later
// One request and its answer, as a handler sees them. When a handler is called, the listener has already checked method, token and
// role, rate, path, query parameters, and the body's type and size; the body is there whole.
//
// All functions but call_wake() are for the listener's thread, on which handlers run. What they return is borrowed until the call has been
// answered.
#ifndef SERVE_CALL_H
#define SERVE_CALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"
#include "serve/role.h"
#include "serve/route.h"

// The request.

void *call_user(const struct call *call); // what the listener was given for its handlers
const char *call_path(const struct call *call, const char *name);   // decoded; the name must be in the route's path
const char *call_query(const struct call *call, const char *name);  // decoded; NULL when absent; a parameter that comes twice was refused
const char *call_header(const struct call *call, const char *name); // NULL when absent
struct view call_body(const struct call *call);

// The body as JSON, parsed at the first call. NULL with err as of json_text_parse().
const json_t *call_json(struct call *call, struct error *err);

struct call_who {
    const char *name; // of the token; "local" without tokens, "" on a route that asks for none
    enum role role;
};

struct call_who call_who(const struct call *call);

// For a route that needs no role by itself because its clients may not be able to send the header: signs the call in by a token that came
// another way (NULL: none did, the header counts). False when the call was answered: no token, a wrong one, too many wrong ones, or one
// below that role.
bool call_sign_in(struct call *call, const char *token, enum role least);

int64_t call_now_ms(const struct call *call);       // wall time at which the request came
struct arena *call_arena(struct call *call);        // freed with the call
void call_keep(struct call *call, void *value);     // for the handler's own use, between handle, release and resume
void *call_kept(const struct call *call);

// The answer. A handler calls one of these, once. While clients are slow to take so many large answers that they fill the memory set
// aside for them, further large ones become a 503 `busy`.

void reply_json(struct call *call, int status, json_t *body);   // takes body
void reply_text(struct call *call, int status, const char *content_type, struct view text); // copies
void reply_own_text(struct call *call, int status, const char *content_type, struct view text); // which is in the call's arena
void reply_empty(struct call *call, int status);

// Sends bytes without copying them: they must not change until release(user) is called, which happens once, on any thread, also when the
// client has gone. `content_type` is copied.
void reply_page(struct call *call, int status, const char *content_type, struct view bytes, void (*release)(void *user), void *user);

// Answers {"error":{"code":...,"message":...,"hint":...}}. The code is for programs and never changes, the message says what was wrong,
// the hint what to do (reply_error(): "").
__attribute__((format(printf, 4, 5))) void reply_error(struct call *call, int status, const char *code, const char *format, ...);
__attribute__((format(printf, 5, 6))) void reply_error_hint(struct call *call, int status, const char *code, const char *hint,
                                                            const char *format, ...);

// Sets a header of the answer; to be called before the answer is given. It takes the place of the one that the listener would set itself
// (Content-Security-Policy, Cache-Control and the like). A header whose value has control characters is left out.
void reply_header(struct call *call, const char *name, const char *value);

// Sets the ETag of the answer (without its quotes); to be called before the answer is given. True when the client has that version already:
// then the call was answered with 304.
bool reply_etag(struct call *call, const char *text);

// Deferred answers.
//
// A handler, or a route's `resume`, calls call_defer() instead of a reply. From then on any thread may call call_wake(), as often as it
// likes. So that no wake is missed, a handler first defers, then enters the call where the waker looks, and then checks once more whether
// there is anything to wait for. The waiting ends with the first of: call_wake(), the time, the stop of the listener, the client hanging
// up. Then, on the listener's thread (or on the thread that stops the listener, when the stop does not wait any longer):
//   1. release(call), once. It takes the call out of where wakers look. After it has returned nobody may touch the call: so waker
//      and release take the same lock, and the waker calls call_wake() while it holds it. call_wake() calls nothing back.
//   2. the route's resume, which answers or defers again; not when the client has gone, nor when the stop cut it short.
// A reply given after call_defer() in the same function ends the waiting at once: release, then the answer, and no resume.
enum call_end { CALL_WOKEN, CALL_TIMEOUT, CALL_STOPPING, CALL_GONE };

typedef void call_release_fn(struct call *call);

void call_defer(struct call *call, int64_t until_mono_ms, call_release_fn *release); // release may be NULL when nobody wakes it
void call_wake(struct call *call);
enum call_end call_ended(const struct call *call); // why it is released or resumed

#endif
