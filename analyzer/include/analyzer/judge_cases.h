// SPDX-License-Identifier: GPL-3.0-or-later
// Judges data that are given as JSON, one metric a line, without any source: at the end of the window, or look by look.
#ifndef ANALYZER_JUDGE_CASES_H
#define ANALYZER_JUDGE_CASES_H

#include <jansson.h>

#include "analyzer/evidence.h"
#include "base/arena.h"
#include "base/view.h"
#include "stats/alpha_spending.h"

struct judge_cases_options {
    double alpha, beta;
    size_t look_every; // steps from look to look, the first after 10; 0: one look at the end
    enum spending_type spending; // how alpha is spent over the looks
};

struct judge_cases;

void judge_cases_options_default(struct judge_cases_options *options); // one look; alpha and beta of evidence_settings_default()

// NULL with err (ERROR_USAGE) when alpha or beta is out of range.
struct judge_cases *judge_cases_create(const struct judge_cases_options *options, struct error *err);
void judge_cases_destroy(struct judge_cases *cases);

// Judges one line and answers with an object: id, verdict, reason, p, all parts; with looks also t, the steps that were read
// before the verdict: the first fail is final, a pass is given at the end only. The caller releases it. NULL with err
// (ERROR_DATA, ERROR_LIMIT) for a line that is no case, or for more than 1,000 looks.
json_t *judge_cases_line(struct judge_cases *cases, struct view line, struct error *err);

#endif
