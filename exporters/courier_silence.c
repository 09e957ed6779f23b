// SPDX-License-Identifier: GPL-3.0-or-later
// Whether an Alertmanager keeps the alerts of a canary to itself: asked after each time they were sent, for the report alone. What is
// known is in memory; a service that begins again sends the alerts again and learns it anew.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "courier_private.h"
#include "query/selector.h"
#include "report_part.h"

#define MOST_ANSWER ((size_t)1 << 20)
#define ALERTS "alertname=~\"CanaryFailed|CanaryMetricFailed|CanaryUndecided\""

enum { MOST_SILENCES = 10, MOST_ALERTS = 50, MOST_COMMENT = 200, MOST_NAME = 100, SILENCE_ID = 36 }; // columns of texts; bytes of an id

struct asked { // one request
    struct silence_look *look;
    struct buf url, body;
    char id[SILENCE_ID + 1]; // of the silence; "" of the list of alerts
    bool good;
};

struct silence_look { // at one peer
    struct job *job;
    struct asked asked[1 + MOST_SILENCES];
    size_t count;
    json_t *alerts; // as the peer tells them
};

static bool take_body(void *user, const struct http_head *head, const char *data, size_t len) {
    struct asked *asked = user;
    (void)head;
    buf_bytes(&asked->body, data, len);
    return !asked->body.failed;
}

static void on_answer(void *user, const struct http_result *result);

static void ask(struct silence_look *look, const char *path, const char *query, const char *id) {
    struct job *job = look->job;
    struct delivery *d = &job->delivery;
    struct asked *asked = &look->asked[look->count++];
    struct error err;
    *asked = (struct asked){.look = look};
    snprintf(asked->id, sizeof asked->id, "%s", id);
    buf_init(&asked->url, 8192);
    buf_init(&asked->body, MOST_ANSWER);
    http_url_join(&asked->url, receiver_url(&d->receivers[0]), path);
    buf_str(&asked->url, query);
    struct http_request request = {.user = asked, .body_piece = take_body, .done = on_answer};
    receiver_apply(&d->receivers[0], NULL, 0, &job->letter->arena, &request);
    request.url = buf_text(&asked->url);
    request.timeout_ms = request.idle_timeout_ms = request.connect_timeout_ms = job->courier->options.deadline_ms;
    if (!asked->url.failed && http_client_start(job->courier->client, &request, &err)) job->flying++;
}

static bool is_asked(const struct silence_look *look, const char *id) {
    for (size_t i = 0; i < look->count; i++) {
        if (strcmp(look->asked[i].id, id) == 0) return true;
    }
    return false;
}

// Ids come from the peer and become part of a path.
static bool is_id(const char *id) {
    return strlen(id) == SILENCE_ID && strspn(id, "0123456789abcdef-") == SILENCE_ID;
}

static void ask_for_silences(struct silence_look *look) {
    for (size_t i = 0; i < json_array_size(look->alerts) && i < MOST_ALERTS; i++) {
        const json_t *ids = json_object_get(json_object_get(json_array_get(look->alerts, i), "status"), "silencedBy");
        for (size_t k = 0; k < json_array_size(ids) && look->count <= MOST_SILENCES; k++) {
            char path[64];
            const char *id = json_string_value(json_array_get(ids, k));
            if (id == NULL || !is_id(id) || is_asked(look, id)) continue;
            snprintf(path, sizeof path, "/api/v2/silence/%s", id);
            ask(look, path, "", id);
        }
    }
}

static void on_answer(void *user, const struct http_result *result) {
    struct asked *asked = user;
    struct silence_look *look = asked->look;
    look->job->flying--;
    asked->good = result->complete && result->head->status == 200;
    if (!asked->good || asked->id[0] != '\0') return;
    look->alerts = json_loadb(asked->body.data, asked->body.len, 0, NULL);
    ask_for_silences(look);
}

// What is known then.

static void put(json_t *object, const char *key, const struct text_out *to, const json_t *text, int columns) {
    const char *value = json_string_value(text);
    if (value == NULL || *value == '\0') return;
    json_object_set_new(object, key, json_string(text_cut(to, text_clean(to->arena, value, strlen(value), false), columns)));
}

static json_t *silence_json(const struct silence_look *look, const char *id, const struct text_out *to) {
    json_t *silence = json_pack("{s:s}", "id", id);
    for (size_t i = 0; i < look->count; i++) {
        const struct asked *asked = &look->asked[i];
        if (!asked->good || strcmp(asked->id, id) != 0) continue;
        json_t *told = json_loadb(asked->body.data, asked->body.len, 0, NULL);
        put(silence, "by", to, json_object_get(told, "createdBy"), MOST_NAME);
        put(silence, "until", to, json_object_get(told, "endsAt"), MOST_NAME);
        put(silence, "comment", to, json_object_get(told, "comment"), MOST_COMMENT);
        json_decref(told);
    }
    return silence;
}

// The name of the alert with this fingerprint, where it is one of the canary's own.
static const json_t *name_of(const struct silence_look *look, const char *fingerprint) {
    for (size_t i = 0; i < json_array_size(look->alerts); i++) {
        const json_t *alert = json_array_get(look->alerts, i);
        const char *text = json_string_value(json_object_get(alert, "fingerprint"));
        if (text != NULL && strcmp(text, fingerprint) == 0) return json_object_get(json_object_get(alert, "labels"), "alertname");
    }
    return NULL;
}

static json_t *alert_json(const struct silence_look *look, const json_t *alert, const struct text_out *to) {
    const json_t *status = json_object_get(alert, "status"), *labels = json_object_get(alert, "labels");
    const json_t *silenced = json_object_get(status, "silencedBy"), *inhibited = json_object_get(status, "inhibitedBy");
    json_t *object = json_object(), *silences = json_array(), *inhibitors = json_array();
    static const char *const kept[][2] = {{"alert", "alertname"}, {"metric", "metric"}, {"tags", "tags"}};
    for (size_t i = 0; i < 3; i++) put(object, kept[i][0], to, json_object_get(labels, kept[i][1]), MOST_NAME);
    for (size_t i = 0; i < json_array_size(silenced) && i < MOST_SILENCES; i++) {
        const char *id = json_string_value(json_array_get(silenced, i));
        if (id != NULL && is_id(id)) json_array_append_new(silences, silence_json(look, id, to));
    }
    for (size_t i = 0; i < json_array_size(inhibited) && i < MOST_SILENCES; i++) {
        const json_t *id = json_array_get(inhibited, i);
        const json_t *name = json_is_string(id) ? name_of(look, json_string_value(id)) : NULL;
        json_t *inhibitor = json_object();
        put(inhibitor, "fingerprint", to, id, MOST_NAME);
        put(inhibitor, "alert", to, name, MOST_NAME);
        json_array_append_new(inhibitors, inhibitor);
    }
    json_object_set_new(object, "silenced_by", silences);
    json_object_set_new(object, "inhibited_by", inhibitors);
    return object;
}

static json_t *suppressed_json(const struct silence_look *look) {
    static const struct report_style style = {.width = 80};
    const struct text_out to = {.style = &style, .width = style.width, .arena = &look->job->letter->arena};
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(look->alerts) && i < MOST_ALERTS; i++) {
        const json_t *alert = json_array_get(look->alerts, i);
        json_t *told = alert_json(look, alert, &to);
        bool suppressed =
            json_array_size(json_object_get(told, "silenced_by")) > 0 || json_array_size(json_object_get(told, "inhibited_by")) > 0;
        if (suppressed) json_array_append(list, told);
        json_decref(told);
    }
    return list;
}

// A peer that did not answer changes nothing.
static void look_over(struct job *job) {
    const struct silence_look *look = job->look;
    struct courier *c = job->courier;
    if (look == NULL || !json_is_array(look->alerts)) return;
    json_t *list = suppressed_json(look);
    pthread_mutex_lock(&c->lock);
    struct courier_room *room = job->room;
    bool stands = strcmp(room->slots[job->slot].id, job->letter->row.id) == 0;
    if (!stands || room->suppressed == NULL || strcmp(room->suppressed_id, job->letter->row.id) != 0) {
        json_decref(room->suppressed);
        room->suppressed = stands ? json_object() : NULL;
        snprintf(room->suppressed_id, sizeof room->suppressed_id, "%s", job->letter->row.id);
    }
    json_object_set_new(room->suppressed, job->one.targets[0].key, list); // NULL takes nothing
    pthread_mutex_unlock(&c->lock);
}

void courier_look_at_silences(struct job *sent) {
    struct courier *c = sent->courier;
    struct job *job = job_create(c, sent->letter, &sent->one.targets[0], look_over);
    struct buf query;
    buf_init(&query, 8192);
    buf_str(&query, "?filter=");
    struct buf filter;
    buf_init(&filter, 4096);
    const char *canary = sent->letter->row.canary;
    selector_matcher(&filter, "canary", "=", text_clean(&sent->letter->arena, canary, strlen(canary), false)); // as the alerts have it
    http_percent_encode(&query, (struct view){buf_text(&filter), filter.len});
    buf_str(&query, "&filter=");
    http_percent_encode(&query, view_of(ALERTS));
    job->room = sent->room;
    job->slot = sent->slot;
    job->look = mem_zero(1, sizeof *job->look);
    job->look->job = job;
    courier_begin(job);
    if (!query.failed && delivery_open(&job->delivery, 0, &job->err)) ask(job->look, "/api/v2/alerts", buf_text(&query), "");
    buf_finish(&filter);
    buf_finish(&query);
}

void courier_silences_free(struct silence_look *look) {
    if (look == NULL) return;
    for (size_t i = 0; i < look->count; i++) {
        buf_finish(&look->asked[i].url);
        buf_finish(&look->asked[i].body);
    }
    json_decref(look->alerts);
    free(look);
}

json_t *courier_silenced(struct courier *c, const char *canary, const char *id) {
    json_t *list = json_array(), *copy = NULL, *alerts;
    const char *target;
    pthread_mutex_lock(&c->lock);
    const struct courier_room *room = courier_room(c, canary, false);
    if (room != NULL && room->suppressed != NULL && strcmp(room->suppressed_id, id) == 0) copy = json_deep_copy(room->suppressed);
    pthread_mutex_unlock(&c->lock);
    json_object_foreach(copy, target, alerts) {
        for (size_t i = 0; i < json_array_size(alerts); i++) {
            json_t *alert = json_array_get(alerts, i);
            json_object_set_new(alert, "target", json_string(target));
            json_array_append(list, alert);
        }
    }
    json_decref(copy);
    return list;
}
