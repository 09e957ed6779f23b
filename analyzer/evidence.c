// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/evidence.h"

#include <math.h>

#define RHO_LEAST (-0.1) // neighbours that differ more than chance are believed up to here
#define LEAST_FEWEST 3

void evidence_settings_default(struct evidence_settings *settings) {
    *settings = (struct evidence_settings){.direction = EVIDENCE_INCREASE,
                                           .tolerance = 0.05,
                                           .harm = (double)NAN,
                                           .alpha = 0.01,
                                           .fresh = 1,
                                           .beta = 0.05,
                                           .kappa = 0.2,
                                           .prior = {.rho = 0.4, .weight = 6, .least = RHO_LEAST, .only_raises = true},
                                           .phi_least = 1,
                                           .least = 8};
}

double evidence_settings_harm(const struct evidence_settings *settings) {
    return isnan(settings->harm) ? 2 * settings->tolerance : settings->harm;
}

static bool is_chance(double value) {
    return value > 0 && value < 0.5;
}

bool evidence_settings_check(const struct evidence_settings *s, struct error *err) {
    if (!(s->tolerance >= 0) || isinf(s->tolerance)) return error_set(err, ERROR_CONFIG, "the tolerance must not be negative");
    if (s->direction != EVIDENCE_INCREASE && s->tolerance >= 1)
        return error_set(err, ERROR_CONFIG, "a tolerance of %g accepts any decrease; it must be below 1", s->tolerance);
    if (!(s->absolute >= 0) || isinf(s->absolute)) return error_set(err, ERROR_CONFIG, "the absolute tolerance must not be negative");
    double harm = evidence_settings_harm(s);
    if (!(harm >= s->tolerance && harm > 0) || isinf(harm))
        return error_set(err, ERROR_CONFIG, "the harm %g must be above 0 and not below the tolerance %g", harm, s->tolerance);
    if (!is_chance(s->alpha)) return error_set(err, ERROR_CONFIG, "alpha must be between 0 and 0.5, found %g", s->alpha);
    if (!is_chance(s->beta)) return error_set(err, ERROR_CONFIG, "beta must be between 0 and 0.5, found %g", s->beta);
    if (!(s->kappa >= 0 && s->kappa <= 1)) return error_set(err, ERROR_CONFIG, "kappa must be from 0 to 1, found %g", s->kappa);
    if (!ar1_prior_valid(s->prior)) return error_set(err, ERROR_CONFIG, "the prior of the autocorrelation is out of range");
    if (!(s->phi_least >= 1) || isinf(s->phi_least)) return error_set(err, ERROR_CONFIG, "phi must be at least 1, found %g", s->phi_least);
    if (s->least < LEAST_FEWEST) return error_set(err, ERROR_CONFIG, "at least %d pairs are needed to judge", LEAST_FEWEST);
    return true;
}

const char *evidence_status_name(enum evidence_status status) {
    static const char *const names[] = {"pass", "fail", "inconclusive"};
    return names[status];
}

const char *evidence_kind_name(enum evidence_kind kind) {
    static const char *const names[] = {"location",   "later", "mean",   "trend", "dispersion", "burst",
                                        "appearance", "count", "window", "order", "tail"};
    return names[kind];
}

enum evidence_status evidence_status_at(const struct evidence *evidence, double alpha) {
    if (evidence->p < alpha) return EVIDENCE_FAIL;
    return evidence->passes ? EVIDENCE_PASS : EVIDENCE_INCONCLUSIVE;
}

const char *evidence_reason_name(const struct evidence *evidence) {
    switch (evidence->reason) {
    case EVIDENCE_TOO_FEW:
        return "too_few";
    case EVIDENCE_IDENTICAL:
        return "identical";
    case EVIDENCE_CONSTANT:
        return "constant";
    case EVIDENCE_TESTED:
        break;
    }
    return evidence->decisive >= 0 ? evidence_kind_name(evidence->parts[evidence->decisive].kind) : "";
}
