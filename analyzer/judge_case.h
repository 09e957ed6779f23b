// SPDX-License-Identifier: GPL-3.0-or-later
// The data of one metric as a JSON object: what `serin judge --cases` reads, one a line.
#ifndef ANALYZER_JUDGE_CASE_H
#define ANALYZER_JUDGE_CASE_H

#include "analyzer/counts_evidence.h"
#include "analyzer/histogram_evidence.h"
#include "analyzer/series_evidence.h"
#include "base/view.h"

enum judge_case_type { JUDGE_CASE_SERIES, JUDGE_CASE_COUNTS, JUDGE_CASE_HISTOGRAM };

struct judge_case {
    const char *id;
    enum judge_case_type type;
    struct evidence_settings settings; // direction, tolerances and harm are the case's
    size_t steps;
    union {
        struct series_columns series;
        struct count_columns counts;
        struct histogram_columns histogram;
    } data;
};

// `settings` has what the case does not say. Everything read lives in the arena. At most 100,000 steps, 1,000 buckets and
// 10,000,000 bucket counts; err (ERROR_DATA) names the member that is wrong.
bool judge_case_read(struct view line, const struct evidence_settings *settings, struct arena *arena, struct judge_case *ret,
                     struct error *err);

// The evidence of the first steps. The arena holds scratch only.
void judge_case_evidence(const struct judge_case *judge_case, size_t steps, const struct evidence_settings *settings, struct arena *arena,
                         struct evidence *ret);

#endif
