// SPDX-License-Identifier: GPL-3.0-or-later
// A comment on a pull request. Its first line names canary and run, so that a bot can replace the comment of an earlier run. GitHub
// takes 65536 characters; what does not fit is left out whole and counted.
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "markdown_text.h"
#include "objective_doc.h"
#include "report_part.h"
#include "report_render.h"
#include "text_value.h"

enum { MOST_BYTES = 60000, MOST_TABLES = 54000, MOST_HEAD = 40000, MOST_NAME = 120, MOST_PROSE = 1000, MOST_ITEMS = 20 };

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
    return markdown_code(page->to->arena, text_cut(page->to, name, MOST_NAME));
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

// "critical, high: 0.21% → 1.34%, x6.4 [+0.98pp..+1.26pp], n=30/30"
static const char *finding(const struct page *page, const struct report_metric *metric) {
    struct text_out *to = page->to;
    const char *text = arena_printf(to->arena, "%s%s", metric->critical ? "critical, " : "", metric->classification);
    const char *after = report_mean(to, metric, &metric->canary), *interval = report_interval(to, metric);
    if (metric->state == TEXT_NODATA || metric->state == TEXT_ERROR) return text;
    if (metric->baseline.present) after = arena_printf(to->arena, "%s → %s", report_mean(to, metric, &metric->baseline), after);
    const char *change = report_change(to, metric);
    if (metric->has_limit) change = arena_printf(to->arena, "limit %s", report_limit(to, metric));
    text = arena_printf(to->arena, "%s: %s", text, after);
    if (strcmp(change, "-") != 0) text = arena_printf(to->arena, "%s, %s", text, change);
    if (*interval != '\0') text = arena_printf(to->arena, "%s %s", text, interval);
    if (!metric->baseline.present) return arena_printf(to->arena, "%s, n=%" PRId64, text, metric->canary.samples);
    return arena_printf(to->arena, "%s, n=%" PRId64 "/%" PRId64, text, metric->baseline.samples, metric->canary.samples);
}

static void put_findings(const struct page *page, const struct report_metric *const *metrics, size_t count) {
    struct text_out *to = page->to;
    size_t i = 0;
    for (; i < count && i < MOST_ITEMS; i++) {
        const struct report_metric *metric = metrics[i];
        const char *line = arena_printf(to->arena, "- %s %s %s", text_symbol(to, metric->state), name_of(page, metric->name),
                                        markdown_text(to->arena, finding(page, metric)));
        if (metric->reason != NULL) line = arena_printf(to->arena, "%s — %s", line, prose(page, metric->reason));
        if (!put(page, MOST_HEAD, arena_printf(to->arena, "%s\n", line))) break;
    }
    if (i < count) put(page, MOST_HEAD, arena_printf(to->arena, "- and %zu more, see the table\n", count - i));
    if (count > 0) put(page, MOST_HEAD, "\n");
}

static void put_where(const struct page *page) {
    struct arena *arena = page->to->arena;
    const struct report_where *where = page->report->where;
    size_t count = page->report->where_count;
    const char *text = "";
    for (size_t i = 0; i < count && i < MOST_ITEMS; i++) {
        const char *label = name_of(page, arena_printf(arena, "%s=%s", where[i].label, where[i].value));
        text = arena_printf(arena, "%s%s%s has %s of the change of %s", text, *text == '\0' ? "" : "; ", label,
                            text_value(arena, where[i].share, "ratio", false, false), name_of(page, where[i].metric));
    }
    put_paragraph(page, "Where", text);
}

static void put_budgets(const struct page *page) {
    struct arena *arena = page->to->arena;
    const struct budget_objective *objectives = page->report->objectives;
    for (size_t i = 0; i < page->report->objective_count && i < MOST_ITEMS; i++) {
        const char *text = prose(page, budget_sentence(&objectives[i], arena));
        put_paragraph(page, "Budget", arena_printf(arena, "%s: %s", name_of(page, objectives[i].name), text));
    }
}

static const char *joined(const struct page *page, const struct report_texts *texts) {
    const char *text = "";
    for (size_t i = 0; i < texts->count && i < MOST_ITEMS; i++) {
        text = arena_printf(page->to->arena, "%s%s%s", text, i == 0 ? "" : " · ", prose(page, texts->items[i]));
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
    const char *name = markdown_cell(to->arena, text_cut(to, metric->name, MOST_NAME));
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
    put(page, MOST_BYTES - 200, arena_printf(page->to->arena, "- %s\n", text));
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
    size_t failed = 0;
    put(page, MOST_TABLES + 1000, "<details><summary>Trust and configuration</summary>\n\n");
    for (size_t i = 0; i < report->guard_count && i < MOST_ITEMS; i++) {
        const struct report_guard *guard = &report->guards[i];
        put_item(page,
                 arena_printf(to->arena, "%s %s: %s", text_symbol(to, guard->state), name_of(page, guard->name), prose(page, guard->text)));
    }
    for (size_t i = 0; i < report->query_count; i++) failed += strcmp(report->queries[i].outcome, "ok") != 0;
    put_item(page, failed == 0 ? arena_printf(to->arena, "%zu queries, all answered", report->query_count)
                               : arena_printf(to->arena, "%zu of %zu queries failed", failed, report->query_count));
    for (size_t i = 0; i < report->source_count && i < MOST_ITEMS; i++) {
        const struct report_source *source = &report->sources[i];
        put_item(page, arena_printf(to->arena, "source %s %s", name_of(page, source->name),
                                    prose(page, source->version != NULL ? source->version : "")));
    }
    for (size_t i = 0; i < report->notices.count && i < MOST_ITEMS; i++) put_item(page, prose(page, report->notices.items[i]));
    put_scopes(page);
    put_item(page, prose(page, report_window(to, report)));
    put_item(page, arena_printf(to->arena, "judge %s", name_of(page, report->judge)));
    if (report->config_file != NULL) put_item(page, arena_printf(to->arena, "config %s", name_of(page, report->config_file)));
    if (report->config_sha256 != NULL) put_item(page, arena_printf(to->arena, "sha256 %s", name_of(page, report->config_sha256)));
    put(page, MOST_BYTES - 100, "\n</details>\n\n");
}

static void write_report(struct text_out *to, const struct report *report, const json_t *result) {
    struct page page = {to, report, result, to->out->len};
    const struct report_metric **named;
    size_t count = report_ranked(to, report, &named);
    put_heading(&page);
    put_paragraph(&page, "Why", prose(&page, report_reason(to, report)));
    put_findings(&page, named, count);
    put_where(&page);
    put_budgets(&page);
    if (report->looks != NULL) put_paragraph(&page, "Watch", prose(&page, report->looks));
    put_paragraph(&page, "Missing", joined(&page, &report->missing));
    put_next(&page);
    put_table(&page, named, count);
    put_others(&page, named, count);
    put_trust(&page);
    put(&page, MOST_BYTES, arena_printf(to->arena, "run %s\n", name_of(&page, report->id)));
}

bool report_markdown(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    (void)style;
    return report_render(out, result, write_report, err);
}
