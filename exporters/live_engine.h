// SPDX-License-Identifier: GPL-3.0-or-later
// What a service counts of itself: bounded, sorted, and as samples of the table.
#ifndef EXPORTERS_LIVE_ENGINE_H
#define EXPORTERS_LIVE_ENGINE_H

#include "base/arena.h"
#include "exporters/live.h"
#include "exposition.h"

// A copy whose texts are clean and bounded, whose lists are sorted by label and have no labels twice. Returns how many series did
// not fit.
size_t live_engine_copy(struct arena *arena, const struct live_engine *from, struct live_engine *ret_copy);

// A label's value as it is exported: clean and at most 128 columns. NULL stays NULL.
const char *live_label(struct arena *arena, const char *text);

// Appends the samples of a family that the service fills in; nothing for others.
void live_engine_family(struct buf *out, enum exposition_format format, const struct live_engine *engine, enum exported_metric metric);

#endif
