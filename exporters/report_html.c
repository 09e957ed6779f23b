// SPDX-License-Identifier: GPL-3.0-or-later
// One page that needs nothing else: no script, no network, style and charts inside. Written so that it is well-formed XML too.
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "html_chart.h"
#include "html_part.h"
#include "html_style.h"
#include "report_extra.h"
#include "report_part.h"
#include "report_render.h"
#include "text_value.h"
#include "exporters/xml_text.h"

enum { MOST_SECTIONS = 400, MOST_DOCUMENT = 128 << 10 }; // metrics with a section; bytes
enum { MOST_PAGE = (300 << 10) - 100 };                  // bytes of a page with the document in it, but for its end

void html_element(struct buf *out, const char *tag, const char *class, const char *text) {
    buf_printf(out, "<%s", tag);
    if (class != NULL) xml_attribute(out, "class", class);
    buf_char(out, '>');
    xml_text(out, text);
    buf_printf(out, "</%s>", tag);
}

void html_row(struct buf *out, const char *term, const char *text) {
    if (*text == '\0') return;
    if (*term != '\0') html_element(out, "dt", NULL, term);
    html_element(out, "dd", NULL, text);
    buf_char(out, '\n');
}

const char *html_class(enum text_state state) {
    static const char *const classes[] = {
        [TEXT_PASS] = "pass",     [TEXT_MARGINAL] = "marginal", [TEXT_FAIL] = "fail",   [TEXT_INCONCLUSIVE] = "inconclusive",
        [TEXT_NODATA] = "nodata", [TEXT_QUARANTINED] = "muted", [TEXT_ERROR] = "error",
    };
    return classes[state];
}

static void put_head(const struct html_page *page) {
    struct buf *out = page->to->out;
    buf_str(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                 "form-action 'none'\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                 "<meta name=\"referrer\" content=\"no-referrer\"/>\n");
    html_element(out, "title", NULL, arena_printf(page->to->arena, "%s %s", report_verdict(page->to, page->report), page->report->canary));
    buf_printf(out, "\n<style>\n%s%s</style>\n</head>\n<body>\n", html_style_charts, html_style_page);
}

static void put_rows(struct buf *out, const char *term, const struct report_texts *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        html_row(out, term, texts->items[i]);
        if (*texts->items[i] != '\0') term = "";
    }
}

static void put_where(const struct html_page *page) {
    for (size_t i = 0; i < page->report->where_count; i++)
        html_row(page->to->out, i == 0 ? "Where" : "", report_where_line(page->to, &page->report->where[i]));
}

static void put_banner(const struct html_page *page) {
    struct buf *out = page->to->out;
    const struct report *report = page->report;
    buf_printf(out, "<header class=\"%s\">\n", html_class(report->state));
    html_element(out, "h1", NULL, arena_printf(page->to->arena, "%s %s", report_verdict(page->to, report), report->canary));
    buf_char(out, '\n');
    html_element(out, "p", NULL, report_score(page->to, report));
    buf_str(out, "\n<dl>\n");
    html_row(out, "Why", report_reason(page->to, report));
    put_where(page);
    html_row(out, "Since", report_since(page->to, report));
    html_row(out, "Watch", report->looks != NULL ? report->looks : "");
    put_rows(out, "Missing", &report->missing);
    put_rows(out, "Next", &report->next);
    buf_str(out, "</dl>\n</header>\n");
}

static bool is_web_address(const char *url) {
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

static void put_runbook(struct buf *out, const char *runbook) {
    if (runbook == NULL) return;
    if (!is_web_address(runbook)) {
        html_row(out, "runbook", runbook);
        return;
    }
    buf_str(out, "<dt>runbook</dt><dd><a rel=\"noopener noreferrer\"");
    xml_attribute(out, "href", runbook);
    buf_char(out, '>');
    xml_text(out, runbook);
    buf_str(out, "</a></dd>\n");
}

static void put_facts(const struct html_page *page) {
    struct text_out *to = page->to;
    const struct report *report = page->report;
    buf_str(to->out, "<section>\n<h2>Facts</h2>\n<dl>\n");
    for (size_t i = 0; i < report->scope_count; i++) {
        const struct report_scope *scope = &report->scopes[i];
        if (report->scope_count > 1) html_row(to->out, "scope", scope->name);
        html_row(to->out, "baseline", report_side(to, "", &scope->baseline, &scope->canary));
        html_row(to->out, "canary", report_side(to, "", &scope->canary, &scope->baseline));
        html_row(to->out, "both", report_shared_labels(to, scope));
    }
    html_row(to->out, "window", report_window(to, report));
    for (size_t i = 0; i < report->variables.count; i++) {
        html_row(to->out, report->variables.items[i].name, report->variables.items[i].value);
    }
    html_row(to->out, "owner", report->owner != NULL ? report->owner : "");
    put_runbook(to->out, report->runbook);
    html_row(to->out, "run", report->id);
    buf_str(to->out, "</dl>\n</section>\n");
}

static void put_items(struct buf *out, const char *class, const struct report_texts *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        html_element(out, "li", class, texts->items[i]);
        buf_char(out, '\n');
    }
}

static void put_trust(const struct html_page *page) {
    struct text_out *to = page->to;
    struct report_note *notes;
    size_t count = report_trust(to, page->report, &notes);
    struct report_texts failures = report_failures(to, page->report);
    buf_str(to->out, "<section>\n<h2>Trust</h2>\n<ul>\n");
    for (size_t i = 0; i < count; i++) {
        html_element(to->out, "li", notes[i].state == TEXT_PASS ? NULL : html_class(notes[i].state), notes[i].text);
        buf_char(to->out, '\n');
    }
    put_items(to->out, "error", &failures);
    put_items(to->out, NULL, &page->report->notices);
    buf_str(to->out, "</ul>\n</section>\n");
}

static enum text_state group_state(const struct report *report, const struct report_group *group) {
    enum text_state worst = group->has_data ? TEXT_PASS : TEXT_NODATA;
    for (size_t i = 0; i < report->metric_count; i++) {
        if (report->metrics[i].state == TEXT_FAIL && report_in_group(&report->metrics[i], group->name)) worst = TEXT_FAIL;
    }
    return worst;
}

static void put_groups(const struct html_page *page) {
    struct text_out *to = page->to;
    const struct report *report = page->report;
    if (report->group_count == 0) return;
    buf_str(to->out, "<section>\n<h2>Groups</h2>\n<ul class=\"groups\">\n");
    for (size_t i = 0; i < report->group_count; i++) {
        const struct report_group *group = &report->groups[i];
        enum text_state state = group_state(report, group);
        double weight = isfinite(group->weight) ? fmin(1e6, fmax(0, group->weight)) : 1;
        const char *score = group->score.known ? arena_printf(to->arena, "score %s", text_score(to->arena, group->score.value)) : "no data";
        buf_printf(to->out, "<li class=\"%s\" style=\"flex:%.4g 1 7rem\">", html_class(state), weight);
        const char *text = arena_printf(to->arena, "%s %s (%s): %s", text_symbol(to, state), text_cut(to, group->name, HTML_NAME),
                                        text_plain(to->arena, group->weight), score);
        xml_text(to->out, text);
        buf_str(to->out, "</li>\n");
    }
    buf_str(to->out, "</ul>\n</section>\n");
}

static void put_row(const struct html_page *page, size_t i, bool linked) {
    struct text_out *to = page->to;
    const struct report_metric *metric = &page->report->metrics[i];
    const char *left = metric->baseline.present ? report_mean(to, metric, &metric->baseline) : report_limit(to, metric);
    const char *cells[] = {*left != '\0' ? left : "-", report_mean(to, metric, &metric->canary), report_change(to, metric),
                           report_interval(to, metric)};
    struct report_extra extra;
    buf_str(to->out, "<tr>");
    html_element(to->out, "td", html_class(metric->state),
                 arena_printf(to->arena, "%s %s", text_symbol(to, metric->state), metric->classification));
    buf_str(to->out, "<th scope=\"row\">");
    if (linked) buf_printf(to->out, "<a href=\"#m%zu\">", i);
    xml_text(to->out, text_cut_name(to, metric->name, HTML_NAME));
    if (linked) buf_str(to->out, "</a>");
    buf_str(to->out, metric->critical ? " (critical)</th>" : "</th>");
    for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++) html_element(to->out, "td", "n", cells[k]);
    report_extra_read(page->result, i, to->arena, &extra);
    struct html_chart chart = {page->report, metric, &extra, to->arena};
    buf_str(to->out, "<td>");
    html_chart_trend(to->out, &chart);
    buf_str(to->out, "</td></tr>\n");
}

// Places of the metrics in the document in the order in which they are shown: what speaks against the canary first.
static size_t *order_of(const struct html_page *page) {
    const struct report *report = page->report;
    const struct report_metric **named;
    size_t count = report_ranked(page->to, report, &named), used = count;
    size_t *order = arena_array(page->to->arena, report->metric_count + 1, sizeof *order);
    bool *taken = arena_array(page->to->arena, report->metric_count + 1, sizeof *taken);
    for (size_t i = 0; i < count; i++) taken[order[i] = (size_t)(named[i] - report->metrics)] = true;
    for (size_t i = 0; i < report->metric_count; i++) {
        if (!taken[i]) order[used++] = i;
    }
    return order;
}

static void put_metrics(const struct html_page *page) {
    struct buf *out = page->to->out;
    size_t count = page->report->metric_count, *order = order_of(page);
    if (count == 0) return;
    buf_str(
        out,
        "<section>\n<h2>Metrics</h2>\n<div class=\"wide\"><table><caption>Each metric against the baseline or its limit</caption>\n<tr>");
    static const char *const heads[] = {"State", "Metric", "Baseline", "Canary", "Change", "Interval", "Course"};
    for (size_t i = 0; i < 7; i++) buf_printf(out, "<th scope=\"col\"%s>%s</th>", i > 1 && i < 6 ? " class=\"n\"" : "", heads[i]);
    buf_str(out, "</tr>\n");
    for (size_t i = 0; i < count; i++) put_row(page, order[i], i < MOST_SECTIONS);
    buf_str(out, "</table></div>\n");
    for (size_t i = 0; i < count && i < MOST_SECTIONS; i++) html_metric(page, order[i]);
    if (count > MOST_SECTIONS)
        html_element(out, "p", NULL, arena_printf(page->to->arena, "and %zu more in the table", count - MOST_SECTIONS));
    buf_str(out, "</section>\n");
}

// The document in one line, so that every number can be had in full; left to --output json where the page would become too large.
static void put_document(const struct html_page *page) {
    struct buf text, part, *out = page->to->out;
    buf_init(&text, MOST_DOCUMENT);
    buf_init(&part, out->len < MOST_PAGE ? MOST_PAGE - out->len : 0);
    if (report_json_line(&text, page->result, NULL)) {
        buf_str(&part, "<details class=\"whole\"><summary>Result document</summary>\n");
        html_element(&part, "pre", NULL, text_clean(page->to->arena, buf_text(&text), text.len, false));
        buf_str(&part, "\n</details>\n");
        if (!part.failed) buf_bytes(out, buf_text(&part), part.len);
    }
    buf_finish(&part);
    buf_finish(&text);
}

static void put_configuration(const struct html_page *page) {
    struct text_out *to = page->to;
    const struct report *report = page->report;
    buf_str(to->out, "<section>\n<h2>Configuration</h2>\n<dl>\n");
    html_row(to->out, "judge", report->judge);
    html_row(to->out, "config", report->config_file != NULL ? report->config_file : "");
    html_row(to->out, "sha256", report->config_sha256 != NULL ? report->config_sha256 : "");
    for (size_t i = 0; i < report->source_count; i++) {
        const struct report_source *s = &report->sources[i];
        html_row(to->out, "source",
                 arena_printf(to->arena, "%s (%s%s%s): %" PRId64 " queries, %" PRId64 " retries, %" PRId64 " B", s->name, s->kind,
                              s->version != NULL && s->version[0] != '\0' ? " " : "", s->version != NULL ? s->version : "", s->queries,
                              s->retries, s->bytes));
    }
    for (size_t i = 0; i < report->timings.count; i++) html_row(to->out, report->timings.items[i].name, report->timings.items[i].value);
    html_row(to->out, "serin", report_extra_text(page->result, "serin", to->arena));
    buf_str(to->out, "</dl>\n");
    put_document(page);
    buf_str(to->out, "</section>\n");
}

static void write_report(struct text_out *to, const struct report *report, const json_t *result) {
    struct html_page page = {to, report, result};
    put_head(&page);
    put_banner(&page);
    buf_str(to->out, "<main>\n<div class=\"pair\">\n");
    put_facts(&page);
    put_trust(&page);
    buf_str(to->out, "</div>\n");
    html_budgets(&page);
    put_groups(&page);
    put_metrics(&page);
    html_looks(&page);
    put_configuration(&page);
    buf_str(to->out, "</main>\n</body>\n</html>\n");
}

bool report_html(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    (void)style;
    return report_render(out, result, write_report, err);
}
