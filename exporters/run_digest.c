// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_digest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "objective_doc.h"
#include "report_extra.h"
#include "report_part.h"
#include "text_time.h"

enum { MOST_TEXT = 500, MOST_TEXTS = 20, MOST_OBJECTIVES = 20, MOST_PLACES = 10, MOST_LABELS = 20 };

static const struct report_style style = {.width = 80};

static void begin(struct run_digest *d, const char *link, int64_t now_ms) {
    *d = (struct run_digest){.link = link, .now_ms = now_ms, .type = RUN_DIGEST_TYPE};
    d->to = (struct text_out){.style = &style, .width = style.width, .arena = &d->arena};
}

bool run_digest_init(struct run_digest *d, const json_t *result, const char *link, int64_t now_ms, struct error *err) {
    begin(d, link, now_ms);
    d->result = result;
    if (!report_read(result, false, &d->arena, &d->report, err)) return false;
    char *text = json_dumps(result, JSON_COMPACT);
    digest_hex(view_of(text != NULL ? text : ""), d->id);
    free(text);
    return true;
}

static const char *clean(struct run_digest *d, const char *text) {
    return text != NULL ? text_clean(&d->arena, text, strlen(text), false) : NULL;
}

void run_digest_notice(struct run_digest *d, const struct run_notice *notice, const char *link, int64_t now_ms) {
    begin(d, link, now_ms);
    d->what = notice->what;
    d->report.id = clean(d, notice->id);
    d->report.canary = clean(d, notice->canary);
    d->report.owner = clean(d, notice->owner);
    d->report.runbook = clean(d, notice->runbook);
    d->report.verdict = clean(d, notice->verdict);
    d->report.reasons.items = arena_array(&d->arena, notice->reasons.count + 1, sizeof *d->report.reasons.items);
    for (size_t i = 0; i < notice->reasons.count; i++)
        d->report.reasons.items[d->report.reasons.count++] = clean(d, notice->reasons.items[i]);
}

void run_digest_finish(struct run_digest *d) {
    arena_finish(&d->arena);
}

const char *run_digest_time(struct run_digest *d, int64_t ms) {
    return text_time(&d->arena, ms);
}

size_t run_digest_index(const struct run_digest *d, const struct report_metric *metric) {
    return (size_t)(metric - d->report.metrics);
}

const char *run_digest_line(struct run_digest *d) {
    const struct report *report = &d->report;
    if (d->what != NULL) return arena_printf(&d->arena, "%s: %s", text_cut(&d->to, report->canary, MOST_TEXT), d->what);
    return arena_printf(&d->arena, "%s: %s, %s", text_cut(&d->to, report->canary, MOST_TEXT), report->verdict,
                        report_score(&d->to, report));
}

const char *run_digest_metric(struct run_digest *d, const struct report_metric *metric) {
    struct text_out *to = &d->to;
    const char *measured = report_measured(to, metric), *text = *measured != '\0' ? measured : metric->classification;
    return metric->reason != NULL ? arena_printf(to->arena, "%s: %s", text, text_cut(to, metric->reason, MOST_TEXT)) : text;
}

static void put_text(struct run_digest *d, json_t *object, const char *key, const char *text) {
    if (text != NULL && *text != '\0') json_object_set_new(object, key, json_string(text_cut(&d->to, text, MOST_TEXT)));
}

static void put_number(json_t *object, const char *key, struct report_number number) {
    if (number.known && isfinite(number.value)) json_object_set_new(object, key, json_real(number.value));
}

static void put_texts(struct run_digest *d, json_t *object, const char *key, const struct report_texts *texts) {
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count && i < MOST_TEXTS; i++)
        json_array_append_new(list, json_string(text_cut(&d->to, texts->items[i], MOST_TEXT)));
    json_object_set_new(object, key, list);
}

static json_t *metric_json(struct run_digest *d, const struct report_metric *metric) {
    struct report_extra extra;
    json_t *object = json_object();
    report_extra_read(d->result, run_digest_index(d, metric), &d->arena, &extra);
    put_text(d, object, "name", extra.name);
    put_text(d, object, "tags", extra.tags);
    put_text(d, object, "classification", metric->classification);
    json_object_set_new(object, "critical", json_boolean(metric->critical));
    json_object_set_new(object, "informs", json_boolean(metric->informs));
    put_text(d, object, "unit", metric->unit);
    if (metric->baseline.present) put_number(object, "baseline", metric->baseline.mean);
    if (metric->canary.present) put_number(object, "canary", metric->canary.mean);
    put_number(object, "ratio", metric->ratio);
    put_number(object, "change", metric->evidence.change);
    put_number(object, "change_low", metric->evidence.low);
    put_number(object, "change_high", metric->evidence.high);
    put_number(object, "p", metric->evidence.p);
    if (metric->evidence.present && metric->evidence.has_since) put_text(d, object, "since", run_digest_time(d, metric->evidence.since_ms));
    put_text(d, object, "reason", metric->reason);
    return object;
}

static bool is_pass(const struct report_metric *metric) {
    return strcmp(metric->classification, "pass") == 0;
}

static void put_metrics(struct run_digest *d, json_t *data) {
    json_t *list = json_array();
    const struct report *report = &d->report;
    size_t used = 0;
    for (int passing = 0; passing < 2; passing++) {
        for (size_t i = 0; i < report->metric_count && used < DIGEST_METRICS; i++) {
            if (is_pass(&report->metrics[i]) != (passing == 1)) continue;
            json_array_append_new(list, metric_json(d, &report->metrics[i]));
            used++;
        }
    }
    json_object_set_new(data, "metrics", list);
    json_object_set_new(data, "metrics_omitted", json_integer((json_int_t)(report->metric_count - used)));
}

static void put_objectives(struct run_digest *d, json_t *data) {
    const struct budget_objective *objectives = d->report.objectives;
    json_t *list = json_array();
    for (size_t i = 0; i < d->report.objective_count && i < MOST_OBJECTIVES; i++) {
        json_t *object = json_object();
        put_text(d, object, "name", objectives[i].name);
        put_text(d, object, "gate", objectives[i].gate);
        put_number(object, "remaining", objectives[i].remaining);
        put_number(object, "release_budget_used", objectives[i].release.share);
        json_array_append_new(list, object);
    }
    json_object_set_new(data, "objectives", list);
}

static json_t *side_json(struct run_digest *d, const struct report_side *side) {
    json_t *object = json_object(), *labels = json_object();
    put_text(d, object, "source", side->source);
    for (size_t i = 0; i < side->labels.count && i < MOST_LABELS; i++)
        put_text(d, labels, side->labels.items[i].name, side->labels.items[i].value);
    json_object_set_new(object, "labels", labels);
    return object;
}

// Where: the sides that were compared, and the label values that a change hangs on.
static void put_places(struct run_digest *d, json_t *data) {
    const struct report *report = &d->report;
    json_t *scopes = json_array(), *where = json_array();
    for (size_t i = 0; i < report->scope_count && i < MOST_PLACES; i++) {
        const struct report_scope *scope = &report->scopes[i];
        json_t *object = json_object();
        put_text(d, object, "name", scope->name);
        if (scope->baseline.present) json_object_set_new(object, "baseline", side_json(d, &scope->baseline));
        if (scope->canary.present) json_object_set_new(object, "canary", side_json(d, &scope->canary));
        json_array_append_new(scopes, object);
    }
    for (size_t i = 0; i < report->where_count && i < MOST_PLACES; i++) {
        json_t *object = json_object();
        put_text(d, object, "metric", report->where[i].metric);
        put_text(d, object, "label", report->where[i].label);
        put_text(d, object, "value", report->where[i].value);
        json_object_set_new(object, "share", json_real(report->where[i].share));
        json_array_append_new(where, object);
    }
    json_object_set_new(data, "scopes", scopes);
    json_object_set_new(data, "where", where);
}

static void put_result(struct run_digest *d, json_t *data) {
    const struct report *report = &d->report;
    json_t *window = json_object();
    put_number(data, "score", report->score);
    json_object_set(data, "exit_code", json_object_get(d->result, "exit_code"));
    put_text(d, window, "start", run_digest_time(d, report->start_ms));
    put_text(d, window, "end", run_digest_time(d, report->end_ms));
    json_object_set_new(data, "window", window);
    put_texts(d, data, "reasons", &report->reasons);
    put_texts(d, data, "missing", &report->missing);
    put_number(data, "confidence", report->confidence);
    put_places(d, data);
    put_metrics(d, data);
    put_objectives(d, data);
}

json_t *run_digest_json(struct run_digest *d) {
    const struct report *report = &d->report;
    json_t *data = json_object();
    put_text(d, data, "run_id", report->id);
    put_text(d, data, "canary", report->canary);
    put_text(d, data, "owner", report->owner);
    put_text(d, data, "runbook", report->runbook);
    put_text(d, data, "link", d->link);
    put_text(d, data, "verdict", report->verdict);
    if (d->result != NULL) put_result(d, data);
    if (d->result == NULL && report->reasons.count > 0) put_texts(d, data, "reasons", &report->reasons);
    if (d->more != NULL) json_object_update_missing(data, (json_t *)(uintptr_t)d->more); // it is only read
    return data;
}
