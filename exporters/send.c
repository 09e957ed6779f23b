// SPDX-License-Identifier: GPL-3.0-or-later
#include "send.h"

#include <string.h>

#include "base/retry.h"
#include "base/timetext.h"

enum { MOST_FLYING = 16 }; // requests at once

#define LEAST_WAIT_MS INT64_C(50) // between two tries
#define NAP_MS INT64_C(200)       // how late an interruption may be seen

struct send_run {
    const struct send_options *options;
    uint64_t seed;
    size_t in_flight;
};

static bool on_body(void *user, const struct http_head *head, const char *data, size_t len) {
    struct sending *s = user;
    (void)head;
    size_t room = SEND_SAID - s->said_len, take = len < room ? len : room;
    memcpy(s->said + s->said_len, data, take);
    s->said_len += take;
    s->said[s->said_len] = '\0';
    return s->said_len < SEND_SAID; // more is not wanted
}

static bool may_mend(const struct http_result *result) {
    int status = result->head->status;
    return status == 0 ? result->temporary : status == 429 || status >= 500;
}

static bool out_of_time(struct sending *s, const char *why) {
    s->over = true;
    return error_prefix(&s->err, "%s", why);
}

// When the next try is, if there is one.
static void plan_next(struct sending *s, const struct http_result *result) {
    const struct send_options *options = s->run->options;
    int64_t now_ms = mono_now_ms(), asked_ms = 0, wait_ms = LEAST_WAIT_MS + retry_backoff_ms(s->tries, &s->run->seed);
    bool asked = retry_after_ms(result->head->retry_after, wall_now_ms(), &asked_ms);
    if (asked && asked_ms > wait_ms) wait_ms = asked_ms;
    s->next_mono_ms = now_ms + wait_ms;
    if (s->tries >= options->most_tries) {
        out_of_time(s, "gave up");
    } else if (s->next_mono_ms >= options->until_mono_ms) {
        out_of_time(s, asked ? "no time for the wait that is asked for" : "out of time");
    }
}

static void take_answer(struct sending *s, const struct http_result *result) {
    s->in_flight = false;
    s->status = result->head->status;
    memcpy(s->kept, result->head->kept, sizeof s->kept);
    memcpy(s->retry_after, result->head->retry_after, sizeof s->retry_after);
    s->mends = may_mend(result);
    if (s->status >= 200 && s->status <= 299) { // whatever becomes of the body
        s->delivered = s->over = true;
        s->err = (struct error){0};
        return;
    }
    if (s->status >= 300 && s->status <= 399) { // a redirect, told by the client
        s->err = result->err;
    } else if (s->status != 0) {
        error_set(&s->err, ERROR_API, "answered %d", s->status);
    } else {
        s->err = result->err;
    }
    if (s->err.code == ERROR_NONE) error_set(&s->err, ERROR_API, "answered %d", s->status);
}

static void on_done(void *user, const struct http_result *result) {
    struct sending *s = user;
    s->run->in_flight--;
    take_answer(s, result);
    if (s->delivered) return;
    s->over = !s->mends;
    if (!s->over) plan_next(s, result);
}

static void on_tried(void *user, const struct http_result *result) {
    struct sending *s = user;
    take_answer(s, result);
    s->over = true;
    s->tried(s->tried_user);
}

// Sends the request once more.
static bool fly(struct http_client *client, struct sending *s, int64_t timeout_ms,
                void (*done)(void *user, const struct http_result *result)) {
    struct http_request request = s->request;
    request.timeout_ms = request.idle_timeout_ms = request.connect_timeout_ms = timeout_ms;
    request.user = s;
    request.body_piece = on_body;
    request.done = done;
    s->tries++;
    s->said_len = 0;
    s->said[0] = '\0';
    s->in_flight = http_client_start(client, &request, &s->err);
    s->over = !s->in_flight;
    return s->in_flight;
}

bool send_try(struct http_client *client, struct sending *s, int64_t timeout_ms, void (*tried)(void *user), void *user) {
    s->tried = tried;
    s->tried_user = user;
    return fly(client, s, timeout_ms, on_tried);
}

static void start(struct http_client *client, struct sending *s, int64_t now_ms) {
    if (fly(client, s, s->run->options->until_mono_ms - now_ms, on_done)) s->run->in_flight++;
}

// Starts what is due. Returns the time of the next start, `until` when there is none; *ret_open is false when all are over.
static int64_t start_due(struct http_client *client, struct sending *items, size_t count, struct send_run *run, bool *ret_open) {
    int64_t now_ms = mono_now_ms(), next_ms = run->options->until_mono_ms;
    *ret_open = false;
    for (size_t i = 0; i < count; i++) {
        struct sending *s = &items[i];
        bool waits = !s->over && !s->in_flight;
        if (waits && s->next_mono_ms <= now_ms && now_ms < run->options->until_mono_ms && run->in_flight < MOST_FLYING) {
            start(client, s, now_ms);
        } else if (waits && run->in_flight < MOST_FLYING && s->next_mono_ms < next_ms) {
            next_ms = s->next_mono_ms;
        }
        *ret_open = *ret_open || !s->over;
    }
    return next_ms;
}

static bool goes_on(const struct send_options *options) {
    return mono_now_ms() < options->until_mono_ms && (options->interrupted == NULL || *options->interrupted == 0);
}

static void give_up(struct sending *s) {
    const volatile int *interrupted = s->run->options->interrupted;
    s->in_flight = false;
    if (s->over) return;
    if (s->err.code == ERROR_NONE) error_set(&s->err, ERROR_SOURCE, "no answer");
    out_of_time(s, interrupted != NULL && *interrupted != 0 ? "interrupted" : "out of time");
}

void send_all(struct http_client *client, struct sending *items, size_t count, const struct send_options *options) {
    struct send_run run = {options, (uint64_t)wall_now_ms(), 0};
    bool open = count > 0;
    for (size_t i = 0; i < count; i++) items[i].run = &run;
    while (open && goes_on(options)) {
        int64_t next_ms = start_due(client, items, count, &run, &open), nap_ms = mono_now_ms() + NAP_MS;
        if (open) http_client_wait(client, next_ms < nap_ms ? next_ms : nap_ms);
    }
    http_client_cancel(client);
    for (size_t i = 0; i < count; i++) give_up(&items[i]);
}
