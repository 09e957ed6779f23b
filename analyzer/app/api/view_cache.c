// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/view_cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct place {
    char *tag; // NULL: empty
    char *text;
    size_t len;
};

struct view_cache {
    struct place places[VIEW_CACHE_PLACES]; // each of the tags that fall there
};

struct view_cache *view_cache_create(void) {
    return mem_zero(1, sizeof(struct view_cache));
}

static void clear(struct place *place) {
    free(place->tag);
    free(place->text);
    *place = (struct place){0};
}

void view_cache_destroy(struct view_cache *cache) {
    if (cache == NULL) return;
    for (size_t i = 0; i < VIEW_CACHE_PLACES; i++) clear(&cache->places[i]);
    free(cache);
}

static size_t place_of(const char *tag) {
    uint32_t hash = 2166136261u; // FNV-1a
    for (; *tag != '\0'; tag++) hash = (hash ^ (unsigned char)*tag) * 16777619u;
    return hash % VIEW_CACHE_PLACES;
}

bool view_cache_find(const struct view_cache *cache, const char *tag, struct view *ret) {
    const struct place *place = &cache->places[place_of(tag)];
    if (place->tag == NULL || strcmp(place->tag, tag) != 0) return false;
    *ret = (struct view){place->text, place->len};
    return true;
}

void view_cache_keep(struct view_cache *cache, const char *tag, struct view text) {
    struct place *place = &cache->places[place_of(tag)];
    if (text.len > VIEW_CACHE_MOST_BYTES) return;
    clear(place);
    *place = (struct place){mem_strdup(tag), mem_strndup(text.ptr, text.len), text.len};
}
