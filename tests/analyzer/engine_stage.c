// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine_stage.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "noise.h"

#define STAGE_STEPS 30

static int64_t now(void *user) {
    return atomic_load(&((struct stage *)user)->now_ms);
}

static void published(void *user, const struct engine_event *event) {
    struct stage *s = user;
    if ((event->kind == ENGINE_LOOK || event->kind == ENGINE_LOOK_FAILED) && !atomic_load(&s->hold))
        atomic_fetch_add(&s->now_ms, 5 * STAGE_MINUTE_MS);
    pthread_mutex_lock(&s->lock);
    assert_true(s->event_count < STAGE_MOST_EVENTS);
    struct seen *seen = &s->events[s->event_count++];
    seen->kind = event->kind;
    snprintf(seen->id, sizeof seen->id, "%s", event->id);
    seen->looks = json_integer_value(json_object_get(json_object_get(event->document, "looks"), "look"));
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void stage_answered(void *user, const struct engine_answer *answer) {
    struct stage *s = user;
    pthread_mutex_lock(&s->lock);
    s->answered = *answer;
    s->answers++;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void stage_await(struct stage *s, const char *id, enum engine_event_kind kind, size_t count) {
    pthread_mutex_lock(&s->lock);
    for (;;) {
        size_t found = 0;
        for (size_t i = 0; i < s->event_count; i++) found += s->events[i].kind == kind && (id == NULL || strcmp(s->events[i].id, id) == 0);
        if (found >= count) break;
        pthread_cond_wait(&s->changed, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
}

struct engine_answer stage_await_answer(struct stage *s, size_t count) {
    pthread_mutex_lock(&s->lock);
    while (s->answers < count) pthread_cond_wait(&s->changed, &s->lock);
    struct engine_answer answer = s->answered;
    pthread_mutex_unlock(&s->lock);
    return answer;
}

static void make_body(struct stage *s) {
    struct noise noise = {7, 0};
    buf_init(&s->body, 65536);
    buf_str(&s->body, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[");
    for (int i = 0; i <= STAGE_STEPS; i++) {
        buf_printf(&s->body, "%s[%lld,\"", i > 0 ? "," : "", (long long)(STAGE_START_MS / 1000 + i * 60));
        buf_double(&s->body, 100 + 2 * noise_next(&noise, 0.2));
        buf_str(&s->body, "\"]");
    }
    buf_str(&s->body, "]}]}}");
}

void stage_open(struct stage *s) {
    struct error err;
    char path[96];
    snprintf(path, sizeof path, "%s/serin.db", s->dir);
    s->store = store_open(path, &(struct store_options){.create = true, .owner = true}, &err);
    if (s->store == NULL) fail_msg("%s", err.text);
    struct engine_options options = {.store = s->store,
                                     .archive = s->archive,
                                     .sink = {.published = published, .user = s},
                                     .settle_ms = STAGE_MINUTE_MS,
                                     .deadline_ms = 20000,
                                     .now_ms = now,
                                     .now_user = s};
    s->engine = engine_create(&options, &err);
    if (s->engine == NULL) fail_msg("%s", err.text);
}

void stage_close(struct stage *s) {
    engine_destroy(s->engine);
    store_close(s->store);
}

void stage_begin(struct stage *s, int delay_ms) {
    *s = (struct stage){.dir = "/tmp/serin-engine-XXXXXX"};
    if (mkdtemp(s->dir) == NULL) fail_msg("no directory");
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    make_body(s);
    s->answer = (struct fake_answer){.body = buf_text(&s->body), .delay_ms = delay_ms};
    s->server = fake_server_start(&s->answer, 1, NULL);
    atomic_store(&s->now_ms, STAGE_START_MS + 12 * STAGE_MINUTE_MS); // the first look may be 45 s late
    stage_open(s);
}

void stage_end(struct stage *s) {
    char path[128];
    static const char *const names[] = {"serin.db", "serin.db-wal", "serin.db-shm", "serin.db.lock", "serin.db-lock"};
    stage_close(s);
    fake_server_stop(s->server);
    buf_finish(&s->body);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", s->dir, names[i]);
        unlink(path);
    }
    rmdir(s->dir);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

const char *stage_config(int port) {
    static char text[512];
    snprintf(text, sizeof text,
             "canary: shop\n"
             "sources: {main: {url: \"http://127.0.0.1:%d\"}}\n"
             "scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}\n"
             "window: {length: 30m, step: 1m}\n"
             "metrics: [{name: latency, query: 'latency{${scope}}', tolerance: 10%%}]\n",
             port);
    return text;
}

struct engine_submission stage_submission(struct stage *s, bool once, const char *key) {
    struct engine_submission asked = {
        .config = view_of(stage_config(fake_server_port(s->server))), .config_file = "shop.yaml", .who = "ann"};
    config_overrides_init(&asked.request.overrides);
    asked.request.canary = "shop";
    asked.request.start_ms = STAGE_START_MS;
    asked.request.end_ms = INT64_MIN;
    asked.request.once = once;
    asked.request.key = key;
    return asked;
}

struct engine_answer stage_ask(struct stage *s, bool once, const char *key) {
    struct engine_submission asked = stage_submission(s, once, key);
    struct error err = {0};
    size_t before = s->answers;
    if (!engine_submit(s->engine, &asked, NULL, stage_answered, s, &err)) fail_msg("%s", err.text);
    return stage_await_answer(s, before + 1);
}

struct store_analysis stage_row(struct stage *s, const char *id, struct arena *arena) {
    struct store_analysis row;
    struct error err;
    bool found;
    if (!store_get(s->store, id, STORE_DOCUMENTS, arena, &row, &found, &err)) fail_msg("%s", err.text);
    assert_true(found);
    return row;
}
