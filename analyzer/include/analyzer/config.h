// SPDX-License-Identifier: GPL-3.0-or-later
// A canary config as a struct: what to read, from where, and how to judge it. Read once, never changed afterwards.
// Everything in it lives in the arena that it was read into.
#ifndef ANALYZER_CONFIG_H
#define ANALYZER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/kayenta_metric.h"
#include "base/arena.h"
#include "base/finding.h"
#include "base/view.h"
#include "query/source.h"
#include "stats/alpha_spending.h"

enum side { SIDE_BASELINE, SIDE_CANARY };
#define SIDE_COUNT 2

const char *side_name(enum side side); // "baseline", "canary"

enum metric_kind {
    METRIC_SERIES,    // gauge-like samples of both sides
    METRIC_COUNTS,    // bad of total, per step
    METRIC_THRESHOLD, // the canary's samples against a limit
    METRIC_HISTOGRAM, // how requests spread over buckets, per step
};

const char *metric_kind_name(enum metric_kind kind);
const char *direction_name(enum kayenta_direction direction);

struct place { // where in the file; line 0: nowhere
    int line, column;
};

struct name_value {
    const char *name, *value;
    struct place place;
};

struct name_values {
    struct name_value *items;
    size_t count;
};

struct texts {
    const char **items;
    size_t count;
};

struct source_config {
    const char *name;
    struct place place;
    struct source_settings settings; // url with variables expanded
};

struct scope_config {
    struct place place;
    const char *source;       // name of a source
    struct name_values labels; // equality matchers
    struct texts matchers;    // further matchers as PromQL writes them: code=~"5.."
    int64_t offset_ms;        // how much earlier this side is read
};

struct group_config {
    const char *name;
    double weight; // per cent
    struct place place;
};

struct limits { // what a value may be; a bound that is not set holds for every value
    bool has_min, has_max;
    double min, max;
};

struct numbers {
    double *items;
    size_t count;
};

// What the judge serin tolerates of a metric; the unit of `absolute` is the metric's (counts: of the ratio bad / total).
struct tolerance_config {
    double relative, absolute; // 0.05 is 5 %; an absolute tolerance of 0 is none
    double harm;               // relative change that must not ship; NaN: twice the relative tolerance
    bool by_default;           // nothing of it stands in the file
};

// What calibration found in the history of a metric, see priors.h.
struct metric_prior {
    bool known;         // else the rest is 0
    double rho, weight; // autocorrelation, and as many steps as that is worth
    double phi;         // counts: the dispersion is at least so large, from 1; else 1
    double sd;          // standard deviation of a step's ln(canary / baseline); 0: not known
};

struct guard_config {
    const char *name;
    struct place place;
    const char *query; // read step by step over the window; for both sides when it names ${scope}, else once. NULL: of parity
    struct limits limits; // of parity: min alone, of its score
    double share; // per cent of the window's steps on which the value must be within the bounds; a missing value is not
    bool caps;    // broken it lets the verdict be marginal at most; else no verdict counts
};

// The query of a metric from a Kayenta config; turned into PromQL for a scope by kayenta_query.h.
struct kayenta_query_config {
    const char *metric_name, *resource_type;
    struct texts label_bindings, group_by;
    const char *inline_template, *filter_template; // NULL: none
};

struct metric_config {
    const char *name;
    struct place place;
    enum metric_kind kind;
    const char *unit; // "s", "bytes", "ratio", ... or NULL
    struct texts groups;
    struct texts by;         // labels that split the metric into one result each; none: all series of a side are pooled
    const char *query;       // series, threshold
    const char *bad, *total; // counts
    const char *histogram;   // selector of classic bucket counters or of native histograms
    struct numbers quantiles; // histogram: for the report, each between 0 and 1
    struct limits limits;    // threshold
    int64_t allowed;         // threshold: samples that may lie outside; -1: any number
    int64_t consecutive;     // threshold: samples in a row that may lie outside; -1: any number
    int64_t offset_ms;       // over 0: temporal baseline, the canary's scope that much earlier
    int64_t pre_ms;          // over 0: both sides are also read for that long before the window, to take out old offsets
    double min_samples;      // per side (judge serin: pairs); below it the metric is inconclusive
    struct tolerance_config tolerance; // judge serin
    struct metric_prior prior; // judge serin
    bool has_direction;      // the file names it
    bool required;           // judges serin, threshold: false when the verdict does not wait for it nor fall by it
    struct kayenta_settings judge; // direction, critical, muted, gaps, outliers, effect size
    struct kayenta_query_config *kayenta; // NULL in a native config
};

struct judge_config {
    const char *name; // "serin", "kayenta" or "threshold"
    double pass, marginal; // of the score; NaN where it gates nothing (not with kayenta)
    double confidence;      // serin: that a failure is none by chance, of a metric judged alone; per cent
    double pass_confidence; // serin: that what passes is not harmful; per cent
    double min_samples; // default of the metrics
    const char *priors; // serin: file that calibration wrote; NULL: none
    char priors_sha256[65]; // of that file's bytes; "" without it
    enum spending_type spending; // serin: of the chance of a false fail over several looks
    bool early_pass;             // serin: looks spend the chance of a false pass too, and may pass before the window ends
};

struct window_config {
    int64_t length_ms, warmup_ms, interval_ms, step_ms;
};

struct kayenta_scope { // a side of a Kayenta execution request, given on the command line
    const char *scope, *location;
    struct name_values params; // extendedScopeParams
};

struct objective_config; // objective.h
struct gate_config;      // gate_config.h
struct publish_config;   // publish_config.h
struct notify_config;    // notify_config.h

struct canary_config {
    const char *file, *name, *owner, *runbook;
    char sha256[65]; // of the file's bytes
    struct name_values vars;
    struct source_config *sources;
    size_t source_count;
    struct scope_config scopes[SIDE_COUNT];
    struct scope_config service; // all versions together: as given, else what both scopes share; line 0: cannot be told
    struct window_config window;
    struct judge_config judge;
    struct group_config *groups;
    size_t group_count;
    struct guard_config *guards;
    size_t guard_count;
    struct metric_config *metrics;
    size_t metric_count;
    struct objective_config *objectives;
    size_t objective_count;
    struct gate_config *gate; // NULL: the file has none
    struct publish_config *publish; // NULL: nobody is told
    struct notify_config *notify;   // NULL: the file has none
    struct name_values kayenta_templates;
    struct kayenta_scope kayenta_scopes[SIDE_COUNT];
    struct texts notices; // what the config asks for and this build does not do
};

// What the command line adds to a file.
struct config_overrides {
    struct name_values vars;               // --var
    const char *url;                       // --url: the source of a config that names none
    const char *sides[SIDE_COUNT];         // --baseline, --canary: "scope=x,location=y,param=z", Kayenta configs only
    double pass, marginal;                 // NaN: not given
    int64_t length_ms, step_ms;            // 0: not given
    const char *priors;                    // NULL, or the file to read instead of the one that judge.priors names
};

void config_overrides_init(struct config_overrides *overrides);

// Reads a native config (YAML or JSON) or a Kayenta canary config (JSON, recognised by its members). All findings are
// collected; true when there is no error among them. ret_config is filled as far as possible. `text` must be what
// `file` holds; `file` is used for messages and kept.
bool config_read(struct view text, const char *file, const struct config_overrides *overrides, struct arena *arena,
                 struct findings *findings, struct canary_config *ret_config);

#endif
