// SPDX-License-Identifier: GPL-3.0-or-later
// The head of the text report: verdict, reason and next step come before any table.
#include <inttypes.h>
#include <string.h>

#include "exporters/report.h"
#include "objective_doc.h"
#include "report_part.h"

enum { MOST_WARNINGS = 5, SHORT_ID = 8 };

void report_heading(struct text_out *to, const char *word) {
    text_put(to, PAINT_BOLD, word);
    text_tab(to, text_columns(word) < REPORT_INDENT ? REPORT_INDENT : text_columns(word) + 1);
}

// One line that always fits: the run id is shortened first, then the name is cut.
static void print_first_line(struct text_out *to, const struct report *report) {
    enum text_paint paint = text_state_paint(report->state);
    const char *verdict = report_verdict(to, report);
    const char *middle = arena_printf(to->arena, "   %s", report_score(to, report));
    const char *run = arena_printf(to->arena, "   run %s", report->id);
    int fixed = text_columns(verdict) + 2 + text_columns(middle);
    if (fixed + text_columns(report->canary) + text_columns(run) > to->width) {
        run = arena_printf(to->arena, "   run %s", arena_strndup(to->arena, report->id, SHORT_ID));
    }
    text_put(to, paint, verdict);
    text_tab(to, to->column + 2);
    text_put(to, PAINT_BOLD, text_cut(to, report->canary, to->width - fixed - text_columns(run)));
    text_put(to, PAINT_NONE, middle);
    text_put(to, PAINT_DIM, run);
    text_newline(to);
}

static void print_scopes(struct text_out *to, const struct report *report) {
    for (size_t i = 0; i < report->scope_count; i++) {
        const struct report_scope *scope = &report->scopes[i];
        const char *shared = report_shared_labels(to, scope);
        if (report->scope_count > 1) text_piece(to, 2, PAINT_NONE, arena_printf(to->arena, "scope %s:", scope->name));
        const char *baseline = report_side(to, "baseline", &scope->baseline, &scope->canary);
        const char *canary = report_side(to, "canary", &scope->canary, &scope->baseline);
        if (*baseline != '\0') text_piece(to, 2, PAINT_BASELINE, baseline);
        if (*canary != '\0') text_piece(to, 2, PAINT_CANARY, canary);
        if (*shared != '\0') text_piece(to, 2, PAINT_NONE, arena_printf(to->arena, "both %s", shared));
        if (i + 1 < report->scope_count) text_newline(to);
    }
    for (size_t i = 0; i < report->variables.count; i++) {
        const struct report_label *variable = &report->variables.items[i];
        text_piece(to, 2, PAINT_NONE, arena_printf(to->arena, "%s %s", variable->name, variable->value));
    }
    text_piece(to, 2, PAINT_NONE, report_window(to, report));
    text_newline(to);
    text_newline(to);
}

static void print_list(struct text_out *to, const char *heading, const struct report_texts *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        if (i == 0) report_heading(to, heading);
        int indent = text_columns(heading) < REPORT_INDENT ? REPORT_INDENT : text_columns(heading) + 1;
        text_prose(to, indent, PAINT_NONE, texts->items[i]);
        text_newline(to);
    }
}

static void print_trust(struct text_out *to, const struct report *report) {
    struct report_note *notes;
    size_t count = report_trust(to, report, &notes);
    struct report_texts failures = report_failures(to, report);
    report_heading(to, "TRUST");
    for (size_t i = 0; i < count; i++) {
        bool guard = i < report->guard_count;
        text_piece(to, REPORT_INDENT, guard || notes[i].state != TEXT_PASS ? text_state_paint(notes[i].state) : PAINT_NONE, notes[i].text);
    }
    text_newline(to);
    for (size_t i = 0; i < failures.count; i++) {
        text_tab(to, REPORT_INDENT);
        text_cell(to, PAINT_ERROR, text_symbol(to, TEXT_ERROR), text_symbol_columns(to));
        text_prose(to, REPORT_INDENT + text_symbol_columns(to) + 1, PAINT_NONE, failures.items[i]);
        text_newline(to);
    }
}

static void print_notices(struct text_out *to, const struct report *report) {
    size_t most = to->style->verbose ? 0 : MOST_WARNINGS, warnings = 0; // verbose has them in the table
    print_list(to, "NOTICE", &report->notices);
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct report_metric *metric = &report->metrics[i];
        for (size_t k = 0; k < metric->warnings.count; k++) {
            if (warnings++ >= most) continue;
            if (report->notices.count == 0 && warnings == 1) report_heading(to, "NOTICE");
            text_prose(to, REPORT_INDENT, PAINT_NONE, arena_printf(to->arena, "%s: %s", metric->name, metric->warnings.items[k]));
            text_newline(to);
        }
    }
    if (most == 0 || warnings <= most) return;
    text_tab(to, REPORT_INDENT);
    text_put(to, PAINT_DIM, arena_printf(to->arena, "and %zu more warnings", warnings - most));
    text_newline(to);
}

static void print_next(struct text_out *to, const struct report *report) {
    if (report->next.count == 0 && report->owner == NULL && report->runbook == NULL) return;
    report_heading(to, "NEXT");
    for (size_t i = 0; i < report->next.count; i++) text_piece(to, REPORT_INDENT, PAINT_NONE, report->next.items[i]);
    if (report->owner != NULL) text_piece(to, REPORT_INDENT, PAINT_NONE, arena_printf(to->arena, "owner %s", report->owner));
    if (report->runbook != NULL) text_piece(to, REPORT_INDENT, PAINT_NONE, arena_printf(to->arena, "runbook %s", report->runbook));
    text_newline(to);
}

static void print_query(struct text_out *to, const struct report_query *query) {
    bool bad = report_query_failed(query);
    text_prose(to, 2, bad ? PAINT_ERROR : PAINT_NONE, arena_printf(to->arena, "%s %s %s", query->metric, query->part, query->side));
    text_piece(to, 4, PAINT_NONE, arena_printf(to->arena, "%s on %s: %s", query->mode, query->source, query->outcome));
    text_piece(to, 4, PAINT_NONE, arena_printf(to->arena, "%" PRId64 " series, %" PRId64 " samples", query->series, query->samples));
    text_piece(to, 4, PAINT_NONE, arena_printf(to->arena, "%" PRId64 " B, %" PRId64 " ms", query->bytes, query->duration_ms));
    if (query->tries > 1) text_piece(to, 4, PAINT_NONE, arena_printf(to->arena, "%" PRId64 " tries", query->tries));
    text_newline(to);
    text_prose(to, 4, PAINT_DIM, query->expr);
    text_newline(to);
}

static void print_source(struct text_out *to, const struct report_source *s) {
    bool known = s->version != NULL && s->version[0] != '\0';
    text_prose(to, 2, PAINT_NONE, arena_printf(to->arena, "%s (%s%s%s)", s->name, s->kind, known ? " " : "", known ? s->version : ""));
    text_piece(to, 4, PAINT_NONE, arena_printf(to->arena, "%" PRId64 " queries, %" PRId64 " shared", s->queries, s->shared));
    text_piece(to, 4, PAINT_NONE, arena_printf(to->arena, "%" PRId64 " tries, %" PRId64 " retries", s->tries, s->retries));
    text_piece(to, 4, PAINT_NONE, arena_printf(to->arena, "%" PRId64 " throttled, %" PRId64 " refused", s->throttled, s->refused));
    text_piece(to, 4, PAINT_NONE, arena_printf(to->arena, "%" PRId64 " B", s->bytes));
    text_newline(to);
}

static void print_appendix(struct text_out *to, const struct report *report) {
    if (report->query_count > 0) {
        text_newline(to);
        text_put(to, PAINT_BOLD, "QUERIES");
        text_newline(to);
    }
    for (size_t i = 0; i < report->query_count; i++) print_query(to, &report->queries[i]);
    if (report->source_count > 0) {
        text_newline(to);
        text_put(to, PAINT_BOLD, "SOURCES");
        text_newline(to);
    }
    for (size_t i = 0; i < report->source_count; i++) print_source(to, &report->sources[i]);
    text_newline(to);
    report_heading(to, "CONFIG");
    text_piece(to, REPORT_INDENT, PAINT_NONE, report->config_file != NULL ? report->config_file : "-");
    const char *sha256 = report->config_sha256;
    if (sha256 != NULL) text_piece(to, REPORT_INDENT, PAINT_NONE, arena_printf(to->arena, "sha256 %s", sha256));
    text_piece(to, REPORT_INDENT, PAINT_NONE, arena_printf(to->arena, "judge %s", report->judge));
    for (size_t i = 0; i < report->timings.count; i++) {
        const struct report_label *timing = &report->timings.items[i];
        text_piece(to, REPORT_INDENT, PAINT_NONE, arena_printf(to->arena, "%s %s", timing->name, timing->value));
    }
    text_newline(to);
}

static void print_looks(struct text_out *to, const struct report *report) {
    if (report->looks == NULL) return;
    report_heading(to, "WATCH");
    text_prose(to, REPORT_INDENT, PAINT_NONE, report->looks);
    text_newline(to);
}

static void print_report(struct text_out *to, const struct report *report) {
    print_first_line(to, report);
    if (to->style->quiet) return;
    print_scopes(to, report);
    report_why(to, report);
    report_where(to, report);
    print_list(to, "MISSING", &report->missing);
    print_looks(to, report);
    budget_objectives(to, report->objectives, report->objective_count);
    print_trust(to, report);
    print_notices(to, report);
    print_next(to, report);
    if (report->metric_count > 0) text_newline(to);
    report_table(to, report);
    if (to->style->verbose) print_appendix(to, report);
}

bool report_text(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    struct arena arena = {0};
    struct report report;
    bool ok = report_read(result, style->ascii, &arena, &report, err);
    if (ok) {
        struct text_out to = {.out = out, .style = style, .width = style->width < 80 ? 80 : style->width, .arena = &arena};
        print_report(&to, &report);
        if (out->failed) ok = error_set(err, ERROR_LIMIT, "the report is larger than %zu bytes", out->limit);
    }
    arena_finish(&arena);
    return ok;
}
