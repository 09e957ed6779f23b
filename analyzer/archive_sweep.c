// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/archive_sweep.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stored_looks.h"

#define STEP ((size_t)100) // memos that are deleted together

struct sweep {
    struct run_archive *archive;
    size_t deleted;
};

static bool sweep_looks(void *user, const char *id, char (*names)[RUN_ARCHIVE_NAME], size_t count, struct error *err) {
    struct sweep *s = user;
    (void)err;
    s->deleted += run_archive_prune(s->archive, id, names, count);
    return true;
}

bool archive_sweep_open(struct run_archive *archive, struct store *store, size_t *ret_deleted, struct error *err) {
    enum store_state open = STORE_OPEN;
    struct sweep s = {.archive = archive};
    if (!stored_looks_each(store, &open, sweep_looks, &s, err)) return false;
    *ret_deleted = s.deleted;
    return true;
}

struct forgotten {
    char (*ids)[STORE_ID_LEN + 1];
    size_t count, cap;
};

static bool add_forgotten(void *user, const char *key, const char *json, int64_t at_ms) {
    struct forgotten *f = user;
    (void)json, (void)at_ms;
    mem_grow((void **)&f->ids, &f->cap, f->count, sizeof *f->ids);
    snprintf(f->ids[f->count++], sizeof *f->ids, "%s", key);
    return true;
}

static bool forget_memos(struct store *store, const struct forgotten *f, size_t from, size_t to, struct error *err) {
    struct store_batch *batch = store_batch_create();
    struct store_outcome outcome;
    for (size_t i = from; i < to; i++) store_batch_memo(batch, STORE_FORGOTTEN, f->ids[i], NULL, 0);
    if (store_submit_wait(store, batch, &outcome)) return true;
    *err = outcome.err;
    return false;
}

bool archive_sweep_forgotten(struct run_archive *archive, struct store *store, size_t *ret_deleted, struct error *err) {
    struct forgotten f = {0};
    size_t deleted = 0;
    bool ok = store_each_memo(store, STORE_FORGOTTEN, add_forgotten, &f, err);
    for (size_t at = 0; ok && at < f.count; at += STEP) {
        size_t end = f.count - at < STEP ? f.count : at + STEP;
        for (size_t i = at; i < end && archive != NULL; i++) deleted += run_archive_prune(archive, f.ids[i], NULL, 0);
        ok = forget_memos(store, &f, at, end, err);
    }
    free(f.ids);
    if (ok) *ret_deleted = deleted;
    return ok;
}
