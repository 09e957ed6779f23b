// SPDX-License-Identifier: GPL-3.0-or-later
// What the service exports at /metrics: the last look or result of each canary, and the counts of all parts of the service. The keeper
// brings it up to date every second; a scrape gets the page that is there.
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

// An analysis had a look that does not end it, or was cancelled. As exports_verdict(), but counts nothing.
void exports_change(struct exports *exports, const char *id);

void exports_gate(struct exports *exports, const json_t *document); // of schema serin.gate/1; any thread

// At the start: reads from the store the last result of each canary, and the last look of the analyses under way.
void exports_restore(struct exports *exports, const struct catalog_view *view, int64_t now_ms);

// Exports the counts of every canary in the catalog from 0 on (tally_know()). Any thread.
void exports_know(struct exports *exports, const struct catalog_view *view);

// Stops exporting a canary whose config was deleted, until it is judged again. Any thread.
void exports_forget(struct exports *exports, const char *canary);

struct exports_from { // the parts whose counts are exported; borrowed
    struct engine *engine;
    struct run_archive *archive; // NULL: no answers are kept
    struct courier *courier;
    const struct listener *listener;
    const char *state_dir; // of freezes
};

// Brings everything up to date, and renders the formats that were scraped lately. One thread.
void exports_refresh(struct exports *exports, const struct exports_from *from, int64_t now_ms);

// The page in a format; any thread. To be given back by live_page_unref().
const struct live_page *exports_page(struct exports *exports, enum exposition_format format, int64_t now_ms);

#endif
