// SPDX-License-Identifier: GPL-3.0-or-later
// What an analysis says: a classification per metric, a score per group, one verdict with its reasons. Plain data in an arena.
#ifndef ANALYZER_VERDICT_H
#define ANALYZER_VERDICT_H

#include "analyzer/evidence.h"
#include "analyzer/samples.h"
#include "analyzer/trust.h"

enum classification { CLASS_PASS, CLASS_HIGH, CLASS_LOW, CLASS_INCONCLUSIVE, CLASS_NODATA, CLASS_ERROR };
enum verdict_kind { VERDICT_PASS, VERDICT_MARGINAL, VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_ERROR };
#define VERDICT_COUNT 5
enum guard_state { GUARD_OK, GUARD_BROKEN, GUARD_CAPS }; // caps: broken, but the verdict counts, as marginal at most

enum metric_role { // what a metric does to the verdict (judges serin and threshold)
    ROLE_INFORMS,  // nothing: muted or not required
    ROLE_PASSES,
    ROLE_FAILS,    // alone fails the canary
    ROLE_HOLDS,    // could not be judged, so the canary cannot pass
};

const char *classification_name(enum classification classification);
const char *verdict_name(enum verdict_kind verdict);
bool verdict_parse(const char *text, enum verdict_kind *ret); // false when it is no verdict, or NULL
const char *guard_state_name(enum guard_state state);
const char *metric_role_name(enum metric_role role); // "informs", "passes", "fails", "holds"

// Exit codes of the program, design-wide: 0 pass, 1 canary failed, 2 usage or configuration, 3 marginal, 4 inconclusive, 5 gate
// closed, 6 source or server unreachable.
enum exit_code { EXIT_PASS = 0, EXIT_FAIL = 1, EXIT_USAGE = 2, EXIT_MARGINAL = 3, EXIT_INCONCLUSIVE = 4, EXIT_GATE = 5, EXIT_SOURCE = 6, EXIT_INTERRUPTED = 130 };

int verdict_exit_code(enum verdict_kind verdict);

struct metric_result {
    const struct metric_samples *samples;
    enum classification classification;
    const char *reason;           // NULL: nothing to say
    struct kayenta_result judged; // as the judge left it; the reported class above may be more careful
    bool compared;                // judged is filled in (not for thresholds)
    bool fails;                   // critical and high or low; or nodata and must have data, which alone fails the canary only when critical
    int64_t outside, in_a_row;    // threshold: samples beyond the limit, and most of them in a row
    struct summary summary;       // threshold: of the canary's samples
    double weight, points;        // judges serin, threshold: share of the score, and what the metric adds to it
    enum metric_role role;        // the same
    const struct evidence *evidence; // judge serin; NULL without any
    double p_adjusted;            // evidence->p after the correction for `family` metrics: below alpha it fails
    size_t family;                // how many metrics share the level; 1: judged alone
    double minutes;               // until a decision is expected; NaN: not known, or decided
};

struct group_result {
    const char *name;
    double weight, score;
    size_t metrics; // that count
    bool has_data;
};

// One label value that carries a change: WHERE.
struct where_result {
    size_t metric; // index in the config
    const char *label, *value;
    double share; // of the metric's change in the bad direction; others may have improved, so shares may pass 1
};

struct guard_result {
    const struct guard_config *guard;
    enum side side; // of parity: the canary's
    enum guard_state state;
    const char *text;
    double value; // mean over the window, or the score of parity; NaN: none
};

struct verdict {
    enum verdict_kind kind;
    bool has_score;
    double score;
    struct texts reasons, missing, next;
    struct metric_result *metrics;
    size_t metric_count;
    struct group_result *groups;
    size_t group_count;
    struct where_result *where; // by metric, most first
    size_t where_count;
    struct guard_result *guards;
    size_t guard_count;
    const struct trust *trust; // NULL: nothing was judged, or nobody asked for it
};

// A judge: a pure function from samples to results. One row in judge.c names each.
struct judge {
    const char *name;
    double confidence; // of the interval it shows; 0: the config says
    bool looks_for_data; // says itself whether the samples suffice
    // Must classify ret->samples, a metric of any kind but threshold. False with err when the settings cannot be used, which ends
    // the analysis in error.
    bool (*metric)(const struct plan *plan, struct arena *arena, struct metric_result *ret, struct error *err);
    // Must fill in the groups, the score and, from them, the verdict with its reasons.
    bool (*score)(const struct plan *plan, struct verdict *verdict, struct arena *arena, struct error *err);
};

const struct judge *judge_find(const char *name); // NULL when there is none of that name

// Judging half of the data would make a failure or a pass of what is an error: when any query failed, *ret becomes an error that
// says which ones. False, and nothing of use in *ret, when all answers are good.
bool verdict_of_failures(const struct plan *plan, const struct answer *const *answers, struct arena *arena, struct verdict *ret);

// Judges all metrics and the guards. `answers` as for samples_build(). Deterministic: same input, same verdict. Fills in trust only when
// a guard asks for it.
bool verdict_make(const struct plan *plan, const struct samples *samples, const struct answer *const *answers, struct arena *arena,
                  struct verdict *ret, struct error *err);

// Replaces what to do next by what the kind of the verdict asks for.
void verdict_say_next(const struct plan *plan, struct arena *arena, struct verdict *verdict);

#endif
