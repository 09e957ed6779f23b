// SPDX-License-Identifier: GPL-3.0-or-later
// What ends is only noted where it happens, which may be deep inside a callback of the HTTP client; it is settled, told and freed
// between the waits.
#include "query/fetcher.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "batch.h"
#include "traffic.h"

#define POLL_MS INT64_C(200) // how late an interruption may be seen

void fetcher_settle_soon(struct fetcher *fetcher, struct question *q) {
    if (q->settling) return;
    q->settling = true;
    q->next_settling = NULL;
    *fetcher->last_settling = q;
    fetcher->last_settling = &q->next_settling;
}

void fetcher_settle_never(struct fetcher *fetcher, struct question *q) {
    if (!q->settling) return;
    struct question **link = &fetcher->settling;
    while (*link != q) link = &(*link)->next_settling;
    *link = q->next_settling;
    if (q->next_settling == NULL) fetcher->last_settling = link;
    q->settling = false;
}

static void on_ended(void *user, struct flight *f) {
    struct source *source = f->source;
    source->due_ms = 0;
    if (f->kind == FLIGHT_TOKEN) source->token_coming = false;
    if (f->kind == FLIGHT_PROBE) source->probing = false;
    if (f->kind == FLIGHT_VERSION && f->answer->result.err.code == ERROR_CANCELLED) source->version_known = false;
    if (f->batch != NULL) batch_errand_ended(f->batch);
    f->batch = NULL;
    if (f->question != NULL && question_ended(f->question, f)) fetcher_settle_soon(user, f->question);
}

static void on_waits(void *user, struct flight *f) {
    f->source->due_ms = 0;
    if (f->question != NULL && f->question->failed) {
        fetcher_settle_soon(user, f->question);
    } else {
        lineup_add(&f->source->lineup, f);
    }
}

static void on_halved(void *user, struct flight *f, const struct query *later) {
    (void)user;
    question_halved(f->question, f, later);
}

// `client` NULL: one of its own.
static struct fetcher *create(struct http_client *client) {
    struct fetcher *fetcher = mem_zero(1, sizeof *fetcher);
    fetcher->owns_client = client == NULL;
    fetcher->events = (struct flight_events){.client = client != NULL ? client : http_client_create(),
                                             .seed = (uint64_t)wall_now_ms(),
                                             .user = fetcher,
                                             .ended = on_ended,
                                             .waits = on_waits,
                                             .halved = on_halved};
    fetcher->open.last = &fetcher->open.first;
    fetcher->over.last = &fetcher->over.first;
    fetcher->last_settling = &fetcher->settling;
    fetcher->look_ms = INT64_MAX;
    return fetcher;
}

struct fetcher *fetcher_create(void) {
    return create(NULL);
}

struct fetcher *fetcher_create_alone(struct http_client *client) {
    struct fetcher *fetcher = create(client);
    fetcher->alone = true;
    return fetcher;
}

void fetcher_destroy(struct fetcher *fetcher) {
    if (fetcher == NULL) return;
    while (fetcher->open.first != NULL) fetcher_cancel(fetcher->open.first);
    while (fetcher->over.first != NULL) fetcher_cancel(fetcher->over.first);
    asked_finish(&fetcher->asked);
    if (fetcher->owns_client) http_client_destroy(fetcher->events.client);
    free(fetcher->sources);
    free(fetcher);
}

struct fetch_batch *fetcher_submit(struct fetcher *fetcher, struct fetch_job *jobs, size_t count, const struct fetch_options *options,
                                   fetcher_done *done, void *user) {
    asked_sweep(&fetcher->asked, mono_now_ms());
    struct fetch_batch *b = batch_create(fetcher, jobs, count, options);
    b->ended = done;
    b->user = user;
    return b;
}

void fetcher_cancel(struct fetch_batch *batch) {
    struct error err;
    batch_destroy(batch, &err);
}

// Gives the answer to those who asked. A good one is kept for others who may.
static void deliver(struct fetcher *fetcher, struct question *q) {
    struct asker *askers = q->askers;
    bool keep = q->listed && q->answer->result.outcome == DECODE_OK, shared = q->answer->shared; // of a recorded one
    q->askers = NULL;
    if (!keep) asked_remove(&fetcher->asked, q);
    for (struct asker *a = askers, *next; a != NULL; a = next) {
        struct answer answer;
        next = a->next;
        if (keep || next != NULL) {
            answer_share(q->answer, &answer);
        } else { // nobody else has it
            answer = *q->answer;
            answer_init(q->answer);
        }
        answer.shared = shared;
        shared = true;
        batch_take(a->batch, a->job, &answer);
        free(a);
    }
    if (keep) {
        asked_keep(&fetcher->asked, q, mono_now_ms());
    } else {
        question_destroy(q);
    }
}

static void settle(struct fetcher *fetcher) {
    for (struct question *q; (q = fetcher->settling) != NULL;) {
        fetcher_settle_never(fetcher, q);
        if (question_settle(q)) deliver(fetcher, q);
    }
}

static bool interrupted(const struct fetch_batch *b) {
    return b->options.interrupted != NULL && *b->options.interrupted != 0;
}

// Ends the batches whose time is over, or that are interrupted.
static void look_at_batches(struct fetcher *fetcher, int64_t now) {
    if (fetcher->interruptible == 0 && now < fetcher->look_ms) return;
    fetcher->look_ms = INT64_MAX;
    for (struct fetch_batch *b = fetcher->open.first, *next; b != NULL; b = next) {
        next = b->next;
        int64_t until = b->deadline_ms < b->grace_ms ? b->deadline_ms : b->grace_ms;
        struct error err;
        if (interrupted(b)) {
            error_set(&b->err, ERROR_CANCELLED, "interrupted");
            err = b->err;
            batch_give_up(b, &err);
        } else if (now >= until) {
            error_set(&err, ERROR_SOURCE, "no answer before the deadline of the run (%g s)", (double)b->limit_ms / 1000);
            batch_give_up(b, &err);
        } else if (fetcher->look_ms > until) {
            fetcher->look_ms = until;
        }
    }
}

// Starts what is due and has room.
static void start_due(struct fetcher *fetcher, int64_t now) {
    for (size_t i = 0; i < fetcher->source_count; i++) {
        if (fetcher->sources[i]->due_ms <= now) traffic_start(fetcher->sources[i], now);
    }
}

// When there is something to do even if nobody answers.
static int64_t next_due(const struct fetcher *fetcher, int64_t now) {
    int64_t next = fetcher->look_ms;
    for (size_t i = 0; i < fetcher->source_count; i++) {
        if (fetcher->sources[i]->due_ms < next) next = fetcher->sources[i]->due_ms;
    }
    return fetcher->interruptible > 0 && next > now + POLL_MS ? now + POLL_MS : next;
}

// Tells the batches that are over; returns how many there were.
static size_t tell(struct fetcher *fetcher) {
    size_t told = 0;
    for (struct fetch_batch *b; (b = fetcher->over.first) != NULL; told++) {
        fetcher_done *ended = b->ended;
        void *user = b->user;
        struct error err = {0};
        bool ok = batch_destroy(b, &err);
        if (ended != NULL) ended(user, ok, &err);
    }
    return told;
}

// Does what is due; returns how many batches were told that they are over.
static size_t work(struct fetcher *fetcher, int64_t now) {
    look_at_batches(fetcher, now);
    settle(fetcher);
    start_due(fetcher, now);
    settle(fetcher);
    return tell(fetcher);
}

void fetcher_step(struct fetcher *fetcher, int64_t until_mono_ms) {
    int64_t now = mono_now_ms();
    bool woken = false;
    while (work(fetcher, now) == 0 && !woken && now < until_mono_ms) {
        int64_t next = next_due(fetcher, now);
        woken = http_client_wait(fetcher->events.client, next < until_mono_ms ? next : until_mono_ms);
        now = mono_now_ms();
    }
}

void fetcher_wake(struct fetcher *fetcher) {
    http_client_wake(fetcher->events.client);
}
