// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporters/dashboards.h"

#include "dashboard_board.h"

static const struct {
    struct board_frame frame;
    void (*fill)(struct board *board);
} kinds[DASHBOARD_COUNT] = {
    [DASHBOARD_EXECUTIVE] = {{"serin-executive", "serin: releases", "What ships, how often it fails, and what it costs.", "serin",
                              "now-28d", "5m"},
                             board_executive},
    [DASHBOARD_ONCALL] = {{"serin-oncall", "serin: on call", "What is wrong with canaries now, and where to look.", "serin", "now-6h",
                           "1m"},
                          board_oncall},
    [DASHBOARD_DEBUG] = {{"serin-debug", "serin: debug", "Every number behind the verdicts, and how serin itself does.", "serin", "now-6h",
                          "1m"},
                         board_debug},
};

json_t *dashboard_make(enum dashboard_kind kind, struct error *err) {
    struct board board;
    board_begin(&board, &kinds[kind].frame);
    kinds[kind].fill(&board);
    return board_take(&board, err);
}

const char *dashboard_uid(const json_t *dashboard) {
    return json_string_value(json_object_get(dashboard, "uid"));
}

static int append(const char *text, size_t len, void *out) {
    buf_bytes(out, text, len);
    return 0;
}

bool dashboard_write(const json_t *document, struct buf *out, struct error *err) {
    // 15 digits: thresholds come out as they were written
    if (json_dump_callback(document, append, out, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_REAL_PRECISION(15)) != 0)
        return error_set(err, ERROR_DATA, "dashboard: cannot be written");
    buf_char(out, '\n');
    return !out->failed || error_set(err, ERROR_LIMIT, "the dashboards are larger than %zu bytes", out->limit);
}
