// SPDX-License-Identifier: GPL-3.0-or-later
#include "gate_items.h"

#include <string.h>

#include "analyzer/verdict.h"

const char *gate_state_name(enum gate_state state) {
    static const char *const names[] = {"open", "approval", "unknown", "error", "closed"};
    return names[state];
}

int gate_exit_code(enum gate_state state) {
    static const int codes[] = {EXIT_PASS, EXIT_MARGINAL, EXIT_INCONCLUSIVE, EXIT_SOURCE, EXIT_GATE};
    return codes[state];
}

void gate_items_add(struct gate_items *items, struct gate_item item) {
    if (items->count == items->cap) {
        size_t cap = items->cap > 0 ? 2 * items->cap : 16;
        struct gate_item *more = arena_array(items->arena, cap, sizeof *more);
        if (items->count > 0) memcpy(more, items->items, items->count * sizeof *more);
        items->items = more;
        items->cap = cap;
    }
    items->items[items->count++] = item;
    if (!item.informs && item.state > items->state) items->state = item.state;
}
