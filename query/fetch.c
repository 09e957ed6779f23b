// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the queries of all sources over one HTTP client, in one thread: a count of transfers and a lineup of waiting flights per
// source, a due time per flight that waits for its next try. What a wake costs does not depend on how many wait.
#include <stdlib.h>
#include <string.h>

#include "base/http.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "flight.h"
#include "pieces.h"

#define DEFAULT_DEADLINE_MS INT64_C(60000)
#define POLL_MS INT64_C(200)          // how late an interruption may be seen
#define VERSION_GRACE_MS INT64_C(500) // how long the version may keep a run whose queries have ended
#define MOST_BODY_BYTES ((size_t)65536)

struct progress {  // of one job
    size_t open;   // flights that are not done
    size_t pieces; // flights in all
    struct flight *first_piece;
    bool failed;
};

struct run {
    struct flight_run shared;
    const struct fetch_options *options;
    struct fetch_job *jobs;
    struct progress *progress; // one per job
    size_t job_count, done;    // `done` counts jobs
    struct flight **flights;   // probes, queries in the order of the jobs, versions, then halves and tokens as they come
    size_t count, cap, open;   // `open` of them are not done
    struct flight *moot;       // the first of those that wait, though another piece of their job has failed
    struct source **sources;   // each once
    size_t source_count;
    int64_t limit_ms;
};

static struct flight *add_flight(struct run *run, enum flight_kind kind, struct source *source) {
    void *items = run->flights;
    mem_grow(&items, &run->cap, run->count, sizeof *run->flights);
    run->flights = items;
    struct flight *f = mem_zero(1, sizeof *f);
    f->order = run->count;
    run->flights[run->count++] = f;
    run->open++;
    f->run = &run->shared;
    f->kind = kind;
    f->source = source;
    answer_init(&f->answer);
    buf_init(&f->body, MOST_BODY_BYTES);
    if (run->shared.recorder != NULL && kind != FLIGHT_TOKEN && kind != FLIGHT_PROBE) f->slot = recorder_add_slot(run->shared.recorder);
    return f;
}

static void on_waits(void *user, struct flight *f) {
    struct run *run = user;
    if (f->kind != FLIGHT_QUERY || !run->progress[f->job].failed) {
        lineup_add(&f->source->lineup, f);
        return;
    }
    f->next_moot = run->moot;
    run->moot = f;
}

static void add_other(struct run *run, enum flight_kind kind, struct source *source) {
    on_waits(run, add_flight(run, kind, source));
}

static void add_query(struct run *run, size_t job, const struct query *query, bool whole) {
    struct progress *progress = &run->progress[job];
    struct flight *f = add_flight(run, FLIGHT_QUERY, run->jobs[job].source);
    f->query = *query;
    f->whole = whole ? NULL : &run->jobs[job].query;
    f->job = job;
    f->next_piece = progress->first_piece;
    progress->first_piece = f;
    progress->open++;
    progress->pieces++;
    on_waits(run, f);
}

static void job_done(struct run *run, size_t job) {
    source_count(run->jobs[job].source, &run->jobs[job].answer, run->jobs[job].sharers);
    run->done++;
    if (run->options->progress != NULL) run->options->progress(run->options->user, run->done, run->job_count);
}

static int compare_starts(const void *a, const void *b) {
    const struct flight *const *x = a, *const *y = b;
    return ((*x)->query.start_ms > (*y)->query.start_ms) - ((*x)->query.start_ms < (*y)->query.start_ms);
}

// Makes the job's answer of its pieces, in time order.
static void join_pieces(struct run *run, size_t job) {
    struct flight **flights = mem_zero(run->progress[job].pieces, sizeof(struct flight *));
    struct answer **answers = mem_zero(run->progress[job].pieces, sizeof(struct answer *));
    size_t count = 0;
    for (struct flight *f = run->progress[job].first_piece; f != NULL; f = f->next_piece) {
        if (!f->abandoned) flights[count++] = f;
    }
    qsort(flights, count, sizeof *flights, compare_starts);
    for (size_t i = 0; i < count; i++) answers[i] = &flights[i]->answer;
    pieces_join(answers, count, &run->jobs[job].source->limits, &run->jobs[job].answer);
    for (size_t i = 0; i < count; i++) answer_reset(answers[i]);
    free(answers);
    free(flights);
}

static void job_fails(struct run *run, struct progress *progress) {
    progress->failed = true;
    for (struct flight *f = progress->first_piece; f != NULL; f = f->next_piece) {
        if (f->state == FLIGHT_WAITING) on_waits(run, f);
    }
}

static void on_ended(void *user, struct flight *f) {
    struct run *run = user;
    run->open--;
    if (f->kind == FLIGHT_TOKEN) f->source->token_coming = false;
    if (f->kind != FLIGHT_QUERY) return;
    struct progress *progress = &run->progress[f->job];
    progress->open--;
    if (!progress->failed && !f->abandoned && f->answer.result.outcome != DECODE_OK) job_fails(run, progress);
    if (progress->open > 0) return;
    if (progress->pieces > 1) {
        join_pieces(run, f->job);
    } else {
        run->jobs[f->job].answer = f->answer;
        answer_init(&f->answer);
    }
    job_done(run, f->job);
}

static void on_halved(void *user, struct flight *f, const struct query *later) {
    struct run *run = user;
    f->whole = &run->jobs[f->job].query;
    add_query(run, f->job, later, false);
}

// True when the flight has to wait for a token, which is sent for unless it is on its way.
static bool waits_for_token(struct run *run, const struct flight *f, int64_t now) {
    struct source *source = f->source;
    if (f->kind == FLIGHT_TOKEN || source->ops->token_wanted == NULL || !source->ops->token_wanted(source, now)) return false;
    if (!source->token_coming) add_other(run, FLIGHT_TOKEN, source);
    return source->token_coming = true;
}

// What the rate and the breaker of its source say to a flight that may go otherwise; to wait until *ret_due_ms.
static enum breaker_advice ask_source(const struct flight *f, int64_t now, int64_t *ret_due_ms) {
    if (f->kind == FLIGHT_TOKEN) return BREAKER_GO; // it goes to another server
    *ret_due_ms = pace_due_ms(&f->source->pace, now);
    return *ret_due_ms > now ? BREAKER_WAIT : breaker_ask(&f->source->breaker, now);
}

static void answer_here(struct run *run, struct flight *f) {
    f->source->ops->answer(f->source, &f->query, &f->answer);
    f->state = FLIGHT_DONE;
    on_ended(run, f);
}

// Ends a flight without a request where none is needed.
static bool end_here(struct run *run, struct flight *f) {
    bool moot = f->kind == FLIGHT_QUERY && run->progress[f->job].failed;
    if (!moot && f->source->ops->answer == NULL) return false;
    lineup_take(&f->source->lineup, f);
    if (moot) {
        flight_abandon(f);
    } else {
        answer_here(run, f);
    }
    return true;
}

// Starts what of one source is due and has room; returns when it must be looked at again, if time alone may change that.
static int64_t start_from(struct run *run, struct source *source, int64_t now) {
    struct lineup *lineup = &source->lineup;
    struct flight *f;
    int64_t due = INT64_MAX, pace_ms = now;
    while (source->usable && (f = lineup_first(lineup, now, &due)) != NULL) {
        if (end_here(run, f)) continue;
        if (source->running >= source->concurrency) return due;
        bool token_coming = source->token_coming;
        if (waits_for_token(run, f, now)) {
            if (token_coming) return due;
            continue; // with the token, which has come to stand first
        }
        enum breaker_advice advice = ask_source(f, now, &pace_ms);
        if (advice == BREAKER_WAIT) return pace_ms > now ? pace_ms : due;
        lineup_take(lineup, f);
        if (advice == BREAKER_GO)
            flight_send(f, now);
        else
            flight_refuse(f);
    }
    while (!source->usable && (f = lineup_take_any(lineup)) != NULL) flight_fail(f, &source->unusable);
    return due;
}

static void abandon_moot(struct run *run) {
    while (run->moot != NULL) {
        struct flight *f = run->moot;
        run->moot = f->next_moot;
        if (f->state == FLIGHT_WAITING) flight_abandon(f);
    }
}

// Starts what is due and has room; returns when the next one that waits for its time is due.
static int64_t start_due(struct run *run) {
    int64_t now = mono_now_ms(), next = now + POLL_MS;
    abandon_moot(run);
    for (size_t i = 0; i < run->source_count; i++) {
        int64_t due = start_from(run, run->sources[i], now);
        if (due > now && due < next) next = due;
    }
    abandon_moot(run);
    return next;
}

static bool interrupted(const struct run *run) {
    return run->options->interrupted != NULL && *run->options->interrupted != 0;
}

// Ends whatever is still open with one and the same error.
static void give_up(struct run *run, const struct error *err) {
    http_client_cancel(run->shared.client);
    for (size_t i = 0; i < run->count; i++) {
        if (run->flights[i]->state != FLIGHT_DONE) flight_fail(run->flights[i], err);
    }
}

static bool drive(struct run *run, struct error *err) {
    struct error end = {0};
    int64_t version_until = 0, deadline = run->shared.deadline_ms;
    while (run->open > 0) {
        int64_t now = mono_now_ms();
        if (interrupted(run)) {
            error_set(&end, ERROR_CANCELLED, "interrupted");
            give_up(run, &end);
            if (err != NULL) *err = end;
            return false;
        }
        if (run->done == run->job_count && version_until == 0) version_until = now + VERSION_GRACE_MS;
        if (now >= deadline || (version_until != 0 && now >= version_until)) {
            error_set(&end, ERROR_SOURCE, "no answer before the deadline of the run (%g s)", (double)run->limit_ms / 1000);
            give_up(run, &end);
            return true;
        }
        int64_t next = start_due(run);
        if (next > deadline) next = deadline;
        if (run->open > 0) http_client_wait(run->shared.client, next);
    }
    return true;
}

static void prepare_source(struct run *run, struct source *source) {
    if (source->prepared) return;
    source->prepared = true;
    run->sources[run->source_count++] = source;
    source->running = source->reading = 0;
    if (source->protocol != PROTOCOL_AUTO || !source->protocol_known) source->chosen = source->protocol;
    source->token_coming = false;
    source->unusable = (struct error){0};
    breaker_forget(&source->breaker);
    source->usable = source->ops->prepare == NULL || source->ops->prepare(source, &source->unusable);
}

static bool wants_probe(const struct run *run, const struct source *source) {
    if (source->chosen != PROTOCOL_AUTO || !source->usable || source->ops->answer != NULL) return false;
    for (size_t i = 0; i < run->count; i++) {
        if (run->flights[i]->source == source) return false; // there is one
    }
    return true;
}

// Sources that raw reads go to, and that may have remote read, are asked whether they do.
static void add_probes(struct run *run) {
    for (size_t i = 0; i < run->job_count; i++) {
        const struct fetch_job *job = &run->jobs[i];
        if (job->query.mode == QUERY_RAW && wants_probe(run, job->source)) add_other(run, FLIGHT_PROBE, job->source);
    }
}

// A query that cannot be cut into pieces fails as one.
static void add_job(struct run *run, size_t job) {
    struct fetch_job *j = &run->jobs[job];
    struct query *pieces;
    size_t count;
    struct error err = {0};
    if (j->source->ops->answer != NULL) {
        add_query(run, job, &j->query, true);
    } else if (pieces_cut(&j->query, j->source->raw_window_ms, &pieces, &count, &err)) {
        for (size_t i = 0; i < count; i++) add_query(run, job, &pieces[i], count == 1);
        free(pieces);
    } else {
        add_query(run, job, &j->query, true);
        flight_fail(run->flights[run->count - 1], &err);
    }
}

static void add_flights(struct run *run) {
    for (size_t i = 0; i < run->job_count; i++) run->jobs[i].source->prepared = false;
    for (size_t i = 0; i < run->job_count; i++) {
        answer_init(&run->jobs[i].answer);
        prepare_source(run, run->jobs[i].source);
    }
    add_probes(run);
    for (size_t i = 0; i < run->job_count; i++) add_job(run, i);
    for (size_t i = 0; i < run->source_count; i++) {
        struct source *source = run->sources[i];
        if (source->version_known || !source->usable) continue;
        source->version_known = true;
        add_other(run, FLIGHT_VERSION, source);
    }
}

static void run_finish(struct run *run) {
    if (run->options->client != NULL) {
        http_client_cancel(run->options->client); // a version that nobody waits for
    } else {
        http_client_destroy(run->shared.client);
    }
    for (size_t i = 0; i < run->count; i++) {
        flight_finish(run->flights[i]);
        free(run->flights[i]);
    }
    for (size_t i = 0; i < run->source_count; i++) lineup_finish(&run->sources[i]->lineup);
    free(run->sources);
    free(run->flights);
    free(run->progress);
}

bool fetch_run(struct fetch_job *jobs, size_t count, const struct fetch_options *options, struct error *err) {
    static const struct fetch_options defaults = {0};
    struct run run = {.options = options != NULL ? options : &defaults, .jobs = jobs, .job_count = count};
    run.limit_ms = run.options->deadline_ms > 0 ? run.options->deadline_ms : DEFAULT_DEADLINE_MS;
    run.shared = (struct flight_run){.deadline_ms = mono_now_ms() + run.limit_ms,
                                     .seed = (uint64_t)wall_now_ms(),
                                     .user = &run,
                                     .ended = on_ended,
                                     .waits = on_waits,
                                     .halved = on_halved};
    run.progress = mem_zero(count, sizeof *run.progress);
    run.sources = mem_zero(count, sizeof *run.sources);
    const char *dir = run.options->record_dir;
    if (dir != NULL) run.shared.recorder = recorder_create(dir, err);
    bool ok = dir == NULL || run.shared.recorder != NULL;
    for (size_t i = 0; i < count && !ok; i++) answer_init(&jobs[i].answer);
    if (ok) {
        add_flights(&run);
        run.shared.client = run.options->client != NULL ? run.options->client : http_client_create();
        ok = drive(&run, err);
    }
    if (run.shared.recorder != NULL && !recorder_close(run.shared.recorder, ok ? err : NULL)) ok = false;
    run_finish(&run);
    return ok;
}
