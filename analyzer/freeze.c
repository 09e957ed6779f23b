// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/freeze.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/person_text.h"
#include "base/timetext.h"
#include "result_number.h"

#define FOLDER "freezes"
#define SCHEMA "serin.freeze/1"
#define MOST_ACTIVE 1000

bool freeze_read_scope(const char *text, struct freeze *ret, struct error *err) {
    static const struct {
        const char *prefix;
        enum freeze_reach reach;
    } kinds[] = {{"owner=", FREEZE_OWNER}, {"canary=", FREEZE_CANARY}};
    if (strcmp(text, "all") == 0) {
        ret->reach = FREEZE_ALL;
        ret->name = NULL;
        return true;
    }
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(kinds[i].prefix);
        if (strncmp(text, kinds[i].prefix, len) != 0) continue;
        ret->reach = kinds[i].reach;
        ret->name = text + len;
        return person_text_check("the name in the scope", ret->name, PERSON_NAME_BYTES, err);
    }
    return error_set(err, ERROR_USAGE, "expected a scope all, owner=NAME or canary=NAME, found %s", text);
}

const char *freeze_scope(const struct freeze *freeze, struct arena *arena) {
    if (freeze->reach == FREEZE_ALL) return "all";
    return arena_printf(arena, "%s=%s", freeze->reach == FREEZE_OWNER ? "owner" : "canary", freeze->name);
}

json_t *freeze_json(const struct freeze *freeze) {
    struct arena arena = {0};
    json_t *item = json_object(), *lifted = json_null();
    json_object_set_new(item, "schema", json_string(SCHEMA));
    json_object_set_new(item, "id", json_string(freeze->id));
    json_object_set_new(item, "scope", json_string(freeze_scope(freeze, &arena)));
    json_object_set_new(item, "by", json_string(freeze->by));
    json_object_set_new(item, "reason", json_string(freeze->reason));
    json_object_set_new(item, "at", result_instant(freeze->at_ms));
    json_object_set_new(item, "until", result_instant(freeze->until_ms));
    if (freeze->lifted_by != NULL) {
        lifted = json_object();
        json_object_set_new(lifted, "by", json_string(freeze->lifted_by));
        json_object_set_new(lifted, "reason", json_string(freeze->lifted_reason));
        json_object_set_new(lifted, "at", result_instant(freeze->lifted_ms));
    }
    json_object_set_new(item, "lifted", lifted);
    arena_finish(&arena);
    return item;
}

static bool put(struct state_dir *dir, const struct freeze *freeze, const char *what, struct error *err) {
    json_t *document = freeze_json(freeze), *change = json_object();
    bool lifts = freeze->lifted_by != NULL;
    json_object_set_new(change, "time", result_instant(lifts ? freeze->lifted_ms : freeze->at_ms));
    json_object_set_new(change, "change", json_string(what));
    json_object_set(change, "scope", json_object_get(document, "scope"));
    json_object_set_new(change, "by", json_string(lifts ? freeze->lifted_by : freeze->by));
    json_object_set_new(change, "reason", json_string(lifts ? freeze->lifted_reason : freeze->reason));
    json_object_set(change, "until", json_object_get(document, "until"));
    bool ok = state_dir_put(dir, FOLDER, document, change, err);
    json_decref(document);
    json_decref(change);
    return ok;
}

static const char *text_of(const json_t *object, const char *key, struct arena *arena) {
    return arena_strdup(arena, json_string_value(json_object_get(object, key)));
}

static bool time_of(const json_t *object, const char *key, int64_t *ret_ms) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL && time_parse(view_of(text), ret_ms);
}

static bool read_freeze(const json_t *document, struct arena *arena, struct freeze *ret, struct error *err) {
    const char *scope = text_of(document, "scope", arena);
    const json_t *lifted = json_object_get(document, "lifted");
    *ret = (struct freeze){.by = text_of(document, "by", arena), .reason = text_of(document, "reason", arena)};
    memcpy(ret->id, json_string_value(json_object_get(document, "id")), STATE_ID_LEN);
    bool ok = scope != NULL && freeze_read_scope(scope, ret, NULL) && ret->by != NULL && ret->reason != NULL &&
              time_of(document, "at", &ret->at_ms) && time_of(document, "until", &ret->until_ms);
    if (ok && json_is_object(lifted)) {
        ret->lifted_by = text_of(lifted, "by", arena);
        ret->lifted_reason = text_of(lifted, "reason", arena);
        ok = ret->lifted_by != NULL && ret->lifted_reason != NULL && time_of(lifted, "at", &ret->lifted_ms);
    } else if (!json_is_null(lifted)) {
        ok = false;
    }
    return ok || error_set(err, ERROR_DATA, "freeze %s: scope, by, reason, at, until or lifted is not what it must be", ret->id);
}

static int by_time(const void *a, const void *b) {
    const struct freeze *x = a, *y = b;
    if (x->at_ms != y->at_ms) return x->at_ms < y->at_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

bool freeze_list(const char *state, struct arena *arena, struct freezes *ret, struct error *err) {
    json_t *list = state_dir_list(state, FOLDER, SCHEMA, err);
    bool ok = list != NULL;
    *ret = (struct freezes){.items = arena_array(arena, json_array_size(list), sizeof *ret->items)};
    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        ok = read_freeze(json_array_get(list, i), arena, &ret->items[i], err) || error_prefix(err, "%s", state);
        if (ok) ret->count++;
    }
    if (ret->count > 0) qsort(ret->items, ret->count, sizeof *ret->items, by_time);
    json_decref(list);
    return ok;
}

bool freeze_is_active(const struct freeze *freeze, int64_t now_ms) {
    return freeze->lifted_by == NULL && now_ms < freeze->until_ms;
}

// Every gate reads all freezes that are there, so those that are over go, but for the last ones.
static bool make_room(struct state_dir *dir, int64_t now_ms, struct error *err) {
    struct arena arena = {0};
    struct freezes all = {0};
    size_t over = 0;
    if (!freeze_list(dir->path, &arena, &all, NULL)) all.count = 0; // the gates tell what is wrong
    for (size_t i = 0; i < all.count; i++) over += !freeze_is_active(&all.items[i], now_ms);
    bool ok = all.count - over < MOST_ACTIVE;
    for (size_t i = 0; over > FREEZE_MOST_OVER && i < all.count; i++) {
        if (freeze_is_active(&all.items[i], now_ms)) continue;
        state_dir_drop(dir, FOLDER, all.items[i].id);
        over--;
    }
    arena_finish(&arena);
    return ok || error_set(err, ERROR_USAGE, "%s: %d freezes hold already; lift some of them first", dir->path, MOST_ACTIVE);
}

bool freeze_set(const char *state, struct freeze *freeze, struct error *err) {
    struct state_dir dir;
    if (!person_text_check("--by", freeze->by, PERSON_NAME_BYTES, err) ||
        !person_text_check("--reason", freeze->reason, PERSON_REASON_BYTES, err))
        return false;
    if (freeze->until_ms <= freeze->at_ms) return error_set(err, ERROR_USAGE, "until: must be later than now");
    if (freeze->until_ms - freeze->at_ms > FREEZE_LONGEST_MS)
        return error_set(err, ERROR_USAGE, "until: more than 366 days away; a freeze must end");
    if (!state_dir_lock(&dir, state, err)) return false;
    json_t *nameless = freeze_json(freeze);
    state_dir_name(nameless, freeze->id);
    json_decref(nameless);
    bool ok = make_room(&dir, freeze->at_ms, err) && put(&dir, freeze, "freeze.set", err);
    state_dir_unlock(&dir);
    return ok;
}

bool freeze_covers(const struct freeze *freeze, const char *canary, const char *owner) {
    switch (freeze->reach) {
    case FREEZE_ALL:
        return true;
    case FREEZE_OWNER:
        return owner != NULL && strcmp(freeze->name, owner) == 0;
    case FREEZE_CANARY:
        return strcmp(freeze->name, canary) == 0;
    }
    return true;
}

static bool is_meant(const struct freeze *freeze, const char *which, int64_t now_ms, struct arena *arena) {
    if (freeze->lifted_by != NULL || strcmp(freeze->id, which) == 0) return freeze->lifted_by == NULL;
    bool named = freeze->reach == FREEZE_CANARY && strcmp(freeze->name, which) == 0;
    return freeze_is_active(freeze, now_ms) && (named || strcmp(freeze_scope(freeze, arena), which) == 0);
}

bool freeze_lift(const char *state, const char *which, const char *by, const char *reason, int64_t now_ms, struct arena *arena,
                 struct freezes *ret, struct error *err) {
    struct state_dir dir;
    struct freezes all;
    if (!person_text_check("--by", by, PERSON_NAME_BYTES, err) || !person_text_check("--reason", reason, PERSON_REASON_BYTES, err))
        return false;
    if (!state_dir_lock(&dir, state, err)) return false;
    bool ok = freeze_list(state, arena, &all, err);
    *ret = (struct freezes){.items = arena_array(arena, all.count, sizeof *ret->items)};
    for (size_t i = 0; ok && i < all.count; i++) {
        struct freeze freeze = all.items[i];
        if (!is_meant(&freeze, which, now_ms, arena)) continue;
        freeze.lifted_by = by;
        freeze.lifted_reason = reason;
        freeze.lifted_ms = now_ms;
        ok = put(&dir, &freeze, "freeze.lift", err);
        if (ok) ret->items[ret->count++] = freeze;
    }
    state_dir_unlock(&dir);
    if (ok && ret->count == 0) return error_set(err, ERROR_USAGE, "%s: there is no freeze to lift that is called %s", state, which);
    return ok;
}
