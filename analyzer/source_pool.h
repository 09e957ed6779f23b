// SPDX-License-Identifier: GPL-3.0-or-later
// One source for all canaries that name the same server with the same settings, so that they share its courtesy limit, circuit breaker,
// token, and what is known of it. All in the thread that drives the queries.
#ifndef ANALYZER_SOURCE_POOL_H
#define ANALYZER_SOURCE_POOL_H

#include "analyzer/config.h"

struct source_pool;

struct source_pool *source_pool_create(void);
void source_pool_destroy(struct source_pool *pool); // fine with NULL; no source may be in use

// The source of these settings, made when it is not there. NULL with err when they cannot be used. Release it after use.
struct source *source_pool_take(struct source_pool *pool, const struct source_config *config, struct error *err);

// A source that nobody uses stays for the next ones, unless there are too many.
void source_pool_release(struct source_pool *pool, struct source *source);

// Appends a text that is the same for two configs exactly when they share all their sources.
void source_pool_key(const struct canary_config *config, struct buf *out);

#endif
