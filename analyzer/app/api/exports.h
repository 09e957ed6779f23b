// SPDX-License-Identifier: GPL-3.0-or-later
// What the service exports at /metrics: the last look or result of each canary and what all its parts count. A thread of the service brings it
// up to date now and then; a scrape takes the page that is there.
#ifndef API_EXPORTS_H
#define API_EXPORTS_H

#include <jansson.h>

#include "analyzer/catalog.h"
#include "analyzer/engine.h"
#include "exporters/live.h"
#include "serve/listener.h"

struct exports;

struct exports *exports_create(struct store *store, const char *version); // the store is borrowed
void exports_destroy(struct exports *exports);                           // fine with NULL

// An analysis was decided. Any thread; quick: its result is read at the next refresh.
void exports_verdict(struct exports *exports, const char *canary, const char *id, const char *verdict, int64_t now_ms);

// An analysis had a look that is not its last one, or was cancelled. As exports_verdict(), but counts nothing.
void exports_change(struct exports *exports, const char *id);

void exports_gate(struct exports *exports, const json_t *document); // of schema serin.gate/1; any thread

// Takes the last results of all canaries from the store, and the last looks of those under way, after a start.
void exports_restore(struct exports *exports, const struct catalog_view *view, int64_t now_ms);

// Begins the counts of every config. Any thread.
void exports_know(struct exports *exports, const struct catalog_view *view);

// Ends what is told of a canary whose config is gone, until it is judged again. Any thread.
void exports_forget(struct exports *exports, const char *canary);

struct exports_from { // whose counts are exported; borrowed
    struct engine *engine;
    struct run_archive *archive; // NULL: no answers are kept
    struct courier *courier;
    const struct listener *listener;
    const char *state_dir; // of freezes
};

// Brings everything up to date, and the pages that are scraped. One thread.
void exports_refresh(struct exports *exports, const struct exports_from *from, int64_t now_ms);

// The page in a format; any thread. To be given back by live_page_unref().
const struct live_page *exports_page(struct exports *exports, enum exposition_format format, int64_t now_ms);

#endif
