// SPDX-License-Identifier: GPL-3.0-or-later
// What charts are drawn with, as inline SVG. A plot is as wide as its place on the page: shapes are stretched along x, texts stand at
// per cent of the width, so that they keep their size on a telephone and on a wall; along y all is in pixels. Colours come from the
// page's style by class.
#ifndef EXPORTERS_HTML_PLOT_H
#define EXPORTERS_HTML_PLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

enum { HTML_TICKS = 6 };

struct html_axis { // from values to places
    double lo, hi, from, to;
};

struct html_ticks {
    double at[HTML_TICKS];
    size_t count;
    double step;
};

// An axis without values yet.
struct html_axis html_axis_of(double from, double to);
void html_axis_stretch(struct html_axis *axis, double value); // takes the value in when it is finite
// Some room on both ends; false when there is nothing to show or the values are too far apart to be told.
bool html_axis_settle(struct html_axis *axis);
double html_axis_place(const struct html_axis *axis, double value); // the nearest end where it lies outside

// Round values within the axis, as a rule `most` or one more; in steps that are round in the unit's own steps (KiB, minutes).
struct html_ticks html_axis_ticks(const struct html_axis *axis, const char *unit, int most);

// Marks of time within start_ms..end_ms, at most five, at round clock times in UTC.
struct html_ticks html_time_ticks(int64_t start_ms, int64_t end_ms);

// A figure with an SVG of that height in pixels. The caption is markup of our own; title and description are for those who do not see it.
// First come shapes, whose x goes from 0 to `width` and whose y is written in tenths of pixels, then from html_plot_texts() on texts.
void html_plot_begin(struct buf *out, const char *class, const char *caption, const char *title, const char *description, int height,
                     double width);
void html_plot_texts(struct buf *out);
void html_plot_end(struct buf *out);

void html_plot_line(struct buf *out, const char *class, double x1, double y1, double x2, double y2);
void html_plot_box(struct buf *out, const char *class, double x, double y, double width, double height);

enum html_anchor { HTML_MIDDLE, HTML_START, HTML_END };
void html_plot_text(struct buf *out, enum html_anchor anchor, double percent, double y, const char *text);
void html_plot_side(struct buf *out, double y, const char *text); // left of the plot

#endif
