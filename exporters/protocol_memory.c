// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool protocol_memory_is_old(const struct protocol_memory *m, const char *url, int64_t now_ms) {
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->entries[i].url, url) == 0) return now_ms < m->entries[i].until_ms;
    }
    return false;
}

void protocol_memory_note(struct protocol_memory *m, const char *url, int64_t now_ms) {
    size_t i = 0;
    while (i < m->count && strcmp(m->entries[i].url, url) != 0) i++;
    if (i == PROTOCOL_MEMORY_MOST) { // learnt first: at the front
        free(m->entries[0].url);
        m->count--;
        memmove(&m->entries[0], &m->entries[1], m->count * sizeof *m->entries);
        i = m->count;
    }
    if (i == m->count) {
        mem_grow((void **)&m->entries, &m->cap, m->count, sizeof *m->entries);
        m->entries[m->count++].url = mem_strdup(url);
    }
    m->entries[i].until_ms = now_ms + PROTOCOL_MEMORY_MS;
}

void protocol_memory_finish(struct protocol_memory *m) {
    for (size_t i = 0; i < m->count; i++) free(m->entries[i].url);
    free(m->entries);
    *m = (struct protocol_memory){0};
}
