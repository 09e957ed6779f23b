// SPDX-License-Identifier: GPL-3.0-or-later
// Which webhooks an event is told to, and the messages that tell it. A message is rendered once; the outbox keeps the very bytes.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/verdict.h"
#include "base/digest.h"
#include "base/mem.h"
#include "courier_private.h"
#include "webhook_body.h"

#define MOST_BODY ((size_t)8 << 20)

enum { MOST_CANARY = 150, NAME_DIGITS = 8, ID_DIGITS = 32 };

const char *courier_target_key(const char *target) {
    const char *slash = strrchr(target, '/');
    return slash != NULL ? slash + 1 : target;
}

// "checkout/publish.webhooks[0]#1a2b3c4d". The digest of the URL is part of it: messages to another URL need not wait for these.
static const char *target_name(struct telling *t, const struct publish_target *target) {
    char url[DIGEST_HEX_LEN + 1], long_name[DIGEST_HEX_LEN + 1];
    const char *canary = t->canary;
    digest_hex(view_of(target->url != NULL ? target->url : target->url_file), url);
    if (strlen(canary) > MOST_CANARY) {
        digest_hex(view_of(canary), long_name);
        canary = long_name;
    }
    return arena_printf(&t->digest.arena, "%s/%s#%.*s", canary, target->key, NAME_DIGITS, url);
}

// The id is the same whenever the same event is composed for the same target, so that it is stored once; two different messages with one
// id would make the store refuse the second batch.
static void name_message(struct telling *t, const char *target) {
    const char *what = arena_printf(&t->digest.arena, "%s\n%s\n%s", t->id, t->occasion, target);
    digest_hex(view_of(what), t->digest.id);
}

static char *headers_text(struct run_digest *d, enum webhook_format format) {
    struct http_header headers[WEBHOOK_HEADERS];
    size_t count = webhook_headers(d, format, headers);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, json_pack("[s,s]", headers[i].name, headers[i].value));
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

static void put(json_t *object, const char *key, const char *text) {
    if (text != NULL) json_object_set_new(object, key, json_string(text));
}

static json_t *more_of(const struct telling *t, const char *word) {
    const char *url = t->courier->options.public_url;
    json_t *more = json_object();
    put(more, "event", word);
    put(more, "analysis_id", t->id);
    if (t->request != NULL) {
        put(more, "correlation_id", t->request->correlation);
        put(more, "version", t->request->version);
        put(more, "artefact", t->request->artefact);
    }
    if (t->look > 0) json_object_set_new(more, "look", json_integer((json_int_t)t->look));
    if (strcmp(word, "approval_needed") == 0 && url != NULL && *url != '\0') {
        struct buf name;
        buf_init(&name, 4096);
        http_percent_encode(&name, view_of(t->canary));
        json_object_set_new(more, "callback", json_sprintf("%s/api/v1/approvals/%s", url, buf_text(&name)));
        buf_finish(&name);
    }
    return more;
}

static void tell_target(struct telling *t, const struct publish_target *target, const char *word) {
    struct run_digest *d = &t->digest;
    struct error err;
    struct buf body;
    const char *name = target_name(t, target);
    if (courier_is_off(t->courier, name, t->sha256)) {
        courier_count(t->courier, "switched off", "suppressed");
        return;
    }
    if (courier_is_grouped(t, target, word)) {
        courier_count(t->courier, "group", "suppressed");
        return;
    }
    json_t *more = more_of(t, word);
    put(more, "group", target->group);
    json_object_update(more, (json_t *)(uintptr_t)t->data); // jansson only reads it
    name_message(t, name);
    d->type = courier_word_type(word);
    d->more = more;
    buf_init(&body, MOST_BODY);
    if (webhook_body(&body, d, target, &err)) {
        char *headers = headers_text(d, target->format);
        struct store_message message = {.id = arena_printf(&d->arena, "msg_%.*s", ID_DIGITS, d->id),
                                        .analysis = t->id,
                                        .target = name,
                                        .kind = "webhook",
                                        .event = word,
                                        .body = {buf_text(&body), body.len},
                                        .headers = headers,
                                        .created_ms = t->now_ms,
                                        .due_ms = t->now_ms};
        store_batch_add_message(t->batch, &message);
        free(headers);
    } else {
        courier_say(t->courier, t->canary, "%s: cannot be told: %s", target->key, err.text);
    }
    d->more = NULL;
    json_decref(more);
    buf_finish(&body);
}

static bool open_digest(struct telling *t, const struct engine_event *e) {
    struct error err;
    const char *link = subject_link(t->courier, t->publish, e->id, &t->digest.arena);
    char *kept = mem_strdup(link); // run_digest_init() starts with a new arena
    arena_finish(&t->digest.arena);
    bool ok = true;
    if (e->document != NULL) {
        ok = run_digest_init(&t->digest, e->document, NULL, e->now_ms, &err);
        if (!ok) courier_say(t->courier, e->canary, "cannot be told: %s", err.text);
    } else {
        bool decided = e->kind == ENGINE_VERDICT;
        struct run_notice notice = {.what = courier_event_text(e->kind),
                                    .id = e->id,
                                    .canary = e->canary,
                                    .owner = e->config->owner,
                                    .runbook = e->config->runbook,
                                    .verdict = decided ? verdict_name(VERDICT_ERROR) : NULL};
        run_digest_notice(&t->digest, &notice, NULL, e->now_ms);
    }
    t->digest.link = arena_strdup(&t->digest.arena, kept);
    free(kept);
    return ok;
}

size_t courier_count_told(const struct telling *t) {
    size_t count = 0;
    for (size_t i = 0; i < t->publish->target_count; i++) count += courier_words_match(&t->words, &t->publish->targets[i]) != NULL;
    return count;
}

void courier_tell(struct telling *t) {
    for (size_t i = 0; i < t->publish->target_count; i++) {
        const char *word = courier_words_match(&t->words, &t->publish->targets[i]);
        if (word != NULL) tell_target(t, &t->publish->targets[i], word);
    }
}

static void tell_all(struct telling *t, const struct engine_event *e) {
    char occasion[128];
    snprintf(occasion, sizeof occasion, "%s\n%zu.%zu", engine_event_name(e->kind), e->look, e->attempt);
    t->occasion = occasion;
    if (open_digest(t, e)) courier_tell(t);
    run_digest_finish(&t->digest);
}

static bool failed_before(struct courier *c, const struct engine_event *e) {
    pthread_mutex_lock(&c->lock);
    const struct canary_state *state = courier_state(c, e->canary, true);
    bool failed = state != NULL && state->last_fail[0] != '\0' && strcmp(state->last_fail, e->id) != 0;
    pthread_mutex_unlock(&c->lock);
    return failed;
}

static void compose(struct courier *c, const struct engine_event *e, struct store_batch *batch) {
    struct telling t = {.courier = c,
                        .id = e->id,
                        .canary = e->canary,
                        .request = e->request,
                        .look = e->look,
                        .now_ms = e->now_ms,
                        .publish = e->config->publish,
                        .batch = batch,
                        .sha256 = e->config->sha256};
    if (t.publish == NULL) return;
    courier_wants_series(c, e, batch);
    if (e->kind == ENGINE_LOOK) return;
    courier_words_of(e, failed_before(c, e), &t.words);
    size_t count = courier_count_told(&t);
    if ((count > 0 || e->kind == ENGINE_VERDICT) && !courier_is_noise(c, e, count, batch) && count > 0) tell_all(&t, e);
    if (e->kind == ENGINE_VERDICT) courier_keep_alerts(c, e, batch);
}

// The event comes without its config, and reading that here would hold up the commit. So the batch only remembers the event, and the
// courier's own thread makes the messages.
static void keep_todo(const struct engine_event *e, struct store_batch *batch) {
    char key[STORE_ID_LEN + 32];
    snprintf(key, sizeof key, "%s %s", e->id, engine_event_name(e->kind));
    store_batch_memo(batch, COURIER_TODO, key, "{}", e->now_ms);
}

void courier_compose(void *courier, const struct engine_event *event, struct store_batch *batch) {
    if (event->config != NULL)
        compose(courier, event, batch);
    else
        keep_todo(event, batch);
}

void courier_compose_todo(struct courier *c, const char *key) {
    struct error err = {0};
    char id[STORE_ID_LEN + 1];
    const char *space = strchr(key, ' ');
    struct store_batch *batch = store_batch_create();
    snprintf(id, sizeof id, "%.*s", space != NULL ? (int)(space - key) : 0, key);
    struct subject *subject = subject_load(c, id, false, &err);
    if (subject != NULL) {
        bool cancelled = space != NULL && strcmp(space + 1, engine_event_name(ENGINE_CANCELLED)) == 0;
        struct engine_event event = {.kind = cancelled ? ENGINE_CANCELLED : ENGINE_VERDICT,
                                     .id = id,
                                     .canary = subject->row.canary,
                                     .config = &subject->config,
                                     .request = &subject->request,
                                     .now_ms = subject->row.finished_ms};
        compose(c, &event, batch);
        if (!cancelled) courier_decided(c, &event); // compose() has put the memo of its slot into the batch
    } else {
        courier_say(c, "", "%s: nobody is told of it: %s", key, err.text);
    }
    store_batch_memo(batch, COURIER_TODO, key, NULL, 0);
    courier_commit(c, batch, ""); // once it is committed the thread looks for the new messages
    subject_release(subject);
}

// Whether the canary may have somebody to tell: something is remembered of it, or there was no room left to remember it.
static bool is_told(struct courier *c, const char *canary) {
    pthread_mutex_lock(&c->lock);
    bool told = c->state_count >= COURIER_MOST_STATES || courier_state(c, canary, false) != NULL;
    pthread_mutex_unlock(&c->lock);
    return told;
}

void courier_published(void *courier, const struct engine_event *event) {
    struct courier *c = courier;
    bool decided = event->kind == ENGINE_VERDICT;
    if (event->kind == ENGINE_CANCELLED || (decided && event->document == NULL)) {
        char key[STORE_ID_LEN + 32];
        snprintf(key, sizeof key, "%s %s", event->id, engine_event_name(event->kind));
        courier_note(c, (struct courier_note){.kind = NOTE_TODO, .text = key});
    }
    if (decided && event->document != NULL) courier_decided(c, event);
    courier_take_series(c, event);
    if (is_told(c, event->canary)) courier_wake(c);
}
