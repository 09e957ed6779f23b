// SPDX-License-Identifier: GPL-3.0-or-later
#include "dashboard_board.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

enum { COLUMNS = 24, MOST_EXPR = 1 << 16 };

static const struct {
    const char *mark, *matchers;
} marks[] = {
    {"@canary", "job=~\"$job\",service=~\"$service\",stage=~\"$stage\",canary=~\"$canary\""},
    {"@engine", "job=~\"$job\""},
};

static const char *expanded(const char *expr, struct arena *arena) {
    struct buf out;
    buf_init(&out, MOST_EXPR);
    while (*expr != '\0') {
        size_t i = 0;
        while (i < 2 && strncmp(expr, marks[i].mark, strlen(marks[i].mark)) != 0) i++;
        if (i < 2) {
            buf_str(&out, marks[i].matchers);
            expr += strlen(marks[i].mark);
        } else {
            buf_char(&out, *expr++);
        }
    }
    return arena_take(arena, &out);
}

static void append(struct board *board, json_t *list, json_t *item) {
    if (json_array_append_new(list, item) != 0) board->failed = true;
}

static void set(struct board *board, const char *key, json_t *value) {
    if (json_object_set_new(board->root, key, value) != 0) board->failed = true;
}

static json_t *link_to(const char *title, const char *tag, const char *tooltip, bool menu) {
    return json_pack("{s:b, s:s, s:b, s:b, s:[s], s:b, s:s, s:s, s:s, s:s}", "asDropdown", menu, "icon", "external link", "includeVars",
                     true, "keepTime", true, "tags", tag, "targetBlank", false, "title", title, "tooltip", tooltip, "type", "dashboards",
                     "url", "");
}

void board_begin(struct board *board, const struct board_frame *frame) {
    *board = (struct board){.panels = json_array(), .variables = json_array(), .notes = json_array()};
    json_t *links = json_array();
    append(board, links, link_to("serin", "serin", "The dashboards of serin", false));
    append(board, links, link_to("Metrics of a canary", "serin-metrics", "Dashboards made from canary configs", true));
    board->root = json_pack("{s:{s:o}, s:b, s:i, s:i, s:o, s:o, s:i, s:{s:o}, s:{}, s:s, s:s}", "annotations", "list", board->notes,
                            "editable", false, "fiscalYearStartMonth", 0, "graphTooltip", 1, "links", links, "panels", board->panels,
                            "schemaVersion", 39, "templating", "list", board->variables, "timepicker", "timezone", "", "weekStart", "");
    set(board, "description", json_string(frame->description));
    set(board, "refresh", json_string(frame->refresh));
    set(board, "tags", json_pack("[s, s]", frame->tag, "canary"));
    set(board, "time", json_pack("{s:s, s:s}", "from", frame->from, "to", "now"));
    set(board, "title", json_string(frame->title));
    set(board, "uid", json_string(frame->uid));
}

void board_source_variable(struct board *board, const char *name, const char *label) {
    append(board, board->variables,
           json_pack("{s:i, s:b, s:s, s:b, s:s, s:[], s:s, s:i, s:s, s:b, s:s}", "hide", 0, "includeAll", false, "label", label, "multi",
                     false, "name", name, "options", "query", "prometheus", "refresh", 1, "regex", "", "skipUrlSync", false, "type",
                     "datasource"));
}

void board_label_variable(struct board *board, const char *label, const char *title, const char *series) {
    struct arena arena = {0};
    const char *query = arena_printf(&arena, "label_values(%s, %s)", expanded(series, &arena), label);
    append(board, board->variables,
           json_pack("{s:s, s:{s:b, s:[s], s:[s]}, s:o, s:s, s:i, s:b, s:s, s:b, s:s, s:[], s:{s:s, s:s}, s:i, s:s, s:b, s:i, s:s}",
                     "allValue", ".*", "current", "selected", true, "text", "All", "value", "$__all", "datasource",
                     panel_source("datasource"), "definition", query, "hide", 0, "includeAll", true, "label", title, "multi", true, "name",
                     label, "options", "query", "query", query, "refId", label, "refresh", 2, "regex", "", "skipUrlSync", false, "sort", 1,
                     "type", "query"));
    arena_finish(&arena);
}

void board_note(struct board *board, const char *name, const char *color, const char *text, const char *expr, bool at_value) {
    struct arena arena = {0};
    append(board, board->notes,
           json_pack("{s:o, s:b, s:s, s:b, s:s, s:s, s:s, s:s, s:s, s:b}", "datasource", panel_source("datasource"), "enable", true, "expr",
                     expanded(expr, &arena), "hide", false, "iconColor", color, "name", name, "step", "1m", "tagKeys", "canary",
                     "titleFormat", text, "useValueForTime", at_value));
    arena_finish(&arena);
}

void board_panel(struct board *board, const struct panel *panel) {
    if (board->x + panel->width > COLUMNS) {
        board->x = 0;
        board->y += board->line;
        board->line = 0;
    }
    json_t *item = panel_json(panel);
    json_t *place = json_pack("{s:i, s:i, s:i, s:i}", "h", panel->height, "w", panel->width, "x", board->x, "y", board->y);
    json_object_set_new(item, "gridPos", place); // the item may be NULL: then nothing is set, and append() tells
    json_object_set_new(item, "id", json_integer((json_int_t)json_array_size(board->panels) + 1));
    append(board, board->panels, item);
    board->x += panel->width;
    if (panel->height > board->line) board->line = panel->height;
}

void board_own_panel(struct board *board, const struct panel *panel) {
    struct arena arena = {0};
    struct panel own = *panel;
    own.source = "datasource";
    for (size_t i = 0; i < PANEL_QUERIES && own.queries[i].expr != NULL; i++) own.queries[i].expr = expanded(own.queries[i].expr, &arena);
    board_panel(board, &own);
    arena_finish(&arena);
}

void board_own_frame(struct board *board) {
    board_source_variable(board, "datasource", "Data source");
    board_label_variable(board, "job", "Job", "serin_build_info");
    board_label_variable(board, "service", "Service", "serin_verdict{@engine}");
    board_label_variable(board, "stage", "Stage", "serin_verdict{@engine,service=~\"$service\"}");
    board_label_variable(board, "canary", "Canary", "serin_verdict{@engine,service=~\"$service\",stage=~\"$stage\"}");
    board_note(board, "Analysis begins", "blue", "{{canary}}: analysis begins",
               "max by (canary) (serin_analysis_start_timestamp_seconds{@canary}) * 1000", true);
    board_note(board, "Verdict fail", "red", "{{canary}} failed",
               "max by (canary) (serin_verdict{@canary,verdict=\"fail\"}) == 1 "
               "unless max by (canary) (serin_verdict{@canary,verdict=\"fail\"} offset 1m) == 1",
               false);
    board_note(board, "Freeze", "purple", "freeze {{freeze}}",
               "max by (freeze) (serin_freeze_active{@engine}) == 1 unless max by (freeze) (serin_freeze_active{@engine} offset 1m) == 1",
               false);
}

json_t *board_take(struct board *board, struct error *err) {
    json_t *root = board->root;
    board->root = NULL;
    if (!board->failed) return root;
    json_decref(root);
    error_set(err, ERROR_CONFIG, "a name, query or variable of the config is not UTF-8; a dashboard cannot hold it");
    return NULL;
}
