// SPDX-License-Identifier: GPL-3.0-or-later
// Binary CloudEvents and CDEvents carry their attributes in headers; the body is the data alone.
#include "webhook_body.h"

#include "exporters/report.h"
#include "webhook_cdevent.h"
#include "webhook_slack.h"

enum { MOST_SOURCE = 65536 };

static void put(json_t *object, const char *key, const char *text) {
    json_object_set_new(object, key, json_string(text));
}

static json_t *standard(struct run_digest *d) {
    json_t *event = json_object();
    put(event, "type", d->type);
    put(event, "timestamp", run_digest_time(d, d->now_ms));
    json_object_set_new(event, "data", run_digest_json(d));
    return event;
}

static const char *canary_of(const struct run_digest *d) {
    return text_cut(&d->to, d->report.canary, DIGEST_LABEL);
}

static const char *source_of(struct run_digest *d) {
    struct buf source;
    buf_init(&source, MOST_SOURCE);
    buf_str(&source, "/serin/");
    http_percent_encode(&source, view_of(canary_of(d)));
    return arena_take(&d->arena, &source);
}

static json_t *cloudevent(struct run_digest *d) {
    json_t *event = json_object();
    put(event, "specversion", "1.0");
    put(event, "id", d->id);
    put(event, "source", source_of(d));
    put(event, "type", d->type);
    put(event, "subject", canary_of(d));
    put(event, "time", run_digest_time(d, d->now_ms));
    put(event, "datacontenttype", "application/json");
    json_object_set_new(event, "data", run_digest_json(d));
    return event;
}

static json_t *event_of(struct run_digest *d, const struct publish_target *target) {
    switch (target->format) {
    case WEBHOOK_CLOUDEVENTS:
        return cloudevent(d);
    case WEBHOOK_CLOUDEVENTS_BINARY:
        return run_digest_json(d);
    case WEBHOOK_CDEVENTS:
        return webhook_cdevent(d, source_of(d), false);
    case WEBHOOK_CDEVENTS_0_4:
        return webhook_cdevent(d, source_of(d), true);
    case WEBHOOK_SLACK:
        return webhook_slack(d, target);
    case WEBHOOK_STANDARD:
    case WEBHOOK_FORMATS:
        break;
    }
    return standard(d);
}

bool webhook_body(struct buf *out, struct run_digest *d, const struct publish_target *target, struct error *err) {
    json_t *event = event_of(d, target);
    bool ok = report_json_line(out, event, err);
    json_decref(event);
    return ok;
}

void webhook_header_encode(struct buf *out, struct view value) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c > ' ' && c <= '~' && c != '"' && c != '%') {
            buf_char(out, (char)c);
        } else {
            buf_char(out, '%');
            buf_char(out, digits[c >> 4]);
            buf_char(out, digits[c & 15]);
        }
    }
}

static struct http_header attribute(struct run_digest *d, const char *name, const char *value) {
    struct buf text;
    buf_init(&text, MOST_SOURCE);
    webhook_header_encode(&text, view_of(value));
    struct http_header header = {name, arena_strdup(&d->arena, buf_text(&text))};
    buf_finish(&text);
    return header;
}

size_t webhook_headers(struct run_digest *d, enum webhook_format format, struct http_header ret_headers[WEBHOOK_HEADERS]) {
    bool cdevent = format == WEBHOOK_CDEVENTS || format == WEBHOOK_CDEVENTS_0_4;
    size_t count = 0;
    const char *type = format == WEBHOOK_CLOUDEVENTS ? "application/cloudevents+json" : "application/json";
    ret_headers[count++] = (struct http_header){"Content-Type", type};
    if (!cdevent && format != WEBHOOK_CLOUDEVENTS_BINARY) return count;
    ret_headers[count++] = (struct http_header){"ce-specversion", "1.0"};
    ret_headers[count++] = (struct http_header){"ce-id", d->id};
    ret_headers[count++] = attribute(d, "ce-source", source_of(d));
    ret_headers[count++] = attribute(d, "ce-type", cdevent ? webhook_cdevent_type(d, format == WEBHOOK_CDEVENTS_0_4) : d->type);
    ret_headers[count++] = attribute(d, "ce-subject", cdevent ? text_cut(&d->to, d->report.id, DIGEST_LABEL) : canary_of(d));
    ret_headers[count++] = attribute(d, "ce-time", run_digest_time(d, d->now_ms));
    return count;
}
