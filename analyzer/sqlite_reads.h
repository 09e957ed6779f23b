// SPDX-License-Identifier: GPL-3.0-or-later
// The reads of a SQLite store, as struct store_ops describes them.
#ifndef ANALYZER_SQLITE_READS_H
#define ANALYZER_SQLITE_READS_H

#include "store_ops.h"

// sqlite_analyses.c
bool sqlite_get(struct store_backend *backend, const char *id, unsigned parts, struct arena *arena, struct store_analysis *ret,
                bool *ret_found, struct error *err);
bool sqlite_list(struct store_backend *backend, const struct store_filter *filter, struct arena *arena, struct store_analyses *ret,
                 struct error *err);
bool sqlite_each_open(struct store_backend *backend, store_analysis_fn *each, void *user, struct error *err);

// sqlite_reads.c
bool sqlite_each_look(struct store_backend *backend, const char *analysis, bool documents, store_look_fn *each, void *user,
                      struct error *err);
bool sqlite_last_look(struct store_backend *backend, const char *analysis, struct arena *arena, const char **ret, struct error *err);
bool sqlite_each_memo(struct store_backend *backend, const char *kind, store_memo_fn *each, void *user, struct error *err);
bool sqlite_memo(struct store_backend *backend, const char *kind, const char *key, struct arena *arena, const char **ret,
                 struct error *err);
bool sqlite_audit(struct store_backend *backend, int64_t before_seq, size_t limit, struct arena *arena, struct store_audits *ret,
                  struct error *err);
bool sqlite_count(struct store_backend *backend, struct store_counts *ret, struct error *err);

// sqlite_outbox.c
bool sqlite_due(struct store_backend *backend, const struct store_due_filter *filter, struct arena *arena, struct store_messages *ret,
                struct error *err);
bool sqlite_dead(struct store_backend *backend, int64_t after_seq, size_t limit, struct arena *arena, struct store_messages *ret,
                 struct error *err);
bool sqlite_each_pending(struct store_backend *backend, store_pending_fn *each, void *user, struct error *err);

// sqlite_backup.c
bool sqlite_backup(struct store_backend *backend, const char *path, struct error *err);
bool sqlite_check(struct store_backend *backend, struct error *err);

#endif
