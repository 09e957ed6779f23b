// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of a source apart from the config they came from: a service keeps one source for all canaries that name the same server.
#ifndef QUERY_SOURCE_SETTINGS_H
#define QUERY_SOURCE_SETTINGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "query/source.h"

// Everything the settings point to is copied into the arena.
void source_settings_copy(const struct source_settings *settings, struct arena *arena, struct source_settings *ret);

// Appends a text that is the same for two settings exactly when they are. It holds names of files, and what headers and parameters of the
// config say: not for logs.
void source_settings_key(const struct source_settings *settings, struct buf *out);

#endif
