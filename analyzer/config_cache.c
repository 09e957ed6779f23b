// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/mem.h"
#include "source_pool.h"

enum { MOST_ENTRIES = 32 };

#define MOST_BYTES ((size_t)1 << 20) // of one that is kept when nobody uses it

struct entry {
    struct cached_config cached; // first
    struct entry *next;
    char key[DIGEST_HEX_LEN + 1];
    struct arena arena;
    size_t refs;
    uint64_t used; // when it was last asked for
};

struct config_cache {
    pthread_mutex_t lock; // guards what follows
    struct entry *entries;
    size_t count;
    uint64_t asked;
};

struct config_cache *config_cache_create(void) {
    struct config_cache *cache = mem_zero(1, sizeof *cache);
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static void entry_destroy(struct entry *entry) {
    arena_finish(&entry->arena);
    free(entry);
}

void config_cache_destroy(struct config_cache *cache) {
    if (cache == NULL) return;
    while (cache->entries != NULL) {
        struct entry *entry = cache->entries;
        cache->entries = entry->next;
        entry_destroy(entry);
    }
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static void put_text(struct buf *out, const char *text) {
    if (text != NULL) buf_printf(out, "%zu:", strlen(text));
    buf_str(out, text != NULL ? text : "-");
}

static void put_options(struct buf *out, const struct config_overrides *o) {
    buf_printf(out, "\n%a %a %lld %lld ", o->pass, o->marginal, (long long)o->length_ms, (long long)o->step_ms);
    put_text(out, o->url);
    put_text(out, o->priors);
    for (int side = 0; side < SIDE_COUNT; side++) put_text(out, o->sides[side]);
    for (size_t i = 0; i < o->vars.count; i++) {
        put_text(out, o->vars.items[i].name);
        put_text(out, o->vars.items[i].value);
    }
}

static void make_key(struct view text, const char *file, const struct config_overrides *overrides, char ret[DIGEST_HEX_LEN + 1]) {
    struct buf all;
    char digest[DIGEST_HEX_LEN + 1];
    digest_hex(text, digest);
    buf_init(&all, (size_t)16 << 20);
    buf_str(&all, digest);
    put_text(&all, file);
    put_options(&all, overrides);
    digest_hex((struct view){buf_text(&all), all.len}, ret);
    buf_finish(&all);
}

static void digest_sources(const struct canary_config *config, char ret[DIGEST_HEX_LEN + 1]) {
    struct buf text;
    buf_init(&text, (size_t)8 << 20);
    source_pool_key(config, &text);
    digest_hex((struct view){buf_text(&text), text.len}, ret);
    buf_finish(&text);
}

static struct entry *find(struct config_cache *cache, const char *key) {
    struct entry *entry = cache->entries;
    while (entry != NULL && strcmp(entry->key, key) != 0) entry = entry->next;
    if (entry == NULL) return NULL;
    entry->refs++;
    entry->used = ++cache->asked;
    return entry;
}

// A config keeps what its options say, and outlives them here.
static struct config_overrides copy_overrides(const struct config_overrides *from, struct arena *arena) {
    struct config_overrides to = *from;
    to.vars.items = arena_array(arena, from->vars.count + 1, sizeof *to.vars.items);
    for (size_t i = 0; i < from->vars.count; i++) {
        const struct name_value *item = &from->vars.items[i];
        to.vars.items[i] = (struct name_value){arena_strdup(arena, item->name), arena_strdup(arena, item->value), item->place};
    }
    to.url = arena_strdup(arena, from->url);
    to.priors = arena_strdup(arena, from->priors);
    for (int side = 0; side < SIDE_COUNT; side++) to.sides[side] = arena_strdup(arena, from->sides[side]);
    return to;
}

static struct entry *read_entry(struct view text, const char *file, const struct config_overrides *overrides, struct findings *findings,
                                struct error *err) {
    struct entry *entry = mem_zero(1, sizeof *entry);
    struct canary_config *config = arena_alloc(&entry->arena, sizeof *config);
    struct findings own;
    findings_init(&own, &entry->arena);
    struct view copy = {arena_strndup(&entry->arena, text.ptr, text.len), text.len};
    struct config_overrides kept = copy_overrides(overrides, &entry->arena);
    bool good = config_read(copy, arena_strdup(&entry->arena, file), &kept, &entry->arena, &own, config);
    for (size_t i = 0; findings != NULL && i < own.count; i++) {
        const struct finding *f = &own.items[i];
        findings_add(findings, f->level, file, f->line, f->column, arena_strdup(findings->arena, f->key), "%s", f->text);
    }
    size_t errors = own.errors;
    findings_finish(&own);
    entry->cached.config = config;
    entry->refs = 1;
    if (good) digest_sources(config, entry->cached.sources);
    if (good) return entry;
    entry_destroy(entry);
    error_set(err, ERROR_CONFIG, "%s: %zu error%s in the config", file, errors, errors == 1 ? "" : "s");
    return NULL;
}

// What history says is in a file that may change.
static bool may_stay(const struct entry *entry) {
    return entry->arena.used <= MOST_BYTES && entry->cached.config->judge.priors == NULL;
}

static void drop(struct config_cache *cache, struct entry *entry) {
    struct entry **at = &cache->entries;
    while (*at != entry) at = &(*at)->next;
    *at = entry->next;
    cache->count--;
    entry_destroy(entry);
}

static void make_room(struct config_cache *cache) {
    struct entry *oldest = NULL;
    if (cache->count <= MOST_ENTRIES) return;
    for (struct entry *e = cache->entries; e != NULL; e = e->next) {
        if (e->refs == 0 && (oldest == NULL || e->used < oldest->used)) oldest = e;
    }
    if (oldest != NULL) drop(cache, oldest);
}

struct cached_config *config_cache_get(struct config_cache *cache, struct view text, const char *file,
                                       const struct config_overrides *overrides, struct findings *findings, struct error *err) {
    char key[DIGEST_HEX_LEN + 1];
    make_key(text, file, overrides, key);
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, key);
    pthread_mutex_unlock(&cache->lock);
    if (entry != NULL) return &entry->cached;
    entry = read_entry(text, file, overrides, findings, err);
    if (entry == NULL) return NULL;
    memcpy(entry->key, key, sizeof key);
    pthread_mutex_lock(&cache->lock);
    entry->used = ++cache->asked;
    entry->next = cache->entries;
    cache->entries = entry;
    cache->count++;
    make_room(cache);
    pthread_mutex_unlock(&cache->lock);
    return &entry->cached;
}

void config_cache_release(struct config_cache *cache, struct cached_config *cached) {
    if (cached == NULL) return;
    struct entry *entry = (struct entry *)cached;
    pthread_mutex_lock(&cache->lock);
    entry->refs--;
    if (entry->refs == 0 && (!may_stay(entry) || cache->count > MOST_ENTRIES)) drop(cache, entry);
    pthread_mutex_unlock(&cache->lock);
}
