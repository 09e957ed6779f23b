// SPDX-License-Identifier: GPL-3.0-or-later
// What receivers are spared: events in a quiet window, verdicts of a canary that flaps, and the same verdict again under one correlation
// id.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/notify_config.h"
#include "base/digest.h"
#include "base/mem.h"
#include "courier_private.h"

#define TOLD "courier.told" // kind of the memos; of each canary the latest correlation ids and verdicts

static bool is_good(const char *verdict) {
    return strcmp(verdict, "pass") == 0 || strcmp(verdict, "marginal") == 0;
}

// Hysteresis: whether fewer than `of` of the latest `in` analyses, this one included, were as good or as bad as this one.
static bool flaps(struct courier *c, const struct notify_config *notify, const struct engine_event *e, const char *verdict) {
    enum store_state done = STORE_DONE;
    struct store_filter filter = {.canary = e->canary, .state = &done, .limit = (size_t)notify->in};
    struct store_analyses rows = {0};
    struct arena arena = {0};
    struct error err;
    int64_t same = 1, seen = 1;
    if (notify->in < 2) return false;
    bool ok = store_list(c->options.store, &filter, &arena, &rows, &err);
    if (!ok) courier_say(c, e->canary, "earlier verdicts cannot be read, so this one is told: %s", err.text);
    for (size_t i = 0; i < rows.count && seen < notify->in; i++) {
        const struct store_analysis *row = &rows.items[i];
        if (row->verdict == NULL || strcmp(row->id, e->id) == 0) continue;
        seen++;
        same += is_good(row->verdict) == is_good(verdict);
    }
    arena_finish(&arena);
    return ok && same < notify->of;
}

static void told_key(const char *correlation, const char *verdict, char ret[COURIER_TOLD_KEY + 1]) {
    char hex[DIGEST_HEX_LEN + 1];
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    buf_printf(&text, "%s\n%s", verdict, correlation);
    digest_hex((struct view){buf_text(&text), text.len}, hex);
    memcpy(ret, hex, COURIER_TOLD_KEY);
    ret[COURIER_TOLD_KEY] = '\0';
    buf_finish(&text);
}

// Whether another analysis was told under this key. The same analysis may be told again: its earlier batch was not committed. The lock is
// held.
static bool was_told(const struct courier_told *told, const char *key, const char *id) {
    for (size_t i = 0; told != NULL && i < COURIER_TOLD; i++) {
        if (strcmp(told->items[i].key, key) == 0) return strcmp(told->items[i].id, id) != 0;
    }
    return false;
}

static void remember(struct canary_state *state, const char *key, const char *id) {
    if (state->told == NULL) state->told = mem_zero(1, sizeof *state->told);
    size_t i = 0;
    while (i < COURIER_TOLD && strcmp(state->told->items[i].key, key) != 0) i++;
    if (i == COURIER_TOLD) i = state->told->next++ % COURIER_TOLD;
    memcpy(state->told->items[i].key, key, sizeof state->told->items[i].key);
    memset(state->told->items[i].id, 0, sizeof state->told->items[i].id);
    memcpy(state->told->items[i].id, id, strnlen(id, STORE_ID_LEN));
}

static char *told_text(const struct courier_told *told) {
    json_t *list = json_array();
    for (size_t i = 0; i < COURIER_TOLD; i++) {
        const struct courier_told_one *one = &told->items[(told->next + i) % COURIER_TOLD]; // oldest first
        if (one->key[0] != '\0') json_array_append_new(list, json_pack("[s,s]", one->key, one->id));
    }
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

static bool is_repeated(struct courier *c, const struct engine_event *e, const char *verdict, struct store_batch *batch) {
    char key[COURIER_TOLD_KEY + 1], *text = NULL;
    if (e->request == NULL || e->request->correlation == NULL) return false;
    told_key(e->request->correlation, verdict, key);
    pthread_mutex_lock(&c->lock);
    struct canary_state *state = courier_state(c, e->canary, true);
    bool told = state != NULL && was_told(state->told, key, e->id);
    if (state != NULL && !told) {
        remember(state, key, e->id);
        text = told_text(state->told);
    }
    pthread_mutex_unlock(&c->lock);
    if (text != NULL) store_batch_memo(batch, TOLD, e->canary, text, e->now_ms);
    free(text);
    return told;
}

static const char *reason_for(struct courier *c, const struct engine_event *e, const char *verdict, struct store_batch *batch) {
    static const struct notify_config usual = {.of = 1, .in = 1, .correlation = true};
    const struct notify_config *notify = e->config->notify != NULL ? e->config->notify : &usual;
    if (notify_is_quiet(notify, e->now_ms)) return "window";
    if (e->kind != ENGINE_VERDICT) return NULL;
    if (flaps(c, notify, e, verdict)) return "hysteresis";
    return notify->correlation && is_repeated(c, e, verdict, batch) ? "correlation" : NULL;
}

// Alerts show a state, not an event. So a repeated correlation id changes nothing for them, and a good verdict resolves them even in a
// quiet window.
static bool silences_alerts(const char *reason, const char *verdict) {
    return reason != NULL && strcmp(reason, "correlation") != 0 && (strcmp(reason, "hysteresis") == 0 || !is_good(verdict));
}

static bool has_alerts(const struct publish_config *publish) {
    for (size_t i = 0; i < publish->target_count; i++) {
        if (publish->targets[i].kind == PUBLISH_ALERTMANAGER) return true;
    }
    return false;
}

bool courier_is_noise(struct courier *c, const struct engine_event *e, size_t messages, struct store_batch *batch) {
    const char *verdict = json_string_value(json_object_get(e->document, "verdict"));
    if (verdict == NULL) verdict = "error";
    const char *reason = reason_for(c, e, verdict, batch);
    bool silent = e->kind == ENGINE_VERDICT && silences_alerts(reason, verdict);
    if (silent && has_alerts(e->config->publish)) messages++;
    pthread_mutex_lock(&c->lock);
    struct canary_state *state = courier_state(c, e->canary, true);
    if (state != NULL && silent) snprintf(state->silent, sizeof state->silent, "%s", e->id);
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; reason != NULL && i < messages; i++) courier_count(c, reason, "suppressed");
    return reason != NULL;
}

static bool told_found(void *user, const char *key, const char *json, int64_t at_ms) {
    struct courier *c = user;
    json_t *list = json_loads(json, 0, NULL);
    (void)at_ms;
    pthread_mutex_lock(&c->lock);
    struct canary_state *state = courier_state(c, key, true);
    for (size_t i = 0; state != NULL && i < json_array_size(list); i++) {
        const char *hash = json_string_value(json_array_get(json_array_get(list, i), 0));
        const char *id = json_string_value(json_array_get(json_array_get(list, i), 1));
        if (hash != NULL && id != NULL && strlen(hash) == COURIER_TOLD_KEY) remember(state, hash, id);
    }
    pthread_mutex_unlock(&c->lock);
    json_decref(list);
    return true;
}

bool courier_read_told(struct courier *c, struct error *err) {
    return store_each_memo(c->options.store, TOLD, told_found, c, err);
}
