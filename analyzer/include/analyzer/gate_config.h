// SPDX-License-Identifier: GPL-3.0-or-later
// What a config asks of a gate beside verdict and budgets.
#ifndef ANALYZER_GATE_CONFIG_H
#define ANALYZER_GATE_CONFIG_H

#include "analyzer/config.h"

#define GATE_HALT_AT 30.0 // per cent of the release budget, where neither gate nor objective says

struct gate_check {
    const char *name;
    struct place place;
    const char *query;  // one moment: every value must be within the rule
    const char *source; // of the sources; never NULL in a config without errors
    struct limits limits;
    int64_t fresh_ms;   // over 0: the query is a plain selector, and its last sample of so long a time counts
    int64_t max_age_ms; // over 0: values are Unix times in seconds, and none may be older
    bool required;      // false: shown, and changes nothing
};

struct gate_config {
    struct place place;
    struct gate_check *checks;
    size_t check_count;
    bool has_release_budget;
    double halt_at; // per cent, of objectives that do not say it
    double floor;   // per cent of the period's budget; below it, or with nothing left, the gate is closed
    int64_t approvals;
    int64_t approval_max_age_ms, verdict_max_age_ms;
    const char *artefact; // with placeholders; NULL: none
};

// The config's, or what holds without one.
const struct gate_config *gate_config_of(const struct canary_config *config);

#endif
