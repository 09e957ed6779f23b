// SPDX-License-Identifier: GPL-3.0-or-later
// WHY of the text report, and the cells of a metric that it shares with the table.
#include "report_part.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "text_value.h"

enum { MOST_LINES = 10, MOST_DETAILED = 5, MOST_NAME = 28, MOST_VALUES = 26, MOST_CHANGE = 18 }; // lines of metrics unless verbose; columns

struct why_line {
    const struct report_metric *metric;
    const char *values, *change, *interval, *samples;
};

struct why_widths {
    int name, class, values, change, interval, samples;
};

const char *report_interval(struct text_out *to, const struct report_metric *metric) {
    if (metric->evidence.present) return report_evidence_interval(to, metric);
    if (!metric->has_shift || !metric->lower.known || !metric->upper.known) return "";
    bool ascii = to->style->ascii;
    return arena_printf(to->arena, "[%s..%s]", text_value(to->arena, metric->lower.value, metric->unit, true, ascii),
                        text_value(to->arena, metric->upper.value, metric->unit, true, ascii));
}

const char *report_limit(struct text_out *to, const struct report_metric *metric) {
    if (!metric->has_limit) return "";
    bool ascii = to->style->ascii;
    const char *min = metric->limit_min.known ? text_value(to->arena, metric->limit_min.value, metric->unit, false, ascii) : NULL;
    const char *max = metric->limit_max.known ? text_value(to->arena, metric->limit_max.value, metric->unit, false, ascii) : NULL;
    if (min != NULL && max != NULL) return arena_printf(to->arena, "%s..%s", min, max);
    if (max != NULL) return arena_printf(to->arena, "%s%s", ascii ? "<=" : "≤", max);
    return min == NULL ? "" : arena_printf(to->arena, "%s%s", ascii ? ">=" : "≥", min);
}

const char *report_mean(struct text_out *to, const struct report_metric *metric, const struct report_sample *side) {
    if (!side->present || !side->mean.known || side->samples == 0) return "-";
    return text_value(to->arena, side->mean.value, metric->unit, false, to->style->ascii);
}

const char *report_change(struct text_out *to, const struct report_metric *metric) {
    if (metric->evidence.present && metric->evidence.change.known)
        return text_change(to->arena, 1 + metric->evidence.change.value, metric->unit);
    const struct report_number *before = &metric->baseline.mean, *after = &metric->canary.mean;
    bool both = metric->baseline.present && metric->canary.present && before->known && after->known;
    if (!both || !isfinite(before->value) || !isfinite(after->value)) return "-";
    if (!metric->ratio.known) return "-";
    if (before->value == after->value) return "0%";
    bool usable = isfinite(metric->ratio.value) && before->value > 0 && after->value >= 0;
    if (usable) return text_change(to->arena, metric->ratio.value, metric->unit);
    return text_value(to->arena, after->value - before->value, metric->unit, true, to->style->ascii);
}

const char *report_measured(struct text_out *to, const struct report_metric *metric) {
    const char *text = metric->canary.present || metric->baseline.present ? report_mean(to, metric, &metric->canary) : "";
    if (metric->baseline.present)
        text = arena_printf(to->arena, "%s %s %s", report_mean(to, metric, &metric->baseline), text_arrow(to), text);
    const char *change = metric->has_limit ? report_limit(to, metric) : report_change(to, metric), *interval = report_interval(to, metric);
    const char *mark = *text == '\0' ? "" : ", ";
    if (strcmp(change, "-") != 0) text = arena_printf(to->arena, "%s%s%s%s", text, mark, metric->has_limit ? "limit " : "", change);
    return *interval == '\0' ? text : arena_printf(to->arena, "%s %s", text, interval);
}

static bool speaks_against(const struct report_metric *metric) {
    return metric->state == TEXT_FAIL;
}

static bool is_open(const struct report_metric *metric) { // could not be judged, and counts
    return !metric->informs && (metric->state == TEXT_INCONCLUSIVE || metric->state == TEXT_NODATA || metric->state == TEXT_ERROR);
}

static const char *summary(struct text_out *to, const struct report *report) {
    size_t fail = 0, open = 0, muted = 0, informing = 0;
    for (size_t i = 0; i < report->metric_count; i++) {
        fail += speaks_against(&report->metrics[i]);
        open += is_open(&report->metrics[i]);
        muted += report->metrics[i].muted;
        informing += report->metrics[i].informs && !report->metrics[i].muted;
    }
    size_t all = report->metric_count - muted - informing;
    const char *noun = all == 1 ? "metric" : "metrics", *text = "";
    if (all == 0) return NULL;
    if (fail > 0) {
        text = arena_printf(to->arena, "%zu of %zu %s %s", fail, all, noun, fail == 1 ? "fails" : "fail");
        if (open > 0) text = arena_printf(to->arena, "%s, %zu cannot be judged", text, open);
    } else if (open > 0) {
        text = arena_printf(to->arena, "%zu of %zu %s cannot be judged", open, all, noun);
    } else {
        text = all == 1 ? "the only metric passes" : arena_printf(to->arena, "all %zu metrics pass", all);
    }
    if (informing > 0) text = arena_printf(to->arena, "%s (%zu more not required)", text, informing);
    return muted == 0 ? text : arena_printf(to->arena, "%s (%zu more muted)", text, muted);
}

static bool goes_before(const struct report_metric *a, const struct report_metric *b) {
    if (speaks_against(a) != speaks_against(b)) return speaks_against(a);
    if (a->critical != b->critical) return a->critical;
    return a->share > b->share;
}

size_t report_ranked(struct text_out *to, const struct report *report, const struct report_metric ***ret_metrics) {
    const struct report_metric **metrics = arena_array(to->arena, report->metric_count + 1, sizeof(const struct report_metric *));
    size_t count = 0;
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct report_metric *metric = &report->metrics[i];
        if (!speaks_against(metric) && !(is_open(metric) && report->state != TEXT_PASS)) continue;
        size_t at = count++;
        for (; at > 0 && goes_before(metric, metrics[at - 1]); at--) metrics[at] = metrics[at - 1];
        metrics[at] = metric;
    }
    *ret_metrics = metrics;
    return count;
}

static const char *limit_broken(struct text_out *to, const struct report_metric *metric) {
    if (metric->consecutive.known && metric->in_a_row.value > metric->consecutive.value) {
        return arena_printf(to->arena, "%.0f in a row outside, %.0f allowed", metric->in_a_row.value, metric->consecutive.value);
    }
    const char *outside = arena_printf(to->arena, "%" PRId64 " outside", metric->outside);
    return metric->allowed.known ? arena_printf(to->arena, "%s, %.0f allowed", outside, metric->allowed.value) : outside;
}

static void fill(struct text_out *to, struct why_line *line) {
    const struct report_metric *metric = line->metric;
    const char *before = report_mean(to, metric, &metric->baseline), *after = report_mean(to, metric, &metric->canary);
    line->change = metric->has_limit ? arena_printf(to->arena, "limit %s", report_limit(to, metric)) : report_change(to, metric);
    line->values = metric->baseline.present ? arena_printf(to->arena, "%s %s %s", before, text_arrow(to), after) : after;
    if (metric->has_limit) {
        line->interval = limit_broken(to, metric);
    } else {
        line->interval = report_interval(to, metric);
    }
    int64_t baseline = metric->baseline.samples, canary = metric->canary.samples;
    if (metric->evidence.present) {
        line->samples = arena_printf(to->arena, "n=%" PRId64, metric->evidence.pairs);
        return;
    }
    line->samples = metric->baseline.present ? arena_printf(to->arena, "n=%" PRId64 "/%" PRId64, baseline, canary)
                                             : arena_printf(to->arena, "n=%" PRId64, canary);
}

static void widen(int *width, const char *text) {
    int columns = text_columns(text);
    if (columns > *width) *width = columns;
}

static struct why_widths measure(const struct text_out *to, const struct why_line *lines, size_t count) {
    struct why_widths widths = {0};
    for (size_t i = 0; i < count; i++) {
        if (!speaks_against(lines[i].metric)) continue;
        widen(&widths.name, lines[i].metric->name);
        widen(&widths.class, lines[i].metric->classification);
        widen(&widths.values, lines[i].values);
        widen(&widths.change, lines[i].change);
        widen(&widths.interval, lines[i].interval);
        widen(&widths.samples, lines[i].samples);
    }
    if (widths.values > MOST_VALUES) widths.values = MOST_VALUES;
    if (widths.change > MOST_CHANGE) widths.change = MOST_CHANGE;
    int taken = REPORT_INDENT + text_symbol_columns(to) + 1 + 2 + widths.class + 2 + widths.values + 2 + widths.change;
    if (widths.name > MOST_NAME + to->width - 80) widths.name = MOST_NAME + to->width - 80;
    if (taken + widths.name + 2 + widths.samples > to->width) widths.samples = 0;
    if (widths.samples > 0) taken += 2 + widths.samples;
    if (taken + widths.name + 1 + widths.interval > to->width) widths.interval = 0;
    if (taken + widths.name > to->width) widths.name = to->width - taken;
    return widths;
}

static void print_failing(struct text_out *to, const struct why_line *line, const struct why_widths *widths) {
    text_cell(to, PAINT_BOLD, text_cut_name(to, line->metric->name, widths->name), widths->name);
    text_tab(to, to->column + 2);
    text_cell(to, PAINT_FAIL, line->metric->classification, widths->class);
    text_tab(to, to->column + 2);
    text_cell(to, PAINT_NONE, line->values, widths->values);
    text_tab(to, to->column + 2);
    text_cell(to, PAINT_BOLD, line->change, widths->change);
    if (widths->interval > 0) {
        text_tab(to, to->column + 1);
        text_cell(to, PAINT_NONE, line->interval, widths->interval);
    }
    if (widths->samples > 0) {
        text_tab(to, to->column + 2);
        text_put(to, PAINT_DIM, line->samples);
    }
}

static void print_open(struct text_out *to, const struct report_metric *metric) {
    text_put(to, PAINT_BOLD, text_cut_name(to, metric->name, MOST_NAME + to->width - 80));
    int indent = REPORT_INDENT + text_symbol_columns(to) + 1;
    const char *word = metric->state == TEXT_NODATA ? "no data" : metric->classification;
    text_tab(to, to->column + 1);
    if (metric->reason == NULL) {
        text_prose(to, indent, PAINT_NONE, word);
    } else {
        text_prose(to, indent, PAINT_NONE,
                   metric->state == TEXT_NODATA ? metric->reason : arena_printf(to->arena, "%s: %s", word, metric->reason));
    }
}

static void print_lines(struct text_out *to, const struct report_metric *const *metrics, size_t count) {
    size_t shown = to->style->verbose || count <= MOST_LINES ? count : MOST_LINES;
    struct why_line *lines = arena_array(to->arena, shown + 1, sizeof lines[0]);
    for (size_t i = 0; i < shown; i++) {
        lines[i].metric = metrics[i];
        fill(to, &lines[i]);
    }
    struct why_widths widths = measure(to, lines, shown);
    for (size_t i = 0; i < shown; i++) {
        const struct report_metric *metric = lines[i].metric;
        text_tab(to, REPORT_INDENT);
        text_cell(to, text_state_paint(metric->state), text_symbol(to, metric->state), text_symbol_columns(to));
        text_tab(to, to->column + 1);
        if (speaks_against(metric)) {
            print_failing(to, &lines[i], &widths);
        } else {
            print_open(to, metric);
        }
        text_newline(to);
        bool detailed = speaks_against(metric) && metric->evidence.present && (to->style->verbose || shown <= MOST_DETAILED);
        if (detailed) report_evidence_lines(to, metric, REPORT_INDENT + text_symbol_columns(to) + 1);
    }
    if (shown == count) return;
    text_tab(to, REPORT_INDENT);
    text_put(to, PAINT_DIM, arena_printf(to->arena, "and %zu more, see the table", count - shown));
    text_newline(to);
}

const char *report_reason(struct text_out *to, const struct report *report) {
    const char *text = summary(to, report);
    for (size_t i = 0; i < report->reasons.count; i++) {
        text = text == NULL ? report->reasons.items[i] : arena_printf(to->arena, "%s; %s", text, report->reasons.items[i]);
    }
    return text != NULL ? text : "";
}

void report_why(struct text_out *to, const struct report *report) {
    const struct report_metric **metrics;
    size_t count = report_ranked(to, report, &metrics);
    const char *text = report_reason(to, report);
    if (*text == '\0' && count == 0) return;
    report_heading(to, "WHY");
    text_prose(to, REPORT_INDENT, PAINT_NONE, text);
    text_newline(to);
    print_lines(to, metrics, count);
}
