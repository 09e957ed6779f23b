// SPDX-License-Identifier: GPL-3.0-or-later
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "answer_page.h"
#include "query/cadence.h"
#include "query/increase.h"
#include "text_time.h"
#include "text_value.h"

enum { INDENT = ANSWER_INDENT, MOST_LINES = 100, MOST_TEXTS = 10 };

void answer_heading(struct text_out *to, const char *word) {
    text_put(to, PAINT_DIM, word);
    text_tab(to, INDENT);
}

static const char *clean(struct text_out *to, const char *text) {
    return text_clean(to->arena, text, strlen(text), to->style->ascii);
}

static const char *how_read(const struct answer_report *r) {
    static const char *const protocols[] = {[PROTOCOL_AUTO] = "", // recorded before there was a choice
                                            [PROTOCOL_STREAM] = ", by streamed remote read",
                                            [PROTOCOL_SAMPLES] = ", by remote read in one block",
                                            [PROTOCOL_RAW] = ", by an instant query on the window"};
    return r->query->mode == QUERY_RAW ? protocols[r->answer->protocol] : "";
}

static const char *how_asked(struct arena *arena, const struct query *q) {
    switch (q->mode) {
    case QUERY_RAW:
        return "sample by sample";
    case QUERY_RANGE:
        return arena_printf(arena, "range query, step %s", text_duration(arena, q->step_ms));
    case QUERY_INSTANT:
        return "instant query";
    case QUERY_LABELS:
        return q->expr[0] != '\0' ? "values of a label" : "names of labels";
    case QUERY_SERIES:
        return "series";
    case QUERY_METADATA:
        return "metadata";
    case QUERY_EXEMPLARS:
        return "exemplars";
    }
    return "";
}

static void print_query(struct answer_page *page) {
    struct text_out *to = &page->to;
    const struct answer_report *r = page->report;
    const struct query *q = r->query;
    answer_heading(to, "source");
    text_prose(to, INDENT, PAINT_NONE, arena_printf(to->arena, "%s (%s %s)", clean(to, r->source), r->kind, clean(to, r->version)));
    text_newline(to);
    if (q->expr[0] != '\0') {
        answer_heading(to, "query");
        text_prose(to, INDENT, PAINT_BOLD, clean(to, q->expr));
        text_newline(to);
    }
    answer_heading(to, "read");
    const char *when = "";
    if (q->mode == QUERY_INSTANT) when = arena_printf(to->arena, " at %s", text_time(to->arena, q->end_ms));
    if (q->mode != QUERY_INSTANT && q->mode != QUERY_METADATA)
        when = arena_printf(to->arena, "; %s to %s (%s)", text_time(to->arena, q->start_ms), text_time(to->arena, q->end_ms),
                            text_duration(to->arena, q->end_ms - q->start_ms));
    text_prose(to, INDENT, PAINT_NONE, arena_printf(to->arena, "%s%s%s", how_asked(to->arena, q), how_read(r), when));
    text_newline(to);
}

static const char *counted(struct arena *arena, uint64_t count, const char *one, const char *many) {
    return arena_printf(arena, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

static const char *contents(struct answer_page *page) {
    struct arena *arena = page->to.arena;
    const struct series_set *set = &page->report->answer->set;
    uint64_t samples = 0;
    if (set->type == RESULT_NAMES) return counted(arena, set->names.count, "name", "names");
    if (set->type == RESULT_STRING) return "a text";
    if (set->type == RESULT_METADATA) return counted(arena, set->count, "metric", "metrics");
    const char *series = counted(arena, set->count, "series", "series");
    if (set->type == RESULT_SERIES) return series;
    if (set->type == RESULT_EXEMPLARS)
        return arena_printf(arena, "%s, %s", series, counted(arena, set->exemplar_count, "exemplar", "exemplars"));
    for (size_t i = 0; i < set->count; i++) samples += set->items[i].count + set->items[i].histogram_count;
    return arena_printf(arena, "%s, %s", series, counted(arena, samples, "sample", "samples"));
}

static void print_answer(struct answer_page *page) {
    struct text_out *to = &page->to;
    const struct answer *a = page->report->answer;
    answer_heading(to, "answer");
    const char *text = arena_printf(to->arena, "%s; %s in %s, %s", contents(page),
                                    text_value(to->arena, (double)a->bytes, "bytes", false, to->style->ascii),
                                    text_value(to->arena, (double)a->duration_ms / 1000, "s", false, to->style->ascii),
                                    counted(to->arena, (uint64_t)a->requests, "request", "requests"));
    if (a->clipped > 0)
        text = arena_printf(to->arena, "%s; %s outside the window cut off", text, counted(to->arena, a->clipped, "sample", "samples"));
    text_prose(to, INDENT, PAINT_NONE, text);
    text_newline(to);
}

bool answer_has_samples(const struct series_set *set) {
    return set->type == RESULT_MATRIX || set->type == RESULT_VECTOR || set->type == RESULT_SCALAR;
}

// The scrape interval and what is missing, over all series.
static void print_scrapes(struct answer_page *page) {
    struct text_out *to = &page->to;
    int64_t interval = cadence_interval(page->series, page->count), longest = 0;
    uint64_t missing = 0, with_gaps = 0, gaps = 0;
    if (page->report->answer->set.type != RESULT_MATRIX || interval == 0) return;
    for (size_t i = 0; i < page->count; i++) {
        struct cadence c;
        cadence_of(page->series[i], &c);
        missing += c.missing;
        gaps += c.gaps;
        with_gaps += c.gaps > 0;
        if (c.gaps > 0 && c.longest_gap_ms > longest) longest = c.longest_gap_ms;
    }
    bool range = page->report->query->mode == QUERY_RANGE;
    answer_heading(to, range ? "points" : "scrapes");
    const char *text = arena_printf(to->arena, "every %s; no gaps", text_duration(to->arena, interval));
    if (gaps > 0)
        text = arena_printf(to->arena, "every %s; %s in %s, the longest of %s, %s missing", text_duration(to->arena, interval),
                            counted(to->arena, gaps, "gap", "gaps"), counted(to->arena, with_gaps, "series", "series"),
                            text_duration(to->arena, longest), counted(to->arena, missing, "sample", "samples"));
    text_prose(to, INDENT, gaps > 0 ? PAINT_MARGINAL : PAINT_NONE, text);
    text_newline(to);
}

// What the counters of a raw read grew by, all together.
static void print_increase(struct answer_page *page) {
    struct text_out *to = &page->to;
    const struct query *q = page->report->query;
    double raw = 0, extrapolated[2] = {0, 0};
    size_t counters = 0, resets = 0;
    for (size_t i = 0; q->mode == QUERY_RAW && i < page->count; i++) {
        struct increase closed, open;
        if (!increase_is_counter(page->series[i]) || !increase_within(page->series[i], q->start_ms, q->end_ms, INCREASE_CLOSED, &closed))
            continue;
        increase_within(page->series[i], q->start_ms, q->end_ms, INCREASE_LEFT_OPEN, &open);
        counters++;
        resets += closed.resets;
        raw += closed.raw;
        extrapolated[0] += closed.extrapolated;
        if (!isnan(open.extrapolated)) extrapolated[1] += open.extrapolated;
    }
    if (counters == 0) return;
    const char *told[] = {text_value(to->arena, raw, "", false, to->style->ascii),
                          text_value(to->arena, extrapolated[0], "", false, to->style->ascii),
                          text_value(to->arena, extrapolated[1], "", false, to->style->ascii)};
    answer_heading(to, "increase");
    text_prose(to, INDENT, PAINT_NONE,
               arena_printf(to->arena, "%s in all, %s; increase() of Prometheus 2 makes %s of it, of Prometheus 3 %s", told[0],
                            counted(to->arena, resets, "reset", "resets"), told[1], told[2]));
    text_newline(to);
}

static void print_texts(struct text_out *to, const char *word, const struct text_list *list) {
    for (size_t i = 0; i < list->count && i < MOST_TEXTS; i++) {
        answer_heading(to, word);
        text_prose(to, INDENT, PAINT_MARGINAL, text_clean(to->arena, list->items[i].ptr, list->items[i].len, to->style->ascii));
        text_newline(to);
    }
}

static void print_warnings(struct answer_page *page) {
    struct text_out *to = &page->to;
    const struct series_set *set = &page->report->answer->set;
    struct buf copies;
    buf_init(&copies, 4096);
    if (page->report->query->mode == QUERY_RANGE && cadence_warn_copies(set, page->report->query->step_ms, &copies)) {
        answer_heading(to, "warning");
        text_prose(to, INDENT, PAINT_MARGINAL, buf_text(&copies));
        text_newline(to);
    }
    buf_finish(&copies);
    print_texts(to, "warning", &set->warnings);
    print_texts(to, "info", &set->infos);
    if (!set->partial) return;
    answer_heading(to, "warning");
    text_put(to, PAINT_MARGINAL, "the server says that data is missing");
    text_newline(to);
}

void answer_report_text(struct buf *out, const struct answer_report *report, const struct report_style *style) {
    struct arena arena = {0};
    const struct series_set *set = &report->answer->set;
    struct answer_page page = {.to = {out, style, style->width < 80 ? 80 : style->width, 0, &arena}, .report = report};
    page.series = series_set_sorted(set, &arena);
    page.count = page.shown = set->type == RESULT_NAMES ? set->names.count : set->count;
    if (!style->verbose && page.shown > MOST_LINES) page.shown = MOST_LINES;
    print_query(&page);
    print_answer(&page);
    if (answer_has_samples(set)) print_scrapes(&page);
    print_increase(&page);
    print_warnings(&page);
    answer_page_body(&page);
    if (page.shown < page.count)
        answer_item(&page.to, 0, arena_printf(&arena, "... %zu more; --verbose shows all", page.count - page.shown));
    arena_finish(&arena);
}
