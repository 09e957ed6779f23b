// SPDX-License-Identifier: GPL-3.0-or-later
// The labels and samples of a series as both versions of remote write want them.
#ifndef EXPORTERS_REMOTE_WRITE_LABELS_H
#define EXPORTERS_REMOTE_WRITE_LABELS_H

#include <prometheus.pb-c.h>

#include "base/error.h"
#include "query/series.h"

// The labels that are sent: sorted by name, those without a value left out; the list is in the arena, the texts are borrowed. False when
// there is no name, a name or value that receivers refuse, or a label twice.
bool remote_write_labels(const struct labels *from, struct arena *arena, struct labels *ret, struct error *err);

// The samples as messages in the arena. False without samples or when times do not rise.
bool remote_write_samples(const struct series *from, struct arena *arena, Remote__Sample ***ret, size_t *ret_count, struct error *err);

#endif
