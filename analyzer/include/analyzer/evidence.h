// SPDX-License-Identifier: GPL-3.0-or-later
// What the data of one metric say about a canary: the judge serin's three-way answer and every number behind it.
// FAIL is evidence of a change beyond the tolerance, PASS is evidence that there is no harmful one, INCONCLUSIVE is neither.
//
// A battery of parts shares the chance alpha of a false fail, because no single test sees shifts, late steps, leaks, tails,
// spread and bursts. Theta is the change in the bad direction; t is the tolerance and h the harm on the same scale (ln of the
// ratio canary / baseline when log_scale, else relative to the baseline's mean size).
//   a part fails at alpha when p < share * alpha, p being its one-sided p-value for theta <= kappa t, and its estimate is
//   large: beyond t, with whatever else the part asks for;
//   a part blocks a pass when it cannot exclude h (location, count) or looks suspicious (all others).
// So the battery fails at alpha exactly when its p, the least p / share over the parts whose estimate is large, is below alpha:
// Holm's correction over metrics and the nominal levels of sequential looks need nothing else than p.
#ifndef ANALYZER_EVIDENCE_H
#define ANALYZER_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "stats/ar1_mean.h"

enum evidence_direction { EVIDENCE_INCREASE, EVIDENCE_DECREASE, EVIDENCE_EITHER };

struct evidence_settings {
    enum evidence_direction direction; // the bad one; either: the battery is run both ways, each with half of alpha
    double tolerance;                  // largest acceptable relative change, 0.05 is 5 %; below 1 unless increase
    // Changes smaller than this never fail, in the unit of the metric; for counts, of the ratio bad / total. 0: no such limit.
    double absolute;
    double harm;             // smallest relative change that must not ship, at least the tolerance; NaN: twice the tolerance
    double alpha;            // chance of a false fail of this metric
    double fresh;            // share of it for parts that look elsewhere at each look, 1 at a single look
    double beta;             // chance of a pass when the change is as large as harm
    double kappa;            // share of the tolerance that the lower limit must clear, 0 to 1
    struct ar1_prior prior;  // belief about the autocorrelation, best learned from the service's own history
    double phi_least;        // counts: the dispersion is never thought to be smaller, from 1
    size_t horizon;          // steps planned in all; 0: those that are given. Until then a constant difference fails nothing.
    size_t least;            // pairs (counts, histograms: steps) below which nothing is said, from 3
};

// increase, tolerance 0.05, alpha 0.01, beta 0.05, kappa 0.2, least 8, prior 0.4 worth 6 steps that only raises the estimate,
// phi at least 1.
void evidence_settings_default(struct evidence_settings *settings);

// Everything below expects settings that this has found valid.
bool evidence_settings_check(const struct evidence_settings *settings, struct error *err);

// The smallest harmful relative change: as set, or twice the tolerance.
double evidence_settings_harm(const struct evidence_settings *settings);

enum evidence_status { EVIDENCE_PASS, EVIDENCE_FAIL, EVIDENCE_INCONCLUSIVE };

enum evidence_kind {
    EVIDENCE_LOCATION,   // the centre of the paired differences; histogram: of the logarithm of the values
    EVIDENCE_LATER,      // the same in the later half: steps and leaks
    EVIDENCE_MEAN,       // ratio of the means: partial damage that a centre does not see
    EVIDENCE_TREND,      // slope of the differences over the window: leaks
    EVIDENCE_DISPERSION, // spread about the local level: estimate is the ratio of the spreads
    EVIDENCE_BURST,      // policy without a p-value: a run of steps far above the rest and no mirrored one
    EVIDENCE_APPEARANCE, // share of the steps with a value where the baseline is 0 throughout
    EVIDENCE_COUNT,      // ratio of bad / total over the window
    EVIDENCE_WINDOW,     // the same in the worst short window
    EVIDENCE_ORDER,      // histogram: chance that a canary's request is slower than a baseline's
    EVIDENCE_TAIL,       // histogram: ratio of the shares of requests above a bucket edge
};

const char *evidence_status_name(enum evidence_status status); // "pass", "fail", "inconclusive"
const char *evidence_kind_name(enum evidence_kind kind);       // "location", "later", ...

struct evidence_sightings { // appearance: how often something showed
    bool predictive;        // p is Laplace's predictive chance, as the window is short, and not Barnard's test
    size_t active, steps;   // on the canary, of so many
    size_t silent;          // steps at which the baseline showed nothing: all it has
};

struct evidence_part {
    enum evidence_kind kind;
    bool decrease;        // of the two batteries of direction either: the one for which a decrease is bad
    double edge;          // tail: the bucket edge; else NaN
    double estimate;      // in the bad direction: theta, slope over the window, ratio, share, or A12, as the kind says
    double se, df;        // NaN where the part has none
    double low, high;     // one-sided limits of the estimate at share * alpha and at beta; NaN where the part has none
    double share;         // of alpha; 0 for policy
    double p;             // NaN for policy
    struct evidence_sightings seen; // appearance; else zeroes
    bool large;           // the estimate is beyond what is tolerated
    bool fails;           // at the alpha of the settings
    bool blocks;          // stands against a pass
};

#define EVIDENCE_PARTS 16

enum evidence_reason {
    EVIDENCE_TESTED,    // the parts say it
    // Fewer values than settings.least (a part may say what they show all the same), fewer than 20 requests in a histogram, or no
    // bound of it above 0.
    EVIDENCE_TOO_FEW,
    EVIDENCE_IDENTICAL, // both sides are the same numbers: pass
    EVIDENCE_CONSTANT,  // the difference never varies: pass or fail by its size, which no test can add to
};

struct evidence_ranks {       // of the values themselves, whatever decides; NaN where there is nothing to rank
    double p;                 // Mann-Whitney, two-sided, for independent values, which those of a series are not
    double a12;               // chance that a canary's value exceeds a baseline's
    double shift, low, high;  // Hodges-Lehmann, canary - baseline in the unit of the metric, 1 - 2 beta confidence
};

struct evidence {
    enum evidence_status status;
    enum evidence_reason reason;
    double p;           // smallest alpha at which the battery fails; 0 by policy, 1 when no part is large
    bool passes;        // no part blocks; a fail comes first
    size_t count;       // pairs, or steps
    double rho;         // autocorrelation used for the location, or in the dispersion of the counts
    double phi;         // counts: variance over that of independent events, at least 1; else NaN
    bool log_scale;
    double estimate;    // relative change of the canary, 0.1 is 10 % more than the baseline, whatever direction is bad
    double low, high;   // its one-sided limits, each missed with chance beta
    struct evidence_ranks ranks;
    bool has_onset;     // only where a part fails
    size_t onset;       // step at which the change began, 0 for the whole window
    // Steps in all after which the location alone passes (nothing changed) or fails (changed by harm) with chance 0.8. Infinite:
    // never, as an old offset is known too badly; NaN: not known.
    double steps_to_pass, steps_to_fail;
    // The smallest relative change, as a size, that the whole window would fail with chance 0.8 by its location, or by the ratio of
    // its counts; NaN: not known.
    double visible;
    size_t part_count;
    int decisive;       // the part that fails first or, when inconclusive, that blocks first; -1: none
    struct evidence_part parts[EVIDENCE_PARTS];
};

// What the same evidence says at another level than that of the settings.
enum evidence_status evidence_status_at(const struct evidence *evidence, double alpha);

// "too_few", "identical", "constant", or the name of the decisive part, or "" when every part passes.
const char *evidence_reason_name(const struct evidence *evidence);

#endif
