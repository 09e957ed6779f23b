// SPDX-License-Identifier: GPL-3.0-or-later
#include "asked.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "query/fetcher.h"

static int compare(const void *a, const void *b) {
    const struct question *x = a, *y = b;
    const struct query *p = &x->query, *q = &y->query;
    if (x->identity != y->identity) return x->identity < y->identity ? -1 : 1;
    if (p->mode != q->mode) return p->mode < q->mode ? -1 : 1;
    if (p->start_ms != q->start_ms) return p->start_ms < q->start_ms ? -1 : 1;
    if (p->end_ms != q->end_ms) return p->end_ms < q->end_ms ? -1 : 1;
    if (p->step_ms != q->step_ms) return p->step_ms < q->step_ms ? -1 : 1;
    return strcmp(p->expr, q->expr);
}

struct question *asked_find(const struct asked *asked, const struct source *source, const struct query *query) {
    const struct question key = {.identity = source->identity, .query = *query};
    struct question *const *found = tfind(&key, &asked->tree, compare);
    return found != NULL ? *found : NULL;
}

void asked_add(struct asked *asked, struct question *q) {
    struct question *const *there = tsearch(q, &asked->tree, compare);
    if (there == NULL) abort(); // memory
    q->listed = *there == q;
}

void asked_remove(struct asked *asked, struct question *q) {
    if (q->listed) tdelete(q, &asked->tree, compare);
    q->listed = false;
}

static size_t bytes_of(const struct question *q) {
    return sizeof *q + strlen(q->expr) + sizeof *q->answer + series_set_held(&q->answer->set);
}

static void forget_oldest(struct asked *asked) {
    struct question *q = asked->oldest;
    asked->oldest = q->next_kept;
    if (asked->oldest == NULL) asked->newest = NULL;
    asked->bytes -= q->bytes;
    asked_remove(asked, q);
    question_destroy(q);
}

void asked_sweep(struct asked *asked, int64_t now_ms) {
    while (asked->oldest != NULL && (asked->oldest->until_ms <= now_ms || asked->bytes > FETCHER_KEEP_BYTES)) forget_oldest(asked);
}

void asked_keep(struct asked *asked, struct question *q, int64_t now_ms) {
    q->until_ms = now_ms + FETCHER_KEEP_MS;
    q->bytes = bytes_of(q);
    if (q->bytes > FETCHER_KEEP_BYTES) { // all others would go for it
        asked_remove(asked, q);
        question_destroy(q);
        return;
    }
    *(asked->newest != NULL ? asked->newest : &asked->oldest) = q;
    asked->newest = &q->next_kept;
    asked->bytes += q->bytes;
    asked_sweep(asked, now_ms);
}

void asked_finish(struct asked *asked) {
    while (asked->oldest != NULL) forget_oldest(asked);
}
