// SPDX-License-Identifier: GPL-3.0-or-later
// The courier's own thread, and what the other files need of it: notes, the memory of each canary, commits.
#include "exporters/courier.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "base/timetext.h"
#include "courier_private.h"

#define DEADLINE_MS INT64_C(10000)
#define ALERT_FOR_MS INT64_C(86400000)
#define LOOK_MS INT64_C(5000) // how often the outbox is read unasked: `serin store dead --replay` is another process

int64_t courier_now_ms(const struct courier *c) {
    return c->options.now_ms != NULL ? c->options.now_ms(c->options.now_user) : wall_now_ms();
}

void courier_say(struct courier *c, const char *canary, const char *format, ...) {
    char text[2048];
    va_list args;
    if (c->options.say == NULL) return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    c->options.say(c->options.user, canary, text);
}

void courier_wake(struct courier *c) {
    pthread_mutex_lock(&c->lock);
    c->look = true;
    pthread_mutex_unlock(&c->lock);
    http_client_wake(c->client);
}

void courier_note(struct courier *c, struct courier_note note) {
    struct courier_note *kept = mem_zero(1, sizeof *kept);
    *kept = (struct courier_note){.kind = note.kind, .good = note.good, .text = mem_strdup(note.text)};
    pthread_mutex_lock(&c->lock);
    kept->next = c->notes;
    c->notes = kept;
    c->look = true;
    pthread_mutex_unlock(&c->lock);
    http_client_wake(c->client);
}

struct canary_state *courier_state(struct courier *c, const char *canary, bool make) {
    struct canary_state *state = c->states;
    while (state != NULL && strcmp(state->canary, canary) != 0) state = state->next;
    if (state != NULL || !make || c->state_count >= COURIER_MOST_STATES) return state;
    state = mem_zero(1, sizeof *state);
    state->canary = mem_strdup(canary);
    state->next = c->states;
    c->states = state;
    c->state_count++;
    return state;
}

struct committing {
    struct courier *courier;
    char *note;
};

static void committed(void *user, const struct store_outcome *outcome) {
    struct committing *done = user;
    struct courier *c = done->courier;
    bool lost = outcome->kind == STORE_FAILED;
    if (lost) courier_say(c, "", "what became of a delivery could not be kept: %s", outcome->err.text);
    if (done->note != NULL) courier_note(c, (struct courier_note){.kind = NOTE_TRIED, .text = done->note, .good = !lost});
    free(done->note);
    free(done);
    pthread_mutex_lock(&c->lock);
    if (--c->committing == 0) pthread_cond_broadcast(&c->quiet);
    pthread_mutex_unlock(&c->lock);
}

bool courier_commit(struct courier *c, struct store_batch *batch, const char *tried) {
    struct committing *done = mem_zero(1, sizeof *done);
    struct store_outcome outcome = {.kind = STORE_FAILED};
    *done = (struct committing){c, mem_strdup(tried)};
    pthread_mutex_lock(&c->lock);
    c->committing++;
    pthread_mutex_unlock(&c->lock);
    bool taken = store_submit(c->options.store, batch, committed, done, &outcome.err);
    if (!taken) committed(done, &outcome);
    return taken;
}

static void free_note(struct courier_note *note) {
    free((char *)(uintptr_t)note->text); // the note's own
    free(note);
}

static void read_notes(struct courier *c) {
    struct courier_note *newest, *oldest = NULL;
    pthread_mutex_lock(&c->lock);
    newest = c->notes;
    c->notes = NULL;
    if (c->look) c->outbox_ms = 0;
    c->look = false;
    pthread_mutex_unlock(&c->lock);
    while (newest != NULL) {
        struct courier_note *note = newest;
        newest = note->next;
        note->next = oldest;
        oldest = note;
    }
    while (oldest != NULL) {
        struct courier_note *note = oldest;
        oldest = note->next;
        if (note->kind == NOTE_TODO) courier_compose_todo(c, note->text);
        if (note->kind == NOTE_TRIED) courier_tried(c, note->text, note->good);
        free_note(note);
    }
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t stop_mono_ms(struct courier *c) {
    pthread_mutex_lock(&c->lock);
    int64_t stop = c->stop_mono_ms;
    pthread_mutex_unlock(&c->lock);
    return stop;
}

static void *run(void *user) {
    struct courier *c = user;
    int64_t stop = 0;
    while ((stop = stop_mono_ms(c)) == 0 || (c->jobs != NULL && mono_now_ms() < stop)) {
        int64_t now = courier_now_ms(c), next = now + LOOK_MS;
        read_notes(c);
        courier_end_jobs(c);
        if (stop == 0) {
            if (c->outbox_ms <= now) c->outbox_ms = earlier(courier_take_outbox(c, now), now + LOOK_MS);
            next = earlier(next, earlier(c->outbox_ms, courier_send_alerts(c, now)));
            next = earlier(next, courier_send_series(c, now));
        }
        int64_t wait_ms = next > now ? next - now : 0;
        bool idle = true; // not while there is a job to end: one whose requests could not be started has none in flight
        for (const struct job *job = c->jobs; job != NULL; job = job->next) idle = idle && job->in_flight > 0;
        if (idle) http_client_wait(c->client, stop != 0 ? stop : mono_now_ms() + wait_ms);
    }
    courier_drop_jobs(c);
    return NULL;
}

static bool todo_found(void *user, const char *key, const char *json, int64_t at_ms) {
    (void)json;
    (void)at_ms;
    courier_note(user, (struct courier_note){.kind = NOTE_TODO, .text = key});
    return true;
}

struct courier *courier_create(const struct courier_options *options, struct error *err) {
    struct courier *c = mem_zero(1, sizeof *c);
    c->options = *options;
    if (c->options.deadline_ms <= 0) c->options.deadline_ms = DEADLINE_MS;
    if (c->options.alert_for_ms <= 0) c->options.alert_for_ms = ALERT_FOR_MS;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->quiet, NULL);
    c->client = http_client_create();
    if (store_each_memo(options->store, COURIER_TODO, todo_found, c, err) && courier_read_off(c, err) && courier_read_alerts(c, err) &&
        courier_read_told(c, err) && courier_read_groups(c, err) && courier_read_series(c, err))
        c->running = thread_start(&c->thread, run, c, err);
    if (c->running) return c;
    courier_destroy(c, 0);
    return NULL;
}

static void free_states(struct courier *c) {
    while (c->states != NULL) {
        struct canary_state *state = c->states;
        c->states = state->next;
        free(state->canary);
        free(state->told);
        json_decref(state->suppressed);
        free(state);
    }
}

void courier_destroy(struct courier *c, int64_t most_ms) {
    if (c == NULL) return;
    pthread_mutex_lock(&c->lock);
    c->stop_mono_ms = mono_now_ms() + most_ms;
    pthread_mutex_unlock(&c->lock);
    http_client_wake(c->client);
    if (c->running) pthread_join(c->thread, NULL);
    pthread_mutex_lock(&c->lock);
    while (c->committing > 0) pthread_cond_wait(&c->quiet, &c->lock);
    pthread_mutex_unlock(&c->lock);
    while (c->notes != NULL) {
        struct courier_note *note = c->notes;
        c->notes = note->next;
        free_note(note);
    }
    courier_outbox_finish(c);
    courier_series_finish(c);
    courier_groups_finish(c);
    free_states(c);
    free(c->counts);
    protocol_memory_finish(&c->protocols);
    http_client_destroy(c->client);
    pthread_cond_destroy(&c->quiet);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
