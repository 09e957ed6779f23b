// SPDX-License-Identifier: GPL-3.0-or-later
// How NetflixACAJudge-v1.0 makes one score of classified metrics: weighted groups, then the overrides.
#ifndef ANALYZER_KAYENTA_SCORE_H
#define ANALYZER_KAYENTA_SCORE_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/kayenta_metric.h"
#include "base/arena.h"

struct kayenta_scored { // one classified metric
    enum kayenta_class class;
    const char *reason; // may be NULL
    const char *const *groups;
    size_t group_count;
    bool critical, muted;
};

struct kayenta_weight {
    const char *group;
    double weight; // per cent
};

struct kayenta_group_score {
    const char *name;
    double score;  // 0 without data, though the summary then counts it as 100
    double weight; // given, or its share of what the given ones leave of 100
    bool has_data;
};

enum kayenta_score_class { KAYENTA_SCORE_FAIL, KAYENTA_SCORE_MARGINAL, KAYENTA_SCORE_PASS };

struct kayenta_score {
    double score; // rounded half-up to 2 decimals
    enum kayenta_score_class class;
    const char *reason;                 // "" unless an override applied
    struct kayenta_group_score *groups; // in order of first occurrence
    size_t group_count;
};

struct kayenta_score_input {
    const struct kayenta_scored *results;
    size_t result_count;
    const struct kayenta_weight *weights;
    size_t weight_count;
    double pass, marginal;
};

const char *kayenta_score_class_name(enum kayenta_score_class class); // "Pass", "Marginal", "Fail"

// Muted results are left out. What is returned lives in the arena; group names are borrowed from the results.
void kayenta_score(const struct kayenta_score_input *input, struct arena *arena, struct kayenta_score *ret);

// To 2 decimals, half away from zero, on the shortest decimal form of the value: 1.005 gives 1.01.
double kayenta_round(double value);

#endif
