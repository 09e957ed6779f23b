// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
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

void arena_finish(struct arena *arena) {
    if (arena == NULL) return;
    for (struct arena_block *b = arena->blocks, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    arena->blocks = NULL;
    arena->used = 0;
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
        size_t usual = b == NULL ? FIRST_BYTES : BLOCK_BYTES, bytes = need > usual ? need : usual;
        b = mem_alloc(sizeof *b + bytes);
        b->size = bytes;
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
