// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>

#include "base/timetext.h"
#include "exporters/answer_report.h"

static const struct view no_name = {"serin_query", 11}; // of what an expression gives

static struct view name_of(const struct series *series) {
    const struct label *label = labels_get(&series->labels, "__name__");
    return label != NULL && label->value.len > 0 ? label->value : no_name;
}

static int compare_names(const struct series *a, const struct series *b) {
    struct label left = {name_of(a), {"", 0}}, right = {name_of(b), {"", 0}};
    return labels_compare(&(struct labels){&left, 1}, &(struct labels){&right, 1});
}

static int compare_series(const void *a, const void *b) {
    const struct series *const *x = a, *const *y = b;
    int order = compare_names(*x, *y);
    return order != 0 ? order : labels_compare(&(*x)->labels, &(*y)->labels);
}

static void put_name(struct buf *out, struct view name, bool colons) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
        bool digit = c >= '0' && c <= '9';
        if (digit && i == 0) buf_char(out, '_');
        buf_char(out, letter || digit ? c : '_');
    }
}

static void put_escaped(struct buf *out, struct view text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\' || c == '"' || c == '\n') buf_char(out, '\\');
        buf_char(out, c == '\n' ? 'n' : c);
    }
}

static void put_series(struct buf *out, const struct series *series) {
    struct buf head;
    buf_init(&head, out->limit);
    put_name(&head, name_of(series), true);
    char before = '{';
    for (size_t i = 0; i < series->labels.count; i++) {
        const struct label *label = &series->labels.items[i];
        if (view_is(label->name, "__name__")) continue;
        buf_char(&head, before);
        put_name(&head, label->name, false);
        buf_str(&head, "=\"");
        put_escaped(&head, label->value);
        buf_char(&head, '"');
        before = ',';
    }
    if (before == ',') buf_char(&head, '}');
    for (size_t i = 0; i < series->count; i++) {
        buf_bytes(out, buf_text(&head), head.len);
        buf_char(out, ' ');
        buf_double(out, series->value[i]);
        buf_char(out, ' ');
        time_format_unix(out, series->time_ms[i]);
        buf_char(out, '\n');
    }
    out->failed = out->failed || head.failed;
    buf_finish(&head);
}

bool answer_report_openmetrics(struct buf *out, const struct answer_report *report, struct error *err) {
    const struct series_set *set = &report->answer->set;
    bool numbers = set->type == RESULT_MATRIX || set->type == RESULT_VECTOR || set->type == RESULT_SCALAR;
    for (size_t i = 0; numbers && i < set->count; i++) {
        if (set->items[i].histogram_count > 0)
            return error_set(err, ERROR_USAGE, "the answer holds native histograms, which OpenMetrics has no form for; take json");
    }
    if (!numbers) return error_set(err, ERROR_USAGE, "only samples can be written as OpenMetrics");
    struct arena arena = {0};
    const struct series **order = series_set_sorted(set, &arena);
    if (set->count > 1) qsort(order, set->count, sizeof(const struct series *), compare_series);
    for (size_t i = 0; i < set->count; i++) {
        bool begins = i == 0 || compare_names(order[i - 1], order[i]) != 0;
        if (begins) {
            buf_str(out, "# TYPE ");
            put_name(out, name_of(order[i]), true);
            buf_str(out, " unknown\n");
        }
        put_series(out, order[i]);
    }
    buf_str(out, "# EOF\n");
    arena_finish(&arena);
    return true;
}
