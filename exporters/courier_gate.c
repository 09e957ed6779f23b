// SPDX-License-Identifier: GPL-3.0-or-later
// Tells webhooks that a gate has opened or closed. A memo holds whether the gate was open and how often that has changed; it is committed
// together with the messages, so that each change is told once, restarts or not. A gate starts as closed: its first opening is told.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/notify_config.h"
#include "courier_private.h"

#define GATE "courier.gate" // memo of a canary

enum { MOST_REASONS = 20 };

struct gate_state {
    bool open;
    json_int_t changes;
};

static bool read_state(struct courier *c, const char *canary, struct gate_state *ret, struct error *err) {
    struct arena arena = {0};
    const char *text = NULL;
    *ret = (struct gate_state){0};
    bool ok = store_memo(c->options.store, GATE, canary, &arena, &text, err);
    json_t *memo = text != NULL ? json_loads(text, 0, NULL) : NULL;
    ret->open = json_is_true(json_object_get(memo, "open"));
    ret->changes = json_integer_value(json_object_get(memo, "changes"));
    json_decref(memo);
    arena_finish(&arena);
    return ok;
}

static void keep_state(struct store_batch *batch, const char *canary, const struct gate_state *state, int64_t now_ms) {
    json_t *memo = json_pack("{s:b,s:I}", "open", state->open, "changes", state->changes);
    char *text = json_dumps(memo, JSON_COMPACT);
    store_batch_memo(batch, GATE, canary, text, now_ms);
    free(text);
    json_decref(memo);
}

static struct report_texts reasons_of(const json_t *document, struct arena *arena) {
    const json_t *reasons = json_object_get(document, "reasons");
    struct report_texts texts = {.items = arena_array(arena, MOST_REASONS, sizeof *texts.items)};
    for (size_t i = 0; i < json_array_size(reasons) && texts.count < MOST_REASONS; i++) {
        const char *text = json_string_value(json_array_get(reasons, i));
        if (text != NULL) texts.items[texts.count++] = text;
    }
    return texts;
}

static void tell_receivers(struct telling *t, const struct subject *subject, const char *what, const json_t *document) {
    struct arena arena = {0};
    json_t *data = json_object();
    struct run_notice notice = {.what = what,
                                .id = subject->row.id,
                                .canary = subject->row.canary,
                                .owner = subject->config.owner,
                                .runbook = subject->config.runbook,
                                .reasons = reasons_of(document, &arena)};
    json_object_set(data, "gate", json_object_get(document, "gate"));
    t->data = data;
    run_digest_notice(&t->digest, &notice, subject->publish.link, t->now_ms);
    courier_tell(t);
    run_digest_finish(&t->digest);
    json_decref(data);
    arena_finish(&arena);
}

static void tell(struct courier *c, const struct subject *subject, const struct gate_state *state, const json_t *document,
                 struct store_batch *batch) {
    char occasion[64];
    int64_t now_ms = courier_now_ms(c);
    snprintf(occasion, sizeof occasion, "gate\n%lld\n%lld", (long long)state->changes, (long long)now_ms);
    struct telling t = {.courier = c,
                        .id = subject->row.id,
                        .canary = subject->row.canary,
                        .occasion = occasion,
                        .request = &subject->request,
                        .now_ms = now_ms,
                        .publish = &subject->publish,
                        .sha256 = subject->config.sha256,
                        .words = {{state->open ? COURIER_GATE_OPENED : COURIER_GATE_CLOSED}, 1, false},
                        .batch = batch};
    size_t count = courier_count_told(&t);
    bool quiet = subject->config.notify != NULL && notify_is_quiet(subject->config.notify, now_ms);
    for (size_t i = 0; quiet && i < count; i++) courier_count(c, "window", "suppressed");
    if (!quiet && count > 0) tell_receivers(&t, subject, state->open ? "gate opened" : "gate closed", document);
}

bool courier_gate(struct courier *c, const char *canary, const char *id, const json_t *document, struct error *err) {
    const char *gate = json_string_value(json_object_get(document, "gate"));
    struct gate_state state;
    if (gate == NULL || strcmp(gate, "error") == 0) return true;
    bool open = strcmp(gate, "open") == 0;
    if (!read_state(c, canary, &state, err)) return false;
    if (open == state.open) return true;
    struct subject *subject = subject_load(c, id, false, err);
    if (subject == NULL) return false;
    struct store_outcome outcome = {0};
    struct store_batch *batch = store_batch_create();
    state = (struct gate_state){open, state.changes + 1};
    keep_state(batch, canary, &state, courier_now_ms(c));
    tell(c, subject, &state, document, batch);
    bool kept = store_submit_wait(c->options.store, batch, &outcome);
    if (!kept) *err = outcome.err;
    subject_release(subject);
    if (kept) courier_wake(c);
    return kept;
}
