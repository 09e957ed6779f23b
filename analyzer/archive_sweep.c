// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/archive_sweep.h"

#include "stored_looks.h"

struct sweep {
    struct run_archive *archive;
    struct store *store;
    struct error *err;
    size_t deleted;
    bool ok;
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

static void sweep_gone(void *user, const char *id) {
    struct sweep *s = user;
    struct arena arena = {0};
    struct store_analysis row;
    bool found = true;
    s->ok = s->ok && store_get(s->store, id, 0, &arena, &row, &found, s->err);
    if (s->ok && !found) s->deleted += run_archive_prune(s->archive, id, NULL, 0);
    arena_finish(&arena);
}

bool archive_sweep_gone(struct run_archive *archive, struct store *store, size_t *ret_deleted, struct error *err) {
    struct sweep s = {.archive = archive, .store = store, .err = err, .ok = true};
    run_archive_each(archive, sweep_gone, &s);
    if (s.ok) *ret_deleted = s.deleted;
    return s.ok;
}
