// SPDX-License-Identifier: GPL-3.0-or-later
// The seam of stores: what a kind of database does. The queue, the writer thread and the checks of batches are store.c's, for all
// kinds alike. A backend embeds struct store_backend first.
#ifndef ANALYZER_STORE_OPS_H
#define ANALYZER_STORE_OPS_H

#include "analyzer/store.h"

struct store_backend {
    const struct store_ops *ops;
};

struct store_ops { // all must be there
    const char *scheme; // before the colon of what store_open() takes
    bool shared;        // several may be started on it

    // The address is what follows the colon. NULL with err.
    struct store_backend *(*open)(const char *address, const struct store_options *options, struct error *err);
    void (*close)(struct store_backend *backend);

    // On the writer thread. Commits what can be of the batches, in order, each whole or not at all, and tells how each went; when it
    // returns what it says is committed is on the disk. Returns whether the database could be written.
    bool (*commit)(struct store_backend *backend, struct store_batch *const *batches, size_t count, struct store_outcome *outcomes);

    // On the writer thread, after those who waited for a commit were told: what the database needs now and then, which is not theirs to
    // wait for.
    void (*tidy)(struct store_backend *backend);

    // On any thread: false with err when it is known that nothing can be written now, so that nobody need wait to learn it.
    bool (*ready)(struct store_backend *backend, struct error *err);

    // On any thread, several at a time; as the functions of store.h without "store_".
    bool (*get)(struct store_backend *backend, const char *id, unsigned parts, struct arena *arena, struct store_analysis *ret,
                bool *ret_found, struct error *err);
    bool (*list)(struct store_backend *backend, const struct store_filter *filter, struct arena *arena, struct store_analyses *ret,
                 struct error *err);
    bool (*each_open)(struct store_backend *backend, store_analysis_fn *each, void *user, struct error *err);
    bool (*each_look)(struct store_backend *backend, const char *analysis, bool documents, store_look_fn *each, void *user,
                      struct error *err);
    bool (*last_look)(struct store_backend *backend, const char *analysis, struct arena *arena, const char **ret, struct error *err);
    bool (*each_memo)(struct store_backend *backend, const char *kind, store_memo_fn *each, void *user, struct error *err);
    bool (*memo)(struct store_backend *backend, const char *kind, const char *key, struct arena *arena, const char **ret,
                 struct error *err);
    bool (*due)(struct store_backend *backend, const struct store_due_filter *filter, struct arena *arena, struct store_messages *ret,
                struct error *err);
    bool (*dead)(struct store_backend *backend, int64_t after_seq, size_t limit, struct arena *arena, struct store_messages *ret,
                 struct error *err);
    bool (*each_pending)(struct store_backend *backend, store_pending_fn *each, void *user, struct error *err);
    bool (*audit)(struct store_backend *backend, int64_t before_seq, size_t limit, struct arena *arena, struct store_audits *ret,
                  struct error *err);
    bool (*count)(struct store_backend *backend, struct store_counts *ret, struct error *err);
    bool (*backup)(struct store_backend *backend, const char *path, struct error *err);
    bool (*check)(struct store_backend *backend, struct error *err);
};

extern const struct store_ops sqlite_store_ops;
extern const struct store_ops pg_store_ops; // where it was built with libpq

#endif
