// SPDX-License-Identifier: GPL-3.0-or-later
// Remote write: sends the values of each look and verdict, those of one canary in order. What waits is held in memory, bounded, and the
// oldest is dropped first. A memo says which analysis was written last, so that series that have ended get their stale marker even after
// a restart.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "courier_private.h"
#include "exporters/live.h"

#define WRITTEN "courier.written"
#define FIRST_WAIT_MS INT64_C(1000)
#define LONGEST_WAIT_MS INT64_C(60000)

enum { MOST_WAITING = 256 };

// From the engine.

void courier_wants_series(struct courier *c, const struct engine_event *e, struct store_batch *batch) {
    uint64_t wanted = 0;
    for (size_t i = 0; i < e->config->publish->target_count; i++)
        wanted |= (uint64_t)(e->config->publish->targets[i].kind == PUBLISH_REMOTE_WRITE) << i;
    pthread_mutex_lock(&c->lock);
    struct canary_state *state = courier_state(c, e->canary, wanted != 0);
    if (state != NULL) state->writes = wanted;
    if (state != NULL && e->kind == ENGINE_STARTED) state->gone = false; // an analysis of it was started after all
    pthread_mutex_unlock(&c->lock);
    if (wanted == 0 || e->kind != ENGINE_VERDICT || e->document == NULL) return;
    json_t *memo = json_pack("{s:s}", "analysis", e->id);
    char *text = json_dumps(memo, JSON_COMPACT);
    store_batch_memo(batch, WRITTEN, e->canary, text, e->now_ms);
    free(text);
    json_decref(memo);
}

static void free_entry(struct series_entry *entry) {
    json_decref(entry->document);
    free(entry);
}

// The lock is held. Returns whether something had to go.
static bool make_room(struct courier *c) {
    size_t count = 0;
    for (const struct series_entry *e = c->series; e != NULL; e = e->next) count++;
    if (count < MOST_WAITING) return false;
    struct series_entry **at = &c->series;
    while (*at != NULL && (*at)->in_flight > 0) at = &(*at)->next;
    struct series_entry *oldest = *at;
    if (oldest == NULL) return false;
    *at = oldest->next;
    free_entry(oldest);
    return true;
}

static void append(struct courier *c, struct series_entry *entry) {
    struct series_entry **at = &c->series;
    while (*at != NULL) at = &(*at)->next;
    *at = entry;
}

static struct series_entry *make_entry(struct canary_state *state, const char *id, const json_t *document) {
    struct series_entry *entry = mem_zero(1, sizeof *entry);
    entry->state = state;
    entry->document = json_deep_copy(document); // a copy, because counting references is not safe across threads
    snprintf(entry->id, sizeof entry->id, "%s", id);
    return entry;
}

void courier_take_series(struct courier *c, const struct engine_event *e) {
    bool dropped = false;
    if (e->document == NULL || e->kind == ENGINE_LOOK_FAILED) return;
    pthread_mutex_lock(&c->lock);
    struct canary_state *state = courier_state(c, e->canary, false);
    if (state != NULL && state->writes != 0 && !state->gone) {
        dropped = make_room(c);
        struct series_entry *entry = make_entry(state, e->id, e->document);
        if (e->kind == ENGINE_VERDICT) {
            if (strcmp(state->written, e->id) != 0) memcpy(entry->earlier, state->written, sizeof entry->earlier);
            memcpy(state->written, entry->id, sizeof state->written);
        }
        state->written_ms = e->now_ms;
        memcpy(state->latest, entry->id, sizeof state->latest);
        append(c, entry);
    }
    pthread_mutex_unlock(&c->lock);
    if (dropped) courier_count(c, "publish.remote_write", "dropped");
}

static bool written_found(void *user, const char *key, const char *json, int64_t at_ms) {
    struct courier *c = user;
    json_t *memo = json_loads(json, 0, NULL);
    const char *id = json_string_value(json_object_get(memo, "analysis"));
    pthread_mutex_lock(&c->lock);
    struct canary_state *state = id != NULL ? courier_state(c, key, true) : NULL;
    if (state != NULL) snprintf(state->written, sizeof state->written, "%s", id);
    if (state != NULL) state->written_ms = at_ms;
    pthread_mutex_unlock(&c->lock);
    json_decref(memo);
    return true;
}

bool courier_read_series(struct courier *c, struct error *err) {
    return store_each_memo(c->options.store, WRITTEN, written_found, c, err);
}

void courier_series_finish(struct courier *c) {
    while (c->series != NULL) {
        struct series_entry *entry = c->series;
        c->series = entry->next;
        free_entry(entry);
    }
}

// Sending.

// The lock is held.
static void remove_entry(struct courier *c, struct series_entry *entry) {
    struct series_entry **at = &c->series;
    while (*at != entry) at = &(*at)->next;
    *at = entry->next;
    free_entry(entry);
}

// A job for the target `bit` is over, or with 0 the start of all jobs. When it was the last one the entry is done with, or is sent again
// after a wait. The lock is held.
static void request_over(struct courier *c, struct series_entry *entry, uint64_t bit, bool failed, int64_t now_ms) {
    struct canary_state *state = entry->state;
    if (!failed) entry->done |= bit;
    entry->failed = entry->failed || failed;
    if (--entry->in_flight > 0) return;
    int64_t wait_ms = state->series_failures < 6 ? FIRST_WAIT_MS << state->series_failures : LONGEST_WAIT_MS;
    state->series_in_flight = false;
    state->series_ms = entry->failed ? now_ms + (wait_ms < LONGEST_WAIT_MS ? wait_ms : LONGEST_WAIT_MS) : now_ms;
    state->series_failures = entry->failed ? state->series_failures + 1 : 0;
    if (!entry->failed) remove_entry(c, entry);
}

static void series_over(struct job *job) {
    struct courier *c = job->courier;
    const char *key = job->one.targets[0].key, *why = job->err.text;
    bool failed = job->err.code != ERROR_NONE;
    for (size_t i = 0; i < job->delivery.count && !failed; i++) {
        const struct sending *s = &job->delivery.sendings[i];
        failed = !s->delivered && s->mends && !job->delivery.posts[i].replaced;
        why = s->err.text;
    }
    if (job->err.code == ERROR_NONE)
        delivery_tell(&job->delivery);
    else
        courier_count(c, key, "failed");
    pthread_mutex_lock(&c->lock);
    bool first = failed && job->entry->state->series_failures == 0;
    const char *canary = job->entry->state->canary;
    request_over(c, job->entry, job->target_bit, failed, courier_now_ms(c));
    pthread_mutex_unlock(&c->lock);
    if (first) courier_say(c, canary, "%s: values are not taken, and written again: %s", key, why);
}

static void count_series(void *user, const char *target, const char *outcome) {
    courier_count(user, target, outcome);
}

static void write_to(struct courier *c, struct series_entry *entry, struct subject *subject, size_t target, struct subject *earlier) {
    struct job *job = job_create(c, subject, &subject->publish.targets[target], series_over);
    struct delivery *d = &job->delivery;
    const json_t *document = entry->document != NULL ? entry->document : subject->result;
    job->entry = entry;
    job->target_bit = UINT64_C(1) << target;
    job->earlier = earlier;
    if (earlier != NULL) earlier->refs++;
    job->how = (struct deliver_options){.now_ms = courier_now_ms(c),
                                        .count = count_series,
                                        .user = c,
                                        .protocols = &c->protocols,
                                        .earlier = earlier != NULL ? earlier->result : NULL};
    d->ended = entry->document == NULL;
    if (run_digest_init(&d->digest, document, NULL, job->how.now_ms, &job->err) && delivery_open(d, 0, &job->err))
        deliver_series(d, &d->receivers[0]);
    courier_begin(job);
}

// The document of the last look of an undecided analysis; NULL: none was taken.
static json_t *last_look(struct courier *c, const char *id, struct arena *arena) {
    const char *text = NULL;
    struct error err;
    if (!store_last_look(c->options.store, id, arena, &text, &err) || text == NULL) return NULL;
    return json_loads(text, JSON_ALLOW_NUL, NULL);
}

static void send_entry(struct courier *c, struct series_entry *entry) {
    struct error err = {0};
    struct subject *subject = subject_load(c, entry->id, entry->document == NULL, &err), *earlier = NULL;
    if (subject != NULL && entry->earlier[0] != '\0') earlier = subject_load(c, entry->earlier, true, &err);
    pthread_mutex_lock(&c->lock);
    entry->in_flight = 1; // so that the entry stays while its jobs are started
    entry->failed = subject == NULL && err.code == ERROR_IO;
    entry->state->series_in_flight = true;
    pthread_mutex_unlock(&c->lock);
    if (subject != NULL && entry->document == NULL && subject->result == NULL) subject->result = last_look(c, entry->id, &subject->arena);
    bool known = subject != NULL && (entry->document != NULL || subject->result != NULL);
    for (size_t i = 0; known && i < subject->publish.target_count; i++) {
        if (subject->publish.targets[i].kind != PUBLISH_REMOTE_WRITE || (entry->done >> i & 1U) != 0) continue;
        pthread_mutex_lock(&c->lock);
        entry->in_flight++;
        pthread_mutex_unlock(&c->lock);
        write_to(c, entry, subject, i, earlier);
    }
    subject_release(subject);
    subject_release(earlier);
    pthread_mutex_lock(&c->lock);
    request_over(c, entry, 0, entry->failed, courier_now_ms(c));
    pthread_mutex_unlock(&c->lock);
}

static struct series_entry *next_entry(struct courier *c, int64_t now_ms, int64_t *ret_next_ms) {
    struct series_entry *found = NULL;
    *ret_next_ms = INT64_MAX;
    pthread_mutex_lock(&c->lock);
    for (struct canary_state *state = c->states; state != NULL; state = state->next) state->series_seen = false;
    for (struct series_entry *e = c->series; e != NULL && found == NULL; e = e->next) {
        bool first = !e->state->series_seen;
        e->state->series_seen = true;
        if (!first || e->state->series_in_flight) continue;
        if (e->state->series_ms <= now_ms)
            found = e;
        else if (e->state->series_ms < *ret_next_ms)
            *ret_next_ms = e->state->series_ms;
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

// Queues the end of the values that were written last; false when there are none. The lock is held.
static bool end_values(struct courier *c, struct canary_state *state) {
    const char *last = state->latest[0] != '\0' ? state->latest : state->written;
    bool any = *last != '\0';
    if (any) append(c, make_entry(state, last, NULL));
    state->written[0] = state->latest[0] = '\0';
    return any;
}

static void forget_written(struct courier *c, const char *canary, int64_t now_ms) {
    struct store_batch *batch = store_batch_create();
    store_batch_memo(batch, WRITTEN, canary, NULL, now_ms);
    courier_commit(c, batch, NULL);
}

// Ends the values of canaries that were not judged for LIVE_RETENTION_MS.
static void end_old(struct courier *c, int64_t now_ms) {
    for (;;) {
        char canary[STORE_NAME_LEN + 1] = "";
        pthread_mutex_lock(&c->lock);
        for (struct canary_state *state = c->states; state != NULL && canary[0] == '\0'; state = state->next) {
            if (now_ms >= state->written_ms + LIVE_RETENTION_MS && end_values(c, state))
                snprintf(canary, sizeof canary, "%s", state->canary);
        }
        pthread_mutex_unlock(&c->lock);
        if (canary[0] == '\0') return;
        forget_written(c, canary, now_ms);
    }
}

void courier_forget(struct courier *c, const char *canary) {
    pthread_mutex_lock(&c->lock);
    struct canary_state *state = courier_state(c, canary, false);
    bool ended = state != NULL && end_values(c, state);
    if (state != NULL) state->gone = true;
    pthread_mutex_unlock(&c->lock);
    if (!ended) return;
    forget_written(c, canary, courier_now_ms(c));
    courier_wake(c);
}

int64_t courier_send_series(struct courier *c, int64_t now_ms) {
    struct series_entry *entry;
    int64_t next_ms = INT64_MAX;
    end_old(c, now_ms);
    while (c->job_count < (size_t)2 * COURIER_MOST_IN_FLIGHT && (entry = next_entry(c, now_ms, &next_ms)) != NULL) send_entry(c, entry);
    return next_ms;
}
