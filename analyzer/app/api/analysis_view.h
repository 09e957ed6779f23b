// SPDX-License-Identifier: GPL-3.0-or-later
// How the API shows an analysis. The member "verdict" is always there: "running" while it is open, "cancelled" when it was called off,
// else a word of verdict.h; so is "score", null while there is none. Conditions of deployment tools read these two.
#ifndef API_ANALYSIS_VIEW_H
#define API_ANALYSIS_VIEW_H

#include "api/view_value.h"
#include "base/buf.h"

// The short form, for lists; wants no parts of the row. The caller releases it.
json_t *analysis_view_short(const struct service *service, const struct store_analysis *row);

// The long one: reasons, spent alpha, phase and the next look. Wants the row with STORE_LOOK_STATE, STORE_RESULT and STORE_REQUEST.
json_t *analysis_view(const struct service *service, const struct store_analysis *row);

// The alerts of the analysis that are silenced, as of courier_silenced(); the caller releases it.
json_t *analysis_view_silenced(const struct service *service, const struct store_analysis *row);

// Appends the answer to whoever started the analysis, as JSON text: id, state, verdict and links of the short form.
void analysis_view_accepted(const struct service *service, const char *id, struct buf *out);

// "running", "pass", "cancelled", ...
const char *analysis_view_verdict(const struct store_analysis *row);

// "3 of 5 looks"; the caller releases it.
json_t *analysis_view_progress(const struct service *service, const struct store_analysis *row);

// One sentence for people: the first reason of a finished analysis, or the progress of an open one. In the arena. Wants STORE_RESULT.
const char *analysis_view_sentence(const struct service *service, const struct store_analysis *row, struct arena *arena);

#endif
