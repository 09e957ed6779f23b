// SPDX-License-Identifier: GPL-3.0-or-later
// The PromQL of an objective: how many events a window holds, and how many of them are marked. Counts stay counts, so that whoever
// asks divides last; the server adds up, so that a window of 30 days costs no more to transfer than one of 5 minutes.
#ifndef ANALYZER_OBJECTIVE_QUERY_H
#define ANALYZER_OBJECTIVE_QUERY_H

#include "analyzer/objective.h"
#include "base/buf.h"
#include "base/error.h"

enum objective_part {
    OBJECTIVE_MARKED, // the bad events or the good ones, see objective_marks_bad()
    OBJECTIVE_TOTAL,
};

const char *objective_part_name(const struct objective_config *objective, enum objective_part part); // "bad", "good", "total"

// Whether marked events are the bad ones. Slices of time always mark the bad ones.
bool objective_marks_bad(const struct objective_config *objective);

struct objective_view { // whose events
    const struct scope_config *scope; // what ${scope} stands for
    const char *by;                   // labels to keep apart, joined by commas; "": none
};

// Appends one part over a window. False when a placeholder cannot be expanded.
bool objective_query_part(const struct canary_config *config, const struct objective_config *objective, const struct objective_view *view,
                          enum objective_part part, int64_t window_ms, struct buf *out, struct error *err);

// Appends the plain selector of a part, for absent().
bool objective_query_selector(const struct canary_config *config, const struct objective_config *objective,
                              const struct objective_view *view, enum objective_part part, struct buf *out, struct error *err);

// The labels that tell the sides apart: those of a scope that are not the service's. Joined by commas in the arena; "" when there
// are none, or when a side is told by a matcher that is no label.
const char *objective_side_labels(const struct canary_config *config, struct arena *arena);

#endif
