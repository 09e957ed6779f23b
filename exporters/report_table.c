// SPDX-License-Identifier: GPL-3.0-or-later
// The metric table. At 80 columns: symbol, name, baseline, canary, change, class, trend; wider terminals get the interval
// of the shift and longer names. A row never wraps.
#include "report_part.h"

#include <math.h>

#include "text_time.h"
#include "text_value.h"

enum {
    VALUE_COLUMNS = 9,
    CLASS_COLUMNS = 5,
    INTERVAL_COLUMNS = 24,
    NAME_MOST = 48,
    FOLD_OVER = 4, // a group with more metrics than this is folded when all of them pass
    WIDE = 106,    // from here on there is room for the interval
};

struct table {
    struct text_out *to;
    const struct report *report;
    int name; // columns of the name, with the mark of critical metrics
    int note; // column where class and trend, or a note in their place, begin
    bool interval;
};

static struct table lay_out(struct text_out *to, const struct report *report) {
    struct table table = {.to = to, .report = report, .interval = to->width >= WIDE};
    int fixed = 2 + text_symbol_columns(to) + 1 + 3 * VALUE_COLUMNS + 2 + CLASS_COLUMNS + 2 + TEXT_TREND;
    if (table.interval) fixed += 2 + INTERVAL_COLUMNS;
    int least = 79 - fixed > 24 ? 79 - fixed : to->style->ascii ? 19 : 24, longest = least;
    for (size_t i = 0; i < report->metric_count; i++) {
        int columns = text_columns(report->metrics[i].name) + 2;
        if (columns > longest) longest = columns;
    }
    if (longest > NAME_MOST) longest = NAME_MOST;
    table.name = to->width - fixed < longest ? to->width - fixed : longest;
    table.note = 2 + text_symbol_columns(to) + 1 + table.name + 3 * VALUE_COLUMNS + (table.interval ? 2 + INTERVAL_COLUMNS : 0) + 2;
    return table;
}

static void print_header(const struct table *table) {
    struct text_out *to = table->to;
    text_tab(to, 2);
    text_cell(to, PAINT_BOLD, "GROUP / METRIC", text_symbol_columns(to) + 1 + table->name);
    text_cell_right(to, PAINT_BASELINE, "BASELINE", VALUE_COLUMNS);
    text_cell_right(to, PAINT_CANARY, "CANARY", VALUE_COLUMNS);
    text_cell_right(to, PAINT_BOLD, "CHANGE", VALUE_COLUMNS);
    if (table->interval) {
        text_tab(to, to->column + 2);
        text_cell(to, PAINT_BOLD, "INTERVAL", INTERVAL_COLUMNS);
    }
    text_tab(to, table->note);
    text_cell(to, PAINT_BOLD, "CLASS", CLASS_COLUMNS + 2);
    const char *start = text_clock(to->arena, table->report->start_ms, TEXT_MINUTES);
    const char *end = text_clock(to->arena, table->report->end_ms, TEXT_MINUTES);
    text_put(to, PAINT_DIM, arena_printf(to->arena, "%s %s %s", start, to->style->ascii ? "--->" : "───→", end));
    text_newline(to);
}

const char *report_trend(struct text_out *to, const struct report_metric *metric) {
    double lo = (double)INFINITY, hi = -(double)INFINITY;
    for (size_t i = 0; i < TEXT_TREND; i++) {
        lo = fmin(lo, fmin(metric->trend[0][i], metric->trend[1][i]));
        hi = fmax(hi, fmax(metric->trend[0][i], metric->trend[1][i]));
    }
    return lo <= hi ? text_sparkline(to, metric->trend[1], lo, hi) : "";
}

static const char *note_of(struct text_out *to, const struct report_metric *metric) {
    if (metric->state == TEXT_NODATA) return metric->reason != NULL ? metric->reason : "no data";
    return metric->reason == NULL ? metric->classification : arena_printf(to->arena, "%s: %s", metric->classification, metric->reason);
}

static void print_details(struct text_out *to, const struct report_metric *metric) {
    bool judged = metric->state == TEXT_PASS || metric->state == TEXT_FAIL || metric->state == TEXT_QUARANTINED;
    if (judged && metric->reason != NULL) {
        text_prose(to, 6, PAINT_DIM, metric->reason);
        text_newline(to);
    }
    for (size_t i = 0; i < metric->warnings.count; i++) {
        text_prose(to, 6, PAINT_DIM, metric->warnings.items[i]);
        text_newline(to);
    }
}

// With a blank before it also where it has to be cut.
static void print_value(struct text_out *to, enum text_paint paint, const char *text) {
    text_tab(to, to->column + 1);
    text_cell_right(to, paint, text, VALUE_COLUMNS - 1);
}

static void print_metric(const struct table *table, const struct report_metric *metric) {
    struct text_out *to = table->to;
    bool judged = metric->state == TEXT_PASS || metric->state == TEXT_FAIL || metric->state == TEXT_QUARANTINED;
    enum text_paint paint = text_state_paint(metric->state);
    text_tab(to, 2);
    text_cell(to, paint, text_symbol(to, metric->state), text_symbol_columns(to) + 1);
    int end = to->column + table->name;
    text_put(to, PAINT_NONE, text_cut_name(to, metric->name, metric->critical ? table->name - 2 : table->name));
    if (metric->critical) text_put(to, PAINT_BOLD, " !");
    text_tab(to, end);
    const char *left = metric->baseline.present ? report_mean(to, metric, &metric->baseline) : report_limit(to, metric);
    print_value(to, PAINT_BASELINE, *left != '\0' ? left : "-");
    print_value(to, PAINT_CANARY, report_mean(to, metric, &metric->canary));
    print_value(to, metric->state == TEXT_FAIL ? paint : PAINT_NONE, report_change(to, metric));
    if (table->interval) {
        text_tab(to, to->column + 2);
        text_cell(to, PAINT_NONE, report_interval(to, metric), INTERVAL_COLUMNS);
    }
    text_tab(to, table->note);
    if (judged) {
        text_cell(to, paint, metric->classification, CLASS_COLUMNS + 2);
        text_put(to, PAINT_CANARY, report_trend(to, metric));
    } else {
        text_put(to, paint, text_cut(to, note_of(to, metric), to->width - table->note));
    }
    text_newline(to);
    if (to->style->verbose) print_details(to, metric);
}

static void print_group_heading(const struct table *table, const char *title, const char *result) {
    struct text_out *to = table->to;
    text_tab(to, 2);
    text_put(to, PAINT_BOLD, text_cut(to, title, table->note - 4));
    if (*result != '\0') {
        text_tab(to, table->note);
        text_put(to, PAINT_NONE, text_cut(to, result, to->width - table->note));
    }
    text_newline(to);
}

static void print_group(const struct table *table, const struct report_group *group) {
    struct text_out *to = table->to;
    const struct report *report = table->report;
    size_t members = 0, passing = 0;
    for (size_t i = 0; i < report->metric_count; i++) {
        bool member = report_in_group(&report->metrics[i], group->name);
        members += member;
        passing += member && report->metrics[i].state == TEXT_PASS;
    }
    bool folded = !to->style->verbose && members > FOLD_OVER && passing == members;
    const char *title = arena_printf(to->arena, "%s (%s)", group->name, text_plain(to->arena, group->weight));
    const char *result = "no data";
    if (group->has_data && group->score.known) result = arena_printf(to->arena, "score %s", text_score(to->arena, group->score.value));
    if (folded) result = arena_printf(to->arena, "%s  (%zu metrics)", result, members);
    print_group_heading(table, title, result);
    for (size_t i = 0; i < report->metric_count && !folded; i++) {
        if (report_in_group(&report->metrics[i], group->name)) print_metric(table, &report->metrics[i]);
    }
}

static bool is_listed(const struct report *report, const struct report_metric *metric) {
    for (size_t i = 0; i < report->group_count; i++) {
        if (report_in_group(metric, report->groups[i].name)) return true;
    }
    return false;
}

void report_table(struct text_out *to, const struct report *report) {
    if (report->metric_count == 0) return;
    struct table table = lay_out(to, report);
    bool heading = false;
    print_header(&table);
    for (size_t i = 0; i < report->group_count; i++) print_group(&table, &report->groups[i]);
    for (size_t i = 0; i < report->metric_count; i++) {
        if (is_listed(report, &report->metrics[i])) continue;
        if (!heading) print_group_heading(&table, "no group", "");
        heading = true;
        print_metric(&table, &report->metrics[i]);
    }
}
