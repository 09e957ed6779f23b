// SPDX-License-Identifier: GPL-3.0-or-later
#include "alert_list.h"

#include <string.h>

#include "exporters/report.h"
#include "report_extra.h"
#include "report_part.h"
#include "text_value.h"

#define LIVES 4 // so many repetitions of the analysis a firing alert outlasts

struct maker {
    struct run_digest *d;
    const struct publish_target *target;
    json_t *alerts;
    size_t omitted;
    bool fail, clear; // the verdict is fail; it is pass or marginal
};

static void put(const struct maker *m, json_t *object, const char *key, const char *text) {
    if (text != NULL && *text != '\0') json_object_set_new(object, key, json_string(text_cut(&m->d->to, text, DIGEST_LABEL)));
}

static void put_number(const struct maker *m, json_t *object, const char *key, struct report_number number) {
    if (number.known) put(m, object, key, text_exact(m->d->to.arena, number.value));
}

static json_t *annotations_of(const struct maker *m, const char *summary, const char *description) {
    const struct report *report = &m->d->report;
    json_t *annotations = json_object();
    put(m, annotations, "summary", summary);
    put(m, annotations, "description", description);
    put(m, annotations, "runbook_url", report->runbook);
    put(m, annotations, "run_id", report->id);
    put(m, annotations, "correlation_id", m->d->correlation);
    put(m, annotations, "verdict", report->verdict);
    put_number(m, annotations, "score", report->score);
    if (m->d->result != NULL) put(m, annotations, "window", report_window(&m->d->to, report));
    return annotations;
}

// A firing alert starts with the verdict, not with the change or the window it is about: an Alertmanager does not wait for the others of
// a group when one of them has fired for longer than that, and would notify twice. Takes over the annotations. Labels of the config come
// last: they may say another severity or owner.
static void add(struct maker *m, const char *alertname, const char *severity, const struct report_extra *metric, int64_t since_ms,
                bool firing, json_t *annotations) {
    struct run_digest *d = m->d;
    bool lives = firing && !d->ended;
    if (!firing && d->firing_only) {
        json_decref(annotations);
        return;
    }
    json_t *alert = json_object(), *labels = json_object();
    put(m, labels, "alertname", alertname);
    put(m, labels, "canary", d->report.canary);
    if (metric != NULL) put(m, labels, "metric", metric->name);
    if (metric != NULL) put(m, labels, "tags", metric->tags);
    put(m, labels, "failure_type", strcmp(alertname, "CanaryUndecided") == 0 ? "no_verdict" : "regression");
    put(m, labels, "group", m->target->group);
    put(m, labels, "severity", severity);
    put(m, labels, "owner", d->report.owner);
    for (size_t i = 0; i < m->target->labels.count; i++) {
        json_object_del(labels, m->target->labels.items[i].name); // an empty value takes a label away
        put(m, labels, m->target->labels.items[i].name, m->target->labels.items[i].value);
    }
    json_object_set_new(alert, "labels", labels);
    json_object_set_new(alert, "annotations", annotations);
    int64_t start_ms = since_ms < d->now_ms ? since_ms : d->now_ms;
    if (lives) start_ms = d->decided_ms != 0 && d->decided_ms < d->now_ms ? d->decided_ms : d->now_ms;
    put(m, alert, "startsAt", run_digest_time(d, start_ms));
    put(m, alert, "endsAt", run_digest_time(d, d->now_ms + (lives ? LIVES * m->target->resend_ms : 0)));
    put(m, alert, "generatorURL", d->link);
    json_array_append_new(m->alerts, alert);
}

static void add_verdict(struct maker *m) {
    struct run_digest *d = m->d;
    const char *line = run_digest_line(d), *why = report_reason(&d->to, &d->report);
    bool undecided = !m->fail && !m->clear;
    if (!undecided) add(m, "CanaryFailed", "page", NULL, d->report.end_ms, m->fail, annotations_of(m, line, why));
    add(m, "CanaryUndecided", "ticket", NULL, d->report.end_ms, undecided, annotations_of(m, line, why));
}

static bool made_it_fail(const struct maker *m, const struct report_metric *metric) {
    return m->fail && metric->state == TEXT_FAIL && !metric->informs;
}

static void add_metric(struct maker *m, const struct report_metric *metric, bool firing) {
    struct run_digest *d = m->d;
    struct report_extra extra;
    if (json_array_size(m->alerts) >= ALERT_LIST_MOST) {
        m->omitted++;
        return;
    }
    report_extra_read(d->result, run_digest_index(d, metric), &d->arena, &extra);
    const char *summary = arena_printf(&d->arena, "%s: %s is %s", d->report.canary, metric->name, metric->classification);
    json_t *annotations = annotations_of(m, summary, run_digest_metric(d, metric));
    if (metric->baseline.present) put_number(m, annotations, "baseline", metric->baseline.mean);
    if (metric->canary.present) put_number(m, annotations, "canary_value", metric->canary.mean);
    put_number(m, annotations, "ratio", metric->ratio);
    put_number(m, annotations, "p", metric->evidence.p);
    bool known = metric->evidence.present && metric->evidence.has_since;
    if (known) put(m, annotations, "since", run_digest_time(d, metric->evidence.since_ms));
    add(m, "CanaryMetricFailed", metric->critical ? "page" : "ticket", &extra, known ? metric->evidence.since_ms : d->report.end_ms, firing,
        annotations);
}

json_t *alert_list(struct run_digest *d, const struct publish_target *target, size_t *ret_omitted) {
    const struct report *report = &d->report;
    struct maker m = {.d = d, .target = target, .alerts = json_array()};
    m.fail = strcmp(report->verdict, "fail") == 0;
    m.clear = strcmp(report->verdict, "pass") == 0 || strcmp(report->verdict, "marginal") == 0;
    add_verdict(&m);
    for (size_t i = 0; i < report->metric_count; i++) {
        if (made_it_fail(&m, &report->metrics[i])) add_metric(&m, &report->metrics[i], true);
    }
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct report_metric *metric = &report->metrics[i];
        bool passes = m.fail && strcmp(metric->classification, "pass") == 0;
        if (m.clear || passes) add_metric(&m, metric, false);
    }
    *ret_omitted = m.omitted;
    return m.alerts;
}

bool alert_list_body(struct buf *out, const json_t *alerts, size_t i, size_t count, struct error *err) {
    for (size_t k = 0; k < count; k++) {
        buf_char(out, k == 0 ? '[' : ',');
        if (!report_json_line(out, json_array_get(alerts, i + k), err)) return false;
    }
    buf_str(out, count > 0 ? "]" : "[]");
    return !out->failed || error_set(err, ERROR_LIMIT, "the alerts are larger than %zu bytes", out->limit);
}

const char *alert_list_name(const json_t *alert, struct arena *arena) {
    const json_t *labels = json_object_get(alert, "labels");
    const char *metric = json_string_value(json_object_get(labels, "metric"));
    const char *name = json_string_value(json_object_get(labels, "alertname"));
    return arena_printf(arena, "%s%s%s", name, metric != NULL ? " " : "", metric != NULL ? metric : "");
}
