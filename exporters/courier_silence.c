// SPDX-License-Identifier: GPL-3.0-or-later
// Asks each Alertmanager, after it has taken the alerts of a canary, whether it silences or inhibits them; only reports show this. The
// answers are in memory alone: a restarted service sends the alerts again and asks again.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "courier_private.h"
#include "query/selector.h"
#include "silence_list.h"
#include "text_style.h"

#define MOST_ANSWER ((size_t)1 << 20)
#define ALERTS "alertname=~\"CanaryFailed|CanaryMetricFailed|CanaryUndecided\""

struct asked { // one request to the peer
    struct silence_look *look;
    struct buf url, body;
    struct silence_answer *silence; // the one it asks for; NULL: it asks for the alerts
};

struct silence_look { // at one peer
    struct job *job;
    struct asked asked[1 + SILENCE_LIST_MOST];
    size_t count;
    struct silence_answer silences[SILENCE_LIST_MOST];
    size_t silence_count;
    json_t *alerts; // as the peer lists them; NULL before it has answered
};

static bool take_body(void *user, const struct http_head *head, const char *data, size_t len) {
    struct asked *asked = user;
    (void)head;
    buf_bytes(&asked->body, data, len);
    return !asked->body.failed;
}

static void on_answer(void *user, const struct http_result *result);

static void ask(struct silence_look *look, const char *path, const char *query, struct silence_answer *silence) {
    struct job *job = look->job;
    struct delivery *d = &job->delivery;
    struct asked *asked = &look->asked[look->count++];
    struct error err;
    *asked = (struct asked){.look = look, .silence = silence};
    buf_init(&asked->url, 8192);
    buf_init(&asked->body, MOST_ANSWER);
    http_url_join(&asked->url, receiver_url(&d->receivers[0]), path);
    buf_str(&asked->url, query);
    struct http_request request = {.user = asked, .body_piece = take_body, .done = on_answer};
    receiver_apply(&d->receivers[0], NULL, 0, &job->subject->arena, &request);
    request.url = buf_text(&asked->url);
    request.timeout_ms = request.idle_timeout_ms = request.connect_timeout_ms = job->courier->options.deadline_ms;
    if (!asked->url.failed && http_client_start(job->courier->client, &request, &err)) job->in_flight++;
}

static void ask_for_silences(struct silence_look *look) {
    look->silence_count = silence_list_ids(look->alerts, look->silences);
    for (size_t i = 0; i < look->silence_count; i++) {
        char path[64];
        snprintf(path, sizeof path, "/api/v2/silence/%s", look->silences[i].id);
        ask(look, path, "", &look->silences[i]);
    }
}

static void on_answer(void *user, const struct http_result *result) {
    struct asked *asked = user;
    struct silence_look *look = asked->look;
    look->job->in_flight--;
    if (!result->complete || result->head->status != 200) return;
    if (asked->silence != NULL) {
        asked->silence->text = (struct view){asked->body.data, asked->body.len};
        return;
    }
    look->alerts = json_loadb(asked->body.data, asked->body.len, 0, NULL);
    ask_for_silences(look);
}

// Ends a look at one peer. When it did not answer, what was known before stays.
static void look_over(struct job *job) {
    const struct silence_look *look = job->look;
    struct courier *c = job->courier;
    if (look == NULL || !json_is_array(look->alerts)) return;
    json_t *list = silence_list(look->alerts, look->silences, look->silence_count, &job->subject->arena);
    pthread_mutex_lock(&c->lock);
    struct canary_state *state = job->state;
    bool stands = strcmp(state->slots[job->slot].id, job->subject->row.id) == 0;
    if (!stands || state->suppressed == NULL || strcmp(state->suppressed_id, job->subject->row.id) != 0) {
        json_decref(state->suppressed);
        state->suppressed = stands ? json_object() : NULL;
        snprintf(state->suppressed_id, sizeof state->suppressed_id, "%s", job->subject->row.id);
    }
    json_object_set_new(state->suppressed, job->one.targets[0].key, list); // does nothing when suppressed is NULL
    pthread_mutex_unlock(&c->lock);
}

void courier_look_at_silences(struct job *sent) {
    struct courier *c = sent->courier;
    struct job *job = job_create(c, sent->subject, &sent->one.targets[0], look_over);
    struct buf query;
    buf_init(&query, 8192);
    buf_str(&query, "?filter=");
    struct buf filter;
    buf_init(&filter, 4096);
    const char *canary = sent->subject->row.canary;
    selector_matcher(&filter, "canary", "=", text_clean(&sent->subject->arena, canary, strlen(canary), false)); // as the alerts have it
    http_percent_encode(&query, (struct view){buf_text(&filter), filter.len});
    buf_str(&query, "&filter=");
    http_percent_encode(&query, view_of(ALERTS));
    job->state = sent->state;
    job->slot = sent->slot;
    job->look = mem_zero(1, sizeof *job->look);
    job->look->job = job;
    courier_begin(job);
    if (!query.failed && delivery_open(&job->delivery, 0, &job->err)) ask(job->look, "/api/v2/alerts", buf_text(&query), NULL);
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
    const struct canary_state *state = courier_state(c, canary, false);
    if (state != NULL && state->suppressed != NULL && strcmp(state->suppressed_id, id) == 0) copy = json_deep_copy(state->suppressed);
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
