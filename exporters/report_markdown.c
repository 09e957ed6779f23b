// SPDX-License-Identifier: GPL-3.0-or-later
// A comment on a pull request. Its first line names canary and run, so that a bot can replace the comment of an earlier run. GitHub
// takes 65536 characters; what does not fit is left out whole and counted.
#include <inttypes.h>
#include <string.h>

#include "markdown_text.h"
#include "objective_doc.h"
#include "report_extra.h"
#include "report_part.h"
#include "report_render.h"

enum { MOST_BYTES = 60000, MOST_LISTS = 52000, MOST_TABLES = 46000, MOST_HEAD = 40000 }; // of the page so far, with room for its end
enum { MOST_NAME = 120, MOST_PROSE = 1000, MOST_ITEMS = 20, MOST_VARIABLES = 5 };

struct page {
    struct text_out *to;
    const struct report *report;
    const json_t *result;
    size_t start; // of the page in the output
};

// Appends a piece unless the page would become longer than `most`.
static bool put(const struct page *page, size_t most, const char *piece) {
    if (page->to->out->len - page->start + strlen(piece) > most) return false;
    buf_str(page->to->out, piece);
    return true;
}

static const char *prose(const struct page *page, const char *text) {
    return markdown_text(page->to->arena, text_cut(page->to, text, MOST_PROSE));
}

static const char *name_of(const struct page *page, const char *name) {
    return markdown_code(page->to->arena, text_cut_name(page->to, name, MOST_NAME));
}

static void put_paragraph(const struct page *page, const char *heading, const char *markdown) {
    if (*markdown != '\0') put(page, MOST_HEAD, arena_printf(page->to->arena, "**%s** %s\n\n", heading, markdown));
}

static void put_heading(const struct page *page) {
    const struct report *report = page->report;
    struct arena *arena = page->to->arena;
    put(page, MOST_HEAD, arena_printf(arena, "%s\n", markdown_marker(arena, report->canary, report->id)));
    put(page, MOST_HEAD,
        arena_printf(arena, "### %s %s: %s\n\n", report_verdict(page->to, report), name_of(page, report->canary),
                     report_score(page->to, report)));
}

// "`latency` (critical): is 38.5% higher (37.1 to 39.9%), 99.99% sure; n=112/112 `▂▂▅▇`"; both sides are in the table.
static const char *finding(const struct page *page, const struct report_metric *metric) {
    struct text_out *to = page->to;
    const char *reason = prose(page, metric->reason != NULL ? metric->reason : metric->classification);
    const char *text = arena_printf(to->arena, "- %s %s%s: %s", text_symbol(to, metric->state), name_of(page, metric->name),
                                    metric->critical ? " (critical)" : "", reason);
    const char *trend = report_trend(to, metric);
    if (metric->state != TEXT_FAIL) return text;
    if (metric->baseline.present)
        text = arena_printf(to->arena, "%s; n=%" PRId64 "/%" PRId64, text, metric->baseline.samples, metric->canary.samples);
    else
        text = arena_printf(to->arena, "%s; n=%" PRId64, text, metric->canary.samples);
    return *trend == '\0' ? text : arena_printf(to->arena, "%s `%s`", text, trend);
}

static void put_findings(const struct page *page, const struct report_metric *const *metrics, size_t count) {
    size_t i = 0;
    while (i < count && i < MOST_ITEMS && put(page, MOST_HEAD, arena_printf(page->to->arena, "%s\n", finding(page, metrics[i])))) i++;
    if (i < count) put(page, MOST_HEAD, arena_printf(page->to->arena, "- and %zu more, see the table\n", count - i));
    if (count > 0) put(page, MOST_HEAD, "\n");
}

static void put_where(const struct page *page) {
    struct arena *arena = page->to->arena;
    const struct report_where *where = page->report->where;
    size_t count = page->report->where_count;
    const char *text = "";
    for (size_t i = 0; i < count && i < MOST_ITEMS; i++) {
        const char *label = name_of(page, arena_printf(arena, "%s=%s", where[i].label, where[i].value));
        text = arena_printf(arena, "%s%s%s has %.0f%% of the change of %s", text, *text == '\0' ? "" : "; ", label, 100 * where[i].share,
                            name_of(page, where[i].metric));
    }
    put_paragraph(page, "Where", text);
}

static void put_budgets(const struct page *page) {
    struct arena *arena = page->to->arena;
    const struct budget_objective *objectives = page->report->objectives;
    for (size_t i = 0; i < page->report->objective_count && i < MOST_ITEMS; i++) {
        const char *text = prose(page, budget_sentence(page->to, &objectives[i]));
        put_paragraph(page, "Budget", arena_printf(arena, "%s: %s", name_of(page, objectives[i].name), text));
    }
}

static const char *joined(const struct page *page, const struct report_texts *texts) {
    const char *text = "";
    for (size_t i = 0; i < texts->count && i < MOST_ITEMS; i++) {
        if (*texts->items[i] == '\0') continue;
        text = arena_printf(page->to->arena, "%s%s%s", text, *text == '\0' ? "" : " · ", prose(page, texts->items[i]));
    }
    return text;
}

static void put_next(const struct page *page) {
    struct arena *arena = page->to->arena;
    const struct report *report = page->report;
    const char *text = joined(page, &report->next);
    if (report->owner != NULL) {
        text = arena_printf(arena, "%s%sowner %s", text, *text == '\0' ? "" : " · ", name_of(page, report->owner));
    }
    if (report->runbook != NULL) {
        const char *link = markdown_link(arena, "runbook", text_cut(page->to, report->runbook, 2000));
        text = arena_printf(arena, "%s%s%s", text, *text == '\0' ? "" : " · ", link);
    }
    put_paragraph(page, "Next", text);
}

static const char *row_of(const struct page *page, const struct report_metric *metric) {
    struct text_out *to = page->to;
    const char *left = metric->baseline.present ? report_mean(to, metric, &metric->baseline) : report_limit(to, metric);
    const char *name = markdown_cell(to->arena, text_cut_name(to, metric->name, MOST_NAME));
    const char *cells[] = {*left != '\0' ? left : "-", report_mean(to, metric, &metric->canary), report_change(to, metric),
                           report_interval(to, metric)};
    const char *row = arena_printf(to->arena, "| %s %s | %s%s |", text_symbol(to, metric->state), metric->classification, name,
                                   metric->critical ? " (critical)" : "");
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        row = arena_printf(to->arena, "%s %s |", row, markdown_text(to->arena, cells[i]));
    return arena_printf(to->arena, "%s\n", row);
}

static void put_table(const struct page *page, const struct report_metric *const *metrics, size_t count) {
    size_t i = 0;
    if (count == 0) return;
    put(page, MOST_TABLES, "| | Metric | Baseline | Canary | Change | Interval |\n| --- | --- | ---: | ---: | ---: | --- |\n");
    while (i < count && put(page, MOST_TABLES, row_of(page, metrics[i]))) i++;
    if (i < count) put(page, MOST_BYTES, arena_printf(page->to->arena, "\n%zu more metrics in the result document\n", count - i));
    put(page, MOST_BYTES, "\n");
}

static bool is_among(const struct report_metric *metric, const struct report_metric *const *metrics, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (metrics[i] == metric) return true;
    }
    return false;
}

static void put_others(const struct page *page, const struct report_metric *const *named, size_t named_count) {
    const struct report *report = page->report;
    const struct report_metric **others = arena_array(page->to->arena, report->metric_count + 1, sizeof(const struct report_metric *));
    size_t count = 0;
    for (size_t i = 0; i < report->metric_count; i++) {
        if (!is_among(&report->metrics[i], named, named_count)) others[count++] = &report->metrics[i];
    }
    if (count == 0) return;
    const char *open = arena_printf(page->to->arena, "<details><summary>%zu %smetric%s</summary>\n\n", count,
                                    named_count > 0 ? "more " : "", count == 1 ? "" : "s");
    if (!put(page, MOST_TABLES, open)) {
        put(page, MOST_BYTES, arena_printf(page->to->arena, "%zu more metrics in the result document\n\n", count));
        return;
    }
    put_table(page, others, count);
    put(page, MOST_BYTES, "</details>\n\n");
}

static void put_item(const struct page *page, const char *text) {
    put(page, MOST_LISTS, arena_printf(page->to->arena, "- %s\n", text));
}

static void put_scopes(const struct page *page) {
    struct text_out *to = page->to;
    for (size_t i = 0; i < page->report->scope_count; i++) {
        const struct report_scope *scope = &page->report->scopes[i];
        const char *both = report_shared_labels(to, scope);
        const char *sides[] = {report_side(to, "baseline", &scope->baseline, &scope->canary),
                               report_side(to, "canary", &scope->canary, &scope->baseline),
                               *both == '\0' ? "" : arena_printf(to->arena, "both %s", both)};
        for (size_t k = 0; k < 3; k++) {
            if (*sides[k] != '\0') put_item(page, prose(page, sides[k]));
        }
    }
}

static void put_trust(const struct page *page) {
    struct text_out *to = page->to;
    const struct report *report = page->report;
    struct report_note *notes;
    size_t count = report_trust(to, report, &notes);
    struct report_texts failures = report_failures(to, report);
    put(page, MOST_TABLES + 1000, "<details><summary>Trust and configuration</summary>\n\n");
    for (size_t i = 0; i < count && i < 2 * MOST_ITEMS; i++) put_item(page, prose(page, notes[i].text));
    for (size_t i = 0; i < failures.count; i++)
        put_item(page, arena_printf(to->arena, "%s %s", text_symbol(to, TEXT_ERROR), prose(page, failures.items[i])));
    for (size_t i = 0; i < report->notices.count && i < MOST_ITEMS; i++) put_item(page, prose(page, report->notices.items[i]));
    put_scopes(page);
    put_item(page, arena_printf(to->arena, "judge %s", name_of(page, report->judge)));
    if (report->config_file != NULL) put_item(page, arena_printf(to->arena, "config %s", name_of(page, report->config_file)));
    if (report->config_sha256 != NULL) put_item(page, arena_printf(to->arena, "sha256 %s", name_of(page, report->config_sha256)));
    put(page, MOST_BYTES, "\n</details>\n\n");
}

// "run `7f3a` · version `1.42.0` · 2025-01-01 00:02-00:30Z step 15s · serin 0.1.0"
static void put_foot(const struct page *page) {
    struct arena *arena = page->to->arena;
    const struct report_labels *variables = &page->report->variables;
    const char *text = arena_printf(arena, "run %s", name_of(page, page->report->id));
    for (size_t i = 0; i < variables->count && i < MOST_VARIABLES; i++) {
        const char *name = markdown_text(arena, text_cut(page->to, variables->items[i].name, MOST_NAME));
        text = arena_printf(arena, "%s · %s %s", text, name, name_of(page, variables->items[i].value));
    }
    put(page, MOST_BYTES,
        arena_printf(arena, "%s · %s · serin %s\n", text, report_window(page->to, page->report),
                     prose(page, report_extra_text(page->result, "serin", arena))));
}

static void write_report(struct text_out *to, const struct report *report, const json_t *result) {
    struct page page = {to, report, result, to->out->len};
    const struct report_metric **named;
    size_t count = report_ranked(to, report, &named);
    put_heading(&page);
    put_paragraph(&page, "Why", prose(&page, report_reason(to, report)));
    put_findings(&page, named, count);
    put_where(&page);
    put_paragraph(&page, "Since", prose(&page, report_since(to, report)));
    put_budgets(&page);
    if (report->looks != NULL) put_paragraph(&page, "Watch", prose(&page, report->looks));
    put_paragraph(&page, "Missing", joined(&page, &report->missing));
    put_next(&page);
    put_table(&page, named, count);
    put_others(&page, named, count);
    put_trust(&page);
    put_foot(&page);
}

bool report_markdown(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    (void)style;
    return report_render(out, result, write_report, err);
}
