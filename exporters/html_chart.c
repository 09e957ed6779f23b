// SPDX-License-Identifier: GPL-3.0-or-later
#include "html_chart.h"

#include <math.h>

#include "html_plot.h"
#include "text_time.h"
#include "text_value.h"

enum { TIMES = 22 }; // pixels below a plot for what is written there; along x a plot has a unit for each of TEXT_TREND columns

double html_tolerated(const struct report_extra *extra, double baseline) {
    if (!extra->relative.known) return (double)NAN;
    double relative = extra->relative.value * fabs(baseline);
    return extra->absolute.known ? fmax(relative, extra->absolute.value) : relative;
}

static const char *value_text(const struct html_chart *chart, double value, bool sign) {
    return text_value(chart->arena, value, chart->metric->unit, sign, false);
}

static void grid(struct buf *out, const struct html_axis *axis, const struct html_ticks *ticks) {
    buf_str(out, "<path class=\"grid\" d=\"");
    for (size_t i = 0; i < ticks->count; i++) buf_printf(out, "M0 %.0fh%d", 10 * html_axis_place(axis, ticks->at[i]), TEXT_TREND);
    buf_str(out, "\"/>");
}

static void levels(struct buf *out, const struct html_chart *chart, const struct html_axis *axis, const struct html_ticks *ticks,
                   bool sign) {
    for (size_t i = 0; i < ticks->count; i++)
        html_plot_side(out, html_axis_place(axis, ticks->at[i]),
                       text_tick(chart->arena, ticks->at[i], ticks->step, chart->metric->unit, sign));
}

static double share_of_window(const struct html_chart *chart, double ms) {
    double start = (double)chart->report->start_ms, end = (double)chart->report->end_ms;
    return (ms - start) / (end - start);
}

static void time_marks(struct buf *out, const struct html_chart *chart, const struct html_ticks *ticks, double bottom) {
    buf_printf(out, "<path class=\"frame\" d=\"M0 %.0fh%d", 10 * bottom, TEXT_TREND);
    for (size_t i = 0; i < ticks->count; i++)
        buf_printf(out, "M%.4g %.0fv40", share_of_window(chart, ticks->at[i]) * TEXT_TREND, 10 * bottom);
    buf_str(out, "\"/>");
}

static void times(struct buf *out, const struct html_chart *chart, const struct html_ticks *ticks, double bottom) {
    for (size_t i = 0; i < ticks->count; i++)
        html_plot_text(out, HTML_MIDDLE, 100 * share_of_window(chart, ticks->at[i]), bottom + 17,
                       text_clock(chart->arena, (int64_t)ticks->at[i], ticks->step >= 86400e3 ? TEXT_DAYS : TEXT_SECONDS));
}

// Draws from point to point in steps, which are shorter to write than places; y in tenths of pixels, as all shapes are.
struct pen {
    struct buf *out;
    bool down;
    double x, y;
};

static void pen_to(struct pen *pen, double x, double y) {
    y = round(10 * y);
    if (pen->down)
        buf_printf(pen->out, y < pen->y ? "l%g%g" : "l%g %g", x - pen->x, y - pen->y);
    else
        buf_printf(pen->out, "M%g %g", x, y);
    *pen = (struct pen){pen->out, true, x, y};
}

static void curve(struct buf *out, const char *class, const struct html_axis *axis, const double values[TEXT_TREND]) {
    struct pen pen = {.out = out};
    buf_printf(out, "<path class=\"%s\" d=\"", class);
    for (size_t i = 0; i < TEXT_TREND; i++) {
        bool begins = !pen.down;
        if (isfinite(values[i])) pen_to(&pen, (double)i + 0.5, html_axis_place(axis, values[i]));
        if (isfinite(values[i]) && begins) buf_str(out, "h0"); // a lone point is seen
        if (!isfinite(values[i])) pen.down = false;
    }
    buf_str(out, "\"/>");
}

// What is tolerated around the baseline from column `from` on, there above and back below; returns where it ends.
static size_t band_part(struct buf *out, const struct html_chart *chart, const struct html_axis *axis, size_t from) {
    const double *baseline = chart->metric->trend[0];
    struct pen pen = {.out = out};
    size_t end = from;
    for (; end < TEXT_TREND && isfinite(baseline[end]); end++)
        pen_to(&pen, (double)end + 0.5, html_axis_place(axis, baseline[end] + html_tolerated(chart->extra, baseline[end])));
    for (size_t i = end; i > from; i--)
        pen_to(&pen, (double)i - 0.5, html_axis_place(axis, baseline[i - 1] - html_tolerated(chart->extra, baseline[i - 1])));
    if (pen.down) buf_char(out, 'z');
    return end;
}

static void band(struct buf *out, const struct html_chart *chart, const struct html_axis *axis) {
    if (!chart->extra->relative.known) return;
    buf_str(out, "<path class=\"tolerance\" d=\"");
    for (size_t i = 0; i < TEXT_TREND; i++) i = band_part(out, chart, axis, i);
    buf_str(out, "\"/>");
}

// Where along the window the change began, as a share; NaN when that is not known.
static double onset_of(const struct html_chart *chart) {
    const struct report *report = chart->report;
    int64_t since_ms = chart->metric->evidence.since_ms;
    bool inside = report->start_ms < report->end_ms && since_ms >= report->start_ms && since_ms <= report->end_ms;
    return chart->metric->evidence.has_since && inside ? share_of_window(chart, (double)since_ms) : (double)NAN;
}

static void onset_text(struct buf *out, const struct html_chart *chart, double y) {
    int64_t since_ms = chart->metric->evidence.since_ms;
    double share = onset_of(chart);
    if (isnan(share)) return;
    const char *at = text_clock(chart->arena, since_ms, TEXT_SECONDS);
    bool left = share < 0.6;
    html_plot_text(out, left ? HTML_START : HTML_END, 100 * share + (left ? 1 : -1), y, arena_printf(chart->arena, "since %s", at));
}

static bool limit_of(const struct html_chart *chart, size_t end, double *ret_value) {
    const struct report_number ends[] = {chart->metric->limit_min, chart->metric->limit_max};
    *ret_value = ends[end].value;
    return chart->metric->has_limit && ends[end].known && isfinite(ends[end].value);
}

static void limit_lines(struct buf *out, const struct html_chart *chart, const struct html_axis *axis) {
    double value;
    for (size_t i = 0; i < 2; i++) {
        if (limit_of(chart, i, &value))
            html_plot_line(out, "limit", 0, html_axis_place(axis, value), TEXT_TREND, html_axis_place(axis, value));
    }
}

static void limit_texts(struct buf *out, const struct html_chart *chart, const struct html_axis *axis) {
    double value;
    for (size_t i = 0; i < 2; i++) {
        if (!limit_of(chart, i, &value)) continue;
        double y = html_axis_place(axis, value);
        html_plot_text(out, HTML_END, 100, i == 0 ? y + 13 : y - 4,
                       arena_printf(chart->arena, "limit %s", value_text(chart, value, false)));
    }
}

// Of both sides and all that is drawn beside them; false when there is nothing to look at.
static bool overlay_axis(const struct html_chart *chart, struct html_axis *axis) {
    const struct report_metric *metric = chart->metric;
    for (size_t i = 0; i < TEXT_TREND; i++) {
        html_axis_stretch(axis, metric->trend[0][i]);
        html_axis_stretch(axis, metric->trend[1][i]);
    }
    if (axis->lo > axis->hi) return false; // limits alone are nothing to look at
    for (size_t i = 0; i < TEXT_TREND; i++) {
        html_axis_stretch(axis, metric->trend[0][i] + html_tolerated(chart->extra, metric->trend[0][i]));
        html_axis_stretch(axis, metric->trend[0][i] - html_tolerated(chart->extra, metric->trend[0][i]));
    }
    if (metric->has_limit && metric->limit_min.known) html_axis_stretch(axis, metric->limit_min.value);
    if (metric->has_limit && metric->limit_max.known) html_axis_stretch(axis, metric->limit_max.value);
    return html_axis_settle(axis);
}

void html_chart_overlay(struct buf *out, const struct html_chart *chart) {
    enum { BOTTOM = 124 };
    const struct report_metric *metric = chart->metric;
    struct html_axis axis = html_axis_of(BOTTOM, 14);
    if (!overlay_axis(chart, &axis)) return;
    const char *before = metric->baseline.mean.known ? value_text(chart, metric->baseline.mean.value, false) : "not known";
    const char *after = metric->canary.mean.known ? value_text(chart, metric->canary.mean.value, false) : "not known";
    struct html_ticks ticks = html_axis_ticks(&axis, metric->unit, 3);
    struct html_ticks clock = html_time_ticks(chart->report->start_ms, chart->report->end_ms);
    double since = onset_of(chart);
    html_plot_begin(out, "overlay",
                    metric->baseline.present
                        ? "Over the window (UTC): <span class=\"side0\">╌ baseline</span> <span class=\"side1\">— canary</span>"
                        : "Over the window (UTC): <span class=\"side1\">— canary</span>",
                    "Baseline and canary over the window",
                    arena_printf(chart->arena, "mean of the baseline %s, of the canary %s", before, after), BOTTOM + TIMES, TEXT_TREND);
    grid(out, &axis, &ticks);
    band(out, chart, &axis);
    curve(out, "baseline", &axis, metric->trend[0]);
    curve(out, "canary", &axis, metric->trend[1]);
    time_marks(out, chart, &clock, BOTTOM);
    limit_lines(out, chart, &axis);
    if (!isnan(since)) html_plot_line(out, "onset", TEXT_TREND * since, 10, TEXT_TREND * since, BOTTOM);
    html_plot_texts(out);
    levels(out, chart, &axis, &ticks, false);
    times(out, chart, &clock, BOTTOM);
    limit_texts(out, chart, &axis);
    onset_text(out, chart, 12);
    html_plot_end(out);
}

void html_chart_trend(struct buf *out, const struct html_chart *chart) {
    struct html_axis axis = html_axis_of(20, 2);
    if (!overlay_axis(chart, &axis)) return;
    buf_str(out, "<svg class=\"trend\" viewBox=\"0 0 16 220\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    curve(out, "baseline", &axis, chart->metric->trend[0]);
    curve(out, "canary", &axis, chart->metric->trend[1]);
    buf_str(out, "</svg>");
}

static bool is_beyond(const struct report_extra *extra, double difference, double tolerance) {
    bool up = extra->direction[0] != 'd', down = extra->direction[0] != 'i'; // decrease, increase, either
    return (up && difference > tolerance) || (down && difference < -tolerance);
}

// From bar to bar in steps: up or down from nought, along, back, and over to the next.
static void bars(struct buf *out, const struct html_chart *chart, const struct html_axis *axis, double tolerance, bool beyond) {
    const double *baseline = chart->metric->trend[0], *canary = chart->metric->trend[1];
    double zero = round(10 * html_axis_place(axis, 0));
    size_t from = 0; // where the pen is
    buf_printf(out, "<path class=\"%s\" d=\"M.1 %.0f", beyond ? "beyond" : "within", zero);
    for (size_t i = 0; i < TEXT_TREND; i++) {
        double difference = canary[i] - baseline[i];
        bool is = isfinite(tolerance) && is_beyond(chart->extra, difference, tolerance);
        if (!isfinite(difference) || is != beyond) continue;
        if (i > from) buf_printf(out, "m%zu 0", i - from);
        buf_printf(out, "v%.0fh.8V%.0fm.2 0", 10 * html_axis_place(axis, difference) - zero, zero);
        from = i + 1;
    }
    buf_str(out, "\"/>");
}

void html_chart_difference(struct buf *out, const struct html_chart *chart) {
    enum { BOTTOM = 66 };
    const double *baseline = chart->metric->trend[0], *canary = chart->metric->trend[1];
    double most = 0, tolerance = html_tolerated(chart->extra, chart->metric->baseline.mean.value);
    bool any = false;
    for (size_t i = 0; i < TEXT_TREND; i++) {
        any = any || isfinite(canary[i] - baseline[i]);
        if (isfinite(canary[i] - baseline[i])) most = fmax(most, fabs(canary[i] - baseline[i]));
    }
    const char *largest = value_text(chart, most, false);
    if (isfinite(tolerance)) most = fmax(most, tolerance);
    struct html_axis axis = {-most, most, BOTTOM, 4};
    if (!any || !html_axis_settle(&axis)) return;
    struct html_ticks ticks = html_axis_ticks(&axis, chart->metric->unit, 3);
    html_plot_begin(out, "strip", isfinite(tolerance) ? "Canary minus baseline; grey: tolerated, red: beyond it" : "Canary minus baseline",
                    "Canary minus baseline", arena_printf(chart->arena, "at most %s apart", largest), BOTTOM + 4, TEXT_TREND);
    grid(out, &axis, &ticks);
    if (isfinite(tolerance)) {
        double top = html_axis_place(&axis, tolerance);
        html_plot_box(out, "tolerance", 0, top, TEXT_TREND, html_axis_place(&axis, -tolerance) - top);
    }
    bars(out, chart, &axis, tolerance, false);
    bars(out, chart, &axis, tolerance, true);
    html_plot_line(out, "frame", 0, html_axis_place(&axis, 0), TEXT_TREND, html_axis_place(&axis, 0));
    html_plot_texts(out);
    levels(out, chart, &axis, &ticks, true);
    html_plot_end(out);
}
