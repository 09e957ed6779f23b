// SPDX-License-Identifier: GPL-3.0-or-later
// What became of the objectives: counts and burn rates per window, what is left of the budget, and what a canary has cost. A pure
// function of the plan and its answers.
#ifndef ANALYZER_OBJECTIVE_EVAL_H
#define ANALYZER_OBJECTIVE_EVAL_H

#include "analyzer/objective_plan.h"
#include "stats/burn_significance.h"
#include "stats/canary_budget.h"
#include "stats/error_budget.h"
#include "stats/target_suggestion.h"

enum objective_state {
    OBJECTIVE_OK,
    OBJECTIVE_NO_TRAFFIC,      // the series are there, nothing was counted
    OBJECTIVE_NO_ERROR_SERIES, // traffic, and no series of bad events: taken as no error
    OBJECTIVE_ABSENT,          // no series, or none of the good events
    OBJECTIVE_INVALID,         // negative counts, or more marked events than events
};

const char *objective_state_name(enum objective_state state); // "ok", "no_traffic", "no_error_series", "absent", "invalid"
bool objective_is_known(enum objective_state state);          // whether there is an error ratio

struct objective_count { // of one of service, baseline and canary in one span
    enum objective_state state;
    struct event_counts counts;    // NaN where not known
    double error_ratio, burn_rate; // NaN where not known
    struct burn_significance burn; // at a burn rate of 1, one-sided bounds at the objective's confidence; NaN where not known
};

struct objective_tier_result {
    double long_rate, short_rate; // burn rates of the whole service, NaN where not known
    bool fires;                   // both over the factor
    bool certain;                 // with least_errors in the long window: fewer may fire and prove nothing
    double least_errors;          // of the long window's events, that would seldom be bad at the factor itself; NaN where none would do
    double least_requests;        // of which one may fail without exceeding the factor
    double volume_rate;           // the long window's burn rate, weighed by its traffic; NaN where not known
    double period_share;          // of the period's budget that the long window's errors were
    bool spends;                  // they were more than the share that the factor stands for, whatever the traffic
};

enum objective_gate { OBJECTIVE_OPEN, OBJECTIVE_HOLD, OBJECTIVE_CLOSED }; // hold: cannot tell

const char *objective_gate_name(enum objective_gate gate); // "open", "hold", "closed"

struct objective_left { // of the budget of the period, of the whole service
    double consumed, remaining;     // shares; of a calendar period on the traffic projected to its end
    double remaining_so_far;        // calendar: on the traffic so far
    double remaining_events;
    double remaining_outage_s;      // as time of total outage under uniform traffic
    double projected_total, elapsed; // calendar only, else NaN
    double sustainable_rate;        // of the rest of a calendar period; of a rolling one throughout the next; NaN where not known
    double period_total;            // events of the period, projected to its end
    size_t recent_span;             // whose burn rate the forecast goes on at; OBJECTIVE_NONE without tiers
    double exhaustion_s, exhaustion_soonest_s, exhaustion_latest_s; // at the recent rate and its bounds; infinite: never
};

struct objective_history { // the last period of the whole service, part by part, the oldest first; rolling only
    double *errors, *totals; // NaN where not known
    size_t count;
};

struct objective_past { // one period
    enum objective_state state;
    struct event_counts counts; // NaN where not known
    bool met;                   // by the objective as it is
    double consumed, suggested_consumed; // of the budget of the objective, and of the one suggested
};

struct objective_suggestion { // of a target, from past periods
    bool present;
    struct objective_past *past; // one for each past span of the plan
    struct target_suggestion target;
    size_t met, suggested_met;   // of target.periods
    double sustainable_rate;     // as in objective_left, of the budget suggested
    double usual_rate;           // burn rate of all known periods together, of the budget suggested
    double allowed_events, allowed_outage_s; // of a period like the mean of the known ones
};

struct objective_release { // of a canary since the release began
    bool present;
    struct canary_budget costs;
    double share_lower, share_upper;   // of the release budget
    double excess_lower, excess_upper; // NaN without errors of the canary
    double p_worse;                    // chance of so many errors of the canary if it failed as often as the baseline
    double rate_ratio, rate_ratio_lower, rate_ratio_upper; // canary to baseline
    double full_s, full_soonest_s, full_latest_s; // how long the budget lasts with all traffic on the canary: by its burn rate, its bounds
    double least_requests;             // so many without any error would prove a burn rate below 1
    enum objective_gate gate;          // closed: the canary fails
    const char *reason;
};

struct objective_result {
    const struct planned_objective *plan;
    struct objective_count *counts[WHO_COUNT]; // one per span; NULL: not asked
    struct objective_tier_result *tiers;
    bool has_left;
    struct objective_left left;
    struct objective_history history;
    struct objective_suggestion suggestion;
    struct objective_release release;
    enum objective_gate gate; // release included
    struct texts reasons;     // why it is closed or cannot be told
};

struct objective_results {
    const struct objective_plan *plan;
    struct objective_result *items;
    size_t count;
};

bool objective_answer_is_good(const struct answer *answer);

// How many answers are not good; says which in *ret_texts, the first few of them.
size_t objective_failures(const struct objective_plan *plan, const struct answer *const *answers, struct arena *arena,
                          struct texts *ret_texts);

// `answers` belong to the plan's queries, one each, and all of them are good. Lives in the arena.
void objective_eval(const struct objective_plan *plan, const struct answer *const *answers, struct arena *arena,
                    struct objective_results *ret);

#endif
