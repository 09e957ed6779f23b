// SPDX-License-Identifier: GPL-3.0-or-later
#include "html_plot.h"

#include <math.h>
#include <string.h>

#include "exporters/xml_text.h"

struct html_axis html_axis_of(double from, double to) {
    return (struct html_axis){(double)INFINITY, -(double)INFINITY, from, to};
}

void html_axis_stretch(struct html_axis *axis, double value) {
    if (!isfinite(value)) return;
    axis->lo = fmin(axis->lo, value);
    axis->hi = fmax(axis->hi, value);
}

bool html_axis_settle(struct html_axis *axis) {
    double range = axis->hi - axis->lo;
    if (!(axis->lo <= axis->hi) || !isfinite(range)) return false;
    double room = range > 0 ? 0.08 * range : axis->hi != 0 ? 0.1 * fabs(axis->hi) : 1;
    axis->lo -= room;
    axis->hi += room;
    return isfinite(axis->hi - axis->lo) && axis->hi > axis->lo;
}

double html_axis_place(const struct html_axis *axis, double value) {
    double share = (value - axis->lo) / (axis->hi - axis->lo);
    if (isnan(share)) return axis->from;
    return axis->from + fmin(1, fmax(0, share)) * (axis->to - axis->from);
}

// What one of the unit's larger steps is: marks are round numbers of it.
static double scale_of(const char *unit, double size) {
    double scale = 1;
    if (unit != NULL && strcmp(unit, "bytes") == 0) {
        while (size / scale >= 1024 && scale < 1e12) scale *= 1024;
    } else if (unit != NULL && strcmp(unit, "s") == 0 && size >= 120) {
        scale = size >= 172800 ? 86400 : size >= 7200 ? 3600 : 60;
    }
    return scale;
}

static struct html_ticks ticks_of(const struct html_axis *axis, const char *unit, int most) {
    struct html_ticks ticks = {.count = 0};
    double scale = scale_of(unit, fmax(fabs(axis->lo), fabs(axis->hi))), raw = (axis->hi - axis->lo) / scale / most;
    double size = pow(10, floor(log10(raw))), times = raw / size;
    ticks.step = scale * size * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    if (!isfinite(ticks.step) || !(ticks.step > 0)) return ticks;
    double first = ceil(axis->lo / ticks.step);
    for (size_t i = 0; i < HTML_TICKS && (first + (double)i) * ticks.step <= axis->hi; i++)
        ticks.at[ticks.count++] = (first + (double)i) * ticks.step;
    return ticks;
}

struct html_ticks html_axis_ticks(const struct html_axis *axis, const char *unit, int most) {
    struct html_ticks ticks = ticks_of(axis, unit, most);
    for (int more = 1; more <= 3 && ticks.count < 2; more++) ticks = ticks_of(axis, unit, most + more); // one mark is no scale
    return ticks;
}

struct html_ticks html_time_ticks(int64_t start_ms, int64_t end_ms) {
    static const double steps_s[] = {1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
    struct html_ticks ticks = {.count = 0};
    double start = (double)start_ms, length = (double)end_ms - start;
    size_t i = 0, last = sizeof steps_s / sizeof steps_s[0] - 1;
    if (!(length > 0)) return ticks;
    while (i < last && length / (1000 * steps_s[i]) > 4) i++;
    ticks.step = 1000 * steps_s[i];
    while (length / ticks.step > 4) ticks.step *= 2;
    for (double at = ceil(start / ticks.step) * ticks.step; at <= start + length && ticks.count < HTML_TICKS; at += ticks.step)
        ticks.at[ticks.count++] = at;
    return ticks;
}

static void put_element(struct buf *out, const char *tag, const char *text) {
    buf_printf(out, "<%s>", tag);
    xml_text(out, text);
    buf_printf(out, "</%s>", tag);
}

void html_plot_begin(struct buf *out, const char *class, const char *caption, const char *title, const char *description, int height,
                     double width) {
    buf_printf(out, "<figure><figcaption>%s</figcaption><svg class=\"%s\" height=\"%d\" role=\"img\">", caption, class, height);
    put_element(out, "title", title);
    put_element(out, "desc", description);
    buf_printf(out, "<svg viewBox=\"0 0 %g %d0\" preserveAspectRatio=\"none\">", width, height);
}

void html_plot_texts(struct buf *out) {
    buf_str(out, "</svg>");
}

void html_plot_end(struct buf *out) {
    buf_str(out, "</svg></figure>\n");
}

void html_plot_line(struct buf *out, const char *class, double x1, double y1, double x2, double y2) {
    buf_printf(out, "<path class=\"%s\" d=\"M%.3g %.0fL%.3g %.0f\"/>", class, x1, 10 * y1, x2, 10 * y2);
}

void html_plot_box(struct buf *out, const char *class, double x, double y, double width, double height) {
    buf_printf(out, "<path class=\"%s\" d=\"M%.3g %.0fh%.3gv%.0fH%.3gz\"/>", class, x, 10 * y, fmax(0, width), 10 * fmax(0, height), x);
}

void html_plot_text(struct buf *out, enum html_anchor anchor, double percent, double y, const char *text) {
    static const char *const classes[] = {[HTML_MIDDLE] = "", [HTML_START] = " class=\"start\"", [HTML_END] = " class=\"end\""};
    buf_printf(out, "<text%s x=\"%.3g%%\" y=\"%.3g\">", classes[anchor], percent, y);
    xml_text(out, text);
    buf_str(out, "</text>");
}

void html_plot_side(struct buf *out, double y, const char *text) {
    buf_printf(out, "<text class=\"end\" x=\"-6\" y=\"%.3g\">", y + 4);
    xml_text(out, text);
    buf_str(out, "</text>");
}
