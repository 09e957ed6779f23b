// SPDX-License-Identifier: GPL-3.0-or-later
// Memory with one lifetime: what is allocated from an arena is freed together with it.
// serin's lifetimes are process, config, analysis and look; each has its arena.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct buf;

struct arena {
    struct arena_block *blocks; // newest first; zeroes are an empty arena
    size_t used;                // bytes handed out, for limits
};

void arena_finish(struct arena *arena); // frees everything; the arena is empty again and usable
void arena_clear(struct arena *arena);  // the same, but keeps a block of ordinary size for what comes next

size_t arena_held(const struct arena *arena); // bytes taken from the heap

void *arena_alloc(struct arena *arena, size_t size);              // zeroed, aligned for any type
void *arena_array(struct arena *arena, size_t count, size_t size); // zeroed; aborts when count * size overflows
char *arena_strdup(struct arena *arena, const char *text);        // NULL stays NULL
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_take(struct arena *arena, struct buf *buf); // a copy of the buffer's text, which is finished
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *arena, const char *format, ...);

#endif
