// SPDX-License-Identifier: GPL-3.0-or-later
// Turns what a service counts of itself into samples of the exported metrics, bounded and sorted.
#ifndef EXPORTERS_LIVE_ENGINE_H
#define EXPORTERS_LIVE_ENGINE_H

#include "base/arena.h"
#include "exporters/live.h"
#include "exposition.h"

// Makes a copy in the arena with texts that are clean and bounded and lists that are sorted by label, without duplicates. Returns how
// many series were left out because there were too many.
size_t live_engine_copy(struct arena *arena, const struct live_engine *from, struct live_engine *ret_copy);

// A label's value as it is exported: clean and at most 128 columns. NULL stays NULL.
const char *live_label(struct arena *arena, const char *text);

// Appends the samples of a family that the service fills in; nothing for others.
void live_engine_family(struct buf *out, enum exposition_format format, const struct live_engine *engine, enum exported_metric metric);

#endif
