// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/store_batch.h"

#include <string.h>

#include "base/digest.h"
#include "base/utf8.h"
#include "store_changes.h"

static const char *const state_names[] = {"open", "done", "cancelled"};

const char *store_state_name(enum store_state state) {
    return state_names[state];
}

bool store_state_parse(const char *text, enum store_state *ret) {
    for (enum store_state state = STORE_OPEN; state <= STORE_CANCELLED; state++) {
        if (strcmp(text, state_names[state]) != 0) continue;
        *ret = state;
        return true;
    }
    return false;
}

struct store_batch *store_batch_create(void) {
    struct arena arena = {0};
    struct store_batch *batch = arena_alloc(&arena, sizeof *batch);
    batch->arena = arena;
    return batch;
}

void store_batch_destroy(struct store_batch *batch) {
    if (batch == NULL) return;
    struct arena arena = batch->arena; // the batch lies in it
    arena_finish(&arena);
}

size_t store_batch_bytes(const struct store_batch *batch) {
    return arena_held(&batch->arena);
}

static void refuse(struct store_batch *batch, const char *name, const char *why) {
    if (batch->err.code == ERROR_NONE) error_set(&batch->err, ERROR_USAGE, "%s: %s", name, why);
}

static void grow(struct store_batch *batch) {
    size_t cap = batch->cap > 0 ? 2 * batch->cap : 4;
    struct change *items = arena_array(&batch->arena, cap, sizeof *items);
    if (batch->count > 0) memcpy(items, batch->items, batch->count * sizeof *items);
    batch->items = items;
    batch->cap = cap;
}

static struct change *add(struct store_batch *batch, enum change_kind kind) {
    if (batch->count == STORE_BATCH_MOST) {
        refuse(batch, "batch", "too many changes");
        batch->count--; // the batch is refused anyway, so the last change may be overwritten
    }
    if (batch->count == batch->cap) grow(batch);
    batch->items[batch->count] = (struct change){.kind = kind};
    return &batch->items[batch->count++];
}

static bool can_be_kept(struct store_batch *batch, const char *name, struct view view, size_t most) {
    if (view.len > most && batch->err.code == ERROR_NONE)
        error_set(&batch->err, ERROR_USAGE, "%s: %zu bytes, at most %zu can be kept", name, view.len, most);
    if (!utf8_is_valid(view)) refuse(batch, name, "not UTF-8");
    return batch->err.code == ERROR_NONE;
}

static const char *keep(struct store_batch *batch, const char *name, const char *text, size_t most) {
    if (text == NULL) return NULL;
    struct view view = view_of(text);
    return can_be_kept(batch, name, view, most) ? arena_strndup(&batch->arena, view.ptr, view.len) : NULL;
}

static const char *need(struct store_batch *batch, const char *name, const char *text, size_t most) {
    if (text == NULL || *text == '\0') refuse(batch, name, "missing");
    return keep(batch, name, text, most);
}

static const char *need_id(struct store_batch *batch, const char *name, const char *text) {
    if (text == NULL || *text == '\0') refuse(batch, name, "missing");
    for (const char *at = text; at != NULL && *at != '\0'; at++) {
        if (*at <= ' ' || *at == 0x7f) refuse(batch, name, "has something else than printable ASCII");
    }
    return keep(batch, name, text, STORE_ID_LEN);
}

// The text of a config is not copied, because it is long and many analyses share it.
static const char *check_config(struct store_batch *batch, const struct store_analysis *analysis) {
    char hex[DIGEST_HEX_LEN + 1];
    if (analysis->config == NULL || !can_be_kept(batch, "config", view_of(analysis->config), STORE_BODY_LEN)) return NULL;
    digest_hex(view_of(analysis->config), hex);
    if (strcmp(hex, analysis->config_sha256) != 0) refuse(batch, "config_sha256", "not the digest of the config");
    return analysis->config;
}

void store_batch_add_analysis(struct store_batch *batch, const struct store_analysis *analysis) {
    struct store_analysis *a = &add(batch, CHANGE_ADD_ANALYSIS)->of.analysis;
    if ((analysis->key == NULL) != (analysis->asked_by == NULL)) refuse(batch, "key", "comes with asked_by, or both are not given");
    *a = (struct store_analysis){.created_ms = analysis->created_ms, .start_ms = analysis->start_ms, .horizon_ms = analysis->horizon_ms};
    a->id = need_id(batch, "id", analysis->id);
    a->key = keep(batch, "key", analysis->key, STORE_NAME_LEN);
    a->asked_by = keep(batch, "asked_by", analysis->asked_by, STORE_NAME_LEN);
    a->request_sha256 = need(batch, "request_sha256", analysis->request_sha256, DIGEST_HEX_LEN);
    a->canary = need(batch, "canary", analysis->canary, STORE_NAME_LEN);
    a->config_name = keep(batch, "config_name", analysis->config_name, STORE_NAME_LEN);
    a->config_sha256 = need(batch, "config_sha256", analysis->config_sha256, DIGEST_HEX_LEN);
    a->request = need(batch, "request", analysis->request, STORE_STATE_LEN);
    a->look_state = keep(batch, "look_state", analysis->look_state, STORE_STATE_LEN);
    a->version = keep(batch, "version", analysis->version, STORE_NAME_LEN);
    a->artefact = keep(batch, "artefact", analysis->artefact, STORE_ARTEFACT_LEN);
    a->created_by = keep(batch, "created_by", analysis->created_by, STORE_NAME_LEN);
    a->config = check_config(batch, analysis);
}

void store_batch_change(struct store_batch *batch, const struct store_change *change) {
    struct store_change *c = &add(batch, CHANGE_ANALYSIS)->of.change;
    *c = *change;
    c->id = need_id(batch, "id", change->id);
    c->look_state = keep(batch, "look_state", change->look_state, STORE_STATE_LEN);
    c->verdict = keep(batch, "verdict", change->verdict, STORE_WORD_LEN);
    c->result = keep(batch, "result", change->result, STORE_DOCUMENT_LEN);
    if (change->state == STORE_DONE && change->verdict == NULL) refuse(batch, "verdict", "missing from what is done");
    if (change->looks > INT32_MAX) refuse(batch, "looks", "too many");
}

void store_batch_add_look(struct store_batch *batch, const struct store_look *look) {
    struct store_look *l = &add(batch, CHANGE_ADD_LOOK)->of.look;
    *l = *look;
    l->analysis = need_id(batch, "analysis", look->analysis);
    l->verdict = need(batch, "verdict", look->verdict, STORE_WORD_LEN);
    l->document = keep(batch, "document", look->document, STORE_DOCUMENT_LEN);
    if (look->number < 1 || look->attempt < 1) refuse(batch, "look", "numbers and attempts begin with 1");
}

void store_batch_add_message(struct store_batch *batch, const struct store_message *message) {
    struct store_message *m = &add(batch, CHANGE_ADD_MESSAGE)->of.message;
    *m = (struct store_message){.created_ms = message->created_ms, .due_ms = message->due_ms};
    m->id = need_id(batch, "message id", message->id);
    if (message->analysis != NULL) m->analysis = need_id(batch, "analysis", message->analysis);
    m->target = need(batch, "target", message->target, STORE_NAME_LEN);
    m->kind = need(batch, "kind", message->kind, STORE_WORD_LEN);
    m->event = need(batch, "event", message->event, STORE_WORD_LEN);
    m->headers = keep(batch, "headers", message->headers, STORE_HEADERS_LEN);
    if (message->body.len > STORE_BODY_LEN) refuse(batch, "body", "more bytes than can be kept");
    if (batch->err.code == ERROR_NONE && message->body.len > 0)
        m->body = (struct view){arena_strndup(&batch->arena, message->body.ptr, message->body.len), message->body.len};
}

// The length at which a text that is too long can be cut without cutting a character in two.
static size_t fitting(const char *text, size_t most) {
    size_t len = strnlen(text, most + 1);
    if (len <= most) return len;
    for (len = most; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80;) len--;
    return len;
}

void store_batch_attempt(struct store_batch *batch, const struct store_attempt *attempt) {
    struct store_attempt *a = &add(batch, CHANGE_ATTEMPT)->of.attempt;
    *a = *attempt;
    a->error = NULL;
    if (attempt->error == NULL) return;
    struct view said = {attempt->error, fitting(attempt->error, STORE_ERROR_LEN)};
    a->error = utf8_is_valid(said) ? arena_strndup(&batch->arena, said.ptr, said.len) : "an answer that is not UTF-8";
}

void store_batch_replay(struct store_batch *batch, const char *id, int64_t due_ms) {
    struct change_replay *r = &add(batch, CHANGE_REPLAY)->of.replay;
    r->id = id != NULL ? need_id(batch, "message id", id) : NULL;
    r->due_ms = due_ms;
}

void store_batch_memo(struct store_batch *batch, const char *kind, const char *key, const char *json, int64_t at_ms) {
    struct change_memo *m = &add(batch, CHANGE_MEMO)->of.memo;
    m->kind = need(batch, "memo kind", kind, STORE_WORD_LEN);
    m->key = need(batch, "memo key", key, STORE_SUBJECT_LEN);
    m->json = keep(batch, "memo", json, STORE_STATE_LEN);
    m->at_ms = at_ms;
}

void store_batch_add_audit(struct store_batch *batch, const struct store_audit *audit) {
    struct store_audit *a = &add(batch, CHANGE_ADD_AUDIT)->of.audit;
    a->at_ms = audit->at_ms;
    a->who = need(batch, "who", audit->who, STORE_NAME_LEN);
    a->action = need(batch, "action", audit->action, STORE_WORD_LEN);
    a->subject = need(batch, "subject", audit->subject, STORE_SUBJECT_LEN);
    a->detail = keep(batch, "detail", audit->detail, STORE_NOTE_LEN);
}

void store_batch_trim(struct store_batch *batch, const struct change_trim *trim) {
    add(batch, CHANGE_TRIM)->of.trim = *trim;
}
