// SPDX-License-Identifier: GPL-3.0-or-later
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "html_chart.h"
#include "html_part.h"
#include "html_plot.h"
#include "report_part.h"
#include "text_time.h"
#include "text_value.h"
#include "exporters/xml_text.h"

struct section {
    const struct html_page *page;
    const struct report_metric *metric;
    const struct report_extra *extra;
};

static const char *value_of(const struct section *s, struct report_number number, bool sign) {
    return number.known ? text_value(s->page->to->arena, number.value, s->metric->unit, sign, false) : "-";
}

static void stats_row(const struct section *s, const char *name, const char *baseline, const char *canary) {
    struct buf *out = s->page->to->out;
    buf_str(out, "<tr>");
    buf_printf(out, "<th scope=\"row\">%s</th>", name);
    html_element(out, "td", "n", baseline);
    html_element(out, "td", "n", canary);
    buf_str(out, "</tr>\n");
}

static void put_quantiles(const struct section *s, size_t index) {
    struct arena *arena = s->page->to->arena;
    struct report_quantile *quantiles;
    size_t count = report_quantiles_read(s->page->result, index, arena, &quantiles);
    for (size_t i = 0; i < count; i++) {
        const char *name = arena_printf(arena, "%s quantile", text_plain(arena, quantiles[i].quantile));
        stats_row(s, name, value_of(s, quantiles[i].baseline, false), value_of(s, quantiles[i].canary, false));
    }
}

static void put_statistics(const struct section *s, size_t index) {
    const struct report_stats *before = &s->extra->baseline, *after = &s->extra->canary;
    struct arena *arena = s->page->to->arena;
    buf_str(s->page->to->out,
            "<table><caption>What each side measured</caption>\n<tr><td></td><th scope=\"col\" class=\"n side0\">baseline</th>"
            "<th scope=\"col\" class=\"n side1\">canary</th></tr>\n");
    stats_row(s, "samples", arena_printf(arena, "%" PRId64, s->metric->baseline.samples),
              arena_printf(arena, "%" PRId64, s->metric->canary.samples));
    stats_row(s, "mean", value_of(s, before->mean, false), value_of(s, after->mean, false));
    stats_row(s, "least", value_of(s, before->min, false), value_of(s, after->min, false));
    stats_row(s, "most", value_of(s, before->max, false), value_of(s, after->max, false));
    stats_row(s, "standard deviation", value_of(s, before->std, false), value_of(s, after->std, false));
    put_quantiles(s, index);
    buf_str(s->page->to->out, "</table>\n");
}

static const char *percent(const struct section *s, struct report_number share) {
    return share.known ? arena_printf(s->page->to->arena, "%s%%", text_plain(s->page->to->arena, share.value * 100)) : "";
}

static void put_where(const struct section *s) {
    const struct report *report = s->page->report;
    struct text_out *to = s->page->to;
    size_t shown = 0;
    for (size_t i = 0; i < report->where_count; i++) {
        const struct report_where *where = &report->where[i];
        if (strcmp(where->metric, s->extra->name) != 0) continue;
        buf_str(to->out, shown++ == 0 ? "<table class=\"where\"><caption>Where the change is</caption>\n<tr><th scope=\"row\">"
                                      : "<tr><th scope=\"row\">");
        xml_text(to->out, arena_printf(to->arena, "%s=%s", where->label, where->value));
        buf_str(to->out,
                "</th><td><svg class=\"share\" viewBox=\"0 0 100 120\" height=\"12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        html_plot_box(to->out, "used release", 0, 0, fmin(100, fmax(0, 100 * where->share)), 12);
        buf_str(to->out, "</svg></td>");
        html_element(to->out, "td", "n", arena_printf(to->arena, "%.0f%%", 100 * where->share));
        buf_str(to->out, "</tr>\n");
    }
    if (shown > 0) buf_str(to->out, "</table>\n");
}

// Left out where none of them has anything against the canary.
static void put_tests(const struct section *s, size_t index) {
    struct text_out *to = s->page->to;
    struct report_test *tests;
    size_t count = report_tests_read(s->page->result, index, to->arena, &tests), against = 0;
    for (size_t i = 0; i < count; i++) against += tests[i].fails || tests[i].blocks;
    if (against == 0) return;
    buf_str(to->out, "<table><caption>Tests, each with its share of the level</caption>\n<tr><th scope=\"col\">test</th>"
                     "<th scope=\"col\">finds</th><th scope=\"col\" class=\"n\">p</th><th scope=\"col\" class=\"n\">share</th></tr>\n");
    for (size_t i = 0; i < count; i++) {
        const struct report_test *test = &tests[i];
        const char *edge = test->edge.known ? arena_printf(to->arena, " %s", text_plain(to->arena, test->edge.value)) : "";
        buf_str(to->out, "<tr><th scope=\"row\">");
        xml_text(to->out, arena_printf(to->arena, "%s%s", test->name, edge));
        buf_str(to->out, "</th>");
        html_element(to->out, "td", test->fails ? "fail" : NULL, test->fails ? "failure" : test->blocks ? "harm not excluded" : "nothing");
        html_element(to->out, "td", "n", test->p.known ? text_p(to->arena, test->p.value) : "-");
        html_element(to->out, "td", "n", percent(s, test->share));
        buf_str(to->out, "</tr>\n");
    }
    buf_str(to->out, "</table>\n");
}

static const char *plain(const struct section *s, struct report_number number) {
    return number.known ? arena_printf(s->page->to->arena, "%.3g", number.value) : "";
}

static const char *shift_text(const struct section *s) {
    const struct report_metric *metric = s->metric;
    struct arena *arena = s->page->to->arena;
    if (!metric->has_shift) return "";
    const char *text = arena_printf(arena, "[%s..%s]", value_of(s, metric->lower, true), value_of(s, metric->upper, true));
    if (s->extra->estimate.known) text = arena_printf(arena, "%s %s", value_of(s, s->extra->estimate, true), text);
    return s->extra->confidence.known ? arena_printf(arena, "%s, %s sure", text, percent(s, s->extra->confidence)) : text;
}

static void put_evidence(const struct section *s) {
    const struct report_evidence *evidence = &s->metric->evidence;
    struct text_out *to = s->page->to;
    if (!evidence->present) return;
    html_row(to->out, "relative change", report_evidence_interval(to, s->metric));
    html_row(to->out, "p", evidence->p.known ? text_p(to->arena, evidence->p.value) : "");
    html_row(to->out, "fails below p", plain(s, evidence->alpha));
    html_row(to->out, "corrected for", arena_printf(to->arena, "%" PRId64 " metric%s", evidence->family, evidence->family == 1 ? "" : "s"));
    html_row(to->out, "pairs or steps", arena_printf(to->arena, "%" PRId64, evidence->pairs));
    html_row(to->out, "autocorrelation", plain(s, evidence->rho));
    html_row(to->out, "dispersion", plain(s, evidence->phi));
}

static void put_numbers(const struct section *s) {
    struct text_out *to = s->page->to;
    const struct report_metric *metric = s->metric;
    const struct report_extra *extra = s->extra;
    const char *change = report_change(to, metric);
    buf_str(to->out, "<dl>");
    html_row(to->out, "kind", extra->kind);
    html_row(to->out, "bad direction", extra->direction);
    html_row(to->out, "change", strcmp(change, "-") == 0 ? "" : change);
    html_row(to->out, "shift", shift_text(s));
    html_row(to->out, "limit", report_limit(to, metric));
    html_row(to->out, "tolerated", percent(s, extra->relative));
    if (extra->absolute.known && extra->absolute.value > 0) html_row(to->out, "at least", value_of(s, extra->absolute, false));
    html_row(to->out, "harmful from", percent(s, extra->harm));
    put_evidence(s);
    if (*extra->measure != '\0') html_row(to->out, extra->measure, plain(s, extra->effect));
    html_row(to->out, "since", metric->evidence.has_since ? text_time(to->arena, metric->evidence.since_ms) : "");
    for (size_t i = 0; i < metric->warnings.count; i++) html_row(to->out, "warning", metric->warnings.items[i]);
    buf_str(to->out, "</dl>\n");
}

static void put_query(const struct section *s, const struct report_query *query) {
    struct text_out *to = s->page->to;
    html_element(to->out, "p", "dim",
                 arena_printf(to->arena, "%s %s on %s: %s, %" PRId64 " series, %" PRId64 " samples, %" PRId64 " B, %" PRId64 " ms",
                              query->part, query->side, query->source, query->outcome, query->series, query->samples, query->bytes,
                              query->duration_ms));
    html_element(to->out, "pre", NULL, query->expr);
    buf_char(to->out, '\n');
    if (query->error != NULL) html_element(to->out, "p", "error", query->error);
}

// Open where one of them failed.
static void put_queries(const struct section *s) {
    const struct report *report = s->page->report;
    struct buf *out = s->page->to->out;
    size_t count = 0;
    bool failed = false;
    for (size_t i = 0; i < report->query_count; i++) {
        bool own = strcmp(report->queries[i].metric, s->extra->name) == 0;
        count += own;
        failed = failed || (own && report_query_failed(&report->queries[i]));
    }
    if (count == 0) return;
    buf_printf(out, "<details%s><summary>%zu %s</summary>\n", failed ? " open=\"open\"" : "", count, count == 1 ? "query" : "queries");
    for (size_t i = 0; i < report->query_count; i++) {
        if (strcmp(report->queries[i].metric, s->extra->name) == 0) put_query(s, &report->queries[i]);
    }
    buf_str(out, "</details>\n");
}

static void put_charts(const struct section *s) {
    struct text_out *to = s->page->to;
    struct html_chart chart = {s->page->report, s->metric, s->extra, to->arena};
    html_chart_overlay(to->out, &chart);
    html_chart_difference(to->out, &chart);
    html_chart_boxes(to->out, &chart);
    html_chart_interval(to->out, &chart);
}

void html_metric(const struct html_page *page, size_t i) {
    const struct report_metric *metric = &page->report->metrics[i];
    struct text_out *to = page->to;
    struct report_extra extra;
    report_extra_read(page->result, i, to->arena, &extra);
    struct section section = {page, metric, &extra};
    buf_printf(to->out, "<details id=\"m%zu\"%s><summary>", i, metric->state == TEXT_FAIL ? " open=\"open\"" : "");
    html_element(to->out, "span", html_class(metric->state), text_symbol(to, metric->state));
    buf_char(to->out, ' ');
    html_element(to->out, "b", NULL, metric->name);
    html_element(to->out, "span", "dim", arena_printf(to->arena, " %s%s", metric->classification, metric->critical ? ", critical" : ""));
    buf_str(to->out, "</summary>\n");
    if (metric->reason != NULL) { // the judge serin's is a sentence about the metric
        const char *subject = metric->evidence.present ? arena_printf(to->arena, "%s ", metric->name) : "";
        html_element(to->out, "p", NULL, arena_printf(to->arena, "%s%s", subject, metric->reason));
    }
    buf_str(to->out, "<div class=\"pair\"><div>\n");
    put_charts(&section);
    put_where(&section);
    buf_str(to->out, "</div><div>\n");
    put_statistics(&section, i);
    put_numbers(&section);
    put_tests(&section, i);
    buf_str(to->out, "</div></div>\n");
    put_queries(&section);
    buf_str(to->out, "</details>\n");
}
