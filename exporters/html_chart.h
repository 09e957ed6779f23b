// SPDX-License-Identifier: GPL-3.0-or-later
// Charts of one metric as inline SVG. Colours come from the page's style by class; each chart has a title that says what it shows.
#ifndef EXPORTERS_HTML_CHART_H
#define EXPORTERS_HTML_CHART_H

#include "report_extra.h"

struct html_chart {
    const struct report *report;
    const struct report_metric *metric;
    const struct report_extra *extra;
    struct arena *arena; // texts made on the way
};

// Both sides over the window, with what is tolerated around the baseline, limits, and when the change began. Nothing when neither
// side has data.
void html_chart_overlay(struct buf *out, const struct html_chart *chart);

// The same two curves so small that they fit into a row of a table, for the eye alone.
void html_chart_trend(struct buf *out, const struct html_chart *chart);

// Canary minus baseline over the window, with what is tolerated. Nothing without a time at which both have data.
void html_chart_difference(struct buf *out, const struct html_chart *chart);

// Box plots of the two sides, one above the other: whiskers at the least and the most sample, the mean, and a box around the middle half
// of the window's sixteenths. Nothing unless both sides have data.
void html_chart_boxes(struct buf *out, const struct html_chart *chart);

// The interval of what the judge goes by, the relative change or the shift, against no change, the tolerance and what would be harmful.
// Nothing without an interval.
void html_chart_interval(struct buf *out, const struct html_chart *chart);

// What is tolerated around a baseline of this size, in the unit of the metric; NaN when the document does not say.
double html_tolerated(const struct report_extra *extra, double baseline);

#endif
