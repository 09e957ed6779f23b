// SPDX-License-Identifier: GPL-3.0-or-later
// Analyses that have ended, as the API shows them. They do not change any more, and many ask for the same one at once when they have
// waited for it: these are answered without reading the store. The listener's thread's, but for view_cache_forget().
#ifndef API_VIEW_CACHE_H
#define API_VIEW_CACHE_H

#include "analyzer/store_row.h"
#include "base/view.h"

#define VIEW_CACHE_MOST_BYTES ((size_t)32 << 10) // of a text; longer ones are not kept
#define VIEW_CACHE_PLACES 256

struct view_cache;

struct view_cache *view_cache_create(void);
void view_cache_destroy(struct view_cache *cache); // fine with NULL

struct kept_view {
    struct store_analysis row; // id, canary, state, verdict and revision only
    const char *tag;           // of the text, which alerts that are silenced change too
    struct view text;
};

// What was kept of the analysis; valid until the next call.
bool view_cache_find(struct view_cache *cache, const char *id, struct kept_view *ret);

// Copies what it is given; others make room for it. Nothing is kept when view_cache_forget() came after the last view_cache_find(): the
// row may have been read before it was deleted.
void view_cache_keep(struct view_cache *cache, const struct kept_view *view);

// Analyses were deleted: all are read from the store again. From any thread.
void view_cache_forget(struct view_cache *cache);

#endif
