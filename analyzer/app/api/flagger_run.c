// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/flagger_run.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/hash.h"
#include "base/mem.h"

#define KIND "flagger"
#define LOCKS 64
#define MOST_CONFIGS 64 // of one canary of Flagger
#define SILENT_MS (INT64_C(15) * 60000)

bool flagger_run_load(struct store *store, const char *key, struct arena *arena, struct flagger_run *ret, struct error *err) {
    const char *text;
    *ret = (struct flagger_run){.key = key};
    if (!store_memo(store, KIND, key, arena, &text, err)) return false;
    json_t *json = text != NULL ? json_loads(text, 0, NULL) : NULL;
    ret->checksum = arena_strdup(arena, json_string_value(json_object_get(json, "checksum")));
    ret->analysis = arena_strdup(arena, json_string_value(json_object_get(json, "analysis")));
    ret->began_ms = json_integer_value(json_object_get(json, "began_ms"));
    ret->seen_ms = json_integer_value(json_object_get(json, "seen_ms"));
    ret->advanced = json_is_true(json_object_get(json, "advanced"));
    ret->over = json_is_true(json_object_get(json, "over"));
    json_decref(json);
    return true;
}

struct search {
    const char *object;
    struct arena *arena;
    struct flagger_analyses found;
};

static bool take_analysis(void *user, const char *key, const char *text, int64_t at_ms) {
    struct search *search = user;
    size_t len = strlen(search->object);
    (void)at_ms;
    if (strncmp(key, search->object, len) != 0 || key[len] != ':') return true;
    json_t *json = json_loads(text, 0, NULL);
    const char *id = json_string_value(json_object_get(json, "analysis"));
    if (id != NULL) search->found.ids[search->found.count++] = arena_strdup(search->arena, id);
    json_decref(json);
    return search->found.count < MOST_CONFIGS;
}

bool flagger_run_analyses(struct store *store, const char *object, struct arena *arena, struct flagger_analyses *ret, struct error *err) {
    struct search search = {object, arena, {arena_alloc(arena, MOST_CONFIGS * sizeof(const char *)), 0}};
    if (!store_each_memo(store, KIND, take_analysis, &search, err)) return false;
    *ret = search.found;
    return true;
}

bool flagger_run_save(struct store *store, const struct flagger_run *run, int64_t now_ms, struct error *err) {
    struct store_batch *batch = store_batch_create();
    struct store_outcome outcome = {0};
    json_t *json = json_pack("{s:s,s:s?,s:I,s:I,s:b,s:b}", "checksum", run->checksum, "analysis", run->analysis, "began_ms",
                             (json_int_t)run->began_ms, "seen_ms", (json_int_t)run->seen_ms, "advanced", run->advanced, "over", run->over);
    char *text = json_dumps(json, JSON_COMPACT);
    store_batch_memo(batch, KIND, run->key, text, now_ms);
    free(text);
    json_decref(json);
    if (store_submit_wait(store, batch, &outcome)) return true;
    *err = outcome.err;
    return false;
}

bool flagger_run_is_current(const struct flagger_run *run, const char *checksum, bool decided, int64_t now_ms) {
    if (run->checksum == NULL || run->over || strcmp(run->checksum, checksum) != 0) return false;
    return !decided || now_ms - run->seen_ms < SILENT_MS;
}

struct flagger_run flagger_run_new(const char *key, const char *checksum, int64_t now_ms) {
    return (struct flagger_run){.key = key, .checksum = checksum, .began_ms = now_ms, .seen_ms = now_ms};
}

struct flagger_locks {
    pthread_mutex_t locks[LOCKS]; // each guards the memos of the canaries that hash to it, from load to save
};

struct flagger_locks *flagger_locks_create(void) {
    struct flagger_locks *locks = mem_zero(1, sizeof *locks);
    for (size_t i = 0; i < LOCKS; i++) pthread_mutex_init(&locks->locks[i], NULL);
    return locks;
}

void flagger_locks_destroy(struct flagger_locks *locks) {
    if (locks == NULL) return;
    for (size_t i = 0; i < LOCKS; i++) pthread_mutex_destroy(&locks->locks[i]);
    free(locks);
}

pthread_mutex_t *flagger_locks_of(struct flagger_locks *locks, const char *object) {
    return &locks->locks[hash_text(object) % LOCKS];
}
