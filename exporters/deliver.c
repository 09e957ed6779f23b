// SPDX-License-Identifier: GPL-3.0-or-later
#include "deliver_private.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_list.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "webhook_body.h"
#include "webhook_sign.h"

enum { MOST_TRIES = 6, MOST_SAID = 200 }; // columns of an answer that are told

void delivery_say(struct delivery *d, const char *format, ...) {
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (d->options->say != NULL) d->options->say(d->options->user, text);
}

static void say_failed(struct delivery *d, const char *key, const struct error *err) {
    delivery_say(d, "%s: not delivered: %s", key, err->text);
    d->failed++;
}

static void count_outcome(const struct delivery *d, const char *target, const char *outcome) {
    if (d->options->count != NULL) d->options->count(d->options->user, target, outcome);
}

struct post *delivery_add(struct delivery *d, struct receiver *receiver, const char *key) {
    mem_grow((void **)&d->sendings, &d->sending_cap, d->count, sizeof *d->sendings);
    mem_grow((void **)&d->posts, &d->post_cap, d->count, sizeof *d->posts);
    struct post *post = &d->posts[d->count];
    d->sendings[d->count++] = (struct sending){.key = key};
    *post = (struct post){.receiver = receiver};
    buf_init(&post->body, DELIVER_MOST_BODY);
    buf_init(&post->url, 8192);
    buf_init(&post->signature, 8192);
    return post;
}

void delivery_ready(struct delivery *d, const struct post *post, const struct http_header *headers, size_t count) {
    struct http_request *request = &d->sendings[d->count - 1].request;
    request->method = "POST";
    request->body = (struct view){buf_text(&post->body), post->body.len};
    receiver_apply(post->receiver, headers, count, &d->digest.arena, request);
    if (post->url.len > 0) request->url = buf_text(&post->url);
}

static void add_alerts(struct delivery *d, struct receiver *receiver, const char *key, json_t *alerts, size_t i, size_t count) {
    static const struct http_header headers[] = {{"Content-Type", "application/json"}};
    struct error err;
    struct post *post = delivery_add(d, receiver, key);
    post->alerts = json_incref(alerts);
    http_url_join(&post->url, receiver_url(receiver), "/api/v2/alerts");
    if (alert_list_body(&post->body, alerts, i, count, &err)) {
        delivery_ready(d, post, headers, 1);
    } else {
        d->sendings[d->count - 1].err = err;
        d->sendings[d->count - 1].over = true;
    }
}

void delivery_alerts(struct delivery *d, struct receiver *receiver, json_t *alerts) {
    if (json_array_size(alerts) > 0) add_alerts(d, receiver, receiver->target->key, alerts, 0, json_array_size(alerts));
}

static void to_alertmanager(struct delivery *d, struct receiver *receiver) {
    const struct publish_target *target = receiver->target;
    size_t omitted;
    json_t *alerts = alert_list(&d->digest, target, &omitted);
    if (omitted > 0) delivery_say(d, "%s: %zu metrics have no alert, %d are the most", target->key, omitted, ALERT_LIST_MOST);
    delivery_alerts(d, receiver, alerts);
    json_decref(alerts);
}

static bool is_wanted(const struct publish_target *target, const char *verdict) {
    for (size_t i = 0; i < target->on.count; i++) {
        if (strcmp(target->on.items[i], verdict) == 0 || strcmp(target->on.items[i], "verdict") == 0) return true;
    }
    return target->on.count == 0;
}

bool delivery_sign(struct delivery *d, struct post *post, const char *id, struct error *err) {
    struct view body = {buf_text(&post->body), post->body.len};
    for (size_t i = 0; i < post->receiver->target->secret_files.count; i++) {
        if (!webhook_sign(&post->signature, post->receiver->signing[i].text, id, d->options->now_ms / 1000, body, err))
            return error_prefix(err, "secret_file %zu", i + 1);
    }
    return !post->signature.failed || error_set(err, ERROR_LIMIT, "too many secrets");
}

static void to_webhook(struct delivery *d, struct receiver *receiver) {
    const struct publish_target *target = receiver->target;
    struct error err = {0};
    if (!is_wanted(target, d->digest.report.verdict)) return;
    struct post *post = delivery_add(d, receiver, target->key);
    const char *id = arena_printf(&d->digest.arena, "msg_%.32s", d->digest.id);
    const char *time = arena_printf(&d->digest.arena, "%" PRId64, d->options->now_ms / 1000);
    if (!webhook_body(&post->body, &d->digest, target, &err) || !delivery_sign(d, post, id, &err)) {
        d->sendings[d->count - 1].err = err;
        d->sendings[d->count - 1].over = true;
        return;
    }
    struct http_header headers[WEBHOOK_HEADERS + 3];
    size_t count = webhook_headers(&d->digest, target->format, headers);
    bool is_signed = post->signature.len > 0;
    if (is_signed || target->format != WEBHOOK_SLACK) {
        headers[count++] = (struct http_header){"webhook-id", id};
        headers[count++] = (struct http_header){"webhook-timestamp", time};
    }
    if (is_signed) headers[count++] = (struct http_header){"webhook-signature", buf_text(&post->signature)};
    delivery_ready(d, post, headers, count);
}

bool delivery_open(struct delivery *d, size_t i, struct error *err) {
    if (!receiver_open(&d->receivers[i], &d->publish->targets[i], err)) return false;
    const char *open = receiver_open_secret(&d->receivers[i]);
    if (open != NULL) delivery_say(d, "%s: %s can be read by every user of this machine", d->publish->targets[i].key, open);
    return true;
}

static void prepare(struct delivery *d) {
    static void (*const kinds[])(struct delivery *, struct receiver *) = {to_alertmanager, to_webhook, deliver_series};
    for (size_t i = 0; i < d->publish->target_count; i++) {
        const struct publish_target *target = &d->publish->targets[i];
        struct error err;
        if (!delivery_open(d, i, &err)) {
            say_failed(d, target->key, &err);
            count_outcome(d, target->key, "failed");
            continue;
        }
        kinds[target->kind](d, &d->receivers[i]);
    }
}

// A list with one bad alert is refused although the good ones may be stored: alone, each gets its own answer.
static void divide_refused(struct delivery *d) {
    size_t count = d->count;
    for (size_t i = 0; i < count; i++) {
        const struct sending *s = &d->sendings[i];
        json_t *alerts = d->posts[i].alerts;
        if (alerts == NULL || json_array_size(alerts) < 2 || (s->status != 400 && s->status != 422)) continue;
        d->posts[i].replaced = true;
        struct receiver *receiver = d->posts[i].receiver;
        for (size_t k = 0; k < json_array_size(alerts); k++) {
            const char *name = alert_list_name(json_array_get(alerts, k), &d->digest.arena);
            add_alerts(d, receiver, arena_printf(&d->digest.arena, "%s, alert %s", receiver->target->key, name), alerts, k, 1);
        }
    }
}

static void tell(struct delivery *d, const struct sending *s, size_t missing) {
    char tries[64] = "", lost[64] = "";
    const char *more = s->status == 410 ? "; it wants nothing more: take it out of the config" : "";
    const char *said = text_cut(&d->digest.to, text_clean(&d->digest.arena, s->said, s->said_len, false), MOST_SAID);
    if (s->tries > 1) snprintf(tries, sizeof tries, " (%d tries)", s->tries);
    if (missing > 0) snprintf(lost, sizeof lost, "; %zu samples were not written", missing);
    delivery_say(d, "%s: not delivered%s: %s%s%s%s%s", s->key, tries, s->err.text, *said != '\0' ? ": " : "", said, lost, more);
    d->failed++;
}

static void tell_outcome(struct delivery *d, size_t i) {
    const struct sending *s = &d->sendings[i];
    size_t missing = deliver_series_missing(d, i);
    bool refused = s->status >= 400 && s->status <= 499 && s->status != 429;
    if (d->posts[i].replaced) return;
    const char *outcome = s->delivered ? "delivered" : refused ? "refused" : "failed";
    if (missing > 0) outcome = missing < d->posts[i].series_count ? "partial" : "refused";
    count_outcome(d, d->posts[i].receiver->target->key, outcome);
    if (!s->delivered) {
        tell(d, s, missing);
    } else if (missing > 0) {
        delivery_say(d, "%s: answered %d, but %zu of %zu samples were not written", s->key, s->status, missing, d->posts[i].series_count);
        d->failed++;
    }
}

void delivery_again(struct delivery *d) {
    divide_refused(d);
    deliver_series_again(d);
}

void delivery_tell(struct delivery *d) {
    for (size_t i = 0; i < d->count; i++) tell_outcome(d, i);
}

static void send_and_tell(struct delivery *d) {
    struct send_options how = {mono_now_ms() + d->publish->deadline_ms, MOST_TRIES, d->options->interrupted};
    struct http_client *client = http_client_create();
    send_all(client, d->sendings, d->count, &how);
    size_t first = d->count;
    delivery_again(d);
    if (d->count > first) send_all(client, d->sendings + first, d->count - first, &how);
    http_client_destroy(client);
    delivery_tell(d);
}

void delivery_finish(struct delivery *d) {
    for (size_t i = 0; i < d->count; i++) {
        buf_finish(&d->posts[i].body);
        buf_finish(&d->posts[i].url);
        buf_finish(&d->posts[i].signature);
        json_decref(d->posts[i].alerts);
    }
    for (size_t i = 0; i < d->publish->target_count; i++) receiver_close(&d->receivers[i]);
    deliver_series_finish(d);
    free(d->receivers);
    free(d->sendings);
    free(d->posts);
    run_digest_finish(&d->digest);
}

void delivery_begin(struct delivery *d, const struct publish_config *publish, const struct deliver_options *options) {
    *d = (struct delivery){.publish = publish, .options = options};
    d->receivers = mem_zero(publish->target_count + 1, sizeof *d->receivers);
    d->series = mem_zero(publish->target_count + 1, sizeof *d->series);
}

size_t deliver(const struct publish_config *publish, const json_t *result, const struct deliver_options *options) {
    struct delivery d;
    struct error err;
    delivery_begin(&d, publish, options);
    if (run_digest_init(&d.digest, result, publish->link, options->now_ms, &err)) {
        prepare(&d);
        if (d.count > 0) send_and_tell(&d);
    } else {
        say_failed(&d, "publish", &err);
    }
    size_t failed = d.failed;
    delivery_finish(&d);
    return failed;
}
