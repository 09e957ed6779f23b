// SPDX-License-Identifier: GPL-3.0-or-later
#include "dashboard_panel.h"

#include <stdio.h>
#include <string.h>

static const char *const types[] = {
    [PANEL_STAT] = "stat",
    [PANEL_BAR_GAUGE] = "bargauge",
    [PANEL_GAUGE] = "gauge",
    [PANEL_TIME_SERIES] = "timeseries",
    [PANEL_STATE_TIMELINE] = "state-timeline",
    [PANEL_TABLE] = "table",
};

json_t *panel_source(const char *variable) {
    return json_pack("{s:s, s:s++}", "type", "prometheus", "uid", "${", variable, "}");
}

static bool is_over_time(const struct panel *panel) {
    return panel->type == PANEL_TIME_SERIES || panel->type == PANEL_STATE_TIMELINE || panel->trend;
}

static json_t *target(const struct panel *panel, size_t i) {
    const struct panel_query *query = &panel->queries[i];
    bool range = is_over_time(panel);
    const char name[] = {(char)('A' + (int)i), '\0'};
    return json_pack("{s:o, s:s, s:s, s:s, s:s, s:b, s:b, s:s}", "datasource", panel_source(panel->source), "editorMode", "code", "expr",
                     query->expr, "format", panel->type == PANEL_TABLE ? "table" : "time_series", "legendFormat",
                     query->legend != NULL ? query->legend : "__auto", "instant", !range, "range", range, "refId", name);
}

static json_t *targets(const struct panel *panel) {
    json_t *list = json_array();
    for (size_t i = 0; i < PANEL_QUERIES && panel->queries[i].expr != NULL; i++) {
        if (json_array_append_new(list, target(panel, i)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *legend(void) {
    return json_pack("{s:[], s:s, s:s, s:b}", "calcs", "displayMode", "list", "placement", "bottom", "showLegend", true);
}

static json_t *reduction(void) {
    return json_pack("{s:[s], s:s, s:b}", "calcs", "lastNotNull", "fields", "", "values", false);
}

static json_t *options(const struct panel *panel) {
    switch (panel->type) {
    case PANEL_STAT:
        return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s}", "colorMode", "value", "graphMode", panel->trend ? "area" : "none", "justifyMode",
                         "auto", "orientation", "auto", "reduceOptions", reduction(), "textMode", "auto");
    case PANEL_BAR_GAUGE:
        return json_pack("{s:s, s:s, s:o, s:b, s:s}", "displayMode", "basic", "orientation", "horizontal", "reduceOptions", reduction(),
                         "showUnfilled", true, "valueMode", "color");
    case PANEL_GAUGE:
        return json_pack("{s:s, s:o, s:b, s:b}", "orientation", "auto", "reduceOptions", reduction(), "showThresholdLabels", false,
                         "showThresholdMarkers", true);
    case PANEL_TIME_SERIES:
        return json_pack("{s:o, s:{s:s, s:s}}", "legend", legend(), "tooltip", "mode", "multi", "sort", "desc");
    case PANEL_STATE_TIMELINE:
        return json_pack("{s:s, s:o, s:b, s:f, s:s, s:{s:s, s:s}}", "alignValue", "left", "legend", legend(), "mergeValues", true,
                         "rowHeight", 0.9, "showValue", "auto", "tooltip", "mode", "single", "sort", "none");
    case PANEL_TABLE:
        return json_pack("{s:s, s:b}", "cellHeight", "sm", "showHeader", true);
    }
    return NULL;
}

static json_t *thresholds(const struct panel *panel) {
    json_t *steps = json_pack("[{s:s, s:n}]", "color", panel->base != NULL ? panel->base : "green", "value");
    for (size_t i = 0; i < PANEL_STEPS && panel->steps[i].color != NULL; i++)
        json_array_append_new(steps, json_pack("{s:s, s:f}", "color", panel->steps[i].color, "value", panel->steps[i].from));
    return json_pack("{s:s, s:o}", "mode", "absolute", "steps", steps);
}

static json_t *mappings(const struct panel *panel) {
    json_t *words = json_object();
    if (panel->values == NULL) {
        json_decref(words);
        return json_array();
    }
    for (int i = 0; panel->values[i].text != NULL; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", panel->values[i].value);
        json_t *word = json_pack("{s:s, s:i, s:s}", "color", panel->values[i].color, "index", i, "text", panel->values[i].text);
        json_object_set_new(words, number, word);
    }
    return json_pack("[{s:o, s:s}]", "options", words, "type", "value");
}

static json_t *drawing(const struct panel *panel) {
    bool lines = panel->steps[0].color != NULL;
    if (panel->type == PANEL_STATE_TIMELINE) return json_pack("{s:i, s:i}", "fillOpacity", 80, "lineWidth", 0);
    if (panel->type == PANEL_TABLE) return json_pack("{s:s, s:{s:s}}", "align", "auto", "cellOptions", "type", "auto");
    if (panel->type != PANEL_TIME_SERIES) return json_object();
    json_t *scale = panel->logarithmic ? json_pack("{s:i, s:s}", "log", 10, "type", "log") : json_pack("{s:s}", "type", "linear");
    return json_pack("{s:s, s:i, s:s, s:i, s:o, s:s, s:b, s:{s:s}}", "drawStyle", "line", "fillOpacity", 0, "lineInterpolation", "linear",
                     "lineWidth", 2, "scaleDistribution", scale, "showPoints", "auto", "spanNulls", false, "thresholdsStyle", "mode",
                     lines ? "dashed" : "off");
}

static void override_queries(const struct panel *panel, json_t *list) {
    for (size_t i = 0; i < PANEL_QUERIES && panel->queries[i].expr != NULL; i++) {
        const struct panel_query *query = &panel->queries[i];
        const char name[] = {(char)('A' + (int)i), '\0'};
        json_t *properties = json_array();
        if (query->color != NULL) {
            json_t *color = json_pack("{s:s, s:s}", "fixedColor", query->color, "mode", "fixed");
            json_array_append_new(properties, json_pack("{s:s, s:o}", "id", "color", "value", color));
        }
        if (query->limit && panel->type == PANEL_TIME_SERIES) {
            json_t *style = json_pack("{s:[i, i], s:s}", "dash", 6, 6, "fill", "dash");
            json_array_append_new(properties, json_pack("{s:s, s:o}", "id", "custom.lineStyle", "value", style));
        }
        if (json_array_size(properties) > 0)
            json_array_append_new(
                list, json_pack("{s:{s:s, s:s}, s:O}", "matcher", "id", "byFrameRefID", "options", name, "properties", properties));
        json_decref(properties);
    }
}

static void override_columns(const struct panel *panel, json_t *list) {
    for (size_t i = 0; i < PANEL_COLUMNS && panel->columns[i].field != NULL; i++) {
        const struct panel_column *column = &panel->columns[i];
        json_t *properties = json_array();
        if (column->unit != NULL) json_array_append_new(properties, json_pack("{s:s, s:s}", "id", "unit", "value", column->unit));
        if (column->to_debug) {
            json_t *link = json_pack("{s:b, s:s, s:s}", "targetBlank", false, "title", "Every number of ${__value.text}", "url",
                                     "/d/serin-debug?${__url_time_range}&${datasource:queryparam}"
                                     "&var-canary=${__data.fields.canary:percentencode}");
            json_array_append_new(properties, json_pack("{s:s, s:[o]}", "id", "links", "value", link));
        }
        if (json_array_size(properties) > 0)
            json_array_append_new(list, json_pack("{s:{s:s, s:s}, s:O}", "matcher", "id", "byName", "options",
                                                  column->title != NULL ? column->title : column->field, "properties", properties));
        json_decref(properties);
    }
}

static json_t *fields(const struct panel *panel) {
    bool palette = panel->type == PANEL_TIME_SERIES || panel->type == PANEL_TABLE;
    json_t *overrides = json_array();
    override_queries(panel, overrides);
    override_columns(panel, overrides);
    return json_pack("{s:{s:{s:s}, s:o, s:o, s:o, s:s}, s:o}", "defaults", "color", "mode", palette ? "palette-classic" : "thresholds",
                     "custom", drawing(panel), "mappings", mappings(panel), "thresholds", thresholds(panel), "unit", panel->unit,
                     "overrides", overrides);
}

// The answers of several queries become one table; what is not a column is left out.
static json_t *transformations(const struct panel *panel) {
    json_t *hidden = json_pack("{s:b}", "Time", true), *order = json_object(), *titles = json_object();
    for (int i = 0; i < PANEL_COLUMNS && panel->columns[i].field != NULL; i++) {
        const struct panel_column *column = &panel->columns[i];
        json_object_set_new(order, column->field, json_integer(i));
        if (column->title == NULL) {
            json_object_set_new(hidden, column->field, json_true());
        } else if (strcmp(column->title, column->field) != 0) {
            json_object_set_new(titles, column->field, json_string(column->title));
        }
    }
    return json_pack("[{s:s, s:{}}, {s:s, s:{s:o, s:o, s:o}}]", "id", "merge", "options", "id", "organize", "options", "excludeByName",
                     hidden, "indexByName", order, "renameByName", titles);
}

json_t *panel_json(const struct panel *panel) {
    json_t *root = json_pack("{s:o, s:s, s:o, s:o, s:o*, s:s, s:s}", "datasource", panel_source(panel->source), "description",
                             panel->description, "fieldConfig", fields(panel), "options", options(panel), "targets", targets(panel),
                             "title", panel->title, "type", types[panel->type]);
    if (root == NULL || json_object_get(root, "targets") == NULL) {
        json_decref(root);
        return NULL;
    }
    if (panel->type == PANEL_TABLE) json_object_set_new(root, "transformations", transformations(panel));
    if (panel->time_shift != NULL) {
        json_object_set_new(root, "timeShift", json_string(panel->time_shift));
        json_object_set_new(root, "hideTimeOverride", json_false());
    }
    return root;
}
