// SPDX-License-Identifier: GPL-3.0-or-later
// A dashboard being put together: the frame that all of them share, and panels that flow into it from left to right.
#ifndef EXPORTERS_DASHBOARD_BOARD_H
#define EXPORTERS_DASHBOARD_BOARD_H

#include "base/error.h"
#include "dashboard_panel.h"

struct board {
    json_t *root;    // owned until board_take()
    json_t *panels, *variables, *notes; // inside of root
    int x, y, line;  // where the next panel goes; height of the line so far
    bool failed;     // a text was not UTF-8
};

struct board_frame {
    const char *uid, *title, *description;
    const char *tag;      // links lead to dashboards of the same tag
    const char *from;     // begin of the time that is shown: "now-7d"
    const char *refresh;  // "1m"
};

void board_begin(struct board *board, const struct board_frame *frame);

void board_source_variable(struct board *board, const char *name, const char *label); // a choice of Prometheus data sources

// A choice of the values of a label; all of them, and series without the label, until one is chosen. `series` may hold marks.
void board_label_variable(struct board *board, const char *label, const char *title, const char *series);

// A mark in time wherever the expression begins to hold, or with `at_value` at the time that is its value in milliseconds.
void board_note(struct board *board, const char *name, const char *color, const char *text, const char *expr, bool at_value);

// Places the panel behind the last one. Its expressions are taken as they are.
void board_panel(struct board *board, const struct panel *panel);

// The same for serin's own metrics: in an expression "@canary" stands for the matchers of the variables job, service, stage and
// canary, "@engine" for that of the variable job.
void board_own_panel(struct board *board, const struct panel *panel);

// The variables and marks in time of dashboards over serin's own metrics.
void board_own_frame(struct board *board);

// The document, which the caller owns from now on. NULL with err when something did not fit into it.
json_t *board_take(struct board *board, struct error *err);

// Each fills a begun board.
void board_executive(struct board *board);
void board_oncall(struct board *board);
void board_debug(struct board *board);

#endif
