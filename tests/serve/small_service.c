// SPDX-License-Identifier: GPL-3.0-or-later
#include "small_service.h"

#include <pthread.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/timetext.h"
#include "serve/call.h"

#define MOST_WAITERS 1024

static pthread_mutex_t waiters_lock = PTHREAD_MUTEX_INITIALIZER; // guards waiters and waiter_count
static struct call *waiters[MOST_WAITERS];
static size_t waiter_count;

static void get_open(struct call *call) {
    reply_text(call, 200, "text/plain", view_of("open"));
}

static void get_thing(struct call *call) {
    const char *depth = call_query(call, "depth");
    if (reply_etag(call, call_path(call, "id"))) return;
    reply_json(call, 200,
               json_pack("{s:s,s:s,s:s,s:s}", "id", call_path(call, "id"), "depth", depth != NULL ? depth : "none", "who",
                         call_who(call).name, "role", role_name(call_who(call).role)));
}

static void page_released(void *user) {
    struct small_service *service = user;
    atomic_fetch_add(&service->pages_released, 1);
}

static const char page[20000] = {[0] = 'p', [19999] = 'q'};

static void get_page(struct call *call) {
    reply_page(call, 200, "text/html; charset=utf-8", (struct view){page, sizeof page}, page_released, call_user(call));
}

static void post_thing(struct call *call) {
    struct error err;
    const json_t *body = call_json(call, &err);
    if (body == NULL) {
        reply_error_hint(call, 400, "bad_json", "send one JSON object", "%s", err.text);
        return;
    }
    reply_json(call, 202, json_pack("{s:i}", "keys", (int)json_object_size(body)));
}

static void echo(struct call *call) {
    reply_text(call, 200, "text/plain", call_body(call));
}

static void delete_thing(struct call *call) {
    reply_empty(call, 204);
}

static void leave(struct call *call) {
    struct small_service *service = call_user(call);
    pthread_mutex_lock(&waiters_lock);
    for (size_t i = 0; i < waiter_count; i++) {
        if (waiters[i] == call) waiters[i] = waiters[--waiter_count];
    }
    pthread_mutex_unlock(&waiters_lock);
    atomic_fetch_add(&service->released, 1);
}

static void enter(struct call *call) {
    struct small_service *service = call_user(call);
    pthread_mutex_lock(&waiters_lock);
    assert_true(waiter_count < MOST_WAITERS);
    waiters[waiter_count++] = call;
    pthread_mutex_unlock(&waiters_lock);
    atomic_fetch_add(&service->waiting, 1);
}

static void get_wait(struct call *call) {
    int64_t ms = strtol(call_query(call, "ms"), NULL, 10);
    call_defer(call, mono_now_ms() + ms, leave);
    enter(call);
}

static void resume_wait(struct call *call) {
    static const char *const names[] = {"woken", "timeout", "stopping", "gone"};
    struct small_service *service = call_user(call);
    atomic_fetch_add(&service->resumed[call_ended(call)], 1);
    reply_json(call, call_ended(call) == CALL_STOPPING ? 503 : 200, json_pack("{s:s}", "end", names[call_ended(call)]));
}

static char huge[20 << 20]; // more than any system takes for a client that does not read

static void get_odd(struct call *call) {
    const char *what = call_query(call, "what");
    if (what != NULL && what[0] == 'h') {
        reply_text(call, 200, "text/plain", (struct view){huge, sizeof huge});
        return;
    }
    if (what == NULL || what[0] == 'n') return; // nothing: a bug of a handler
    call_defer(call, mono_now_ms() + 60000, leave);
    if (what[0] == 'l') reply_text(call, 200, "text/plain", view_of("late"));
    if (what[0] == 't') call_keep(call, call);
    if (what[0] == 't') call_wake(call); // before the handler returns
}

static void resume_odd(struct call *call) {
    if (call_kept(call) != NULL) {
        call_keep(call, NULL);
        call_defer(call, mono_now_ms() + 20, leave);
        return;
    }
    resume_wait(call);
}

static const struct route_parameter thing_parameters[] = {{"id", "of the thing", NULL, true}, {"depth", "how deep", NULL, false}, {0}};
static const struct route_parameter wait_parameters[] = {{"ms", "how long", "{\"type\":\"integer\"}", true}, {0}};
static const struct route_parameter odd_parameters[] = {{"what", "goes wrong", NULL, false}, {0}};
static const struct route_answer thing_answers[] = {{200, "the thing", "Thing", NULL}, {304, "as before", NULL, NULL}, {0}};
static const struct route_schema schemas[] = {{"Thing", "{\"type\":\"object\"}", NULL}, {0}};

static const struct route routes[] = {
    {.method = "GET", .path = "/open", .handle = get_open, .operation = "getOpen", .summary = "open", .quiet = true},
    {.method = "GET",
     .path = "/things/{id}",
     .role = ROLE_READ,
     .handle = get_thing,
     .operation = "getThing",
     .summary = "a thing",
     .parameters = thing_parameters,
     .answers = thing_answers},
    {.method = "DELETE",
     .path = "/things/{id}",
     .role = ROLE_ADMIN,
     .handle = delete_thing,
     .operation = "deleteThing",
     .summary = "remove a thing"},
    {.method = "POST",
     .path = "/things",
     .role = ROLE_RUN,
     .body = BODY_REQUIRED,
     .body_most = 1000,
     .handle = post_thing,
     .operation = "postThing",
     .summary = "make a thing",
     .request_schema = "Thing"},
    {.method = "POST",
     .path = "/note",
     .role = ROLE_RUN,
     .body = BODY_OPTIONAL,
     .body_types = "text/plain text/markdown",
     .handle = echo,
     .operation = "postNote",
     .summary = "echo"},
    {.method = "POST",
     .path = "/any",
     .role = ROLE_RUN,
     .body = BODY_OPTIONAL,
     .body_types = "*/*",
     .query_open = true,
     .handle = echo,
     .operation = "postAny",
     .summary = "echo"},
    {.method = "GET", .path = "/page", .role = ROLE_READ, .handle = get_page, .operation = "getPage", .summary = "a page"},
    {.method = "GET",
     .path = "/wait",
     .role = ROLE_READ,
     .handle = get_wait,
     .resume = resume_wait,
     .operation = "getWait",
     .summary = "wait",
     .parameters = wait_parameters},
    {.method = "GET",
     .path = "/odd",
     .role = ROLE_READ,
     .handle = get_odd,
     .resume = resume_odd,
     .operation = "getOdd",
     .summary = "odd",
     .parameters = odd_parameters},
};

const struct route_table small_service_table = {routes, sizeof routes / sizeof routes[0], schemas};

void small_service_start(struct small_service *service, void (*change)(struct listener_options *options)) {
    static const struct route_table *const tables[] = {&small_service_table};
    struct error err;
    *service = (struct small_service){0};
    struct listener_options options = {.tables = tables, .table_count = 1, .user = service, .version = "1.2.3"};
    if (change != NULL) change(&options);
    service->listener = listener_start(&options, &err);
    if (service->listener == NULL) fail_msg("%s", err.text);
    service->port = (int)strtol(strrchr(listener_url(service->listener), ':') + 1, NULL, 10);
}

void small_service_stop(struct small_service *service) {
    listener_stop(service->listener, 2000);
    service->listener = NULL;
}

void small_service_wake(struct small_service *service) {
    (void)service;
    pthread_mutex_lock(&waiters_lock);
    for (size_t i = 0; i < waiter_count; i++) call_wake(waiters[i]);
    pthread_mutex_unlock(&waiters_lock);
}
