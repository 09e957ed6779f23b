// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/view_cache.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct place { // all texts are its own
    char *id;  // NULL: empty
    char *canary, *verdict, *tag, *text;
    size_t len;
    enum store_state state;
    int64_t revision;
};

struct view_cache {
    struct place places[VIEW_CACHE_PLACES]; // each of the analyses whose ids fall there
    atomic_uint deletions;                  // that view_cache_forget() told of
    unsigned seen;                          // of them, by view_cache_find()
};

struct view_cache *view_cache_create(void) {
    return mem_zero(1, sizeof(struct view_cache));
}

static void clear(struct place *place) {
    free(place->id);
    free(place->canary);
    free(place->verdict);
    free(place->tag);
    free(place->text);
    *place = (struct place){0};
}

static void clear_all(struct view_cache *cache) {
    for (size_t i = 0; i < VIEW_CACHE_PLACES; i++) clear(&cache->places[i]);
}

void view_cache_destroy(struct view_cache *cache) {
    if (cache == NULL) return;
    clear_all(cache);
    free(cache);
}

static size_t place_of(const char *id) {
    return hash_text(id) % VIEW_CACHE_PLACES;
}

bool view_cache_find(struct view_cache *cache, const char *id, struct kept_view *ret) {
    unsigned deletions = atomic_load(&cache->deletions);
    if (deletions != cache->seen) clear_all(cache);
    cache->seen = deletions;
    const struct place *place = &cache->places[place_of(id)];
    if (place->id == NULL || strcmp(place->id, id) != 0) return false;
    *ret = (struct kept_view){
        .row = {.id = place->id, .canary = place->canary, .verdict = place->verdict, .state = place->state, .revision = place->revision},
        .tag = place->tag,
        .text = {place->text, place->len}};
    return true;
}

void view_cache_keep(struct view_cache *cache, const struct kept_view *view) {
    const struct store_analysis *row = &view->row;
    if (view->text.len > VIEW_CACHE_MOST_BYTES || atomic_load(&cache->deletions) != cache->seen) return;
    struct place *place = &cache->places[place_of(row->id)], old = *place;
    *place = (struct place){.id = mem_strdup(row->id),
                            .canary = mem_strdup(row->canary),
                            .verdict = mem_strdup(row->verdict),
                            .tag = mem_strdup(view->tag),
                            .text = mem_strndup(view->text.ptr, view->text.len),
                            .len = view->text.len,
                            .state = row->state,
                            .revision = row->revision};
    clear(&old); // after the copies: it may be what they are made of
}

void view_cache_forget(struct view_cache *cache) {
    atomic_fetch_add(&cache->deletions, 1);
}
