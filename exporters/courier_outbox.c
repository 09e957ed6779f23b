// SPDX-License-Identifier: GPL-3.0-or-later
// Sends the messages of the store's outbox, one at a time for each target, so that they arrive in order. The outcome of an attempt is in
// the store before the target's next message goes.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/retry.h"
#include "courier_private.h"

#define FIRST_WAIT_MS INT64_C(5000)
#define LONGEST_WAIT_MS INT64_C(3600000)
#define REST_MS INT64_C(5000) // pause of a target when the outcome of an attempt could not be stored

enum { MOST_ATTEMPTS = 34 }; // with the waits between them a bit more than a day

// Targets whose messages are left alone for now.

static void rest(struct courier *c, const char *target, int64_t until_ms) {
    struct resting *r = mem_zero(1, sizeof *r);
    r->target = mem_strdup(target);
    r->until_ms = until_ms;
    r->next = c->resting;
    c->resting = r;
}

static void end_rest(struct courier *c, const char *target, int64_t now_ms) {
    for (struct resting **at = &c->resting; *at != NULL;) {
        struct resting *r = *at;
        if ((target == NULL || strcmp(r->target, target) != 0) && r->until_ms > now_ms) {
            at = &r->next;
            continue;
        }
        *at = r->next;
        free(r->target);
        free(r);
    }
}

void courier_tried(struct courier *c, const char *target, bool good) {
    if (*target == '\0') return;
    end_rest(c, target, INT64_MIN);
    if (!good) rest(c, target, courier_now_ms(c) + REST_MS);
}

// Targets that are switched off.

bool courier_is_off(struct courier *c, const char *target, const char *config_sha256) {
    bool off = false;
    pthread_mutex_lock(&c->lock);
    for (const struct courier_off *o = c->off; o != NULL; o = o->next)
        off = off || (strcmp(o->target, target) == 0 && strcmp(o->config_sha256, config_sha256) == 0);
    pthread_mutex_unlock(&c->lock);
    return off;
}

static void switch_off(struct courier *c, const char *target, const char *config_sha256) {
    pthread_mutex_lock(&c->lock);
    struct courier_off *o = c->off;
    while (o != NULL && strcmp(o->target, target) != 0) o = o->next;
    if (o == NULL) {
        o = mem_zero(1, sizeof *o);
        o->target = mem_strdup(target);
        o->next = c->off;
        c->off = o;
    }
    free(o->config_sha256);
    o->config_sha256 = mem_strdup(config_sha256);
    pthread_mutex_unlock(&c->lock);
}

static bool off_found(void *user, const char *key, const char *json, int64_t at_ms) {
    json_t *memo = json_loads(json, 0, NULL);
    const char *sha256 = json_string_value(json_object_get(memo, "config"));
    (void)at_ms;
    if (sha256 != NULL) switch_off(user, key, sha256);
    json_decref(memo);
    return true;
}

bool courier_read_off(struct courier *c, struct error *err) {
    return store_each_memo(c->options.store, COURIER_OFF, off_found, c, err);
}

void courier_outbox_finish(struct courier *c) {
    end_rest(c, NULL, INT64_MAX);
    while (c->off != NULL) {
        struct courier_off *o = c->off;
        c->off = o->next;
        free(o->target);
        free(o->config_sha256);
        free(o);
    }
}

// One message.

static int64_t wait_ms(int64_t attempts) {
    int64_t ms = FIRST_WAIT_MS;
    for (int64_t i = 1; i < attempts && ms < LONGEST_WAIT_MS; i++) ms *= 2;
    return ms < LONGEST_WAIT_MS ? ms : LONGEST_WAIT_MS;
}

static bool is_final(int status) {
    return status >= 400 && status <= 499 && status != 408 && status != 425 && status != 429;
}

static void keep_off(struct job *job, struct store_batch *batch) {
    const char *sha256 = job->subject->config.sha256;
    json_t *memo = json_pack("{s:s}", "config", sha256);
    char *text = json_dumps(memo, JSON_COMPACT);
    store_batch_memo(batch, COURIER_OFF, job->message.target, text, courier_now_ms(job->courier));
    switch_off(job->courier, job->message.target, sha256);
    free(text);
    json_decref(memo);
}

static void keep_attempt(struct courier *c, const struct store_message *m, struct store_attempt *attempt, struct store_batch *batch) {
    attempt->seq = m->seq;
    attempt->at_ms = courier_now_ms(c);
    store_batch_attempt(batch, attempt);
    courier_commit(c, batch, m->target);
}

static void tell_trouble(struct courier *c, const struct store_message *m, const struct store_attempt *attempt, const char *canary) {
    const char *key = courier_target_key(m->target);
    int length = (int)strcspn(key, "#");
    if (attempt->state == STORE_DEAD) {
        courier_say(c, canary, "%.*s: %s is given up: %s", length, key, m->id, attempt->error);
    } else if (m->attempts == 0) {
        courier_say(c, canary, "%.*s: %s is not delivered yet: %s", length, key, m->id, attempt->error);
    }
}

static void webhook_over(struct job *job) {
    struct courier *c = job->courier;
    const struct store_message *m = &job->message;
    const struct sending *s = job->err.code == ERROR_NONE ? &job->delivery.sendings[0] : NULL;
    const char *key = job->one.targets[0].key;
    struct store_attempt attempt = {.state = STORE_DELIVERED, .status = s != NULL ? s->status : 0};
    struct store_batch *batch = store_batch_create();
    int64_t asked_ms = 0, now_ms = courier_now_ms(c);
    if (s == NULL || !s->delivered) {
        bool final = s != NULL && is_final(s->status);
        attempt.error = s != NULL ? s->err.text : job->err.text;
        attempt.state = final || m->attempts + 1 >= MOST_ATTEMPTS ? STORE_DEAD : STORE_PENDING;
        int64_t pause_ms = wait_ms(m->attempts + 1);
        if (s != NULL && retry_after_most_ms(s->retry_after, now_ms, LONGEST_WAIT_MS, &asked_ms) && asked_ms > pause_ms)
            pause_ms = asked_ms;
        attempt.due_ms = now_ms + pause_ms;
        if (attempt.status == 410) keep_off(job, batch);
        tell_trouble(c, m, &attempt, job->subject->row.canary);
        courier_count(c, key, final ? "refused" : "failed");
    } else {
        courier_count(c, key, "delivered");
    }
    keep_attempt(c, m, &attempt, batch);
}

// Marks a message as dead that cannot be sent at all.
static void give_up(struct courier *c, const struct store_message *m, const char *why) {
    struct store_attempt attempt = {.state = STORE_DEAD, .status = m->status, .error = why};
    tell_trouble(c, m, &attempt, "");
    keep_attempt(c, m, &attempt, store_batch_create());
}

static const struct publish_target *target_of(const struct subject *subject, const char *name) {
    const char *key = courier_target_key(name);
    size_t length = strcspn(key, "#");
    for (size_t i = 0; i < subject->publish.target_count; i++) {
        const struct publish_target *target = &subject->publish.targets[i];
        if (target->kind == PUBLISH_WEBHOOK && strlen(target->key) == length && strncmp(target->key, key, length) == 0) return target;
    }
    return NULL;
}

static size_t read_headers(const char *text, struct arena *arena, struct http_header **ret) {
    json_t *list = text != NULL ? json_loads(text, 0, NULL) : NULL;
    size_t count = 0, most = json_array_size(list);
    struct http_header *headers = arena_array(arena, most + 3, sizeof *headers);
    for (size_t i = 0; i < most; i++) {
        const char *name = json_string_value(json_array_get(json_array_get(list, i), 0));
        const char *value = json_string_value(json_array_get(json_array_get(list, i), 1));
        if (name != NULL && value != NULL) headers[count++] = (struct http_header){arena_strdup(arena, name), arena_strdup(arena, value)};
    }
    json_decref(list);
    *ret = headers;
    return count;
}

static bool fill_in(struct job *job, struct error *err) {
    struct delivery *d = &job->delivery;
    struct arena *arena = &job->subject->arena;
    const struct store_message *m = &job->message;
    struct http_header *headers;
    job->how.now_ms = courier_now_ms(job->courier);
    if (!delivery_open(d, 0, err)) return false;
    struct post *post = delivery_add(d, &d->receivers[0], job->one.targets[0].key);
    buf_bytes(&post->body, m->body.ptr, m->body.len);
    if (!delivery_sign(d, post, m->id, err)) return false;
    size_t count = read_headers(m->headers, arena, &headers);
    bool is_signed = post->signature.len > 0;
    if (is_signed || job->one.targets[0].format != WEBHOOK_SLACK) {
        headers[count++] = (struct http_header){"webhook-id", m->id};
        headers[count++] = (struct http_header){"webhook-timestamp", arena_printf(arena, "%lld", (long long)(job->how.now_ms / 1000))};
    }
    if (is_signed) headers[count++] = (struct http_header){"webhook-signature", buf_text(&post->signature)};
    delivery_ready(d, post, headers, count);
    return true;
}

static struct store_message keep_message(const struct store_message *m, struct arena *arena) {
    struct store_message kept = *m;
    kept.id = arena_strdup(arena, m->id);
    kept.target = arena_strdup(arena, m->target);
    kept.headers = arena_strdup(arena, m->headers);
    kept.body = (struct view){arena_strndup(arena, m->body.ptr, m->body.len), m->body.len};
    return kept;
}

static void send_message(struct courier *c, const struct store_message *m) {
    struct error err = {0};
    rest(c, m->target, INT64_MAX);
    struct subject *subject = m->analysis != NULL ? subject_load(c, m->analysis, false, &err) : NULL;
    const struct publish_target *target = subject != NULL ? target_of(subject, m->target) : NULL;
    if (subject == NULL && err.code == ERROR_IO) {
        courier_tried(c, m->target, false); // the store cannot be read now
    } else if (subject == NULL) {
        give_up(c, m, err.text);
    } else if (target == NULL) {
        give_up(c, m, "its config does not name the receiver");
    } else if (courier_is_off(c, m->target, subject->config.sha256)) {
        give_up(c, m, "the receiver wants nothing more (410)");
    } else {
        struct job *job = job_create(c, subject, target, webhook_over);
        job->message = keep_message(m, &subject->arena);
        if (!fill_in(job, &err)) job->err = err;
        courier_begin(job);
    }
    subject_release(subject);
}

int64_t courier_take_outbox(struct courier *c, int64_t now_ms) {
    struct arena arena = {0};
    struct error err;
    struct store_messages due = {.next_due_ms = INT64_MAX};
    size_t count = 0;
    end_rest(c, NULL, now_ms);
    for (const struct resting *r = c->resting; r != NULL; r = r->next) count++;
    if (count >= COURIER_MOST_IN_FLIGHT) return INT64_MAX; // called again when one of them is over
    const char **without = arena_array(&arena, count + 1, sizeof *without);
    count = 0;
    for (const struct resting *r = c->resting; r != NULL; r = r->next) without[count++] = r->target;
    struct store_due_filter filter = {.now_ms = now_ms, .per_target = 1, .limit = COURIER_MOST_IN_FLIGHT - count, .without = without};
    if (!store_due(c->options.store, &filter, &arena, &due, &err)) courier_say(c, "", "the outbox cannot be read: %s", err.text);
    for (size_t i = 0; i < due.count; i++) send_message(c, &due.items[i]);
    arena_finish(&arena);
    return due.next_due_ms;
}
