// SPDX-License-Identifier: GPL-3.0-or-later
// The objectives of a result document that has any. As in report_extra.h nothing is required; texts are clean.
#ifndef EXPORTERS_REPORT_OBJECTIVE_H
#define EXPORTERS_REPORT_OBJECTIVE_H

#include "report_doc.h"

struct report_burn { // of "service", "baseline" or "canary" over a window
    const char *side;
    int64_t length_s;
    struct report_number rate;
};

struct report_objective {
    const char *name;
    const char *gate; // "open", "hold", "closed"; "" when not known
    struct report_texts reasons;
    struct report_number target, attainment; // shares
    struct report_number remaining, exhaustion_s;
    struct report_number share, share_lower, share_upper, halt_at; // of the release budget
    struct report_burn *burns;
    size_t burn_count;
};

// Returns how many; the list is in the arena.
size_t report_objectives_read(const json_t *result, struct arena *arena, struct report_objective **ret);

// "97% of the budget left, release budget 38% used, halt at 30%: gate closed".
const char *report_objective_text(const struct report_objective *objective, struct arena *arena);

#endif
