// SPDX-License-Identifier: GPL-3.0-or-later
#include "texts.h"

#include <string.h>

void texts_add(struct texts *texts, struct arena *arena, const char *text) {
    if ((texts->count & (texts->count - 1)) == 0) { // full at every power of two
        const char **items = arena_array(arena, texts->count < 1 ? 1 : texts->count * 2, sizeof *items);
        if (texts->count > 0) memcpy(items, texts->items, texts->count * sizeof *items);
        texts->items = items;
    }
    texts->items[texts->count++] = arena_strdup(arena, text);
}

void texts_clear(struct texts *texts) {
    *texts = (struct texts){0};
}
