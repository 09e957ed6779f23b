// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "doc_render.h"
#include "exporters/budget.h"
#include "objective_doc.h"
#include "report_part.h"

static const struct doc_word gates[] = {
    {"open", TEXT_PASS}, {"hold", TEXT_INCONCLUSIVE}, {"closed", TEXT_FAIL}, {"error", TEXT_ERROR}, {NULL, TEXT_ERROR}};

struct budget_report {
    const char *canary, *gate, *at, *release_start, *owner;
    enum text_state state;
    struct report_texts failures;
    struct budget_objective *objectives;
    size_t objective_count;
};

bool budget_is_document(const json_t *document) {
    const char *schema = json_string_value(json_object_get(document, "schema"));
    return schema != NULL && strcmp(schema, "serin.budget/1") == 0;
}

static struct budget_report read_document(struct doc_reader *in, struct doc_place top) {
    struct budget_report report = {.canary = doc_text(in, top, "canary"), .gate = doc_text(in, top, "gate")};
    report.state = doc_state(in, top, "gate", gates);
    report.at = doc_text(in, top, "at");
    report.release_start = doc_text_or_null(in, top, "release_start");
    report.owner = doc_text_or_null(in, top, "owner");
    report.failures = doc_texts(in, top, "failures");
    doc_objectives(in, top, &report.objectives, &report.objective_count);
    return report;
}

static void print_budgets(struct text_out *to, const struct budget_report *report) {
    text_put(to, text_state_paint(report->state), text_verdict(to, report->state, report->gate));
    text_put(to, PAINT_NONE, "  ");
    text_put(to, PAINT_BOLD, text_cut(to, report->canary, to->width - 40));
    text_put(to, PAINT_DIM, arena_printf(to->arena, "   budgets at %s", report->at));
    text_newline(to);
    if (to->style->quiet) return;
    if (report->release_start != NULL) {
        text_piece(to, 2, PAINT_NONE, arena_printf(to->arena, "release since %s", report->release_start));
        text_newline(to);
    }
    text_newline(to);
    budget_objectives(to, report->objectives, report->objective_count);
    for (size_t i = 0; i < report->failures.count; i++) {
        if (i == 0) report_heading(to, "MISSING");
        text_prose(to, 8, PAINT_NONE, report->failures.items[i]);
        text_newline(to);
    }
    if (report->owner == NULL || report->state == TEXT_PASS) return;
    report_heading(to, "NEXT");
    text_piece(to, REPORT_INDENT, PAINT_NONE, arena_printf(to->arena, "owner %s", report->owner));
    text_newline(to);
}

static void write_report(struct text_out *to, struct doc_reader *in, struct doc_place root) {
    struct budget_report report = read_document(in, root);
    if (!in->failed) print_budgets(to, &report);
}

bool budget_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err) {
    return doc_render(out, document, style, write_report, err);
}
