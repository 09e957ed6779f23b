// SPDX-License-Identifier: GPL-3.0-or-later
// A canary config tried on a service's own history, stable against stable. Nothing changed there, so each fail is a false one, and the
// noise that is found says how small a change the config can see.
//
// In each window the baseline scope's instances are dealt to two sides at random. Where there is only one, it is compared with
// itself one window earlier, which is the weaker design: what changes over the day counts as noise.
#ifndef ANALYZER_CALIBRATE_H
#define ANALYZER_CALIBRATE_H

#include <jansson.h>

#include "analyzer/history.h"

#define CALIBRATE_WINDOWS 200
#define CALIBRATE_MOST_WINDOWS 10000

struct calibrate_options {
    size_t windows;      // from 1
    uint64_t seed;
    const char *deal_by; // label that tells instances apart; NULL: pod, instance, host and the like
    const volatile int *interrupted; // may be NULL
};

struct calibrated_number { // over the windows; NaN without any
    double median, high; // the latter is the 90th percentile
};

struct calibrated_metric {
    size_t metric;       // index in the config
    const char *dealt_by; // label, "series" when each is an instance, "offset" for a baseline that is earlier anyway, NULL: none
    size_t dealt, shifted; // windows of either design
    size_t results;      // that were judged: one a window, or one a window and label combination
    size_t fails, open, nodata; // of them high or low; inconclusive; and, beside them, without data
    struct calibrated_number rho, phi, sd, visible; // sd: of a step's ln(side / side), at the window's steps
    double weight;       // steps that the median of rho is worth
    double steps;        // median that results compared
    double alpha;        // the largest level up to the config's at which no more than its share fails; NaN: none, policy fails them
};

struct calibration {
    const struct history *history;
    uint64_t seed;
    size_t windows;      // drawn
    size_t empty;        // of them without data of any metric; the others were judged
    size_t fails, open;  // of those judged
    double low, high;    // limits of the share of fails: 95 % confidence, both ends
    double upper;        // 95 % upper limit alone
    size_t apart;        // windows of this length that lie side by side in the time: more than these overlap
    double promised;     // share of fails that the config's confidence allows, over its metrics; NaN: the judge promises nothing
    double alpha;        // of one metric, at which no more than that fail; NaN: none
    struct calibrated_metric *metrics;
    size_t metric_count;
};

// The config with the baseline scope on both sides, without guards; what history_plan() is to be given. NULL with
// err when it compares nothing.
const struct canary_config *calibrate_config(const struct canary_config *config, struct arena *arena, struct error *err);

// `history` is of such a config and holds at least two windows. Deterministic. Everything lives in the arena.
bool calibrate_run(const struct history *history, const struct calibrate_options *options, struct arena *arena, struct calibration *ret,
                   struct error *err);

json_t *calibrate_document(const struct calibration *calibration); // schema "serin.calibration/1"; the caller releases it

// The priors file: YAML, or JSON when asked.
void calibrate_priors(const struct calibration *calibration, bool json, struct buf *out);

#endif
