// SPDX-License-Identifier: GPL-3.0-or-later
// Heap allocation that aborts when memory is out, so that no path has to handle it.
// What input from outside can make grow is bounded by its reader, not here.
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);                             // not initialised; free with free()
void *mem_zero(size_t count, size_t size);                // zeroed; aborts when count * size overflows
void *mem_resize(void *old, size_t count, size_t size);   // as realloc; aborts when count * size overflows
char *mem_strdup(const char *text);                       // NULL stays NULL
char *mem_strndup(const char *text, size_t len);

// Makes room for one more element: *items has room for *cap elements of `size` bytes and holds `count`.
void mem_grow(void **items, size_t *cap, size_t count, size_t size);

#endif
