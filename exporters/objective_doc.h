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
    struct report_number factor, long_rate, short_rate, least_errors;
    bool fires, certain;
};

struct budget_suggestion { // of a target, from past periods
    bool present;
    struct report_number target, attainment, lower, upper; // per cent; shares
    struct report_number share, confidence, sustainable, usual, events, outage_s;
    int64_t periods, met, suggested_met;
};

struct budget_burn { // over a window
    const char *side;  // "service", "baseline" or "canary"
    int64_t length_s;
    struct report_number rate, lower, upper;
};

struct budget_objective {
    const char *name, *period_kind;
    double target;             // per cent
    struct report_number goal; // the same as a share
    const char *gate;          // "open", "hold", "closed"
    int64_t period_s;
    enum text_state state; // of the gate
    struct report_texts reasons;
    bool has_budget;
    struct report_number remaining, remaining_events, outage_s, sustainable, elapsed;
    struct report_number recent_s, recent_rate, exhaustion_s, soonest_s, latest_s;
    struct budget_tier *tiers;
    size_t tier_count;
    const char *period_state; // of the counts of the whole service over the period, "ok" when nothing is to be said
    struct report_number attainment; // share of good events of the whole service over the period
    struct budget_burn *burns;       // those that are known
    size_t burn_count;
    struct budget_suggestion suggestion;
    struct budget_release release;
};

// The list under "objectives"; nothing when the document has none. *ret_items lives in the reader's arena.
void doc_objectives(struct doc_reader *in, struct doc_place top, struct budget_objective **ret_items, size_t *ret_count);

// Two to five lines for each, from the heading BUDGET on.
void budget_objectives(struct text_out *to, const struct budget_objective *objectives, size_t count);

// "97% of the budget left, empty in 3d, release budget 38% used, halt at 30%: gate closed; ..."; of `to` as report_part.h says.
const char *budget_sentence(struct text_out *to, const struct budget_objective *objective);

#endif
