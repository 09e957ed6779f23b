// SPDX-License-Identifier: GPL-3.0-or-later
// The reads of a store in PostgreSQL, as struct store_ops has them. Each is one statement, and so sees one commit, unless it says
// otherwise.
#ifndef ANALYZER_PG_READS_H
#define ANALYZER_PG_READS_H

#include "store_ops.h"

// pg_analyses.c
bool pg_get(struct store_backend *backend, const char *id, unsigned parts, struct arena *arena, struct store_analysis *ret,
            bool *ret_found, struct error *err);
bool pg_list(struct store_backend *backend, const struct store_filter *filter, struct arena *arena, struct store_analyses *ret,
             struct error *err);
bool pg_each_open(struct store_backend *backend, store_analysis_fn *each, void *user, struct error *err);

// pg_reads.c
bool pg_each_look(struct store_backend *backend, const char *analysis, bool documents, store_look_fn *each, void *user,
                  struct error *err);
bool pg_last_look(struct store_backend *backend, const char *analysis, struct arena *arena, const char **ret, struct error *err);
bool pg_each_memo(struct store_backend *backend, const char *kind, store_memo_fn *each, void *user, struct error *err);
bool pg_memo(struct store_backend *backend, const char *kind, const char *key, struct arena *arena, const char **ret, struct error *err);
bool pg_audit(struct store_backend *backend, int64_t before_seq, size_t limit, struct arena *arena, struct store_audits *ret,
              struct error *err);
bool pg_count(struct store_backend *backend, struct store_counts *ret, struct error *err);
bool pg_check(struct store_backend *backend, struct error *err);

// pg_outbox.c
bool pg_due(struct store_backend *backend, const struct store_due_filter *filter, struct arena *arena, struct store_messages *ret,
            struct error *err);
bool pg_dead(struct store_backend *backend, int64_t after_seq, size_t limit, struct arena *arena, struct store_messages *ret,
             struct error *err);
bool pg_each_pending(struct store_backend *backend, store_pending_fn *each, void *user, struct error *err);

#endif
