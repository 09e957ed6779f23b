// SPDX-License-Identifier: GPL-3.0-or-later
// The parts the text report is put together from.
#ifndef EXPORTERS_REPORT_PART_H
#define EXPORTERS_REPORT_PART_H

#include "report_doc.h"
#include "text_style.h"

enum { REPORT_INDENT = 7 }; // where the text beside a heading begins

void report_heading(struct text_out *to, const char *word);

// WHY: a summary, the reasons of the verdict, then a line for every metric that speaks against the canary or could not
// be judged, the one the score hangs on most first.
void report_why(struct text_out *to, const struct report *report);

void report_table(struct text_out *to, const struct report *report); // groups and metrics

// The interval of the shift, "[+70ms..+91ms]"; "" when there is none.
const char *report_interval(struct text_out *to, const struct report_metric *metric);

// What the limit allows: "<=1%", ">=0.5", "0..1"; "" without a limit.
const char *report_limit(struct text_out *to, const struct report_metric *metric);

// Baseline to canary: "+37%", "x6.4"; the difference where a ratio means nothing; "-" when a side has no data.
const char *report_change(struct text_out *to, const struct report_metric *metric);

const char *report_mean(struct text_out *to, const struct report_metric *metric, const struct report_sample *side); // "-" without data

#endif
