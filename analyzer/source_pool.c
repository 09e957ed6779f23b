// SPDX-License-Identifier: GPL-3.0-or-later
#include "source_pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "query/source_settings.h"

enum { MOST_IDLE = 64 };

#define MOST_KEY ((size_t)8 << 20)

struct pooled {
    struct pooled *next; // the one taken last is first
    struct source *source;
    char *key;
    struct arena arena; // of its settings
    size_t users;
};

struct source_pool {
    struct pooled *items;
    size_t idle;
};

struct source_pool *source_pool_create(void) {
    return mem_zero(1, sizeof(struct source_pool));
}

static void pooled_destroy(struct pooled *p) {
    source_destroy(p->source);
    arena_finish(&p->arena);
    free(p->key);
    free(p);
}

void source_pool_destroy(struct source_pool *pool) {
    if (pool == NULL) return;
    while (pool->items != NULL) {
        struct pooled *p = pool->items;
        pool->items = p->next;
        pooled_destroy(p);
    }
    free(pool);
}

static void put_key(const struct source_config *config, struct buf *out) {
    buf_printf(out, "%zu:%s;", strlen(config->name), config->name);
    source_settings_key(&config->settings, out);
    buf_char(out, '\n');
}

void source_pool_key(const struct canary_config *config, struct buf *out) {
    for (size_t i = 0; i < config->source_count; i++) put_key(&config->sources[i], out);
}

// A service reads for many: what one source answers must not take the memory that the others need. A config may allow more.
static void set_limits(struct decode_limits *limits) {
    if (limits->bytes == 0) limits->bytes = (uint64_t)64 << 20;
    if (limits->samples == 0) limits->samples = 2000000;
    if (limits->series == 0) limits->series = 100000;
}

static struct pooled *make(const struct source_config *config, char *key, struct error *err) {
    struct pooled *p = mem_zero(1, sizeof *p);
    struct source_settings *settings = arena_alloc(&p->arena, sizeof *settings);
    source_settings_copy(&config->settings, &p->arena, settings);
    set_limits(&settings->limits);
    p->key = key;
    p->source = source_create_prometheus(config->name, settings, err);
    if (p->source != NULL) return p;
    arena_finish(&p->arena);
    free(p);
    free(key);
    return NULL;
}

struct source *source_pool_take(struct source_pool *pool, const struct source_config *config, struct error *err) {
    struct buf text;
    buf_init(&text, MOST_KEY);
    put_key(config, &text);
    char *key = buf_take(&text);
    struct pooled **at = &pool->items, *p;
    while (*at != NULL && strcmp((*at)->key, key) != 0) at = &(*at)->next;
    p = *at;
    if (p != NULL) {
        *at = p->next;
        free(key);
        if (p->users == 0) pool->idle--;
    } else if ((p = make(config, key, err)) == NULL) {
        return NULL;
    }
    p->next = pool->items;
    pool->items = p;
    p->users++;
    return p->source;
}

// Takes out the idle one that was used the longest time ago.
static void drop_one(struct source_pool *pool) {
    struct pooled **last = NULL;
    for (struct pooled **at = &pool->items; *at != NULL; at = &(*at)->next) {
        if ((*at)->users == 0) last = at;
    }
    if (last == NULL) return;
    struct pooled *p = *last;
    *last = p->next;
    pool->idle--;
    pooled_destroy(p);
}

void source_pool_release(struct source_pool *pool, struct source *source) {
    struct pooled *p = pool->items;
    while (p != NULL && p->source != source) p = p->next;
    if (p == NULL || --p->users > 0) return;
    if (++pool->idle > MOST_IDLE) drop_one(pool);
}
