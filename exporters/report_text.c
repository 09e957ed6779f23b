// SPDX-License-Identifier: GPL-3.0-or-later
// The head of the text report: verdict, reason and next step come before any table.
#include <inttypes.h>
#include <string.h>

#include "base/timetext.h"
#include "exporters/report.h"
#include "report_part.h"
#include "text_value.h"

enum { MOST_WARNINGS = 5, SHORT_ID = 8 };

static const char *upper(struct text_out *to, const char *word) {
    char *copy = arena_strdup(to->arena, word);
    for (char *at = copy; *at != '\0'; at++) {
        if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
    }
    return copy;
}

void report_heading(struct text_out *to, const char *word) {
    text_put(to, PAINT_BOLD, word);
    text_tab(to, text_columns(word) < REPORT_INDENT ? REPORT_INDENT : text_columns(word) + 1);
}

// One line that always fits: the run id is shortened first, then the name is cut.
static void print_first_line(struct text_out *to, const struct report *report) {
    enum text_paint paint = text_state_paint(report->state);
    const char *verdict = upper(to, report->verdict);
    if (!to->style->ascii) verdict = arena_printf(to->arena, "%s %s", text_symbol(to, report->state), verdict);
    const char *score = !report->score.known ? "no score" : arena_printf(to->arena, "score %s", text_score(to->arena, report->score.value));
    const char *middle = arena_printf(to->arena, "   %s", score);
    if (report->pass.known && report->marginal.known) {
        middle = arena_printf(to->arena, "%s (pass %s, marginal %s)", middle, text_score(to->arena, report->pass.value),
                              text_score(to->arena, report->marginal.value));
    }
    if (report->state == TEXT_ERROR && !report->score.known) middle = "   no score";
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

static const char *label_value(const struct report_labels *labels, const char *name) {
    for (size_t i = 0; i < labels->count; i++) {
        if (strcmp(labels->items[i].name, name) == 0) return labels->items[i].value;
    }
    return NULL;
}

static bool is_shared(const struct report_label *label, const struct report_side *other) {
    const char *value = other->present ? label_value(&other->labels, label->name) : NULL;
    return value != NULL && strcmp(value, label->value) == 0;
}

// The labels of a side that the other one shares, or does not.
static const char *labels_text(struct text_out *to, const struct report_side *side, const struct report_side *other, bool shared) {
    const char *text = "";
    for (size_t i = 0; i < side->labels.count; i++) {
        const struct report_label *label = &side->labels.items[i];
        if (is_shared(label, other) != shared) continue;
        text = arena_printf(to->arena, "%s %s=%s", text, label->name, label->value);
    }
    return text;
}

static void print_side(struct text_out *to, const char *name, const struct report_side *side, const struct report_side *other) {
    if (!side->present) return;
    const char *text = arena_printf(to->arena, "%s %s%s", name, side->source, labels_text(to, side, other, false));
    if (side->offset_s != 0) {
        struct buf offset;
        buf_init(&offset, 64);
        duration_format(&offset, side->offset_s * 1000);
        text = arena_printf(to->arena, "%s, %s earlier", text, buf_text(&offset));
        buf_finish(&offset);
    }
    text_piece(to, 2, strcmp(name, "canary") == 0 ? PAINT_CANARY : PAINT_BASELINE, text);
}

// "2025-01-01 00:02-00:30Z step 15s"; seconds only where there are any, the second date only where it differs.
static const char *window_text(struct text_out *to, const struct report *report) {
    struct buf start, end;
    buf_init(&start, 64);
    buf_init(&end, 64);
    time_format(&start, report->start_ms - report->start_ms % 1000);
    time_format(&end, report->end_ms - report->end_ms % 1000);
    int clock = report->start_ms % 60000 == 0 && report->end_ms % 60000 == 0 ? 5 : 8;
    const char *from = buf_text(&start), *until = buf_text(&end), *text = "";
    if (start.len == 20 && end.len == 20) {
        bool same_day = memcmp(from, until, 10) == 0;
        text = arena_printf(to->arena, "%.10s %.*s-%.*s%s%.*sZ step %" PRId64 "s", from, clock, from + 11, same_day ? 0 : 10, until,
                            same_day ? "" : " ", clock, until + 11, report->step_s);
    }
    buf_finish(&start);
    buf_finish(&end);
    return text;
}

static void print_scopes(struct text_out *to, const struct report *report) {
    for (size_t i = 0; i < report->scope_count; i++) {
        const struct report_scope *scope = &report->scopes[i];
        const char *shared = scope->canary.present ? labels_text(to, &scope->canary, &scope->baseline, true) : "";
        if (report->scope_count > 1) text_piece(to, 2, PAINT_NONE, arena_printf(to->arena, "scope %s:", scope->name));
        print_side(to, "baseline", &scope->baseline, &scope->canary);
        print_side(to, "canary", &scope->canary, &scope->baseline);
        if (*shared != '\0') text_piece(to, 2, PAINT_NONE, arena_printf(to->arena, "both%s", shared));
        if (i + 1 < report->scope_count) text_newline(to);
    }
    for (size_t i = 0; i < report->variables.count; i++) {
        const struct report_label *variable = &report->variables.items[i];
        text_piece(to, 2, PAINT_NONE, arena_printf(to->arena, "%s %s", variable->name, variable->value));
    }
    text_piece(to, 2, PAINT_NONE, window_text(to, report));
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

static void trust_samples(struct text_out *to, const struct report *report) {
    int64_t least[2] = {INT64_MAX, INT64_MAX}, most[2] = {-1, -1};
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct report_sample *sides[2] = {&report->metrics[i].baseline, &report->metrics[i].canary};
        for (int k = 0; k < 2; k++) {
            if (!sides[k]->present) continue;
            if (sides[k]->samples < least[k]) least[k] = sides[k]->samples;
            if (sides[k]->samples > most[k]) most[k] = sides[k]->samples;
        }
    }
    for (int k = 0; k < 2; k++) {
        const char *side = k == 0 ? "baseline" : "canary";
        if (most[k] < 0) continue;
        const char *range = arena_printf(to->arena, "%" PRId64, least[k]);
        if (most[k] != least[k]) range = arena_printf(to->arena, "%s to %" PRId64, range, most[k]);
        text_piece(to, REPORT_INDENT, PAINT_NONE, arena_printf(to->arena, "%s %s samples", side, range));
    }
}

static bool is_bad(const struct report_query *query) {
    return strcmp(query->outcome, "ok") != 0;
}

static void trust_queries(struct text_out *to, const struct report *report) {
    size_t failed = 0;
    int64_t retries = 0;
    for (size_t i = 0; i < report->query_count; i++) {
        failed += is_bad(&report->queries[i]);
        if (report->queries[i].tries > 1) retries += report->queries[i].tries - 1;
    }
    if (report->query_count == 0) return;
    const char *text = arena_printf(to->arena, "%zu %s, all answered", report->query_count, report->query_count == 1 ? "query" : "queries");
    if (failed > 0) text = arena_printf(to->arena, "%zu of %zu queries failed", failed, report->query_count);
    if (retries > 0) text = arena_printf(to->arena, "%s, %" PRId64 " %s", text, retries, retries == 1 ? "retry" : "retries");
    text_piece(to, REPORT_INDENT, failed > 0 ? PAINT_ERROR : PAINT_NONE, text);
}

static void trust_failures(struct text_out *to, const struct report *report) {
    size_t shown = 0;
    for (size_t i = 0; i < report->query_count && shown < MOST_WARNINGS; i++) {
        const struct report_query *query = &report->queries[i];
        if (!is_bad(query)) continue;
        shown++;
        text_tab(to, REPORT_INDENT);
        text_cell(to, PAINT_ERROR, text_symbol(to, TEXT_ERROR), text_symbol_columns(to));
        text_prose(to, REPORT_INDENT + text_symbol_columns(to) + 1, PAINT_NONE,
                   arena_printf(to->arena, "%s %s on %s: %s", query->metric, query->side, query->source,
                                query->error != NULL ? query->error : query->outcome));
        text_newline(to);
    }
}

static void print_trust(struct text_out *to, const struct report *report) {
    report_heading(to, "TRUST");
    for (size_t i = 0; i < report->guard_count; i++) {
        const struct report_guard *guard = &report->guards[i];
        const char *text = arena_printf(to->arena, "%s %s: %s", text_symbol(to, guard->state), guard->name, guard->text);
        text_piece(to, REPORT_INDENT, text_state_paint(guard->state), text);
    }
    trust_samples(to, report);
    trust_queries(to, report);
    for (size_t i = 0; i < report->source_count; i++) {
        const struct report_source *source = &report->sources[i];
        bool known = source->version != NULL && source->version[0] != '\0';
        const char *text = arena_printf(to->arena, "source %s%s%s", source->name, known ? " " : "", known ? source->version : "");
        text_piece(to, REPORT_INDENT, PAINT_NONE, text);
    }
    text_newline(to);
    trust_failures(to, report);
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
    bool bad = is_bad(query);
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

static void print_report(struct text_out *to, const struct report *report) {
    print_first_line(to, report);
    if (to->style->quiet) return;
    print_scopes(to, report);
    report_why(to, report);
    print_list(to, "MISSING", &report->missing);
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
