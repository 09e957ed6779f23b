// SPDX-License-Identifier: GPL-3.0-or-later
#include "webhook_cdevent.h"

#include <string.h>

#include "report_part.h"

enum { MOST_REASON = 500 };

static const struct outcome {
    const char *verdict, *version4, *version5;
} outcomes[] = {
    {"pass", "pass", "success"},
    {"fail", "fail", "failure"},
    {"error", "error", "error"},
};

static const char *outcome_of(const char *verdict, bool version4) {
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        if (strcmp(verdict, outcomes[i].verdict) == 0) return version4 ? outcomes[i].version4 : outcomes[i].version5;
    }
    return "cancel";
}

static const struct own { // events of ours that CDEvents has no word for
    const char *type, *name;
} owns[] = {
    {"serin.gate.opened", "dev.cdeventsx.serin-gate.opened.0.1.0"},
    {"serin.gate.closed", "dev.cdeventsx.serin-gate.closed.0.1.0"},
};

static const char *own_type(const struct run_digest *d) {
    for (size_t i = 0; i < sizeof owns / sizeof owns[0]; i++) {
        if (strcmp(d->type, owns[i].type) == 0) return owns[i].name;
    }
    return NULL;
}

static bool is_start(const struct run_digest *d) {
    return strcmp(d->type, RUN_DIGEST_STARTED) == 0;
}

const char *webhook_cdevent_type(const struct run_digest *d, bool version4) {
    if (own_type(d) != NULL) return own_type(d);
    if (is_start(d)) return version4 ? "dev.cdevents.testsuiterun.started.0.2.0" : "dev.cdevents.testsuiterun.started.0.3.0";
    return version4 ? "dev.cdevents.testsuiterun.finished.0.2.0" : "dev.cdevents.testsuiterun.finished.0.3.0";
}

static void put(json_t *object, const char *key, const char *text) {
    json_object_set_new(object, key, json_string(text));
}

static json_t *context_of(struct run_digest *d, const char *source, bool version4) {
    json_t *context = json_object();
    put(context, version4 ? "version" : "specversion", version4 ? "0.4.1" : "0.5.1");
    put(context, "id", d->id);
    put(context, "source", source);
    put(context, "type", webhook_cdevent_type(d, version4));
    put(context, "timestamp", run_digest_time(d, d->now_ms));
    return context;
}

// Where the canary runs, as far as a config says: the source of its side.
static const char *environment_of(const struct run_digest *d) {
    const struct report *report = &d->report;
    const char *source = report->scope_count > 0 && report->scopes[0].canary.present ? report->scopes[0].canary.source : "";
    return source != NULL && *source != '\0' ? text_cut(&d->to, source, DIGEST_LABEL) : "unknown";
}

static json_t *content_of(struct run_digest *d, bool version4) {
    const struct report *report = &d->report;
    const char *canary = text_cut(&d->to, report->canary, DIGEST_LABEL);
    if (own_type(d) != NULL) return json_pack("{s:s}", "name", canary);
    json_t *content =
        json_pack("{s:{s:s}, s:{s:s, s:s}}", "environment", "id", environment_of(d), "testSuite", "id", canary, "name", canary);
    if (is_start(d)) return content;
    const char *verdict = report->verdict != NULL ? report->verdict : "", *reason = report_reason(&d->to, report);
    put(content, "outcome", outcome_of(verdict, version4));
    if (strcmp(verdict, "fail") == 0) put(content, "severity", "high");
    if (*reason != '\0') put(content, "reason", text_cut(&d->to, reason, MOST_REASON));
    return content;
}

json_t *webhook_cdevent(struct run_digest *d, const char *source, bool version4) {
    json_t *event = json_object(), *subject = json_object();
    put(subject, "id", text_cut(&d->to, d->report.id, DIGEST_LABEL));
    put(subject, "source", source);
    if (version4) put(subject, "type", own_type(d) != NULL ? "serin-gate" : "testSuiteRun");
    json_object_set_new(subject, "content", content_of(d, version4));
    json_object_set_new(event, "context", context_of(d, source, version4));
    json_object_set_new(event, "subject", subject);
    json_object_set_new(event, "customData", run_digest_json(d));
    put(event, "customDataContentType", "application/json");
    return event;
}
