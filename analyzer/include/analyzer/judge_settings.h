// SPDX-License-Identifier: GPL-3.0-or-later
// What the judge serin makes of a config: the settings of one metric's evidence, and the level that several metrics share.
#ifndef ANALYZER_JUDGE_SETTINGS_H
#define ANALYZER_JUDGE_SETTINGS_H

#include "analyzer/config.h"
#include "analyzer/evidence.h"
#include "analyzer/plan.h"

#define JUDGE_CONFIDENCE 99.0      // per cent
#define JUDGE_PASS_CONFIDENCE 95.0 // per cent
#define JUDGE_PAIRS 8.0
#define JUDGE_FAMILY 5 // from so many metrics on they share the level that so many alone have, as Holm divides it

// As if the metric were alone; horizon is left 0.
void judge_settings(const struct judge_config *judge, const struct metric_config *metric, struct evidence_settings *ret);

// The chance of a false fail of one metric that is judged alone.
double judge_alpha(const struct judge_config *judge);

// The chance of a pass of one metric whose change is as large as its harm.
double judge_beta(const struct judge_config *judge);

// The same two at one of several looks: what the look may spend of them. Looks that may not pass early spend no beta.
double judge_plan_alpha(const struct plan *plan);
double judge_plan_beta(const struct plan *plan);

#endif
