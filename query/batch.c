// SPDX-License-Identifier: GPL-3.0-or-later
#include "batch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/timetext.h"
#include "traffic.h"

#define DEFAULT_DEADLINE_MS INT64_C(60000)
#define VERSION_GRACE_MS INT64_C(500) // how long the version may keep a batch whose queries have ended
#define ORDER_BITS 28                 // of a batch's flights; the number of the batch comes before

static void list_take(struct fetch_batch *b) {
    if (b->list->last == &b->next) b->list->last = b->link;
    if (b->next != NULL) b->next->link = b->link;
    *b->link = b->next;
    b->list = NULL;
}

static void list_add(struct batch_list *list, struct fetch_batch *b) {
    b->list = list;
    b->link = list->last;
    b->next = NULL;
    *list->last = b;
    list->last = &b->next;
}

static void look_until(struct fetcher *fetcher, int64_t mono_ms) {
    if (fetcher->look_ms > mono_ms) fetcher->look_ms = mono_ms;
}

static void leave_open(struct fetch_batch *b) {
    if (b->list == &b->fetcher->open && b->options.interrupted != NULL) b->fetcher->interruptible--;
    list_take(b);
}

// Moves a batch with nothing left to wait for to those that are over.
static void check_over(struct fetch_batch *b) {
    if (b->list != &b->fetcher->open || b->done < b->job_count) return;
    if (b->versions == 0) {
        leave_open(b);
        list_add(&b->fetcher->over, b);
    } else if (b->grace_ms == INT64_MAX) {
        b->grace_ms = mono_now_ms() + VERSION_GRACE_MS;
        look_until(b->fetcher, b->grace_ms);
    }
}

void batch_errand_ended(struct fetch_batch *b) {
    b->versions--;
    check_over(b);
}

static void put_answer(struct fetch_batch *b, size_t job, const struct answer *answer) {
    struct fetch_job *j = &b->jobs[job];
    j->answer = *answer;
    b->questions[job] = NULL;
    b->done++;
    source_counters_add(&j->source->counters, answer, j->sharers);
}

// An answer that is too much for the batch ends in an error of its own.
static void keep_within(struct fetch_batch *b, size_t job, struct answer *answer) {
    size_t held = series_set_held(&answer->set);
    if (b->options.most_bytes == 0 || held <= b->options.most_bytes - b->held) {
        b->held += held;
        return;
    }
    int status = answer->http_status;
    answer_reset(answer);
    answer->http_status = status;
    answer->result.outcome = DECODE_BROKEN;
    error_set(&answer->result.err, ERROR_LIMIT,
              "the answers to all queries together are larger than %zu MiB; ask for fewer series or a shorter window",
              b->options.most_bytes >> 20);
    answer_settle(answer, b->jobs[job].source, &b->jobs[job].query);
}

void batch_take(struct fetch_batch *b, size_t job, const struct answer *answer) {
    struct answer own = *answer;
    keep_within(b, job, &own);
    put_answer(b, job, &own);
    if (b->options.progress != NULL) b->options.progress(b->options.user, b->done, b->job_count);
    check_over(b);
}

// What a source has of the batches that use it begins anew with the first of them.
static void begin_use(struct fetcher *fetcher, struct source *source) {
    void *items = fetcher->sources;
    mem_grow(&items, &fetcher->source_cap, fetcher->source_count, sizeof *fetcher->sources);
    fetcher->sources = items;
    fetcher->sources[fetcher->source_count++] = source;
    source->deadline_ms = 0;
    source->token_coming = source->probing = false;
    if (source->protocol != PROTOCOL_AUTO) source->chosen = source->protocol;
    breaker_forget(&source->breaker);
}

static void end_use(struct fetcher *fetcher, struct source *source) {
    if (--source->users > 0) return;
    traffic_finish(source);
    for (size_t i = 0; i < fetcher->source_count; i++) {
        if (fetcher->sources[i] == source) fetcher->sources[i] = fetcher->sources[--fetcher->source_count];
    }
}

static void use_source(struct fetch_batch *b, struct source *source) {
    if (source->last_batch == b->fetcher->numbers && source->users > 0) return;
    source->last_batch = b->fetcher->numbers;
    b->sources[b->source_count++] = source;
    if (source->users++ == 0) begin_use(b->fetcher, source);
    if (source->deadline_ms < b->deadline_ms) source->deadline_ms = b->deadline_ms;
    source->unusable = (struct error){0};
    source->usable = source->ops->prepare == NULL || source->ops->prepare(source, &source->unusable);
    source->due_ms = 0;
}

// Sources that raw reads go to, and that may have remote read, are asked whether they do, before all else.
static void probe(struct fetch_batch *b, struct source *source) {
    bool may = source->protocol == PROTOCOL_AUTO && source->usable && source->ops->answer == NULL;
    if (!may || source->protocol_known || source->probing) return;
    source->chosen = PROTOCOL_AUTO;
    source->probing = true;
    traffic_errand(source, &b->fetcher->events, FLIGHT_PROBE, 0, NULL);
}

static void ask_version(struct fetch_batch *b, struct source *source, uint64_t order) {
    if (source->version_known || !source->usable) return;
    source->version_known = true;
    b->versions++;
    struct flight *f = traffic_errand(source, &b->fetcher->events, FLIGHT_VERSION, order, b);
    f->recorder = b->recorder;
    if (b->recorder != NULL) f->slot = recorder_add_slot(b->recorder);
}

static bool is_for_others(const struct fetch_batch *b, const struct fetch_job *job) {
    return b->recorder == NULL && job->source->ops->answer == NULL && !b->fetcher->alone;
}

// The question that another batch has asked and that serves this one too; NULL when there is none.
static struct question *find_question(const struct fetch_batch *b, const struct fetch_job *job) {
    if (!is_for_others(b, job)) return NULL;
    struct question *q = asked_find(&b->fetcher->asked, job->source, &job->query);
    if (q == NULL || !question_serves(q, b->deadline_ms, mono_now_ms())) return NULL;
    return q->answer != NULL || !question_is_for(q, b) ? q : NULL;
}

static void add_job(struct fetch_batch *b, size_t job, uint64_t *order) {
    struct fetch_job *j = &b->jobs[job];
    struct question *q = find_question(b, j);
    if (q != NULL && q->answer != NULL) {
        struct answer answer;
        answer_share(q->answer, &answer);
        put_answer(b, job, &answer);
        return;
    }
    if (q == NULL) {
        q = question_create(&b->fetcher->events, j->source, &j->query, *order, b->deadline_ms, b->recorder);
        *order += q->pieces;
        if (is_for_others(b, j)) asked_add(&b->fetcher->asked, q);
    }
    question_add_asker(q, b, job, b->deadline_ms);
    b->questions[job] = q;
}

static void add_jobs(struct fetch_batch *b) {
    uint64_t order = b->fetcher->numbers << ORDER_BITS;
    for (size_t i = 0; i < b->job_count; i++) use_source(b, b->jobs[i].source);
    for (size_t i = 0; i < b->job_count; i++) {
        if (b->jobs[i].query.mode == QUERY_RAW) probe(b, b->jobs[i].source);
    }
    for (size_t i = 0; i < b->job_count; i++) add_job(b, i, &order);
    for (size_t i = 0; i < b->source_count; i++) ask_version(b, b->sources[i], order++);
}

struct fetch_batch *batch_create(struct fetcher *fetcher, struct fetch_job *jobs, size_t count, const struct fetch_options *options) {
    struct fetch_batch *b = mem_zero(1, sizeof *b);
    *b = (struct fetch_batch){.fetcher = fetcher, .jobs = jobs, .job_count = count, .grace_ms = INT64_MAX};
    if (options != NULL) b->options = *options;
    b->limit_ms = b->options.deadline_ms > 0 ? b->options.deadline_ms : DEFAULT_DEADLINE_MS;
    b->deadline_ms = mono_now_ms() + b->limit_ms;
    b->questions = mem_zero(count, sizeof(struct question *));
    b->sources = mem_zero(count, sizeof(struct source *));
    fetcher->numbers++;
    for (size_t i = 0; i < count; i++) answer_init(&jobs[i].answer);
    if (b->options.record_dir != NULL && (b->recorder = recorder_create(b->options.record_dir, &b->err)) == NULL) {
        list_add(&fetcher->over, b);
        return b;
    }
    list_add(&fetcher->open, b);
    if (b->options.interrupted != NULL) fetcher->interruptible++;
    look_until(fetcher, b->deadline_ms);
    add_jobs(b);
    check_over(b);
    return b;
}

// Ends a job with an error while others still wait for the answer.
static void fail_job(struct fetch_batch *b, size_t job, const struct error *err) {
    struct answer answer;
    answer_init(&answer);
    answer.result.err = *err;
    answer_settle(&answer, b->jobs[job].source, &b->jobs[job].query);
    question_drop_asker(b->questions[job], b, job);
    batch_take(b, job, &answer);
}

void batch_give_up(struct fetch_batch *b, const struct error *err) {
    for (size_t i = 0; i < b->job_count; i++) {
        if (b->questions[i] == NULL) continue;
        if (question_is_for(b->questions[i], b)) {
            question_fail(b->questions[i], err);
        } else {
            fail_job(b, i, err);
        }
    }
    for (size_t i = 0; i < b->source_count; i++) traffic_end_errands(b->sources[i], b, err);
}

// Drops what only this batch has asked.
static void drop_job(struct fetch_batch *b, size_t job, const struct error *err) {
    struct question *q = b->questions[job];
    question_drop_asker(q, b, job);
    b->questions[job] = NULL;
    b->jobs[job].answer.result.err = *err;
    if (q->askers != NULL) return;
    fetcher_settle_never(b->fetcher, q);
    asked_remove(&b->fetcher->asked, q);
    question_destroy(q);
}

bool batch_destroy(struct fetch_batch *b, struct error *ret_err) {
    struct error cancelled;
    error_set(&cancelled, ERROR_CANCELLED, "cancelled");
    leave_open(b);
    for (size_t i = 0; i < b->job_count; i++) {
        if (b->questions[i] != NULL) drop_job(b, i, &cancelled);
    }
    for (size_t i = 0; i < b->source_count; i++) {
        traffic_end_errands(b->sources[i], b, &cancelled);
        end_use(b->fetcher, b->sources[i]);
    }
    struct error *why = b->err.code == ERROR_NONE ? &b->err : NULL; // the first reason counts
    if (b->recorder != NULL) recorder_close(b->recorder, why);
    bool ok = b->err.code == ERROR_NONE;
    if (!ok) *ret_err = b->err;
    free(b->sources);
    free(b->questions);
    free(b);
    return ok;
}
