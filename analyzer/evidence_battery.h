// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of one metric's evidence and what follows from all of them.
#ifndef ANALYZER_EVIDENCE_BATTERY_H
#define ANALYZER_EVIDENCE_BATTERY_H

#include "analyzer/evidence.h"
#include "evidence_margins.h"
#include "stats/t_roots.h"

// What the part that sees the size of a change has of alpha.
#define SHARE_SERIES 0.6
#define SHARE_HISTOGRAM 0.5
#define SHARE_COUNT 0.8

struct battery { // the parts that look for a change in one direction
    const struct evidence_settings *settings;
    struct evidence_margins margins;
    double sign;  // 1: an increase is bad, -1: a decrease
    double share; // of alpha, for the battery as a whole
    struct evidence *evidence;
    struct t_roots *roots; // found so far; may be NULL
};

struct battery_estimate { // in the bad direction
    double value, se, df;
};

// A result about which nothing is known yet.
void evidence_clear(struct evidence *evidence);

// A part without numbers, which neither fails nor blocks; `share` of the battery's alpha.
struct evidence_part *battery_add(struct battery *battery, enum evidence_kind kind, double share);

// Fills in the part: Student's test of theta <= null with its limits. Without a standard error the estimate is the truth.
void battery_test(const struct battery *battery, struct evidence_part *part, struct battery_estimate estimate, double null, bool large);

// As battery_test, but without limits.
void battery_place(const struct battery *battery, struct evidence_part *part, struct battery_estimate estimate, double null, bool large);

// Decides the part by its p, which is a one-sided p-value.
void battery_decide(const struct battery *battery, struct evidence_part *part, double p, bool large);

// p, verdict and decisive part from all parts.
void evidence_conclude(struct evidence *evidence, const struct evidence_settings *settings);

// A verdict that no part gives. With a fail p is 0, else 1.
void evidence_rule(struct evidence *evidence, enum evidence_status status, enum evidence_reason reason);

// The relative change and its limits from a location in natural direction, and the steps to a decision. se_fixed is what more
// steps do not make smaller.
void evidence_describe(struct evidence *evidence, const struct battery *battery, struct battery_estimate natural, double se_fixed,
                       size_t steps);

#endif
