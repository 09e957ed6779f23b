// SPDX-License-Identifier: GPL-3.0-or-later
#include "html_chart.h"

#include <math.h>
#include <stdlib.h>

#include "base/timetext.h"
#include "text_value.h"
#include "xml_text.h"

enum { WIDTH = 640, LEFT = 4, RIGHT = 636 };

struct axis { // from values to coordinates
    double lo, hi, from, to;
};

static double place(const struct axis *axis, double value) {
    double share = (value - axis->lo) / (axis->hi - axis->lo);
    if (isnan(share)) return axis->from;
    return axis->from + fmin(1, fmax(0, share)) * (axis->to - axis->from);
}

static double column(size_t i) {
    return LEFT + ((double)i + 0.5) / TEXT_TREND * (RIGHT - LEFT);
}

static void stretch(struct axis *axis, double value) {
    if (!isfinite(value)) return;
    axis->lo = fmin(axis->lo, value);
    axis->hi = fmax(axis->hi, value);
}

// Some room on both ends; false when there is nothing to show or the values are too far apart to be told.
static bool settle(struct axis *axis) {
    double range = axis->hi - axis->lo;
    if (!(axis->lo <= axis->hi) || !isfinite(range)) return false;
    double room = range > 0 ? 0.08 * range : axis->hi != 0 ? 0.1 * fabs(axis->hi) : 1;
    axis->lo -= room;
    axis->hi += room;
    return isfinite(axis->hi - axis->lo) && axis->hi > axis->lo;
}

static void begin(struct buf *out, const char *class, int height, const char *title) {
    buf_printf(out, "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\"><title>", class, WIDTH, height);
    xml_text(out, title);
    buf_str(out, "</title>");
}

static void label(struct buf *out, double x, double y, const char *anchor, const char *text) {
    buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    xml_text(out, text);
    buf_str(out, "</text>");
}

static void line(struct buf *out, const char *class, double x1, double y1, double x2, double y2) {
    buf_printf(out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", class, x1, y1, x2, y2);
}

static void box(struct buf *out, const char *class, double x, double y, double width, double height) {
    buf_printf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", class, x, y, fmax(0, width),
               fmax(0, height));
}

// What is tolerated around a baseline of this size, in the unit of the metric; NaN when the document does not say.
static double tolerated(const struct report_extra *extra, double baseline) {
    if (!extra->relative.known) return (double)NAN;
    double relative = extra->relative.value * fabs(baseline);
    return extra->absolute.known ? fmax(relative, extra->absolute.value) : relative;
}

static const char *value_text(const struct html_chart *chart, double value, bool sign) {
    return text_value(chart->arena, value, chart->metric->unit, sign, false);
}

static void curve(struct buf *out, const char *class, const struct axis *axis, const double values[TEXT_TREND]) {
    bool open = false;
    buf_printf(out, "<path class=\"%s\" d=\"", class);
    for (size_t i = 0; i < TEXT_TREND; i++) {
        if (isfinite(values[i]))
            buf_printf(out, open ? "L%.1f %.1f" : "M%.1f %.1fh0", column(i), place(axis, values[i])); // h0: a lone point is seen
        open = isfinite(values[i]);
    }
    buf_str(out, "\"/>");
}

static void band(struct buf *out, const struct html_chart *chart, const struct axis *axis) {
    const double *baseline = chart->metric->trend[0];
    if (!chart->extra->relative.known) return;
    for (size_t i = 0; i + 1 < TEXT_TREND; i++) {
        double a = tolerated(chart->extra, baseline[i]), b = tolerated(chart->extra, baseline[i + 1]);
        if (!isfinite(baseline[i]) || !isfinite(baseline[i + 1])) continue;
        buf_printf(out, "<path class=\"tolerance\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fZ\"/>", column(i),
                   place(axis, baseline[i] + a), column(i + 1), place(axis, baseline[i + 1] + b), column(i + 1),
                   place(axis, baseline[i + 1] - b), column(i), place(axis, baseline[i] - a));
    }
}

static const char *clock_of(const struct html_chart *chart, int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    time_format(&text, ms - ms % 1000);
    const char *copy = text.len == 20 ? arena_printf(chart->arena, "%.5sZ", buf_text(&text) + 11) : "";
    buf_finish(&text);
    return copy;
}

static void onset(struct buf *out, const struct html_chart *chart, double top, double bottom) {
    const struct report *report = chart->report;
    double length = (double)(report->end_ms - report->start_ms), since = (double)(chart->metric->evidence.since_ms - report->start_ms);
    if (!chart->metric->evidence.has_since || !(length > 0) || since < 0 || since > length) return;
    double x = LEFT + since / length * (RIGHT - LEFT);
    line(out, "onset", x, top, x, bottom);
}

static void limits(struct buf *out, const struct html_chart *chart, const struct axis *axis) {
    const struct report_number ends[] = {chart->metric->limit_min, chart->metric->limit_max};
    for (size_t i = 0; i < 2; i++) {
        if (!chart->metric->has_limit || !ends[i].known || !isfinite(ends[i].value)) continue;
        double y = place(axis, ends[i].value);
        line(out, "limit", LEFT, y, RIGHT, y);
    }
}

void html_chart_overlay(struct buf *out, const struct html_chart *chart) {
    const struct report_metric *metric = chart->metric;
    struct axis axis = {(double)INFINITY, -(double)INFINITY, 122, 8};
    for (size_t i = 0; i < TEXT_TREND; i++) {
        stretch(&axis, metric->trend[0][i]);
        stretch(&axis, metric->trend[1][i]);
    }
    if (axis.lo > axis.hi) return; // limits alone are nothing to look at
    if (metric->has_limit && metric->limit_min.known) stretch(&axis, metric->limit_min.value);
    if (metric->has_limit && metric->limit_max.known) stretch(&axis, metric->limit_max.value);
    const char *low = value_text(chart, axis.lo, false), *high = value_text(chart, axis.hi, false);
    if (!settle(&axis)) return;
    begin(out, "overlay", 142, arena_printf(chart->arena, "%s: baseline and canary over the window, %s to %s", metric->name, low, high));
    band(out, chart, &axis);
    limits(out, chart, &axis);
    onset(out, chart, 8, 122);
    curve(out, "baseline", &axis, metric->trend[0]);
    curve(out, "canary", &axis, metric->trend[1]);
    line(out, "frame", LEFT, 126, RIGHT, 126);
    label(out, LEFT, 16, "start", high);
    label(out, LEFT, 121, "start", low);
    label(out, LEFT, 139, "start", clock_of(chart, chart->report->start_ms));
    label(out, RIGHT, 139, "end", clock_of(chart, chart->report->end_ms));
    buf_str(out, "</svg>\n");
}

static bool is_beyond(const struct report_extra *extra, double difference, double tolerance) {
    bool up = extra->direction[0] != 'd', down = extra->direction[0] != 'i'; // decrease, increase, either
    return (up && difference > tolerance) || (down && difference < -tolerance);
}

void html_chart_difference(struct buf *out, const struct html_chart *chart) {
    const double *baseline = chart->metric->trend[0], *canary = chart->metric->trend[1];
    double most = 0, tolerance = tolerated(chart->extra, chart->metric->baseline.mean.value);
    bool any = false;
    for (size_t i = 0; i < TEXT_TREND; i++) {
        any = any || isfinite(canary[i] - baseline[i]);
        if (isfinite(canary[i] - baseline[i])) most = fmax(most, fabs(canary[i] - baseline[i]));
    }
    if (isfinite(tolerance)) most = fmax(most, tolerance);
    struct axis axis = {-most, most, 52, 4};
    if (!any || !settle(&axis)) return;
    begin(out, "strip", 56,
          arena_printf(chart->arena, "%s: canary minus baseline, at most %s", chart->metric->name, value_text(chart, most, false)));
    double zero = place(&axis, 0);
    if (isfinite(tolerance)) {
        double top = place(&axis, tolerance);
        box(out, "tolerance", LEFT, top, RIGHT - LEFT, place(&axis, -tolerance) - top);
    }
    for (size_t i = 0; i < TEXT_TREND; i++) {
        double difference = canary[i] - baseline[i], y = place(&axis, difference);
        if (!isfinite(difference)) continue;
        const char *class = isfinite(tolerance) && is_beyond(chart->extra, difference, tolerance) ? "beyond" : "within";
        box(out, class, column(i) - 15, fmin(y, zero), 30, fabs(y - zero));
    }
    line(out, "frame", LEFT, zero, RIGHT, zero);
    buf_str(out, "</svg>\n");
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

static void whiskers(struct buf *out, const char *side, const struct axis *axis, const struct spread *spread, double y) {
    double least = place(axis, spread->least), most = place(axis, spread->most), low = place(axis, spread->low);
    buf_printf(out, "<g class=\"side %s\">", side);
    line(out, "whisker", least, y, most, y);
    line(out, "whisker", least, y - 4, least, y + 4);
    line(out, "whisker", most, y - 4, most, y + 4);
    box(out, "half", low, y - 7, fmax(1, place(axis, spread->high) - low), 14);
    line(out, "mean", place(axis, spread->mean), y - 9, place(axis, spread->mean), y + 9);
    buf_str(out, "</g>");
}

void html_chart_boxes(struct buf *out, const struct html_chart *chart) {
    struct spread before, after;
    struct axis axis = {0, 0, LEFT, RIGHT};
    if (!spread_of(&chart->extra->baseline, chart->metric->trend[0], &before) ||
        !spread_of(&chart->extra->canary, chart->metric->trend[1], &after))
        return;
    axis.lo = fmin(before.least, after.least);
    axis.hi = fmax(before.most, after.most);
    const char *low = value_text(chart, axis.lo, false), *high = value_text(chart, axis.hi, false);
    if (!settle(&axis)) return;
    begin(out, "boxes", 66, arena_printf(chart->arena, "%s: spread of baseline and canary, %s to %s", chart->metric->name, low, high));
    whiskers(out, "baseline", &axis, &before, 13);
    whiskers(out, "canary", &axis, &after, 37);
    label(out, LEFT, 62, "start", low);
    label(out, RIGHT, 62, "end", high);
    buf_str(out, "</svg>\n");
}

struct span { // an interval and what to hold it against, all in one unit; NaN where not known
    const char *unit, *what;
    double lower, upper, estimate, tolerance, harm;
};

static double known(struct report_number number) {
    return number.known ? number.value : (double)NAN;
}

// What decided: the relative change where the judge goes by it, else the shift.
static struct span span_of(const struct html_chart *chart) {
    const struct report_metric *metric = chart->metric;
    const struct report_evidence *evidence = &metric->evidence;
    double size = fabs(metric->baseline.mean.value), tolerance = tolerated(chart->extra, size), harm = known(chart->extra->harm);
    if (!evidence->present || !evidence->low.known || !evidence->high.known) {
        double lower = metric->has_shift ? known(metric->lower) : (double)NAN,
               upper = metric->has_shift ? known(metric->upper) : (double)NAN;
        return (struct span){metric->unit, "shift", lower, upper, known(chart->extra->estimate), tolerance, fmax(harm * size, tolerance)};
    }
    double relative = size > 0 ? tolerance / size : (double)NAN;
    return (struct span){"%",
                         "change",
                         100 * evidence->low.value,
                         100 * evidence->high.value,
                         100 * known(evidence->change),
                         100 * relative,
                         100 * fmax(harm, relative)};
}

static void marks(struct buf *out, const struct html_chart *chart, const struct axis *axis, const struct span *span) {
    if (isfinite(span->tolerance)) {
        double left = place(axis, -span->tolerance);
        box(out, "tolerance", left, 4, place(axis, span->tolerance) - left, 28);
    }
    for (int sign = -1; sign <= 1 && isfinite(span->harm); sign += 2) {
        bool bad = chart->extra->direction[0] != (sign > 0 ? 'd' : 'i');
        double x = place(axis, sign * span->harm);
        if (bad) line(out, "limit", x, 4, x, 32);
    }
    line(out, "frame", place(axis, 0), 2, place(axis, 0), 34);
}

static void range(struct buf *out, const struct axis *axis, const struct span *span) {
    double left = place(axis, span->lower), right = place(axis, span->upper);
    line(out, "range", left, 18, right, 18);
    line(out, "range", left, 11, left, 25);
    line(out, "range", right, 11, right, 25);
    if (isfinite(span->estimate))
        buf_printf(out, "<circle class=\"estimate\" cx=\"%.1f\" cy=\"18\" r=\"5\"/>", place(axis, span->estimate));
}

void html_chart_interval(struct buf *out, const struct html_chart *chart) {
    struct span span = span_of(chart);
    struct arena *arena = chart->arena;
    struct axis axis = {0, 0, LEFT, RIGHT};
    if (isnan(span.lower) || isnan(span.upper)) return;
    stretch(&axis, span.lower);
    stretch(&axis, span.upper);
    stretch(&axis, span.tolerance);
    stretch(&axis, -span.tolerance);
    stretch(&axis, chart->extra->direction[0] == 'd' ? -span.harm : span.harm);
    if (!settle(&axis)) return;
    const char *low = text_value(arena, span.lower, span.unit, true, false), *high = text_value(arena, span.upper, span.unit, true, false);
    begin(out, "interval", 50, arena_printf(arena, "%s: interval of the %s, %s to %s", chart->metric->name, span.what, low, high));
    marks(out, chart, &axis, &span);
    range(out, &axis, &span);
    label(out, LEFT, 46, "start", text_value(arena, axis.lo, span.unit, true, false));
    label(out, RIGHT, 46, "end", text_value(arena, axis.hi, span.unit, true, false));
    label(out, fmin(fmax(place(&axis, 0), 70), 570), 46, "middle", "0");
    buf_str(out, "</svg>\n");
}
