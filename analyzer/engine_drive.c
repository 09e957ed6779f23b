// SPDX-License-Identifier: GPL-3.0-or-later
// The driving thread: starts the looks that are due, as far as their lanes have room, and sends the queries of those that are planned.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "engine_private.h"

#define MOST_SOURCES ((size_t)256)    // that are counted by name
#define LONGEST_STEP_MS INT64_C(1000) // the thread looks at the clock at least so often, in case it was set

static void join_lane(struct running *r) {
    struct lane *lane = r->lane;
    r->behind = NULL;
    if (lane->last != NULL) {
        lane->last->behind = r;
    } else {
        lane->first = r;
    }
    lane->last = r;
}

static void queue_due(struct engine *e) {
    int64_t now = engine_now_ms(e);
    for (struct due_node *node; (node = due_heap_take(&e->heap, now)) != NULL;) {
        struct running *r = (struct running *)node;
        engine_phase(e, r, PHASE_QUEUED);
        join_lane(r);
    }
}

static void start_queued(struct engine *e) {
    for (struct lane *lane = e->lanes; lane != NULL; lane = lane->next) {
        while (lane->first != NULL && lane->at_work < LANE_LOOKS) {
            struct running *r = lane->first;
            lane->first = r->behind;
            if (lane->first == NULL) lane->last = NULL;
            lane->at_work++;
            engine_phase(e, r, PHASE_PLANNING);
            engine_plan_look(e, r);
        }
    }
}

// Anybody who may send configs chooses names, so beyond MOST_SOURCES all further ones are counted together.
static struct engine_source_counts *counts_of(struct engine *e, const char *name) {
    if (e->source_count >= MOST_SOURCES) name = "other";
    for (size_t i = 0; i < e->source_count; i++) {
        if (strncmp(e->sources[i].name, name, sizeof e->sources[i].name - 1) == 0) return &e->sources[i];
    }
    void *items = e->sources;
    mem_grow(&items, &e->source_cap, e->source_count, sizeof *e->sources);
    e->sources = items;
    struct engine_source_counts *counts = &e->sources[e->source_count++];
    *counts = (struct engine_source_counts){.name = ""};
    snprintf(counts->name, sizeof counts->name, "%s", name);
    return counts;
}

static void count_failure(struct engine_source_counts *counts, const char *outcome) {
    size_t i = 0;
    while (i < ENGINE_OUTCOMES - 1 && counts->failures[i].outcome != NULL && strcmp(counts->failures[i].outcome, outcome) != 0) i++;
    counts->failures[i].outcome = outcome;
    counts->failures[i].count++;
}

static void count_answers(struct look_run *run) {
    struct engine *e = run->engine;
    pthread_mutex_lock(&e->lock);
    for (size_t i = 0; i < run->answers.job_count; i++) {
        const struct fetch_job *job = &run->answers.jobs[i];
        struct engine_source_counts *counts = counts_of(e, source_name(job->source));
        source_counters_add(&counts->counters, &job->answer, job->sharers);
        duration_histogram_add(&counts->durations, (double)job->answer.duration_ms / 1000);
        if (job->answer.result.outcome != DECODE_OK) count_failure(counts, answer_outcome(&job->answer));
    }
    pthread_mutex_unlock(&e->lock);
}

static void warn(void *user, const char *text) {
    const struct look_run *run = user;
    engine_say(run->engine, run->running->canary, run->running->id, "%s", text);
}

static void release_sources(struct look_run *run) {
    for (size_t i = 0; i < run->source_count; i++) source_pool_release(run->engine->pool, run->sources[i]);
    run->source_count = 0;
}

static void answered(void *user, bool ok, const struct error *err) {
    struct look_run *run = user;
    run->batch = NULL;
    run->answered_us = mono_now_us();
    plan_answers_take(&run->answers);
    plan_answers_warn(&run->answers, warn, run);
    count_answers(run);
    release_sources(run);
    if (ok) {
        engine_judge_look(run);
    } else {
        engine_look_again(run, err);
    }
}

static bool take_sources(struct look_run *run, struct error *err) {
    const struct canary_config *config = run->config->config;
    run->sources = arena_array(&run->arena, config->source_count + 1, sizeof(struct source *));
    for (; run->source_count < config->source_count; run->source_count++) {
        struct source *source = source_pool_take(run->engine->pool, &config->sources[run->source_count], err);
        if (source == NULL) return false;
        run->sources[run->source_count] = source;
    }
    return true;
}

static void submit(struct look_run *run) {
    struct engine *e = run->engine;
    struct error err = {0};
    struct fetch_options options = {.deadline_ms = e->options.deadline_ms, .most_bytes = LOOK_BYTES};
    if (!take_sources(run, &err)) {
        release_sources(run);
        engine_give_up(run, &err);
        return;
    }
    plan_answers_borrow(&run->answers, run->sources, run->source_count);
    plan_answers_make_jobs(&run->answers, &run->plan);
    run->batch = fetcher_submit(e->fetcher, run->answers.jobs, run->answers.job_count, &options, answered, run);
}

// Submits the oldest first; the list begins with the newest.
static void submit_all(struct look_run *newest) {
    struct look_run *first = NULL;
    while (newest != NULL) {
        struct look_run *run = newest;
        newest = run->next;
        run->next = first;
        first = run;
    }
    while (first != NULL) {
        struct look_run *run = first;
        first = run->next;
        submit(run);
    }
}

// When the thread has to look again, on the monotonic clock.
static int64_t next_step(const struct engine *e) {
    int64_t next = due_heap_next_ms(&e->heap), wait = LONGEST_STEP_MS;
    if (next != INT64_MAX && next - engine_now_ms(e) < wait) wait = next - engine_now_ms(e);
    return mono_now_ms() + (wait > 0 ? wait : 0);
}

void *engine_drive(void *user) {
    struct engine *e = user;
    pthread_mutex_lock(&e->lock);
    while (!e->stopping) {
        queue_due(e);
        start_queued(e);
        struct look_run *runs = e->to_submit;
        e->to_submit = NULL;
        int64_t until = next_step(e);
        pthread_mutex_unlock(&e->lock);
        submit_all(runs);
        fetcher_step(e->fetcher, until);
        pthread_mutex_lock(&e->lock);
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}
