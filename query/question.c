// SPDX-License-Identifier: GPL-3.0-or-later
#include "question.h"

#include <stdlib.h>

#include "base/mem.h"
#include "pieces.h"

static struct flight *add_piece(struct question *q, const struct query *query, bool whole) {
    struct flight *f = flight_create(q->events, FLIGHT_QUERY, q->source, q->order + q->pieces);
    f->query = *query;
    f->whole = whole ? NULL : &q->query;
    f->question = q;
    f->deadline_ms = &q->deadline_ms;
    f->recorder = q->recorder;
    if (q->recorder != NULL) f->slot = recorder_add_slot(q->recorder);
    f->next = q->first_piece;
    q->first_piece = f;
    q->open++;
    q->pieces++;
    return f;
}

static void send_piece(struct question *q, const struct query *query, bool whole) {
    q->events->waits(q->events->user, add_piece(q, query, whole));
}

static void add_pieces(struct question *q) {
    struct query *pieces;
    size_t count;
    struct error err = {0};
    if (q->source->ops->answer != NULL) {
        send_piece(q, &q->query, true);
    } else if (pieces_cut(&q->query, q->source->raw_window_ms, &pieces, &count, &err)) {
        for (size_t i = 0; i < count; i++) send_piece(q, &pieces[i], count == 1);
        free(pieces);
    } else {
        flight_fail(add_piece(q, &q->query, true), &err);
    }
}

struct question *question_create(struct flight_events *events, struct source *source, const struct query *query, uint64_t order,
                                 int64_t deadline_ms, struct recorder *recorder) {
    struct question *q = mem_zero(1, sizeof *q);
    q->source = source;
    q->identity = source->identity;
    q->query = *query;
    q->query.expr = q->expr = mem_strdup(query->expr);
    q->events = events;
    q->recorder = recorder;
    q->order = order;
    q->deadline_ms = deadline_ms;
    q->last_asker = &q->askers;
    add_pieces(q);
    return q;
}

static void destroy_pieces(struct question *q) {
    for (struct flight *f = q->first_piece, *next; f != NULL; f = next) {
        next = f->next;
        flight_destroy(f);
    }
    q->first_piece = NULL;
}

void question_destroy(struct question *q) {
    destroy_pieces(q);
    for (struct asker *a = q->askers, *next; a != NULL; a = next) {
        next = a->next;
        free(a);
    }
    answer_finish(q->answer);
    free(q->answer);
    free(q->expr);
    free(q);
}

bool question_serves(const struct question *q, int64_t deadline_ms, int64_t now_ms) {
    if (q->answer != NULL) return true;
    int64_t whole_try = now_ms + q->source->timeout_ms;
    return !q->sent || q->deadline_ms >= (deadline_ms < whole_try ? deadline_ms : whole_try);
}

void question_add_asker(struct question *q, struct fetch_batch *batch, size_t job, int64_t deadline_ms) {
    struct asker *a = mem_zero(1, sizeof *a);
    a->batch = batch;
    a->job = job;
    *q->last_asker = a;
    q->last_asker = &a->next;
    if (q->deadline_ms < deadline_ms) q->deadline_ms = deadline_ms;
}

void question_drop_asker(struct question *q, const struct fetch_batch *batch, size_t job) {
    for (struct asker **link = &q->askers; *link != NULL; link = &(*link)->next) {
        struct asker *a = *link;
        if (a->batch != batch || a->job != job) continue;
        *link = a->next;
        if (q->last_asker == &a->next) q->last_asker = link;
        free(a);
        return;
    }
}

bool question_is_for(const struct question *q, const struct fetch_batch *batch) {
    for (const struct asker *a = q->askers; a != NULL; a = a->next) {
        if (a->batch != batch) return false;
    }
    return true;
}

bool question_ended(struct question *q, struct flight *f) {
    q->open--;
    if (f->answer->result.outcome != DECODE_OK) q->failed = true;
    return q->failed || q->open == 0;
}

void question_halved(struct question *q, struct flight *f, const struct query *later) {
    f->whole = &q->query;
    send_piece(q, later, false);
}

void question_fail(struct question *q, const struct error *err) {
    for (struct flight *f = q->first_piece; f != NULL; f = f->next) {
        if (f->state != FLIGHT_DONE) flight_fail(f, err);
    }
}

static int compare_starts(const void *a, const void *b) {
    const struct flight *const *x = a, *const *y = b;
    return ((*x)->query.start_ms > (*y)->query.start_ms) - ((*x)->query.start_ms < (*y)->query.start_ms);
}

// Makes the answer of those of its pieces, in time order.
static void join_pieces(struct question *q) {
    struct flight **flights = mem_zero(q->pieces, sizeof(struct flight *));
    struct answer **answers = mem_zero(q->pieces, sizeof(struct answer *));
    size_t count = 0;
    for (struct flight *f = q->first_piece; f != NULL; f = f->next) {
        if (!f->abandoned) flights[count++] = f;
    }
    qsort(flights, count, sizeof *flights, compare_starts);
    for (size_t i = 0; i < count; i++) answers[i] = flights[i]->answer;
    q->answer = mem_alloc(sizeof *q->answer);
    answer_init(q->answer);
    pieces_join(answers, count, &q->source->limits, q->answer);
    free(answers);
    free(flights);
}

bool question_settle(struct question *q) {
    for (struct flight *f = q->first_piece; q->failed && f != NULL; f = f->next) {
        if (f->state != FLIGHT_WAITING) continue;
        flight_abandon(f);
        q->open--;
    }
    if (q->open > 0) return false;
    if (q->pieces > 1) {
        join_pieces(q);
    } else {
        q->answer = q->first_piece->answer;
        q->first_piece->answer = NULL;
    }
    destroy_pieces(q);
    return true;
}
