// SPDX-License-Identifier: GPL-3.0-or-later
// What the kinds of servers want said differently: parameters that keep them from answering with less than the truth, the words of
// their errors, and how their build info gives them away.
#ifndef QUERY_DIALECT_H
#define QUERY_DIALECT_H

#include "base/buf.h"
#include "query/source.h"

// Appends the kind's own parameters to the form body, but none that the settings give under the same name.
void dialect_params(struct buf *body, const struct source_settings *settings, enum query_mode mode);

// True when an error says that a shorter window would be answered.
bool dialect_wants_less(const char *error_text);

// The kind that the members of /api/v1/status/buildinfo (absent ones "") speak of. False when it tells nothing, as Prometheus's own does not differ from
// that of its relatives in every version.
bool dialect_detect(const char *application, const char *version, const char *revision, enum source_kind *ret);

#endif
