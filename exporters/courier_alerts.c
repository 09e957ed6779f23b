// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts of a canary fire while its last decided analysis failed, and are sent again and again, as Alertmanager expects. Memos say which
// analyses they are about; they are committed together with the verdict, so that a restarted service goes on. The alerts themselves are
// made from the result of their analysis each time they are sent.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_list.h"
#include "courier_private.h"

#define RESOLVE_MS INT64_C(900000) // how long resolved alerts are repeated
#define FIRST_WAIT_MS INT64_C(5000)

static const char *const slot_memos[COURIER_ALERT_SLOTS] = {"courier.failed", "courier.undecided", "courier.cleared"};

static enum alert_slot_kind slot_of(const char *verdict) {
    if (strcmp(verdict, "fail") == 0) return SLOT_FAILED;
    return strcmp(verdict, "pass") == 0 || strcmp(verdict, "marginal") == 0 ? SLOT_CLEARED : SLOT_UNDECIDED;
}

static const char *verdict_of(const struct engine_event *e) {
    const char *verdict = json_string_value(json_object_get(e->document, "verdict"));
    return verdict != NULL ? verdict : "error"; // it ended before its first look
}

// Whether an analysis in the slot `now` ends the alerts of the slot `other`. An undecided one does not end those of a failure.
static bool ends(enum alert_slot_kind now, enum alert_slot_kind other) {
    return other != now && !(now == SLOT_UNDECIDED && other == SLOT_FAILED);
}

// What a verdict makes of its slot. The lock is held. `state` NULL: nothing is known of the canary yet.
static struct alert_slot slot_after(const struct canary_state *state, enum alert_slot_kind now, const struct engine_event *e) {
    struct alert_slot slot = {.at_ms = e->now_ms};
    size_t count = 0;
    snprintf(slot.id, sizeof slot.id, "%s", e->id);
    for (int i = 0; state != NULL && i < COURIER_ALERT_BEFORE; i++) { // SLOT_FAILED, SLOT_UNDECIDED
        const char *before = state->slots[i].id;
        bool over = (int)now == i || ends(now, (enum alert_slot_kind)i);
        if (over && *before != '\0' && strcmp(before, e->id) != 0) memcpy(slot.before[count++], before, sizeof slot.before[0]);
    }
    return slot;
}

static char *memo_text(const struct alert_slot *slot) {
    json_t *before = json_array();
    for (int i = 0; i < COURIER_ALERT_BEFORE && slot->before[i][0] != '\0'; i++)
        json_array_append_new(before, json_string(slot->before[i]));
    json_t *memo = json_pack("{s:s,s:o}", "analysis", slot->id, "before", before);
    char *text = json_dumps(memo, JSON_COMPACT);
    json_decref(memo);
    return text;
}

void courier_keep_alerts(struct courier *c, const struct engine_event *e, struct store_batch *batch) {
    const char *verdict = verdict_of(e);
    enum alert_slot_kind now = slot_of(verdict);
    pthread_mutex_lock(&c->lock);
    const struct canary_state *state = courier_state(c, e->canary, false);
    struct alert_slot slot = slot_after(state, now, e);
    bool silent = state != NULL && strcmp(state->silent, e->id) == 0;
    pthread_mutex_unlock(&c->lock);
    if (silent) return;
    char *text = memo_text(&slot);
    for (int i = 0; i < COURIER_ALERT_SLOTS; i++) {
        if ((int)now == i) store_batch_memo(batch, slot_memos[i], e->canary, text, e->now_ms);
        if (ends(now, (enum alert_slot_kind)i)) store_batch_memo(batch, slot_memos[i], e->canary, NULL, e->now_ms);
    }
    free(text);
}

static void fill_slot(struct canary_state *state, enum alert_slot_kind kind, struct alert_slot slot) {
    slot.in_flight = state->slots[kind].in_flight;
    state->slots[kind] = slot;
    if (kind == SLOT_FAILED) memcpy(state->last_fail, slot.id, sizeof state->last_fail);
}

void courier_decided(struct courier *c, const struct engine_event *e) {
    const char *verdict = verdict_of(e);
    enum alert_slot_kind now = slot_of(verdict);
    pthread_mutex_lock(&c->lock);
    struct canary_state *state = courier_state(c, e->canary, false);
    if (state != NULL && strcmp(state->silent, e->id) == 0) state = NULL;
    if (state != NULL) fill_slot(state, now, slot_after(state, now, e));
    for (int i = 0; state != NULL && i < COURIER_ALERT_SLOTS; i++) {
        if (ends(now, (enum alert_slot_kind)i)) state->slots[i].id[0] = '\0';
    }
    if (state != NULL && now == SLOT_CLEARED) state->last_fail[0] = '\0';
    if (state != NULL) json_decref(state->suppressed); // it was about the alerts before this verdict
    if (state != NULL) state->suppressed = NULL;
    pthread_mutex_unlock(&c->lock);
}

struct finding_slots {
    struct courier *courier;
    enum alert_slot_kind kind;
};

static bool memo_found(void *user, const char *key, const char *json, int64_t at_ms) {
    struct finding_slots *f = user;
    struct alert_slot slot = {.at_ms = at_ms};
    json_t *memo = json_loads(json, 0, NULL);
    const json_t *before = json_object_get(memo, "before");
    const char *id = json_string_value(json_object_get(memo, "analysis"));
    if (id != NULL) snprintf(slot.id, sizeof slot.id, "%s", id);
    for (size_t i = 0; i < COURIER_ALERT_BEFORE && i < json_array_size(before); i++) {
        const char *text = json_string_value(json_array_get(before, i));
        if (text != NULL) snprintf(slot.before[i], sizeof slot.before[i], "%s", text);
    }
    pthread_mutex_lock(&f->courier->lock);
    struct canary_state *state = id != NULL ? courier_state(f->courier, key, true) : NULL;
    if (state != NULL) fill_slot(state, f->kind, slot);
    pthread_mutex_unlock(&f->courier->lock);
    json_decref(memo);
    return true;
}

bool courier_read_alerts(struct courier *c, struct error *err) {
    for (int i = 0; i < COURIER_ALERT_SLOTS; i++) {
        struct finding_slots f = {c, (enum alert_slot_kind)i};
        if (!store_each_memo(c->options.store, slot_memos[i], memo_found, &f, err)) return false;
    }
    return true;
}

// Sending.

struct due_slot { // a copy, as other threads may fill the slot meanwhile
    struct canary_state *state;
    enum alert_slot_kind kind;
    struct alert_slot slot;
    struct subject *before[COURIER_ALERT_BEFORE]; // NULL: none, or the store has it no more
};

static int64_t end_ms(const struct courier *c, enum alert_slot_kind kind, int64_t at_ms) {
    return kind == SLOT_CLEARED ? at_ms : at_ms + c->options.alert_for_ms;
}

static bool takes_alerts(const struct job *job) {
    bool any = false;
    for (size_t i = 0; i < job->delivery.count; i++) any = any || job->delivery.sendings[i].delivered;
    return any;
}

static void alerts_over(struct job *job) {
    struct courier *c = job->courier;
    int64_t now_ms = courier_now_ms(c), resend_ms = job->one.targets[0].resend_ms;
    struct alert_slot *slot = &job->state->slots[job->slot];
    bool failed = job->err.code != ERROR_NONE;
    const char *why = job->err.text;
    for (size_t i = 0; i < job->delivery.count && !failed; i++) {
        const struct sending *s = &job->delivery.sendings[i];
        failed = !s->delivered && s->mends;
        why = s->err.text;
    }
    if (job->err.code == ERROR_NONE)
        delivery_tell(&job->delivery);
    else
        courier_count(c, job->one.targets[0].key, "failed");
    pthread_mutex_lock(&c->lock);
    bool same = strcmp(slot->id, job->subject->row.id) == 0;
    bool first = failed && same && slot->failures == 0, goes_on = c->stop_mono_ms == 0;
    slot->in_flight--;
    if (same) {
        int64_t wait_ms = failed && slot->failures < 12 ? FIRST_WAIT_MS << slot->failures : resend_ms;
        if (wait_ms > resend_ms) wait_ms = resend_ms;
        if (failed) slot->failures++;
        if (now_ms + wait_ms < slot->next_ms) slot->next_ms = now_ms + wait_ms;
        slot->failed = slot->failed || failed;
        if (slot->in_flight == 0 && !slot->failed) slot->failures = 0;
    }
    pthread_mutex_unlock(&c->lock);
    if (same && goes_on && job->slot != SLOT_CLEARED && takes_alerts(job)) courier_look_at_silences(job);
    if (first) courier_say(c, job->state->canary, "%s: alerts are not taken, and sent again: %s", job->one.targets[0].key, why);
}

static void count_alerts(void *user, const char *target, const char *outcome) {
    courier_count(user, target, outcome);
}

// Whether there is something to tell: a result, or the verdict "error" without one.
static bool is_told(const struct subject *subject) {
    return subject->result != NULL || (subject->row.state == STORE_DONE && subject->row.verdict != NULL);
}

static bool has_labels(const json_t *alerts, const json_t *labels) {
    for (size_t i = 0; i < json_array_size(alerts); i++) {
        if (json_equal(json_object_get(json_array_get(alerts, i), "labels"), labels)) return true;
    }
    return false;
}

// An analysis that ended before its first look has no result.
static bool open_digest(struct run_digest *d, const struct subject *l, int64_t now_ms) {
    struct error err;
    struct run_notice notice = {.what = courier_event_text(ENGINE_VERDICT),
                                .id = l->row.id,
                                .canary = l->row.canary,
                                .owner = l->config.owner,
                                .runbook = l->config.runbook,
                                .verdict = l->row.verdict};
    if (l->result != NULL) return run_digest_init(d, l->result, l->publish.link, now_ms, &err);
    run_digest_notice(d, &notice, l->publish.link, now_ms);
    return true;
}

// The target as the config of that analysis had it, because its alerts carry the labels of that config; the given one when the config
// did not have it.
static const struct publish_target *own_target(const struct subject *subject, const struct publish_target *target) {
    for (size_t i = 0; i < subject->publish.target_count; i++) {
        const struct publish_target *own = &subject->publish.targets[i];
        if (own->kind == target->kind && strcmp(own->key, target->key) == 0 && strcmp(own->url, target->url) == 0) return own;
    }
    return target;
}

// Adds the alerts that the analysis fires, but for those whose labels the list already has.
static void add_alerts(json_t *list, const struct subject *subject, const struct publish_target *target, int64_t now_ms, int64_t decided_ms,
                       bool over) {
    struct run_digest digest;
    size_t omitted = 0;
    if (subject == NULL || !is_told(subject)) return;
    if (open_digest(&digest, subject, now_ms)) {
        digest.firing_only = true;
        digest.ended = over;
        digest.decided_ms = decided_ms;
        digest.correlation = subject->request.correlation;
        json_t *alerts = alert_list(&digest, own_target(subject, target), &omitted);
        for (size_t i = 0; i < json_array_size(alerts); i++) {
            json_t *alert = json_array_get(alerts, i);
            if (!has_labels(list, json_object_get(alert, "labels"))) json_array_append(list, alert);
        }
        json_decref(alerts);
    }
    run_digest_finish(&digest);
}

static void send_to(struct courier *c, struct subject *subject, const struct publish_target *target, const struct due_slot *due) {
    struct job *job = job_create(c, subject, target, alerts_over);
    struct delivery *d = &job->delivery;
    int64_t now_ms = courier_now_ms(c), over_ms = end_ms(c, due->kind, due->slot.at_ms);
    bool over = now_ms >= over_ms;
    job->state = due->state;
    job->slot = due->kind;
    job->how = (struct deliver_options){.now_ms = now_ms, .count = count_alerts, .user = c};
    json_t *list = json_array();
    add_alerts(list, subject, target, over ? over_ms : now_ms, due->slot.at_ms, over);
    for (int i = 0; i < COURIER_ALERT_BEFORE; i++) add_alerts(list, due->before[i], target, due->slot.at_ms, 0, true);
    if (json_array_size(list) > 0 && delivery_open(d, 0, &job->err)) delivery_alerts(d, &d->receivers[0], list);
    json_decref(list);
    pthread_mutex_lock(&c->lock);
    due->state->slots[due->kind].in_flight++;
    pthread_mutex_unlock(&c->lock);
    courier_begin(job);
}

// When the slot is due again; INT64_MAX: nobody wants its alerts.
static int64_t send_slot(struct courier *c, struct due_slot *due) {
    struct error err = {0};
    int64_t now_ms = courier_now_ms(c), next_ms = INT64_MAX;
    struct subject *subject = subject_load(c, due->slot.id, true, &err);
    if (subject == NULL && err.code == ERROR_IO) return now_ms + FIRST_WAIT_MS;
    bool recent = now_ms <= due->slot.at_ms + RESOLVE_MS;
    for (int i = 0; recent && i < COURIER_ALERT_BEFORE; i++) {
        if (due->slot.before[i][0] != '\0') due->before[i] = subject_load(c, due->slot.before[i], true, &err);
    }
    for (size_t i = 0; subject != NULL && is_told(subject) && i < subject->publish.target_count; i++) {
        const struct publish_target *target = &subject->publish.targets[i];
        if (target->kind != PUBLISH_ALERTMANAGER) continue;
        send_to(c, subject, target, due);
        if (now_ms + target->resend_ms < next_ms) next_ms = now_ms + target->resend_ms;
    }
    subject_release(subject);
    for (int i = 0; i < COURIER_ALERT_BEFORE; i++) subject_release(due->before[i]);
    return next_ms;
}

static bool any_in_flight(const struct canary_state *state) {
    size_t in_flight = 0;
    for (int i = 0; i < COURIER_ALERT_SLOTS; i++) in_flight += state->slots[i].in_flight;
    return in_flight > 0;
}

static bool next_slot(struct courier *c, int64_t now_ms, struct due_slot *ret, int64_t *ret_next_ms) {
    bool found = false;
    *ret_next_ms = INT64_MAX;
    pthread_mutex_lock(&c->lock);
    for (struct canary_state *state = c->states; state != NULL && !found; state = state->next) {
        if (any_in_flight(state)) continue; // a later round must not arrive before this one
        for (int i = 0; i < COURIER_ALERT_SLOTS && !found; i++) {
            struct alert_slot *slot = &state->slots[i];
            if (slot->id[0] == '\0') continue;
            if (now_ms > end_ms(c, (enum alert_slot_kind)i, slot->at_ms) + RESOLVE_MS) slot->id[0] = '\0';
            found = slot->id[0] != '\0' && slot->next_ms <= now_ms;
            if (found) {
                *ret = (struct due_slot){.state = state, .kind = (enum alert_slot_kind)i, .slot = *slot};
                slot->failed = false;
                slot->next_ms = INT64_MAX; // the caller sets it once the alerts are on their way
            } else if (slot->id[0] != '\0' && slot->next_ms < *ret_next_ms) {
                *ret_next_ms = slot->next_ms;
            }
        }
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

int64_t courier_send_alerts(struct courier *c, int64_t now_ms) {
    struct due_slot due;
    int64_t next_ms = INT64_MAX;
    while (c->job_count < (size_t)2 * COURIER_MOST_IN_FLIGHT && next_slot(c, now_ms, &due, &next_ms)) {
        int64_t again_ms = send_slot(c, &due);
        pthread_mutex_lock(&c->lock);
        struct alert_slot *slot = &due.state->slots[due.kind];
        int64_t over_ms = end_ms(c, due.kind, due.slot.at_ms);
        if (now_ms < over_ms && over_ms < again_ms && again_ms != INT64_MAX) again_ms = over_ms;
        if (strcmp(slot->id, due.slot.id) == 0 && again_ms < slot->next_ms) slot->next_ms = again_ms;
        pthread_mutex_unlock(&c->lock);
    }
    return next_ms;
}
