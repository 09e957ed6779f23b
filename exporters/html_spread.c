// SPDX-License-Identifier: GPL-3.0-or-later
// The charts of a metric that have its values along x: how each side spreads, and the interval that the judge goes by.
#include <math.h>
#include <stdlib.h>

#include "html_chart.h"
#include "html_plot.h"
#include "text_value.h"

static void grid(struct buf *out, const struct html_axis *axis, const struct html_ticks *ticks, double bottom) {
    buf_str(out, "<path class=\"grid\" d=\"");
    for (size_t i = 0; i < ticks->count; i++) buf_printf(out, "M%.3g 20V%g", html_axis_place(axis, ticks->at[i]), 10 * bottom);
    buf_str(out, "\"/>");
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct spread {                          // of one side
    double least, most, mean, low, high; // low to high: the middle half of the sixteenths
};

static bool spread_of(const struct report_stats *stats, const double trend[TEXT_TREND], struct spread *ret) {
    double sorted[TEXT_TREND];
    size_t count = 0;
    for (size_t i = 0; i < TEXT_TREND; i++) {
        if (isfinite(trend[i])) sorted[count++] = trend[i];
    }
    bool known = stats->min.known && stats->max.known && stats->mean.known && count > 0;
    if (!known || !isfinite(stats->min.value) || !isfinite(stats->max.value) || !isfinite(stats->mean.value)) return false;
    qsort(sorted, count, sizeof *sorted, by_value);
    double low = sorted[count / 4], high = sorted[count - 1 - count / 4];
    *ret = (struct spread){fmin(stats->min.value, low), fmax(stats->max.value, high), stats->mean.value, low, high};
    return true;
}

static void whiskers(struct buf *out, const char *side, const struct html_axis *axis, const struct spread *spread, double y) {
    double least = html_axis_place(axis, spread->least), most = html_axis_place(axis, spread->most);
    double low = html_axis_place(axis, spread->low), mean = html_axis_place(axis, spread->mean);
    buf_printf(out, "<g class=\"side %s\">", side);
    buf_printf(out, "<path d=\"M%.3g %gH%.3gM%.3g %gv80M%.3g %gv80\"/>", least, 10 * y, most, least, 10 * y - 40, most, 10 * y - 40);
    html_plot_box(out, "half", low, y - 7, fmax(0.2, html_axis_place(axis, spread->high) - low), 14);
    html_plot_line(out, "mean", mean, y - 9, mean, y + 9);
    buf_str(out, "</g>");
}

void html_chart_boxes(struct buf *out, const struct html_chart *chart) {
    struct spread before, after;
    struct arena *arena = chart->arena;
    const char *unit = chart->metric->unit;
    if (!spread_of(&chart->extra->baseline, chart->metric->trend[0], &before) ||
        !spread_of(&chart->extra->canary, chart->metric->trend[1], &after))
        return;
    struct html_axis axis = html_axis_of(0, 100);
    html_axis_stretch(&axis, fmin(before.least, after.least));
    html_axis_stretch(&axis, fmax(before.most, after.most));
    if (!html_axis_settle(&axis)) return;
    struct html_ticks ticks = html_axis_ticks(&axis, unit, 3);
    html_plot_begin(out, "boxes", "Spread: least, middle half, mean and most", "Spread of baseline and canary",
                    arena_printf(arena, "baseline %s to %s, canary %s to %s", text_value(arena, before.least, unit, false, false),
                                 text_value(arena, before.most, unit, false, false), text_value(arena, after.least, unit, false, false),
                                 text_value(arena, after.most, unit, false, false)),
                    76, 100);
    grid(out, &axis, &ticks, 56);
    whiskers(out, "baseline", &axis, &before, 15);
    whiskers(out, "canary", &axis, &after, 41);
    html_plot_texts(out);
    html_plot_side(out, 15, "baseline");
    html_plot_side(out, 41, "canary");
    for (size_t i = 0; i < ticks.count; i++)
        html_plot_text(out, HTML_MIDDLE, html_axis_place(&axis, ticks.at[i]), 70, text_tick(arena, ticks.at[i], ticks.step, unit, false));
    html_plot_end(out);
}

struct span {      // an interval and what to hold it against, all in one unit; NaN where not known
    bool relative; // shares of the baseline, else in the metric's unit
    double lower, upper, estimate, tolerance, harm;
};

static double known(struct report_number number) {
    return number.known ? number.value : (double)NAN;
}

// What decided: the relative change where the judge goes by it, else the shift.
static struct span span_of(const struct html_chart *chart) {
    const struct report_metric *metric = chart->metric;
    const struct report_evidence *e = &metric->evidence;
    double size = fabs(metric->baseline.mean.value), tolerance = html_tolerated(chart->extra, size), harm = known(chart->extra->harm);
    if (e->present && e->low.known && e->high.known) {
        double relative = size > 0 ? tolerance / size : (double)NAN;
        return (struct span){true, e->low.value, e->high.value, known(e->change), relative, fmax(harm, relative)};
    }
    double lower = metric->has_shift ? known(metric->lower) : (double)NAN, upper = metric->has_shift ? known(metric->upper) : (double)NAN;
    return (struct span){false, lower, upper, known(chart->extra->estimate), tolerance, fmax(harm * size, tolerance)};
}

static const char *change_text(const struct html_chart *chart, const struct span *span, double value, double step) {
    if (!span->relative) return text_tick(chart->arena, value, step, chart->metric->unit, true);
    return arena_printf(chart->arena, "%s%s", value > 0 ? "+" : "", text_tick(chart->arena, value, step, "ratio", false));
}

static void marks(struct buf *out, const struct html_chart *chart, const struct html_axis *axis, const struct span *span) {
    if (isfinite(span->tolerance)) {
        double left = html_axis_place(axis, -span->tolerance);
        html_plot_box(out, "tolerance", left, 4, html_axis_place(axis, span->tolerance) - left, 28);
    }
    for (int sign = -1; sign <= 1 && isfinite(span->harm); sign += 2) {
        bool bad = chart->extra->direction[0] != (sign > 0 ? 'd' : 'i');
        double x = html_axis_place(axis, sign * span->harm);
        if (bad) html_plot_line(out, "limit", x, 4, x, 32);
    }
    html_plot_line(out, "frame", html_axis_place(axis, 0), 2, html_axis_place(axis, 0), 34);
}

static void range(struct buf *out, const struct html_axis *axis, const struct span *span) {
    double left = html_axis_place(axis, span->lower), right = html_axis_place(axis, span->upper);
    buf_printf(out, "<path class=\"range\" d=\"M%.3g 180H%.3gM%.3g 110v140M%.3g 110v140\"/>", left, right, left, right);
}

void html_chart_interval(struct buf *out, const struct html_chart *chart) {
    struct span span = span_of(chart);
    struct arena *arena = chart->arena;
    struct html_axis axis = html_axis_of(0, 100);
    if (isnan(span.lower) || isnan(span.upper)) return;
    html_axis_stretch(&axis, 0);
    html_axis_stretch(&axis, span.lower);
    html_axis_stretch(&axis, span.upper);
    html_axis_stretch(&axis, span.tolerance);
    html_axis_stretch(&axis, -span.tolerance);
    html_axis_stretch(&axis, chart->extra->direction[0] == 'd' ? -span.harm : span.harm);
    if (!html_axis_settle(&axis)) return;
    struct html_ticks ticks = html_axis_ticks(&axis, span.relative ? "ratio" : chart->metric->unit, 3);
    const char *what = span.relative ? "Relative change" : "Shift";
    const char *beside = isfinite(span.harm)        ? "; grey: tolerated, dotted: harmful from there"
                         : isfinite(span.tolerance) ? "; grey: tolerated"
                                                    : "";
    html_plot_begin(out, "interval", arena_printf(arena, "%s with its interval%s", what, beside), "Interval of the change",
                    arena_printf(arena, "%s to %s", change_text(chart, &span, span.lower, 0), change_text(chart, &span, span.upper, 0)), 52,
                    100);
    grid(out, &axis, &ticks, 34);
    marks(out, chart, &axis, &span);
    range(out, &axis, &span);
    html_plot_texts(out);
    if (isfinite(span.estimate))
        buf_printf(out, "<circle class=\"estimate\" cx=\"%.3g%%\" cy=\"18\" r=\"5\"/>", html_axis_place(&axis, span.estimate));
    for (size_t i = 0; i < ticks.count; i++)
        html_plot_text(out, HTML_MIDDLE, html_axis_place(&axis, ticks.at[i]), 48, change_text(chart, &span, ticks.at[i], ticks.step));
    html_plot_end(out);
}
