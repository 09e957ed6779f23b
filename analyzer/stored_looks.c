// SPDX-License-Identifier: GPL-3.0-or-later
#include "stored_looks.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

struct look_names {
    char (*items)[RUN_ARCHIVE_NAME];
    size_t count, cap;
};

static bool add_name(void *user, const struct store_look *look) {
    struct look_names *names = user;
    mem_grow((void **)&names->items, &names->cap, names->count, sizeof *names->items);
    run_archive_look_name((size_t)look->number, (size_t)look->attempt, names->items[names->count++]);
    return true;
}

bool stored_looks_each(struct store *store, const enum store_state *state, stored_looks_fn *each, void *user, struct error *err) {
    struct store_filter filter = {.state = state, .limit = STORE_PAGE_MOST};
    struct look_names names = {0};
    char cursor[STORE_ID_LEN + 64];
    bool ok, more;
    do {
        struct arena arena = {0};
        struct store_analyses page = {0};
        ok = store_list(store, &filter, &arena, &page, err);
        for (size_t i = 0; ok && i < page.count; i++) {
            names.count = 0;
            ok = store_each_look(store, page.items[i].id, false, add_name, &names, err) &&
                 each(user, page.items[i].id, names.items, names.count, err);
        }
        more = ok && page.next != NULL;
        if (more) filter.cursor = cursor;
        if (more) snprintf(cursor, sizeof cursor, "%s", page.next);
        arena_finish(&arena);
    } while (more);
    free(names.items);
    return ok;
}
