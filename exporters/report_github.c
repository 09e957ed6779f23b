// SPDX-License-Identifier: GPL-3.0-or-later
// Workflow commands: lines on standard output that become annotations. GitHub shows ten of a level in a step.
#include <inttypes.h>

#include "exporters/report_format.h"
#include "report_part.h"
#include "report_render.h"
#include "text_value.h"

enum { MOST_ANNOTATIONS = 10, MOST_MESSAGE = 1000 }; // metrics named; columns

static void escape(struct buf *out, const char *text, bool property) {
    for (; *text != '\0'; text++) {
        bool escaped = *text == '%' || *text == '\r' || *text == '\n' || (property && (*text == ':' || *text == ','));
        if (escaped)
            buf_printf(out, "%%%02X", (unsigned)*text);
        else
            buf_char(out, *text);
    }
}

static void annotate(struct text_out *to, const char *level, const char *title, const char *message) {
    buf_printf(to->out, "::%s title=", level);
    escape(to->out, text_cut(to, title, 120), true);
    buf_str(to->out, "::");
    escape(to->out, text_cut(to, message, MOST_MESSAGE), false);
    buf_char(to->out, '\n');
}

static const char *level_of(enum text_state state) {
    if (state == TEXT_FAIL || state == TEXT_ERROR) return "error";
    return state == TEXT_PASS || state == TEXT_QUARANTINED ? "notice" : "warning";
}

static const char *message_of(struct text_out *to, const struct report_metric *metric) {
    const char *text = metric->classification, *measured = report_measured(to, metric);
    if (*measured != '\0') text = arena_printf(to->arena, "%s, %s", text, measured);
    return metric->reason != NULL ? arena_printf(to->arena, "%s: %s", text, metric->reason) : text;
}

static void write_annotations(struct text_out *to, const struct report *report, const json_t *result) {
    const struct report_metric **metrics;
    size_t count = report_ranked(to, report, &metrics);
    (void)result;
    const char *head = arena_printf(to->arena, "%s: %s", report->canary, report_score(to, report)), *why = report_reason(to, report);
    if (*why != '\0') head = arena_printf(to->arena, "%s: %s", head, why);
    if (count == 0 && report->missing.count > 0) head = arena_printf(to->arena, "%s; missing: %s", head, report->missing.items[0]);
    if (count > MOST_ANNOTATIONS - 1) head = arena_printf(to->arena, "%s; %zu are named here", head, (size_t)MOST_ANNOTATIONS - 1);
    annotate(to, level_of(report->state), arena_printf(to->arena, "serin: %s", report_verdict(to, report)), head);
    for (size_t i = 0; i < count && i < MOST_ANNOTATIONS - 1; i++) {
        const char *title = arena_printf(to->arena, "%s: %s", report->canary, metrics[i]->name);
        annotate(to, level_of(metrics[i]->state), title, message_of(to, metrics[i]));
    }
}

static void write_outputs(struct text_out *to, const struct report *report, const json_t *result) {
    buf_printf(to->out, "verdict=%s\n", report->verdict);
    buf_printf(to->out, "exit_code=%" PRId64 "\n", (int64_t)json_integer_value(json_object_get(result, "exit_code")));
    buf_printf(to->out, "score=%s\n", report->score.known ? text_score(to->arena, report->score.value) : "");
    buf_printf(to->out, "run=%s\n", report->id); // clean: no line feed
}

bool report_github(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    (void)style;
    return report_render(out, result, write_annotations, err);
}

bool report_github_outputs(struct buf *out, const json_t *result, struct error *err) {
    return report_render(out, result, write_outputs, err);
}
