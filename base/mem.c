// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p, size_t size) {
    if (p != NULL || size == 0) return p;
    fprintf(stderr, "serin: out of memory (%zu bytes)\n", size);
    abort();
}

void *mem_alloc(size_t size) {
    return checked(malloc(size ? size : 1), size);
}

void *mem_zero(size_t count, size_t size) {
    return checked(calloc(count ? count : 1, size ? size : 1), SIZE_MAX);
}

void *mem_resize(void *old, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) abort();
    size_t bytes = count * size;
    return checked(realloc(old, bytes ? bytes : 1), bytes);
}

char *mem_strdup(const char *text) {
    return text == NULL ? NULL : mem_strndup(text, strlen(text));
}

char *mem_strndup(const char *text, size_t len) {
    char *copy = mem_alloc(len + 1);
    if (len > 0) memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void mem_grow(void **items, size_t *cap, size_t count, size_t size) {
    if (count < *cap) return;
    size_t more = *cap < 8 ? 8 : *cap + *cap / 2;
    *items = mem_resize(*items, more, size);
    *cap = more;
}
