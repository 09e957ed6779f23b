// SPDX-License-Identifier: GPL-3.0-or-later
// The parts that reports for people are put together from. Texts live in the arena of `to`; of the rest of `to` those that
// return a text use only whether it is ASCII.
#ifndef EXPORTERS_REPORT_PART_H
#define EXPORTERS_REPORT_PART_H

#include "report_doc.h"
#include "text_style.h"

enum { REPORT_INDENT = 7 }; // where the text beside a heading begins

const char *report_verdict(struct text_out *to, const struct report *report); // symbol and word: "✖ FAIL"
const char *report_score(struct text_out *to, const struct report *report);   // "score 70 (pass 85, marginal 70)", limits if any

// "2025-01-01 00:02-00:30Z step 15s"; seconds only where there are any, the second date only where it differs.
const char *report_window(struct text_out *to, const struct report *report);

// "canary prod track=canary, 7d earlier", without the labels that the other side shares; "" when there is no such side.
const char *report_side(struct text_out *to, const char *name, const struct report_side *side, const struct report_side *other);
const char *report_shared_labels(struct text_out *to, const struct report_scope *scope); // "app=checkout", "" without any

void report_heading(struct text_out *to, const char *word);

// WHY: a summary, the reasons of the verdict, then a line for every metric that speaks against the canary or could not
// be judged, the one the score hangs on most first.
void report_why(struct text_out *to, const struct report *report);

// The sentence of WHY: a summary of the metrics and the reasons of the verdict; "" when there is nothing to say.
const char *report_reason(struct text_out *to, const struct report *report);

// The metrics to name: those that speak against the canary and, unless it passes, those that could not be judged; the one the
// score hangs on most first, equals in the order of the document. Returns how many; the list is in the arena.
size_t report_ranked(struct text_out *to, const struct report *report, const struct report_metric ***ret_metrics);

void report_table(struct text_out *to, const struct report *report); // groups and metrics

struct report_note { // TEXT_PASS where there is nothing to worry about
    enum text_state state;
    const char *text;
};

// What the verdict rests on, report_trust.c: the guards first, each with its symbol, then samples, levels, queries and sources. Returns
// how many; the list is in the arena.
size_t report_trust(struct text_out *to, const struct report *report, struct report_note **ret_notes);
struct report_texts report_failures(struct text_out *to, const struct report *report); // why queries failed, the first five
bool report_query_failed(const struct report_query *query);

// The part of it that a document tells of itself: parity, the gaps that cost most, load, age of the data. Returns how many.
enum { REPORT_FIDELITY = 6 };
size_t report_fidelity(struct text_out *to, const struct report *report, const char *ret_texts[REPORT_FIDELITY]);

// The interval of the shift, "[+70ms..+91ms]"; "" when there is none.
const char *report_interval(struct text_out *to, const struct report_metric *metric);

// What the limit allows: "<=1%", ">=0.5", "0..1"; "" without a limit.
const char *report_limit(struct text_out *to, const struct report_metric *metric);

// Baseline to canary: "+37%", "x6.4"; the difference where a ratio means nothing; "-" when a side has no data.
const char *report_change(struct text_out *to, const struct report_metric *metric);

// The canary over the window on the scale of both sides, in TEXT_TREND columns; "" without data.
const char *report_trend(struct text_out *to, const struct report_metric *metric);

const char *report_mean(struct text_out *to, const struct report_metric *metric, const struct report_sample *side); // "-" without data

// What was measured, in one piece: "0.21% → 1.34%, x6.4 [x4.7..x6.1]", "12, limit ≤10"; "" without any.
const char *report_measured(struct text_out *to, const struct report_metric *metric);

// What the judge serin found; report_evidence.c.
const char *report_evidence_interval(struct text_out *to, const struct report_metric *metric); // of the change: "[+9.1%..+15.6%]"
void report_evidence_lines(struct text_out *to, const struct report_metric *metric, int indent); // sentence, then the numbers

// Since when the metric that failed first is bad: "00:17:15Z, 5.25 min into the window (error_ratio)"; "" when that is not known or
// was before the window, from which no onset can be told.
const char *report_since(struct text_out *to, const struct report *report);
const char *report_where_line(struct text_out *to, const struct report_where *where); // "pod=x has 92% of the change of error_ratio"
void report_where(struct text_out *to, const struct report *report);                             // WHERE and SINCE, where known

#endif
