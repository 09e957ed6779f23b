// SPDX-License-Identifier: GPL-3.0-or-later
// What every backend does with the rows of analyses once it has read them: check, copy, and end pages. Pure.
#ifndef ANALYZER_STORE_PAGE_H
#define ANALYZER_STORE_PAGE_H

#include "analyzer/store.h"

#define STORE_PAGE_BYTES ((size_t)64 << 20) // of texts, after which a page ends early

// Whether the row can be right: a damaged file may hold anything, and somebody may have changed rows by hand.
bool store_analysis_is_sound(const struct store_analysis *analysis);

// The same with its texts copied into the arena.
struct store_analysis store_analysis_keep(struct store_analysis analysis, struct arena *arena);

// How many rows the page may have.
size_t store_page_limit(const struct store_filter *filter);

// Where a page ends: the time of creation and the id of its last analysis. The cursor is in the arena.
const char *store_cursor_print(const struct store_analysis *last, struct arena *arena);

// *ret_id points into the text. False with err (ERROR_USAGE) for a text that is no cursor.
bool store_cursor_parse(const char *text, int64_t *ret_ms, const char **ret_id, struct error *err);

#endif
