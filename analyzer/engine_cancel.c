// SPDX-License-Identifier: GPL-3.0-or-later
// Cancelling an analysis. The store decides whether a verdict or the cancellation came first, so that there are never both.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine_private.h"

struct cancelling {
    struct engine *engine;
    engine_answer_fn *answer;
    void *user;
    char id[STORE_ID_LEN + 1];
    char *who, *reason;
    int tries;
};

static void try_cancel(struct cancelling *c);

static void answer_cancel(struct cancelling *c, enum engine_answer_kind kind, const struct store_outcome *outcome) {
    struct engine_answer answer = {.kind = kind, .revision = outcome->revision, .err = outcome->err};
    memcpy(answer.id, c->id, sizeof answer.id);
    c->answer(c->user, &answer);
    free(c->who);
    free(c->reason);
    free(c);
}

// Takes the analysis out of the engine. When a look of it is at work that frees it, else it is freed here.
static void end_running(struct engine *e, const char *id, int64_t revision) {
    char canary[STORE_NAME_LEN + 1] = "";
    pthread_mutex_lock(&e->lock);
    struct running *r = engine_find(e, id);
    if (r != NULL) {
        snprintf(canary, sizeof canary, "%s", r->canary);
        bool idle = r->phase == PHASE_WAITING || r->phase == PHASE_QUEUED;
        engine_remove(e, r);
        if (idle) engine_release(e, r);
    }
    e->counts.cancelled++;
    pthread_mutex_unlock(&e->lock);
    engine_publish(e, ENGINE_CANCELLED, id, canary, NULL, revision);
}

static void cancelled(void *user, const struct store_outcome *outcome) {
    struct cancelling *c = user;
    struct engine *e = c->engine;
    if (outcome->kind == STORE_CONFLICT && outcome->state == STORE_OPEN && ++c->tries < 10) { // a look was committed meanwhile: try again
        try_cancel(c);
        engine_end_commit(e);
        return;
    }
    if (outcome->kind == STORE_COMMITTED) end_running(e, c->id, outcome->revision);
    enum engine_answer_kind kind = outcome->kind == STORE_COMMITTED  ? ENGINE_OK
                                   : outcome->kind == STORE_CONFLICT ? ENGINE_OVER
                                   : outcome->kind == STORE_UNKNOWN  ? ENGINE_UNKNOWN
                                                                     : ENGINE_FAILED;
    answer_cancel(c, kind, outcome);
    engine_end_commit(e);
}

static void try_cancel(struct cancelling *c) {
    struct engine *e = c->engine;
    struct store_batch *batch = store_batch_create();
    struct store_outcome outcome = {.kind = STORE_FAILED};
    int64_t now = engine_now_ms(e);
    char canary[STORE_NAME_LEN + 1] = "";
    pthread_mutex_lock(&e->lock);
    const struct running *r = engine_find(e, c->id);
    struct store_change change = {
        .id = c->id, .state = STORE_CANCELLED, .looks = r != NULL ? r->looks : 0, .exit_code = -1, .score = (double)NAN, .at_ms = now};
    if (r != NULL) snprintf(canary, sizeof canary, "%s", r->canary);
    e->committing++;
    pthread_mutex_unlock(&e->lock);
    struct engine_event event = {.kind = ENGINE_CANCELLED, .id = c->id, .canary = canary, .now_ms = now};
    struct store_audit audit = {.at_ms = now, .who = c->who, .action = "analysis.cancel", .subject = c->id, .detail = c->reason};
    store_batch_change(batch, &change);
    store_batch_add_audit(batch, &audit);
    if (e->options.sink.compose != NULL) e->options.sink.compose(e->options.sink.user, &event, batch);
    if (!store_submit(e->options.store, batch, cancelled, c, &outcome.err)) cancelled(c, &outcome);
}

void engine_cancel(struct engine *e, const char *id, const char *who, const char *reason, engine_answer_fn *answer, void *user) {
    struct cancelling *c = mem_zero(1, sizeof *c);
    c->engine = e;
    c->answer = answer;
    c->user = user;
    snprintf(c->id, sizeof c->id, "%s", id);
    c->who = mem_strdup(who);
    c->reason = mem_strdup(reason);
    try_cancel(c);
}
