// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/approval.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/person_text.h"
#include "base/timetext.h"
#include "result_number.h"

#define FOLDER "approvals"
#define SCHEMA "serin.approval/1"
#define MOST_APPROVALS 2000              // kept; every gate that asks for approvals reads them all
#define CLOCKS_DIFFER_MS INT64_C(300000) // between the machines of people and pipelines

static json_t *document_of(const struct approval *a) {
    json_t *item = json_object();
    json_object_set_new(item, "schema", json_string(SCHEMA));
    json_object_set_new(item, "id", json_string(a->id));
    json_object_set_new(item, "canary", json_string(a->canary));
    json_object_set_new(item, "config_sha256", json_string(a->config_sha256));
    json_object_set_new(item, "artefact", a->artefact != NULL ? json_string(a->artefact) : json_null());
    json_object_set_new(item, "by", json_string(a->by));
    json_object_set_new(item, "reason", json_string(a->reason));
    json_object_set_new(item, "at", result_instant(a->at_ms));
    return item;
}

static const char *text_of(const json_t *object, const char *key, struct arena *arena) {
    return arena_strdup(arena, json_string_value(json_object_get(object, key)));
}

static bool read_approval(const json_t *document, struct arena *arena, struct approval *ret) {
    const json_t *artefact = json_object_get(document, "artefact");
    const char *at = json_string_value(json_object_get(document, "at"));
    *ret = (struct approval){.canary = text_of(document, "canary", arena),
                             .config_sha256 = text_of(document, "config_sha256", arena),
                             .artefact = text_of(document, "artefact", arena),
                             .by = text_of(document, "by", arena),
                             .reason = text_of(document, "reason", arena)};
    memcpy(ret->id, json_string_value(json_object_get(document, "id")), STATE_ID_LEN);
    return ret->canary != NULL && ret->config_sha256 != NULL && ret->by != NULL && ret->reason != NULL && at != NULL &&
           (json_is_null(artefact) || json_is_string(artefact)) && time_parse(view_of(at), &ret->at_ms);
}

bool approval_list(const char *state, struct arena *arena, struct approvals *ret, struct error *err) {
    json_t *list = state_dir_list(state, FOLDER, SCHEMA, err);
    bool ok = list != NULL;
    *ret = (struct approvals){.items = arena_array(arena, json_array_size(list), sizeof *ret->items)};
    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        ok = read_approval(json_array_get(list, i), arena, &ret->items[i]);
        if (!ok) error_set(err, ERROR_DATA, "%s: approval %s: a member is missing or not what it must be", state, ret->items[i].id);
        if (ok) ret->count++;
    }
    json_decref(list);
    return ok;
}

static int by_time(const void *a, const void *b) {
    const struct approval *x = a, *y = b;
    return x->at_ms < y->at_ms ? -1 : x->at_ms > y->at_ms;
}

// The oldest ones go; they are in the log.
static void make_room(struct state_dir *dir) {
    struct arena arena = {0};
    struct approvals all = {0};
    if (!approval_list(dir->path, &arena, &all, NULL)) all.count = 0; // the gates tell what is wrong
    if (all.count > 0) qsort(all.items, all.count, sizeof *all.items, by_time);
    for (size_t i = 0; i + MOST_APPROVALS <= all.count; i++) state_dir_drop(dir, FOLDER, all.items[i].id);
    arena_finish(&arena);
}

bool approval_add(const char *state, struct approval *approval, struct error *err) {
    struct state_dir dir;
    if (!person_text_check("--by", approval->by, PERSON_NAME_BYTES, err) ||
        !person_text_check("--reason", approval->reason, PERSON_REASON_BYTES, err) || !state_dir_lock(&dir, state, err))
        return false;
    json_t *nameless = document_of(approval);
    state_dir_name(nameless, approval->id);
    json_decref(nameless);
    json_t *document = document_of(approval), *change = json_deep_copy(document);
    json_object_del(change, "schema");
    json_object_del(change, "at");
    json_object_set_new(change, "time", result_instant(approval->at_ms));
    json_object_set_new(change, "change", json_string("gate.approve"));
    make_room(&dir);
    bool ok = state_dir_put(&dir, FOLDER, document, change, err);
    json_decref(document);
    json_decref(change);
    state_dir_unlock(&dir);
    return ok;
}

static bool same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool approval_holds(const struct approval *approval, const struct approval *wanted, int64_t now_ms, int64_t max_age_ms) {
    return same_text(approval->canary, wanted->canary) && same_text(approval->config_sha256, wanted->config_sha256) &&
           same_text(approval->artefact, wanted->artefact) && approval->at_ms <= now_ms + CLOCKS_DIFFER_MS &&
           now_ms - approval->at_ms <= max_age_ms;
}

size_t approval_people(const struct approvals *approvals, const struct approval *wanted, int64_t now_ms, int64_t max_age_ms) {
    size_t people = 0;
    for (size_t i = 0; i < approvals->count; i++) {
        size_t before = 0;
        if (!approval_holds(&approvals->items[i], wanted, now_ms, max_age_ms)) continue;
        while (before < i && (!approval_holds(&approvals->items[before], wanted, now_ms, max_age_ms) ||
                              strcmp(approvals->items[before].by, approvals->items[i].by) != 0))
            before++;
        if (before == i) people++;
    }
    return people;
}
