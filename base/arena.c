// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define FIRST_BYTES ((size_t)960) // most arenas hold little
#define BLOCK_BYTES ((size_t)8192)

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

// Blocks that are used again at once. A service fills and empties thousands of arenas a second, often in one thread and then in another,
// which the heap is slow at. A sanitizer is to see who uses what was freed.
#define MOST_SPARE 128

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif

#if defined(__SANITIZE_ADDRESS__)
static const bool used_again = false;
#else
static const bool used_again = true;
#endif

static pthread_mutex_t spare_lock = PTHREAD_MUTEX_INITIALIZER; // guards spare and spare_count
static struct arena_block *spare;                              // all of BLOCK_BYTES
static size_t spare_count;

static struct arena_block *take_spare(void) {
    pthread_mutex_lock(&spare_lock);
    struct arena_block *b = spare;
    if (b != NULL) {
        spare = b->next;
        spare_count--;
    }
    pthread_mutex_unlock(&spare_lock);
    return b;
}

static struct arena_block *new_block(size_t bytes) {
    struct arena_block *b = mem_alloc(sizeof *b + bytes);
    b->size = bytes;
    return b;
}

// The blocks of ordinary size for which there is room; the others are freed.
static void give_back(struct arena_block *blocks) {
    struct arena_block *extra = NULL;
    pthread_mutex_lock(&spare_lock);
    for (struct arena_block *b = blocks, *next; b != NULL; b = next) {
        bool kept = used_again && b->size == BLOCK_BYTES && spare_count < MOST_SPARE;
        struct arena_block **list = kept ? &spare : &extra;
        next = b->next;
        b->next = *list;
        *list = b;
        spare_count += kept;
    }
    pthread_mutex_unlock(&spare_lock);
    for (struct arena_block *next; extra != NULL; extra = next) {
        next = extra->next;
        free(extra);
    }
}

void arena_finish(struct arena *arena) {
    if (arena == NULL || arena->blocks == NULL) return;
    give_back(arena->blocks);
    *arena = (struct arena){0};
}

size_t arena_held(const struct arena *arena) {
    size_t held = 0;
    for (const struct arena_block *b = arena->blocks; b != NULL; b = b->next) held += sizeof *b + b->size;
    return held;
}

void arena_clear(struct arena *arena) {
    struct arena_block *kept = NULL;
    for (struct arena_block *b = arena->blocks, *next; b != NULL; b = next) {
        next = b->next;
        if (kept == NULL && b->size <= BLOCK_BYTES) {
            kept = b;
        } else {
            free(b);
        }
    }
    if (kept != NULL) {
        kept->next = NULL;
        kept->used = 0;
    }
    *arena = (struct arena){.blocks = kept};
}

void *arena_alloc(struct arena *arena, size_t size) {
    size_t need = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    if (need < size) abort();
    struct arena_block *b = arena->blocks;
    if (b == NULL || b->size - b->used < need) {
        size_t usual = b == NULL ? FIRST_BYTES : BLOCK_BYTES;
        b = need <= BLOCK_BYTES ? take_spare() : NULL;
        if (b == NULL) b = new_block(need > usual ? need : usual);
        b->used = 0;
        b->next = arena->blocks;
        arena->blocks = b;
    }
    void *p = b->bytes + b->used;
    b->used += need;
    arena->used += need;
    memset(p, 0, size);
    return p;
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) abort();
    return arena_alloc(arena, count * size);
}

char *arena_strdup(struct arena *arena, const char *text) {
    return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t len) {
    char *copy = arena_alloc(arena, len + 1);
    if (len > 0) memcpy(copy, text, len);
    return copy;
}

char *arena_take(struct arena *arena, struct buf *buf) {
    char *text = arena_strndup(arena, buf->data, buf->len);
    buf_finish(buf);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, n < 0 ? 1 : (size_t)n + 1);
    if (n >= 0) vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}
