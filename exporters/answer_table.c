// SPDX-License-Identifier: GPL-3.0-or-later
// What came: a line a series, name or metric.
#include <string.h>

#include "answer_page.h"
#include "series_summary.h"
#include "text_time.h"
#include "text_value.h"

enum { GAP = 2, FEWEST_LABEL_COLUMNS = 40 };

#define COLUMNS 6

static const char *const many[COLUMNS] = {"n", "first", "last", "min", "mean", "max"};
static const char *const one[] = {"value"}; // of an instant query

static bool is_common(const struct answer_page *page, const struct label *label) {
    for (size_t i = 0; i < page->count; i++) {
        bool same = false;
        for (size_t k = 0; k < page->series[i]->labels.count && !same; k++) {
            const struct label *other = &page->series[i]->labels.items[k];
            same = other->name.len == label->name.len && other->value.len == label->value.len &&
                   memcmp(other->name.ptr, label->name.ptr, label->name.len) == 0 &&
                   memcmp(other->value.ptr, label->value.ptr, label->value.len) == 0;
        }
        if (!same) return false;
    }
    return true;
}

// {..} of the labels, cleaned; those that all series share are left out where common[] says so.
static const char *labels_text(struct text_out *to, const struct labels *labels, const struct labels *common) {
    struct labels rest = {arena_array(to->arena, labels->count, sizeof *rest.items), 0};
    for (size_t i = 0, c = 0; i < labels->count; i++) {
        while (c < common->count && labels_compare(&(struct labels){&common->items[c], 1}, &(struct labels){&labels->items[i], 1}) < 0) c++;
        bool shared =
            c < common->count && labels_compare(&(struct labels){&common->items[c], 1}, &(struct labels){&labels->items[i], 1}) == 0;
        if (!shared) rest.items[rest.count++] = labels->items[i];
    }
    struct buf text;
    buf_init(&text, (size_t)4 << 20);
    labels_format(&text, &rest);
    const char *clean_text = text_clean(to->arena, buf_text(&text), text.len, to->style->ascii);
    buf_finish(&text);
    return clean_text;
}

static struct labels common_labels(const struct answer_page *page) {
    struct labels common = {NULL, 0};
    if (page->count < 2) return common;
    const struct labels *first = &page->series[0]->labels;
    common.items = arena_array(page->to.arena, first->count, sizeof *common.items);
    for (size_t i = 0; i < first->count; i++) {
        if (is_common(page, &first->items[i])) common.items[common.count++] = first->items[i];
    }
    return common;
}

struct line { // of a series
    const char *labels;
    const char *cells[COLUMNS];
    struct series_summary summary;
};

struct table {
    const char *const *headings;
    size_t columns;
    bool trend;
    int widths[COLUMNS], label_width;
    struct line *lines;
    size_t count;
};

static void fill_line(struct answer_page *page, const struct series *series, const struct labels *common, bool single, struct line *line) {
    struct arena *arena = page->to.arena;
    struct series_summary *s = &line->summary;
    const struct query *q = page->report->query;
    series_summary_of(series, q->start_ms, q->end_ms, s);
    line->labels = labels_text(&page->to, &series->labels, common);
    line->cells[0] = single ? text_exact(arena, s->last) : arena_printf(arena, "%zu", s->count);
    const double numbers[] = {s->first, s->last, s->min, s->mean, s->max};
    for (size_t k = 1; k < COLUMNS; k++) line->cells[k] = s->count > 0 ? text_plain(arena, numbers[k - 1]) : "-";
}

static int wider(int width, const char *text) {
    int here = text_columns(text);
    return here > width ? here : width;
}

static void measure(struct table *table, const struct text_out *to) {
    int rest = table->trend ? TEXT_TREND : 0;
    table->label_width = wider(0, "series");
    for (size_t i = 0; i < table->count; i++) table->label_width = wider(table->label_width, table->lines[i].labels);
    for (size_t k = 0; k < table->columns; k++) {
        table->widths[k] = wider(0, table->headings[k]);
        for (size_t i = 0; i < table->count; i++) table->widths[k] = wider(table->widths[k], table->lines[i].cells[k]);
        rest += table->widths[k] + GAP;
    }
    int most = to->width - rest - GAP > FEWEST_LABEL_COLUMNS ? to->width - rest - GAP : FEWEST_LABEL_COLUMNS;
    if (!to->style->verbose && table->label_width > most) table->label_width = most;
}

static void print_cells(struct text_out *to, const struct table *table, enum text_paint paint, const char *labels,
                        const char *const *cells) {
    text_cell(to, paint, labels, table->label_width);
    for (size_t k = 0; k < table->columns; k++) {
        text_tab(to, to->column + GAP);
        text_cell_right(to, paint, cells[k], table->widths[k]);
    }
    text_tab(to, to->column + GAP);
}

static void print_line(struct text_out *to, const struct table *table, const struct line *line) {
    const struct series_summary *s = &line->summary;
    print_cells(to, table, PAINT_NONE, line->labels, line->cells);
    if (table->trend) text_put(to, PAINT_NONE, text_sparkline(to, s->trend, s->min, s->max));
    if (s->histograms) text_put(to, PAINT_DIM, table->trend ? "  counts of histograms" : "count of a histogram");
    text_newline(to);
    if (s->nans == 0 || !table->trend) return;
    text_tab(to, GAP);
    text_put(to, PAINT_MARGINAL, arena_printf(to->arena, "%zu of them NaN", s->nans));
    text_newline(to);
}

static void print_table(struct answer_page *page) {
    struct text_out *to = &page->to;
    struct labels none = {NULL, 0}, common = common_labels(page);
    bool single = page->report->answer->set.type != RESULT_MATRIX;
    struct table table = {single ? one : many, single ? 1 : COLUMNS, !single, .count = page->shown};
    table.lines = arena_array(to->arena, page->shown, sizeof *table.lines);
    for (size_t i = 0; i < page->shown; i++) fill_line(page, page->series[i], &common, single, &table.lines[i]);
    measure(&table, to);
    if (common.count > 0) {
        answer_heading(to, "all have");
        text_prose(to, ANSWER_INDENT, PAINT_NONE, labels_text(to, &common, &none));
        text_newline(to);
    }
    text_newline(to);
    print_cells(to, &table, PAINT_BOLD, "series", table.headings);
    if (table.trend) text_put(to, PAINT_BOLD, "trend");
    text_newline(to);
    for (size_t i = 0; i < page->shown; i++) print_line(to, &table, &table.lines[i]);
}

void answer_item(struct text_out *to, int indent, const char *text) {
    text_tab(to, indent);
    text_put(to, PAINT_NONE, text);
    text_newline(to);
}

static void print_names(struct answer_page *page) {
    const struct text_list *names = &page->report->answer->set.names;
    for (size_t i = 0; i < page->shown; i++)
        answer_item(&page->to, 0, text_clean(page->to.arena, names->items[i].ptr, names->items[i].len, page->to.style->ascii));
}

static const char *value_of(struct text_out *to, const struct labels *labels, const char *name) {
    const struct label *label = labels_get(labels, name);
    return label != NULL ? text_clean(to->arena, label->value.ptr, label->value.len, to->style->ascii) : "";
}

static void print_metrics(struct answer_page *page) {
    struct text_out *to = &page->to;
    for (size_t i = 0; i < page->shown; i++) {
        const struct labels *labels = &page->series[i]->labels;
        text_put(to, PAINT_BOLD, value_of(to, labels, "__name__"));
        text_put(to, PAINT_NONE, arena_printf(to->arena, " %s %s", value_of(to, labels, "type"), value_of(to, labels, "unit")));
        text_newline(to);
        text_prose(to, GAP, PAINT_NONE, value_of(to, labels, "help"));
        text_newline(to);
    }
}

static void print_series(struct answer_page *page) {
    struct text_out *to = &page->to;
    const struct series_set *set = &page->report->answer->set;
    const struct labels none = {NULL, 0};
    size_t *first = arena_array(to->arena, set->count + 1, sizeof *first); // exemplar of each series
    for (size_t e = set->exemplar_count; e-- > 0;) first[set->exemplars[e].series] = e;
    for (size_t i = 0; i < page->shown; i++) {
        size_t at = (size_t)(page->series[i] - set->items);
        answer_item(to, 0, labels_text(to, &page->series[i]->labels, &none));
        for (size_t e = first[at]; e < set->exemplar_count && set->exemplars[e].series == at; e++) {
            const struct exemplar *x = &set->exemplars[e];
            answer_item(to, GAP,
                        arena_printf(to->arena, "%s  %s  %s", text_time(to->arena, x->time_ms), text_plain(to->arena, x->value),
                                     labels_text(to, &x->labels, &none)));
        }
    }
}

void answer_page_body(struct answer_page *page) {
    const struct series_set *set = &page->report->answer->set;
    if (page->shown > 0 && answer_has_samples(set)) {
        print_table(page);
    } else if (set->type == RESULT_STRING) {
        text_newline(&page->to);
        answer_item(&page->to, 0, text_clean(page->to.arena, set->string.ptr, set->string.len, page->to.style->ascii));
    } else if (page->shown > 0) {
        text_newline(&page->to);
        if (set->type == RESULT_NAMES) print_names(page);
        if (set->type == RESULT_METADATA) print_metrics(page);
        if (set->type == RESULT_SERIES || set->type == RESULT_EXEMPLARS) print_series(page);
    }
}
