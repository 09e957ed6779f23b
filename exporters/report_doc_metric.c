// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "doc_reader.h"

static const struct doc_word class_words[] = {
    {"pass", TEXT_PASS},     {"high", TEXT_FAIL},   {"low", TEXT_FAIL}, {"inconclusive", TEXT_INCONCLUSIVE},
    {"nodata", TEXT_NODATA}, {"error", TEXT_ERROR}, {NULL, TEXT_ERROR}};

static struct report_sample sample(struct doc_reader *in, struct doc_place at, const char *key) {
    struct doc_place side = doc_object_or_null(in, at, key);
    struct report_sample read = {0};
    if (side.node == NULL || in->failed) return read;
    read.present = true;
    read.samples = doc_count(in, side, "samples");
    read.mean = doc_number_or_null(in, side, "mean");
    return read;
}

static void trend(struct doc_reader *in, struct doc_place at, const char *key, double ret[TEXT_TREND]) {
    struct doc_place side = doc_list(in, at, key);
    for (size_t i = 0; i < TEXT_TREND; i++) {
        const json_t *node = json_array_get(side.node, i);
        struct report_number point = {0};
        if (node != NULL && !doc_number_of(node, &point)) doc_refuse(in, side.path, "must hold numbers or null");
        ret[i] = point.known && isfinite(point.value) ? point.value : (double)NAN;
    }
}

static const char *tagged(struct doc_reader *in, const char *name, const struct report_labels *tags) {
    for (size_t i = 0; i < tags->count; i++) {
        name = arena_printf(in->arena, "%s%c%s=%s%s", name, i == 0 ? '{' : ',', tags->items[i].name, tags->items[i].value,
                            i + 1 == tags->count ? "}" : "");
    }
    return name;
}

static void evidence(struct doc_reader *in, struct doc_place at, struct report_evidence *ret) {
    if (!doc_has(at, "evidence")) return;
    struct doc_place found = doc_object(in, at, "evidence"), tolerance = doc_object(in, at, "tolerance");
    struct doc_place ranks = doc_object(in, found, "ranks");
    ret->present = true;
    ret->change = doc_number_or_null(in, found, "estimate");
    ret->low = doc_number_or_null(in, found, "low");
    ret->high = doc_number_or_null(in, found, "high");
    ret->p = doc_number_or_null(in, found, "p_adjusted");
    ret->alpha = doc_number_or_null(in, found, "alpha");
    ret->family = doc_count(in, found, "family");
    ret->pairs = doc_count(in, found, "n");
    ret->step_s = doc_number_or_null(in, found, "step_s");
    ret->minutes_left = doc_number_or_null(in, found, "minutes_left");
    if (doc_has(found, "visible")) ret->visible = doc_number_or_null(in, found, "visible"); // documents of earlier versions lack it
    ret->rho = doc_number_or_null(in, found, "rho");
    ret->phi = doc_number_or_null(in, found, "phi");
    ret->a12 = doc_number_or_null(in, ranks, "a12");
    ret->shift = doc_number_or_null(in, ranks, "shift");
    ret->shift_low = doc_number_or_null(in, ranks, "low");
    ret->shift_high = doc_number_or_null(in, ranks, "high");
    ret->has_since = doc_has(found, "since");
    if (ret->has_since) ret->since_ms = doc_wall_ms(in, found, "since");
    ret->harm = doc_number(in, tolerance, "harm");
}

static void metric_comparison(struct doc_reader *in, struct doc_place at, struct report_metric *metric) {
    struct doc_place shift = doc_object_or_null(in, at, "shift"), limit = doc_object_or_null(in, at, "limit");
    metric->ratio = doc_number_or_null(in, at, "ratio");
    metric->has_shift = shift.node != NULL;
    if (metric->has_shift) {
        metric->lower = doc_number_or_null(in, shift, "lower");
        metric->upper = doc_number_or_null(in, shift, "upper");
    }
    metric->has_limit = limit.node != NULL;
    if (metric->has_limit) {
        metric->limit_min = doc_number_or_null(in, limit, "min");
        metric->limit_max = doc_number_or_null(in, limit, "max");
        metric->outside = doc_count(in, limit, "outside");
        metric->allowed = doc_number_or_null(in, limit, "allowed");
        if (json_object_get(limit.node, "consecutive") != NULL) {
            metric->in_a_row = doc_number_or_null(in, limit, "in_a_row");
            metric->consecutive = doc_number_or_null(in, limit, "consecutive");
        }
    }
    evidence(in, at, &metric->evidence);
    metric->baseline = sample(in, at, "baseline");
    metric->canary = sample(in, at, "canary");
    struct doc_place trends = doc_object(in, at, "trend");
    trend(in, trends, "baseline", metric->trend[0]);
    trend(in, trends, "canary", metric->trend[1]);
}

// A unit stands in every cell of its row; a long one would push out the numbers.
static const char *short_unit(struct doc_reader *in, const char *unit) {
    const struct report_style style = {.ascii = in->ascii};
    const struct text_out to = {.style = &style, .arena = in->arena};
    return unit == NULL ? NULL : text_cut(&to, unit, 8);
}

void doc_metric(struct doc_reader *in, struct doc_place at, void *ret_metric) {
    struct report_metric *metric = ret_metric;
    struct report_labels tags = doc_labels(in, at, "tags");
    metric->name = tagged(in, doc_text(in, at, "name"), &tags);
    metric->groups = doc_texts(in, at, "groups");
    metric->unit = short_unit(in, doc_text_or_null(in, at, "unit"));
    metric->critical = doc_truth(in, at, "critical");
    metric->muted = doc_truth(in, at, "muted");
    metric->state = doc_state(in, at, "classification", class_words);
    metric->classification = doc_text(in, at, "classification");
    metric->informs = metric->muted || (doc_has(at, "required") && !doc_truth(in, at, "required"));
    if (metric->informs && metric->state == TEXT_FAIL) metric->state = TEXT_QUARANTINED;
    metric->reason = doc_text_or_null(in, at, "reason");
    metric_comparison(in, at, metric);
    metric->warnings = doc_texts(in, at, "warnings");
}
