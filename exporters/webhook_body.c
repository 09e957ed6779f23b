// SPDX-License-Identifier: GPL-3.0-or-later
#include "webhook_body.h"

#include "base/http.h"
#include "exporters/report.h"
#include "report_part.h"

enum { SLACK_METRICS = 10, SLACK_TEXT = 600 }; // lines; columns of one

#define EVENT_TYPE "serin.verdict.finished"

const char *webhook_content_type(enum webhook_format format) {
    return format == WEBHOOK_CLOUDEVENTS ? "application/cloudevents+json" : "application/json";
}

static void put(json_t *object, const char *key, const char *text) {
    json_object_set_new(object, key, json_string(text));
}

static json_t *standard(struct run_digest *d) {
    json_t *event = json_object();
    put(event, "type", EVENT_TYPE);
    put(event, "timestamp", run_digest_time(d, d->now_ms));
    json_object_set_new(event, "data", run_digest_json(d));
    return event;
}

static json_t *cloudevent(struct run_digest *d) {
    json_t *event = json_object();
    struct buf source;
    buf_init(&source, 65536);
    buf_str(&source, "/serin/");
    http_percent_encode(&source, view_of(text_cut(&d->to, d->report.canary, DIGEST_LABEL)));
    put(event, "specversion", "1.0");
    put(event, "id", d->id);
    put(event, "source", buf_text(&source));
    put(event, "type", EVENT_TYPE);
    put(event, "subject", text_cut(&d->to, d->report.canary, DIGEST_LABEL));
    put(event, "time", run_digest_time(d, d->now_ms));
    put(event, "datacontenttype", "application/json");
    json_object_set_new(event, "data", run_digest_json(d));
    buf_finish(&source);
    return event;
}

// Slack reads &, < and > as the beginnings of links and mentions.
static void put_escaped(struct buf *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '&') {
            buf_str(out, "&amp;");
        } else if (*text == '<') {
            buf_str(out, "&lt;");
        } else if (*text == '>') {
            buf_str(out, "&gt;");
        } else {
            buf_char(out, *text);
        }
    }
}

static json_t *slack(struct run_digest *d) {
    struct buf text;
    const struct report_metric **metrics;
    size_t count = report_ranked(&d->to, &d->report, &metrics);
    buf_init(&text, 65536);
    put_escaped(&text, run_digest_line(d));
    const char *why = report_reason(&d->to, &d->report);
    if (*why != '\0') {
        buf_char(&text, '\n');
        put_escaped(&text, text_cut(&d->to, why, SLACK_TEXT));
    }
    for (size_t i = 0; i < count && i < SLACK_METRICS; i++) {
        buf_str(&text, "\n• ");
        put_escaped(&text, text_cut(&d->to, metrics[i]->name, SLACK_TEXT));
        buf_str(&text, ": ");
        put_escaped(&text, text_cut(&d->to, run_digest_metric(d, metrics[i]), SLACK_TEXT));
    }
    if (count > SLACK_METRICS) buf_printf(&text, "\nand %zu more", count - SLACK_METRICS);
    const char *links[] = {d->link, d->report.runbook};
    for (size_t i = 0; i < 2; i++) {
        if (links[i] == NULL || *links[i] == '\0') continue;
        buf_char(&text, '\n');
        put_escaped(&text, text_cut(&d->to, links[i], SLACK_TEXT));
    }
    json_t *message = json_object();
    put(message, "text", buf_text(&text));
    buf_finish(&text);
    return message;
}

bool webhook_body(struct buf *out, struct run_digest *d, enum webhook_format format, struct error *err) {
    json_t *event = format == WEBHOOK_SLACK ? slack(d) : format == WEBHOOK_CLOUDEVENTS ? cloudevent(d) : standard(d);
    bool ok = report_json_line(out, event, err);
    json_decref(event);
    return ok;
}
