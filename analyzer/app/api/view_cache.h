// SPDX-License-Identifier: GPL-3.0-or-later
// Texts of analyses that have ended, as the API shows them: they hardly change, and are asked for again and again, by many at once when
// they have waited for the same one. The listener's thread's.
#ifndef API_VIEW_CACHE_H
#define API_VIEW_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/view.h"

#define VIEW_CACHE_MOST_BYTES ((size_t)32 << 10) // of a text; longer ones are not kept
#define VIEW_CACHE_PLACES 256

struct view_cache;

struct view_cache *view_cache_create(void);
void view_cache_destroy(struct view_cache *cache); // fine with NULL

// The text that was kept for this tag, which tells all that the text depends on; valid until the next view_cache_keep().
bool view_cache_find(const struct view_cache *cache, const char *tag, struct view *ret);

// Copies the text. Others make room for it.
void view_cache_keep(struct view_cache *cache, const char *tag, struct view text);

#endif
