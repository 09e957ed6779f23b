// SPDX-License-Identifier: GPL-3.0-or-later
// A service level objective as the config says it: how good and bad events are counted, how many may be bad, over which period,
// and which burn rates raise an alert. Percentages are decimals: what 99.9% leaves is 0.001, not what doubles make of 1 - 0.999.
#ifndef ANALYZER_OBJECTIVE_H
#define ANALYZER_OBJECTIVE_H

#include "analyzer/config.h"
#include "stats/time_slices.h"

enum objective_kind {
    OBJECTIVE_BAD,     // counters of bad and of all events
    OBJECTIVE_GOOD,    // counters of good and of all events
    OBJECTIVE_LATENCY, // events of a histogram at or below a bound
    OBJECTIVE_UP,      // samples of a gauge that are 1
};

const char *objective_kind_name(enum objective_kind kind); // "bad", "good", "latency", "up"

enum objective_calendar { CALENDAR_NONE, CALENDAR_WEEK, CALENDAR_MONTH, CALENDAR_QUARTER };

const char *objective_calendar_name(enum objective_calendar calendar); // "rolling", "week", "month", "quarter"

enum objective_severity { SEVERITY_PAGE, SEVERITY_TICKET };
#define SEVERITY_COUNT 2

struct objective_tier { // a pair of windows that both burn faster than the factor
    const char *name;   // stable, so that alerts can inhibit one another: "page_fast"
    struct place place;
    enum objective_severity severity;
    int64_t long_ms, short_ms, hold_ms;
    double factor;
};

struct objective_config {
    const char *name;
    const char *id; // of the alerts and recording rules: canary and name, "checkout-availability"
    struct place place;
    enum objective_kind kind;
    const char *bad, *good, *total; // plain selectors
    const char *histogram;          // plain selector of buckets or of a native histogram
    bool native;
    double below;                   // latency: the bound in the histogram's unit
    const char *up;                 // plain selector
    bool by_scope;                  // a selector holds ${scope}: service, baseline and canary can be told apart
    const char *source;             // of the whole service
    bool sliced;                    // slices of time count, not events
    enum slices_method slice_method; // SLICES_GOOD, or SLICES_MEAN: each counts by its share of bad events
    int64_t slice_ms;
    double slice_target;            // per cent of a slice's events that must be good, of SLICES_GOOD
    enum empty_slice empty;
    double target;                  // per cent
    double budget;                  // share of events that may be bad
    double confidence;              // of bounds, per cent, one-sided
    enum objective_calendar calendar;
    int64_t period_ms;              // of a calendar period its nominal length: 7, 30, 91 days
    const char *time_zone;          // of a calendar
    struct objective_tier *tiers;   // the most urgent first
    size_t tier_count;
    int64_t absent_ms;              // how long the data may be gone before that is an incident
    bool has_halt_at;
    double halt_at;                 // per cent of the release's budget that a canary may use up
    const char *severities[SEVERITY_COUNT]; // label values
    struct name_values labels;      // of alerts
    const char *runbook;            // of the objective, else of the config; NULL: none
};

// factor * budget, rounded to the decimal that is meant: 0.0144 for 14.4 and 0.001.
double objective_threshold(const struct objective_config *objective, double factor);

// Whether the burn rate can get above the factor at all: it cannot where factor * budget reaches 1.
bool objective_can_fire(const struct objective_config *objective, const struct objective_tier *tier);

#endif
