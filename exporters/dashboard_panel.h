// SPDX-License-Identifier: GPL-3.0-or-later
// One panel of a dashboard: as a row of a table that a person can read, and as the document that Grafana wants.
#ifndef EXPORTERS_DASHBOARD_PANEL_H
#define EXPORTERS_DASHBOARD_PANEL_H

#include <jansson.h>
#include <stdbool.h>

enum panel_type { PANEL_STAT, PANEL_BAR_GAUGE, PANEL_GAUGE, PANEL_TIME_SERIES, PANEL_STATE_TIMELINE, PANEL_TABLE };

enum { PANEL_QUERIES = 10, PANEL_STEPS = 4, PANEL_COLUMNS = 9 };

struct panel_query {
    const char *expr;
    const char *legend; // NULL: what the series' labels are
    const char *color;  // NULL: any
    bool limit;         // drawn as a dashed line: what others are held against
};

struct panel_step { // from this value on
    double from;
    const char *color;
};

struct panel_value { // a number that stands for a word
    int value;
    const char *text, *color;
};

struct panel_column { // of a table, from left to right
    const char *field; // a label, "Value", or "Value #A" of the first query of several
    const char *title; // NULL: not shown
    const char *unit;  // NULL: the panel's
    bool to_debug;     // leads to the debug dashboard of the row's canary
};

struct panel {
    enum panel_type type;
    const char *title, *description, *unit; // as Grafana calls units
    int width, height;                      // of 24 columns
    struct panel_query queries[PANEL_QUERIES];    // up to the first without expr
    const char *base;                             // colour below the first step; NULL: green
    struct panel_step steps[PANEL_STEPS];         // up to the first without color
    const struct panel_value *values;             // NULL, or ends with text NULL
    struct panel_column columns[PANEL_COLUMNS];   // up to the first without field
    bool trend;                                   // of a stat: its past behind it
    bool logarithmic;
    const char *time_shift; // "7d": shows what was so long before; NULL: now
    const char *source;     // name of the variable for the data source
};

// The panel without place and id; the caller owns it. NULL when a text is not UTF-8.
json_t *panel_json(const struct panel *panel);

json_t *panel_source(const char *variable); // the reference to a data source; the caller owns it

#endif
