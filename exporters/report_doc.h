// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a result document that the text report shows, checked and in plain structs. Every text in it is clean
// (no control characters), so that renderers can print what they find.
#ifndef EXPORTERS_REPORT_DOC_H
#define EXPORTERS_REPORT_DOC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "text_style.h"

struct report_number {
    bool known; // false for null
    double value;
};

struct report_texts {
    const char **items;
    size_t count;
};

struct report_label {
    const char *name, *value;
};

struct report_labels {
    struct report_label *items;
    size_t count;
};

struct report_side { // one side of a scope
    bool present;
    const char *source;
    struct report_labels labels;
    int64_t offset_s;
};

struct report_scope {
    const char *name;
    struct report_side baseline, canary;
};

struct report_sample { // what one side of a metric measured
    bool present;
    int64_t samples;
    struct report_number mean;
};

struct report_evidence { // of the judge serin
    bool present;
    struct report_number change, low, high; // relative change of the canary: 0.1 is 10 % more
    struct report_number p, alpha;          // p after the correction for `family` metrics
    struct report_number a12, shift, shift_low, shift_high, rho, phi;
    int64_t pairs, family;
    struct report_number step_s, minutes_left;
    struct report_number visible; // smallest change that the window sees, as a size
    bool has_since;
    int64_t since_ms;
    double harm; // relative change that must not ship
};

struct report_where { // a label value and its share of a metric's change
    const char *metric, *label, *value;
    double share;
};

struct report_metric {
    const char *name; // with its tags: name{tag=value}
    struct report_texts groups;
    const char *unit; // NULL when not known
    bool critical, muted;
    bool informs; // the verdict does not hang on it: muted or not required
    const char *classification; // as in the document
    enum text_state state;      // how it is shown: a failure that only informs is quarantined
    const char *reason;         // NULL when there is none
    struct report_number ratio;
    bool has_shift;
    struct report_number lower, upper;
    struct report_evidence evidence;
    bool has_limit;
    struct report_number limit_min, limit_max;
    int64_t outside;
    struct report_number allowed, in_a_row, consecutive; // allowed, consecutive: not known where there is no limit
    struct report_sample baseline, canary;
    double trend[2][TEXT_TREND]; // baseline, canary; NaN where there is nothing
    struct report_texts warnings;
    double share; // of the score that hangs on this metric; for ordering
};

struct report_group {
    const char *name;
    double weight;
    struct report_number score;
    int64_t metrics;
    bool has_data;
};

struct report_guard {
    enum text_state state;
    const char *name, *text;
};

struct report_gap { // in what the telemetry of the sides differs
    const char *metric, *text;
    double impact; // points of the score
};

struct report_trust {
    bool present; // not in older documents, nor where nothing was judged
    struct report_number parity, load, data_age_s;
    int64_t silent, gap_count; // silent: metrics without data on either side
    struct report_gap *gaps; // the first ones
    size_t listed;
};

struct report_query {
    const char *metric, *part, *side, *source, *mode, *expr, *outcome, *error;
    int64_t tries, bytes, duration_ms, series, samples;
};

struct report_source {
    const char *name, *kind, *version; // version is NULL when not known
    int64_t queries, tries, retries, hedged, shared, refused, throttled, bytes;
};

struct budget_objective; // objective_doc.h

struct report {
    const char *id, *canary, *owner, *runbook, *verdict;
    enum text_state state;
    struct report_number score;
    struct report_number pass, marginal; // not known where the score gates nothing
    const char *judge;
    struct report_number confidence, pass_confidence; // shares; not known where the judge has none
    struct report_where *where;
    const char *config_file, *config_sha256;
    int64_t start_ms, end_ms, step_s;
    struct report_scope *scopes;
    struct report_labels variables;
    struct report_texts reasons, missing, next, notices;
    const char *looks; // how far a watch is, in a sentence; NULL where there is but one look
    struct report_metric *metrics;
    struct report_group *groups;
    struct report_guard *guards;
    struct report_trust trust;
    struct report_query *queries;
    struct report_source *sources;
    size_t scope_count, metric_count, where_count, group_count, guard_count, query_count, source_count;
    struct budget_objective *objectives;
    size_t objective_count;
    struct report_labels timings; // name and milliseconds as text
};

// False when a member is missing or of a wrong type; err names it ("metrics[2].baseline.mean").
bool report_read(const json_t *result, bool ascii, struct arena *arena, struct report *ret_report, struct error *err);

bool report_in_group(const struct report_metric *metric, const char *group);

// jansson's iterators want a tree that may be written to, although they only read.
json_t *report_iterable(const json_t *node);

#endif
