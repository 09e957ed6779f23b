// SPDX-License-Identifier: GPL-3.0-or-later
#include "parity_labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "texts.h"

#define MOST_TOLD 3
#define MOST_TOLD_BYTES ((size_t)1024)

enum fact { NAME, VALUE, TARGET };

struct cell {
    enum fact fact;
    struct view name, of; // of: a value of the label, or the target whose value of it is `seen`
    struct view seen;
    unsigned sides; // bits
    bool varies;    // NAME: within a target
    uint64_t hash;
};

struct table { // of cells that are never taken out
    struct cell *cells;
    size_t count, cap;
    size_t *slots; // index + 1 of a cell; 0: free
    size_t slot_count;
};

static uint64_t hash_label(uint64_t hash, struct view text) { // ended by a byte that UTF-8 does not have
    return hash_bytes(hash_bytes(hash, text.ptr, text.len), "\xff", 1);
}

static int compare_views(struct view a, struct view b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static size_t free_slot(const struct table *t, uint64_t hash) {
    size_t at = (size_t)hash & (t->slot_count - 1);
    while (t->slots[at] != 0) at = (at + 1) & (t->slot_count - 1);
    return at;
}

static void make_room(struct table *t) {
    if (2 * t->count < t->slot_count) return;
    free(t->slots);
    t->slot_count = t->slot_count == 0 ? 256 : 2 * t->slot_count;
    t->slots = mem_zero(t->slot_count, sizeof *t->slots);
    for (size_t i = 0; i < t->count; i++) t->slots[free_slot(t, t->cells[i].hash)] = i + 1;
}

// The cell of a fact, made when it is new. Valid until the next call.
static struct cell *cell_of(struct table *t, enum fact fact, struct view name, struct view of) {
    uint64_t hash = hash_label(hash_label(HASH_START + (uint64_t)fact, name), of);
    make_room(t);
    for (size_t at = (size_t)hash & (t->slot_count - 1); t->slots[at] != 0; at = (at + 1) & (t->slot_count - 1)) {
        struct cell *cell = &t->cells[t->slots[at] - 1];
        if (cell->hash == hash && cell->fact == fact && view_same(cell->name, name) && view_same(cell->of, of)) return cell;
    }
    void *cells = t->cells;
    mem_grow(&cells, &t->cap, t->count, sizeof *t->cells);
    t->cells = cells;
    t->slots[free_slot(t, hash)] = t->count + 1;
    t->cells[t->count] = (struct cell){.fact = fact, .name = name, .of = of, .hash = hash};
    return &t->cells[t->count++];
}

static bool left_out(struct view name, const struct texts *apart) {
    if (view_is(name, "__name__") || view_is(name, "le")) return true;
    for (size_t i = 0; i < apart->count; i++) {
        if (view_is(name, apart->items[i])) return true;
    }
    return false;
}

static void take_label(struct table *t, const struct label *label, struct view target, unsigned side) {
    struct cell *of_target = cell_of(t, TARGET, label->name, target);
    if (of_target->seen.ptr == NULL) of_target->seen = label->value;
    bool varies = !view_same(of_target->seen, label->value);
    struct cell *name = cell_of(t, NAME, label->name, (struct view){"", 0});
    name->sides |= side;
    name->varies = name->varies || varies;
    cell_of(t, VALUE, label->name, label->value)->sides |= side;
}

static void take_set(struct table *t, const struct series_set *set, const struct texts *apart, unsigned side) {
    for (size_t i = 0; i < set->count && i < PARITY_MOST_SERIES; i++) {
        const struct labels *labels = &set->items[i].labels;
        const struct label *instance = labels_get(labels, "instance");
        struct view target = instance != NULL ? instance->value : (struct view){"", 0};
        for (size_t k = 0; k < labels->count; k++) {
            if (!left_out(labels->items[k].name, apart)) take_label(t, &labels->items[k], target, side);
        }
    }
}

static int compare_cells(const void *a, const void *b) {
    const struct cell *x = a, *y = b;
    if (x->fact != y->fact) return (x->fact > y->fact) - (x->fact < y->fact);
    int order = compare_views(x->name, y->name);
    return order != 0 ? order : compare_views(x->of, y->of);
}

// "code: 404, 500 on the baseline side only"
static const char *tell_values(const struct cell *values, size_t count, struct arena *arena) {
    struct buf text;
    buf_init(&text, MOST_TOLD_BYTES);
    buf_printf(&text, "label %.*s: ", (int)values[0].name.len, values[0].name.ptr);
    for (unsigned side = 1, sides = 0; side <= 2; side++) {
        size_t found = 0;
        for (size_t i = 0; i < count; i++) {
            if (values[i].sides != side || found++ >= MOST_TOLD) continue;
            buf_str(&text, found > 1 ? ", " : sides > 0 ? "; " : "");
            buf_printf(&text, "%.*s", values[i].of.len < 100 ? (int)values[i].of.len : 100, values[i].of.ptr);
        }
        if (found == 0) continue;
        sides++;
        if (found > MOST_TOLD) buf_printf(&text, " and %zu more", found - MOST_TOLD);
        buf_printf(&text, " on the %s side only", side_name(side == 1 ? SIDE_BASELINE : SIDE_CANARY));
    }
    const char *copy = arena_strdup(arena, text.failed ? "values differ" : buf_text(&text));
    buf_finish(&text);
    return copy;
}

// The values of one label.
static void compare_values(const struct cell *values, size_t count, struct arena *arena, size_t *labels, struct parity_labels *ret) {
    size_t shared = 0;
    for (size_t i = 0; i < count; i++) shared += values[i].sides == 3;
    if (shared == 0) return;
    ret->values = (*labels)++ == 0 ? 0 : ret->values;
    ret->values += (double)shared / (double)count;
    if (shared < count && ret->text == NULL) ret->text = tell_values(values, count, arena);
}

// `cells` are sorted: names, then values by name.
static void judge_cells(const struct cell *cells, size_t count, bool whole, struct arena *arena, struct parity_labels *ret) {
    size_t names = 0, labels = 0, at;
    while (names < count && cells[names].fact == NAME) names++;
    at = names;
    for (size_t i = 0; i < names; i++) {
        size_t from = at;
        while (at < count && cells[at].fact == VALUE && view_same(cells[at].name, cells[i].name)) at++;
        ret->shared += cells[i].sides == 3;
        if (cells[i].sides != 3) {
            enum side side = cells[i].sides == 1 ? SIDE_BASELINE : SIDE_CANARY;
            texts_add(&ret->only[side], arena, arena_strndup(arena, cells[i].name.ptr, cells[i].name.len));
        } else if (cells[i].varies && whole) {
            compare_values(&cells[from], at - from, arena, &labels, ret);
        }
    }
    if (labels > 0) ret->values /= (double)labels;
}

void parity_labels_compare(const struct series_set *const sets[SIDE_COUNT], const struct texts *apart, struct arena *arena,
                           struct parity_labels *ret) {
    struct table table = {0};
    bool whole = true;
    *ret = (struct parity_labels){.values = (double)NAN};
    for (int side = 0; side < SIDE_COUNT; side++) {
        take_set(&table, sets[side], apart, 1u << side);
        whole = whole && sets[side]->count <= PARITY_MOST_SERIES;
    }
    if (table.count > 0) qsort(table.cells, table.count, sizeof *table.cells, compare_cells);
    judge_cells(table.cells, table.count, whole, arena, ret);
    free(table.cells);
    free(table.slots);
}
