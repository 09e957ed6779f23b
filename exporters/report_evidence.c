// SPDX-License-Identifier: GPL-3.0-or-later
// What the judge serin found of a metric, in numbers for people: the change with its interval, how sure, where, since when.
#include <math.h>
#include <string.h>

#include "report_part.h"
#include "text_time.h"
#include "text_value.h"

const char *report_evidence_interval(struct text_out *to, const struct report_metric *metric) {
    const struct report_evidence *e = &metric->evidence;
    if (!e->low.known || !e->high.known) return "";
    const char *low = text_change(to->arena, 1 + e->low.value, metric->unit);
    if (isinf(e->high.value)) return arena_printf(to->arena, "[%s..]", low);
    return arena_printf(to->arena, "[%s..%s]", low, text_change(to->arena, 1 + e->high.value, metric->unit));
}

static const char *value(struct text_out *to, const struct report_metric *metric, struct report_number number) {
    return text_value(to->arena, number.value, metric->unit, true, to->style->ascii);
}

void report_evidence_lines(struct text_out *to, const struct report_metric *metric, int indent) {
    const struct report_evidence *e = &metric->evidence;
    if (metric->reason != NULL) {
        text_tab(to, indent);
        text_prose(to, indent, PAINT_NONE, metric->reason);
        text_newline(to);
    }
    text_tab(to, indent);
    if (e->p.known && e->alpha.known) {
        text_piece(to, indent, PAINT_DIM, arena_printf(to->arena, "p %s (level %.4g)", text_p(to->arena, e->p.value), e->alpha.value));
    }
    text_piece(to, indent, PAINT_DIM, arena_printf(to->arena, "harm %.4g%%", 100 * e->harm));
    if (e->a12.known) text_piece(to, indent, PAINT_DIM, arena_printf(to->arena, "A12 %.3g", e->a12.value));
    if (e->shift.known && e->shift_low.known && e->shift_high.known) {
        text_piece(to, indent, PAINT_DIM,
                   arena_printf(to->arena, "shift %s [%s..%s]", value(to, metric, e->shift), value(to, metric, e->shift_low),
                                value(to, metric, e->shift_high)));
    }
    if (e->rho.known) text_piece(to, indent, PAINT_DIM, arena_printf(to->arena, "rho %.2g", e->rho.value));
    if (e->phi.known) text_piece(to, indent, PAINT_DIM, arena_printf(to->arena, "phi %.3g", e->phi.value));
    text_newline(to);
}

const char *report_since(struct text_out *to, const struct report *report) {
    const struct report_metric *first = NULL;
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct report_metric *m = &report->metrics[i];
        if (m->state != TEXT_FAIL || !m->evidence.has_since) continue;
        if (first == NULL || m->evidence.since_ms < first->evidence.since_ms) first = m;
    }
    if (first == NULL || first->evidence.since_ms <= report->start_ms) return "";
    double minutes = (double)(first->evidence.since_ms - report->start_ms) / 60000;
    return arena_printf(to->arena, "%sZ, %.3g min into the window (%s)", text_clock(to->arena, first->evidence.since_ms, TEXT_SECONDS),
                        minutes, first->name);
}

static const char *share_text(struct text_out *to, const struct report_where *where) {
    return arena_printf(to->arena, "%s=%s has %.0f%%", where->label, where->value, 100 * where->share);
}

const char *report_where_line(struct text_out *to, const struct report_where *where) {
    return arena_printf(to->arena, "%s of the change of %s", share_text(to, where), where->metric);
}

void report_where(struct text_out *to, const struct report *report) {
    for (size_t i = 0; i < report->where_count; i++) {
        const struct report_where *w = &report->where[i];
        bool begins = i == 0 || strcmp(report->where[i - 1].metric, w->metric) != 0;
        if (begins && i > 0) text_newline(to);
        if (i == 0) report_heading(to, "WHERE");
        text_piece(to, REPORT_INDENT, PAINT_NONE, begins ? report_where_line(to, w) : share_text(to, w));
    }
    if (report->where_count > 0) text_newline(to);
    const char *since = report_since(to, report);
    if (*since == '\0') return;
    report_heading(to, "SINCE");
    text_piece(to, REPORT_INDENT, PAINT_NONE, since);
    text_newline(to);
}
