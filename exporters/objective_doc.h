// SPDX-License-Identifier: GPL-3.0-or-later
// The objectives of a document, checked and in plain structs, and how a report tells of them.
#ifndef EXPORTERS_OBJECTIVE_DOC_H
#define EXPORTERS_OBJECTIVE_DOC_H

#include "doc_reader.h"
#include "text_style.h"

struct budget_release { // of a canary
    bool present;
    enum text_state state;
    const char *reason;
    struct report_number errors, total; // of the canary since the release began
    struct report_number share, share_lower, share_upper, halt_at;
    struct report_number excess, excess_lower, excess_upper, p_worse;
    struct report_number full_s, full_soonest_s, full_latest_s;
    struct report_number least_requests;
};

struct budget_tier {
    const char *name;
    struct report_number factor, long_rate, short_rate;
    bool fires, certain;
};

struct budget_objective {
    const char *name, *period_kind;
    double target;
    int64_t period_s;
    enum text_state state; // of the gate
    struct report_texts reasons;
    bool has_budget;
    struct report_number remaining, remaining_events, outage_s, sustainable, elapsed;
    struct report_number recent_s, recent_rate, exhaustion_s, soonest_s, latest_s;
    struct budget_tier *tiers;
    size_t tier_count;
    const char *period_state; // of the counts of the whole service over the period, "ok" when nothing is to be said
    struct budget_release release;
};

// The list under "objectives"; nothing when the document has none. *ret_items lives in the reader's arena.
void doc_objectives(struct doc_reader *in, struct doc_place top, struct budget_objective **ret_items, size_t *ret_count);

// The same of a whole document; err names what is missing or of a wrong type.
bool budget_objectives_read(const json_t *document, bool ascii, struct arena *arena, struct budget_objective **ret_items, size_t *ret_count,
                            struct error *err);

// Two to five lines for each, from the heading BUDGET on.
void budget_objectives(struct text_out *to, const struct budget_objective *objectives, size_t count);

#endif
