// SPDX-License-Identifier: GPL-3.0-or-later
// One answer of a source, rendered for people and for programs: what `serin query` prints.
#ifndef EXPORTERS_ANSWER_REPORT_H
#define EXPORTERS_ANSWER_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "exporters/report.h"
#include "query/source.h"

struct answer_report { // everything is borrowed; the answer is good
    const char *source;  // how the user calls it
    const char *kind;    // "prometheus", ...
    const char *version; // "" when unknown
    const struct query *query;
    const struct answer *answer;
};

// How it was read, what came, scrapes and gaps, then a line a series (or name, or metric). Without `verbose` at most 100 of them.
void answer_report_text(struct buf *out, const struct answer_report *report, const struct report_style *style);

// One document of schema "serin.query/1"; numbers that are not finite are the texts "NaN", "+Inf" and "-Inf".
void answer_report_json(struct buf *out, const struct answer_report *report);

// A line a sample: time_ms, value, then a column for each label name; native histograms have count and sum in columns of their own.
// Names, label sets, descriptions and exemplars a line each.
void answer_report_csv(struct buf *out, const struct answer_report *report);

// OpenMetrics text with times, as promtool takes it to fill a server: families of type unknown. Characters that names cannot have
// become "_". False (ERROR_USAGE) for answers without samples of numbers.
bool answer_report_openmetrics(struct buf *out, const struct answer_report *report, struct error *err);

#endif
