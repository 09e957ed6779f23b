// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/judge_settings.h"

#include <math.h>

#define MOST_PAIRS 1e9 // no window holds so many

static enum evidence_direction direction_of(enum kayenta_direction direction) {
    switch (direction) {
    case KAYENTA_INCREASE:
        return EVIDENCE_INCREASE;
    case KAYENTA_DECREASE:
        return EVIDENCE_DECREASE;
    case KAYENTA_EITHER:
        return EVIDENCE_EITHER;
    }
    return EVIDENCE_EITHER;
}

double judge_alpha(const struct judge_config *judge) {
    return (100 - judge->confidence) / 100;
}

double judge_plan_alpha(const struct plan *plan) {
    return plan->look != NULL ? plan->look->alpha : judge_alpha(&plan->config->judge);
}

double judge_beta(const struct judge_config *judge) {
    return (100 - judge->pass_confidence) / 100;
}

double judge_plan_beta(const struct plan *plan) {
    return plan->look != NULL && !isnan(plan->look->beta) ? plan->look->beta : judge_beta(&plan->config->judge);
}

void judge_settings(const struct judge_config *judge, const struct metric_config *metric, struct evidence_settings *ret) {
    evidence_settings_default(ret);
    ret->direction = direction_of(metric->judge.direction);
    ret->tolerance = metric->tolerance.relative;
    ret->absolute = metric->tolerance.absolute;
    ret->harm = metric->tolerance.harm;
    ret->alpha = judge_alpha(judge);
    ret->beta = judge_beta(judge);
    if (metric->prior.known) { // learned, so it may lower the estimate too
        ret->prior.rho = metric->prior.rho;
        ret->prior.weight = metric->prior.weight;
        ret->prior.only_raises = false;
        ret->phi_least = metric->prior.phi;
    }
    ret->least = (size_t)fmin(fmax(ceil(metric->min_samples), 3), MOST_PAIRS);
}
