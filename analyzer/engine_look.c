// SPDX-License-Identifier: GPL-3.0-or-later
// One look on its way: planned by a worker, later judged by a worker, then committed together with the messages that tell it.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_look.h"
#include "base/json_print.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "engine_private.h"

#define MOST_DOCUMENT_BYTES ((size_t)256 << 20)

static void leave_work(struct look_run *run) { // takes it out of engine.at_work; the lock is held
    struct engine *e = run->engine;
    if (run->newer != NULL) {
        run->newer->older = run->older;
    } else {
        e->at_work = run->older;
    }
    if (run->older != NULL) run->older->newer = run->newer;
    run->running->lane->at_work--;
    if (run->running->gone) engine_release(e, run->running);
}

static void run_finish(struct look_run *run) {
    struct engine *e = run->engine;
    plan_answers_finish(&run->answers);
    look_state_finish(&run->course.state);
    config_cache_release(e->configs, run->config);
    arena_finish(&run->arena);
    json_decref(run->document);
    free(run->look_state);
    free(run);
}

void engine_drop_look(struct look_run *run) {
    pthread_mutex_lock(&run->engine->lock);
    leave_work(run);
    pthread_mutex_unlock(&run->engine->lock);
    run_finish(run);
}

// The last step of a look: puts the analysis back into the heap unless it has ended, and frees the look.
static void wrap_up(struct work_task *task) {
    struct look_run *run = (struct look_run *)task;
    struct engine *e = run->engine;
    pthread_mutex_lock(&e->lock);
    bool wake = run->running->lane->first != NULL;
    if (!run->running->gone) {
        engine_wait_for(e, run->running, run->due_ms);
        wake = wake || due_heap_next_ms(&e->heap) == run->due_ms;
    }
    leave_work(run);
    pthread_mutex_unlock(&e->lock);
    if (wake) fetcher_wake(e->fetcher);
    run_finish(run);
}

// The store's thread leaves the last step to a worker, as other looks of the same commit wait for that thread. An engine that is stopping
// may have no workers any more.
static void end_look(struct look_run *run, int64_t due_ms) {
    struct engine *e = run->engine;
    run->due_ms = due_ms;
    run->task.run = wrap_up;
    pthread_mutex_lock(&e->lock);
    bool stopping = e->stopping;
    if (!stopping) work_queue_put(e->workers, &run->task, false);
    pthread_mutex_unlock(&e->lock);
    if (stopping) wrap_up(&run->task);
}

void engine_look_again(struct look_run *run, const struct error *err) {
    engine_say(run->engine, run->running->canary, run->running->id, "look %zu is taken again: %s", run->at.number, err->text);
    end_look(run, engine_now_ms(run->engine) + RETRY_MS);
}

static bool read_request(struct look_run *run, struct error *err) {
    json_t *json = json_loads(run->running->request, 0, NULL);
    bool ok = analysis_request_read(json, &run->arena, &run->request, err);
    json_decref(json);
    return ok;
}

static bool make_plan(struct look_run *run, struct error *err) {
    const struct running *r = run->running;
    struct view text = {r->text->text, r->text->len};
    if (!read_request(run, err)) return false;
    run->config = config_cache_get(run->engine->configs, text, r->file, &run->request.overrides, NULL, err);
    if (run->config == NULL || !engine_open_course(run->engine, r, run->config->config, &run->request, &run->course, err)) return false;
    run->at = r->look;
    watch_course_catch_up(&run->course, engine_now_ms(run->engine), &run->at);
    return watch_course_plan(&run->course, &run->at, &run->arena, &run->plan, err);
}

static void count_missed(struct look_run *run) {
    struct engine *e = run->engine;
    size_t missed = run->at.number - run->running->look.number;
    if (missed == 0) return;
    e->counts.looks_missed += missed;
    engine_say(e, run->running->canary, run->running->id, "%zu look%s up to %zu of %zu missed: the time had passed", missed,
               missed == 1 ? " is" : "s are", run->at.number - 1, run->course.schedule.planned);
}

static void plan_look(struct work_task *task) {
    struct look_run *run = (struct look_run *)task;
    struct engine *e = run->engine;
    struct error err = {0};
    bool ok = make_plan(run, &err);
    pthread_mutex_lock(&e->lock);
    bool gone = run->running->gone;
    if (ok && !gone) {
        count_missed(run);
        run->running->look = run->at;
        engine_phase(e, run->running, PHASE_QUERYING);
        run->next = e->to_submit;
        e->to_submit = run;
    }
    pthread_mutex_unlock(&e->lock);
    if (gone) {
        engine_drop_look(run);
    } else if (ok) {
        fetcher_wake(e->fetcher);
    } else {
        engine_give_up(run, &err);
    }
}

void engine_plan_look(struct engine *e, struct running *r) {
    struct look_run *run = mem_zero(1, sizeof *run);
    run->task.run = plan_look;
    run->engine = e;
    run->running = r;
    run->parts = 1;
    run->older = e->at_work;
    if (e->at_work != NULL) e->at_work->newer = run;
    e->at_work = run;
    work_queue_put(e->workers, &run->task, false);
}

static void count_look(struct engine *e, const struct look_run *run) {
    e->counts.looks++;
    if (run->document != NULL && run->kind != ENGINE_LOOK && watch_course_last(&run->course)->outcome == LOOK_FAILED)
        e->counts.looks_failed++;
    if (run->kind == ENGINE_VERDICT) e->counts.verdicts[run->verdict]++;
    if (run->answered_us != 0) duration_histogram_add(&e->counts.delays, (double)(mono_now_us() - run->answered_us) / 1e6);
}

// The look is committed: moves the analysis on to what the store has now. Returns when its next look is due; 0: there is none.
static int64_t adopt(struct look_run *run, int64_t revision) {
    struct running *r = run->running;
    struct engine *e = run->engine;
    int64_t due = 0;
    pthread_mutex_lock(&e->lock);
    count_look(e, run);
    r->revision = revision;
    r->looks = run->course.state.count;
    free(r->look_state);
    r->look_state = run->look_state;
    run->look_state = NULL;
    if (run->kind == ENGINE_VERDICT) {
        if (!r->gone) engine_remove(e, r);
    } else {
        r->look = watch_course_next(&run->course, engine_now_ms(e));
        due = r->look.due_ms;
    }
    pthread_mutex_unlock(&e->lock);
    return due;
}

// The store did not take the look. Either the analysis was cancelled meanwhile, which the canceller tells, or its revision is not the
// one we know: then the look is taken again.
static void not_taken(struct look_run *run, const struct store_outcome *outcome) {
    struct engine *e = run->engine;
    struct running *r = run->running;
    pthread_mutex_lock(&e->lock);
    bool open = outcome->kind == STORE_CONFLICT && outcome->state == STORE_OPEN && !r->gone;
    if (open && outcome->revision > 0) r->revision = outcome->revision;
    if (outcome->kind == STORE_UNKNOWN && !r->gone) engine_remove(e, r);
    pthread_mutex_unlock(&e->lock);
    if (open) {
        engine_look_again(run, &outcome->err);
    } else {
        engine_drop_look(run);
    }
}

static void committed(void *user, const struct store_outcome *outcome) {
    struct look_run *run = user;
    struct engine *e = run->engine;
    if (outcome->kind == STORE_COMMITTED) {
        int64_t due = adopt(run, outcome->revision);
        engine_publish(e, run->kind, run->running->id, run->running->canary, run->document, outcome->revision);
        end_look(run, due);
    } else if (outcome->kind == STORE_FAILED) {
        engine_drop_kept(run);
        engine_look_again(run, &outcome->err);
    } else {
        engine_drop_kept(run);
        not_taken(run, outcome);
    }
    engine_end_commit(e);
}

static void commit(struct look_run *run) {
    struct engine *e = run->engine;
    struct error err;
    if (run->document == NULL) engine_drop_kept(run);
    pthread_mutex_lock(&e->lock);
    engine_phase(e, run->running, PHASE_COMMITTING);
    e->committing++;
    pthread_mutex_unlock(&e->lock);
    if (store_submit(e->options.store, run->changes, committed, run, &err)) return;
    engine_drop_kept(run);
    engine_look_again(run, &err);
    engine_end_commit(e);
}

// The last of those who work on the look hands it to the store.
static void end_part(struct look_run *run) {
    if (atomic_fetch_sub(&run->parts, 1) == 1) commit(run);
}

static void submit(struct look_run *run, struct store_batch *batch) {
    run->changes = batch;
    end_part(run);
}

static void add_change(const struct look_run *run, struct store_batch *batch, const char *document) {
    const struct running *r = run->running;
    const json_t *score = json_object_get(run->document, "score");
    bool final = run->kind == ENGINE_VERDICT;
    struct store_change change = {.id = r->id,
                                  .revision = r->revision,
                                  .state = final ? STORE_DONE : STORE_OPEN,
                                  .looks = run->course.state.count,
                                  .look_state = run->look_state,
                                  .verdict = final ? verdict_name(run->verdict) : NULL,
                                  .result = final ? document : NULL,
                                  .exit_code = final ? verdict_exit_code(run->verdict) : -1,
                                  .score = final && json_is_number(score) ? json_number_value(score) : (double)NAN,
                                  .at_ms = run->now_ms};
    store_batch_change(batch, &change);
}

static struct store_batch *make_batch(struct look_run *run, const char *document) {
    const struct engine *e = run->engine;
    struct store_batch *batch = store_batch_create();
    struct store_look look = {.analysis = run->running->id,
                              .number = (int64_t)run->at.number,
                              .attempt = (int64_t)run->at.attempt,
                              .at_ms = run->now_ms,
                              .verdict = verdict_name(run->verdict),
                              .document = run->kind == ENGINE_VERDICT ? NULL : document}; // it is the result of the analysis then
    struct engine_event event = {.kind = run->kind,
                                 .id = run->running->id,
                                 .canary = run->running->canary,
                                 .config = run->config->config,
                                 .request = &run->request,
                                 .look = run->at.number,
                                 .attempt = run->at.attempt,
                                 .document = run->document,
                                 .now_ms = run->now_ms};
    add_change(run, batch, document);
    store_batch_add_look(batch, &look);
    if (e->options.sink.compose != NULL) e->options.sink.compose(e->options.sink.user, &event, batch);
    return batch;
}

static enum verdict_kind verdict_of(const json_t *document) {
    enum verdict_kind kind;
    return verdict_parse(json_string_value(json_object_get(document, "verdict")), &kind) ? kind : VERDICT_ERROR;
}

static void judge_look(struct work_task *task) {
    struct look_run *run = (struct look_run *)task;
    const struct engine *e = run->engine;
    struct error err = {0};
    run->document = analysis_judge(&run->plan, &run->answers, &run->arena, &err);
    if (run->document == NULL) {
        engine_give_up(run, &err);
        return;
    }
    watch_course_take(&run->course, &run->at, run->document);
    bool final = watch_course_is_final(&run->course, run->document) || run->course.failed >= e->options.max_failed;
    bool failed = watch_course_last(&run->course)->outcome == LOOK_FAILED;
    run->kind = final ? ENGINE_VERDICT : failed ? ENGINE_LOOK_FAILED : ENGINE_LOOK;
    run->verdict = verdict_of(run->document);
    run->look_state = look_state_text(&run->course.state, JSON_COMPACT);
    run->now_ms = engine_now_ms(e);
    struct buf text;
    buf_init(&text, MOST_DOCUMENT_BYTES);
    if (json_print(&text, run->document, JSON_LINE, &err)) {
        submit(run, make_batch(run, buf_text(&text)));
    } else {
        json_decref(run->document);
        run->document = NULL; // it must not be published with the error
        engine_give_up(run, &err);
    }
    buf_finish(&text);
}

static void keep_look(struct work_task *task) {
    struct look_run *run = ((struct look_keeping *)task)->run;
    engine_keep_look(run);
    end_part(run);
}

// Its answers are kept meanwhile, so that the verdict need not wait for that.
void engine_judge_look(struct look_run *run) {
    struct engine *e = run->engine;
    bool keep = e->options.archive != NULL;
    pthread_mutex_lock(&e->lock);
    engine_phase(e, run->running, PHASE_JUDGING);
    pthread_mutex_unlock(&e->lock);
    run->task.run = judge_look;
    run->keeping = (struct look_keeping){{.run = keep_look}, run};
    run->parts = keep ? 2 : 1;
    work_queue_put(e->workers, &run->task, true); // first in the queue: a verdict matters more than planning a look
    if (keep) work_queue_put(e->workers, &run->keeping.task, true);
}

void engine_give_up(struct look_run *run, const struct error *err) {
    struct engine *e = run->engine;
    struct running *r = run->running;
    struct store_batch *batch = store_batch_create();
    run->kind = ENGINE_VERDICT;
    run->verdict = VERDICT_ERROR;
    run->now_ms = engine_now_ms(e);
    struct store_change change = {.id = r->id,
                                  .revision = r->revision,
                                  .state = STORE_DONE,
                                  .looks = r->looks,
                                  .verdict = verdict_name(VERDICT_ERROR),
                                  .exit_code = verdict_exit_code(VERDICT_ERROR),
                                  .score = (double)NAN,
                                  .at_ms = run->now_ms};
    struct store_audit audit = {.at_ms = run->now_ms, .who = "serin", .action = "analysis.error", .subject = r->id, .detail = err->text};
    struct engine_event event = {.kind = ENGINE_VERDICT, .id = r->id, .canary = r->canary, .now_ms = run->now_ms};
    store_batch_change(batch, &change);
    store_batch_add_audit(batch, &audit);
    if (e->options.sink.compose != NULL) e->options.sink.compose(e->options.sink.user, &event, batch);
    engine_say(e, r->canary, r->id, "cannot be carried out: %s", err->text);
    submit(run, batch);
}
