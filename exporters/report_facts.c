// SPDX-License-Identifier: GPL-3.0-or-later
// The facts of an analysis as short texts that every report for people shares.
#include <inttypes.h>
#include <string.h>

#include "report_part.h"
#include "text_time.h"
#include "text_value.h"

const char *report_verdict(struct text_out *to, const struct report *report) {
    return text_verdict(to, report->state, report->verdict);
}

const char *report_score(struct text_out *to, const struct report *report) {
    if (!report->score.known && report->state == TEXT_ERROR) return "no score";
    const char *score = report->score.known ? arena_printf(to->arena, "score %s", text_score(to->arena, report->score.value)) : "no score";
    if (!report->pass.known || !report->marginal.known) return score;
    return arena_printf(to->arena, "%s (pass %s, marginal %s)", score, text_score(to->arena, report->pass.value),
                        text_score(to->arena, report->marginal.value));
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

const char *report_side(struct text_out *to, const char *name, const struct report_side *side, const struct report_side *other) {
    if (!side->present) return "";
    const char *text = arena_printf(to->arena, "%s %s%s", name, side->source, labels_text(to, side, other, false));
    if (side->offset_s == 0) return text;
    return arena_printf(to->arena, "%s, %s earlier", text, text_duration(to->arena, side->offset_s * 1000));
}

const char *report_shared_labels(struct text_out *to, const struct report_scope *scope) {
    const char *text = scope->canary.present ? labels_text(to, &scope->canary, &scope->baseline, true) : "";
    return *text == ' ' ? text + 1 : text;
}

const char *report_window(struct text_out *to, const struct report *report) {
    const char *from = text_time(to->arena, report->start_ms - report->start_ms % 1000);
    const char *until = text_time(to->arena, report->end_ms - report->end_ms % 1000);
    int clock = report->start_ms % 60000 == 0 && report->end_ms % 60000 == 0 ? 5 : 8;
    if (strlen(from) != 20 || strlen(until) != 20) return "";
    bool same_day = memcmp(from, until, 10) == 0;
    return arena_printf(to->arena, "%.10s %.*s-%.*s%s%.*sZ step %" PRId64 "s", from, clock, from + 11, same_day ? 0 : 10, until,
                        same_day ? "" : " ", clock, until + 11, report->step_s);
}
