// SPDX-License-Identifier: GPL-3.0-or-later
// Three binary heaps. Each flight knows its place, so that it can be taken out from the midst.
#include "lineup.h"

#include <stdlib.h>

#include "base/mem.h"
#include "flight.h"

#define TOKEN_KEY UINT64_C(0)

static void put(struct lineup_heap *heap, size_t at, struct lineup_place what) {
    heap->places[at] = what;
    what.flight->place = at;
}

// Moves towards the first place from `at` until `what` fits.
static void sift_up(struct lineup_heap *heap, size_t at, struct lineup_place what) {
    for (; at > 0 && heap->places[(at - 1) / 2].key > what.key; at = (at - 1) / 2) put(heap, at, heap->places[(at - 1) / 2]);
    put(heap, at, what);
}

static void sift_down(struct lineup_heap *heap, size_t at, struct lineup_place what) {
    for (size_t child = 2 * at + 1; child < heap->count; child = 2 * at + 1) {
        if (child + 1 < heap->count && heap->places[child + 1].key < heap->places[child].key) child++;
        if (heap->places[child].key >= what.key) break;
        put(heap, at, heap->places[child]);
        at = child;
    }
    put(heap, at, what);
}

static void heap_push(struct lineup_heap *heap, uint64_t key, struct flight *flight) {
    void *places = heap->places;
    mem_grow(&places, &heap->cap, heap->count, sizeof *heap->places);
    heap->places = places;
    flight->heap = heap;
    sift_up(heap, heap->count++, (struct lineup_place){key, flight});
}

static struct flight *heap_take(struct lineup_heap *heap, size_t at) {
    struct flight *flight = heap->places[at].flight;
    struct lineup_place last = heap->places[--heap->count];
    flight->heap = NULL;
    if (at == heap->count) return flight;
    if (at > 0 && heap->places[(at - 1) / 2].key > last.key) {
        sift_up(heap, at, last);
    } else {
        sift_down(heap, at, last);
    }
    return flight;
}

static void heap_finish(struct lineup_heap *heap) {
    free(heap->places);
    *heap = (struct lineup_heap){0};
}

void lineup_finish(struct lineup *lineup) {
    heap_finish(&lineup->ready);
    heap_finish(&lineup->reads);
    heap_finish(&lineup->later);
    lineup->looks = 0;
}

static void add_due(struct lineup *lineup, struct flight *f) {
    bool asks = f->source->ops->answer == NULL; // else it has no protocol to wait for
    bool may_read = f->kind == FLIGHT_PROBE || (asks && flight_is_raw(f) && f->protocol != PROTOCOL_RAW);
    heap_push(may_read ? &lineup->reads : &lineup->ready, f->kind == FLIGHT_TOKEN ? TOKEN_KEY : f->order + 1, f);
}

void lineup_add(struct lineup *lineup, struct flight *f) {
    if (f->due_ms > 0) {
        heap_push(&lineup->later, (uint64_t)f->due_ms, f);
    } else {
        add_due(lineup, f);
    }
}

static struct flight *head(struct lineup *lineup, const struct lineup_heap *heap) {
    lineup->looks += heap->count > 0;
    return heap->count > 0 ? heap->places[0].flight : NULL;
}

// True for a raw read whose protocol a probe is finding out, and for a remote read while there are enough of them.
static bool waits_for_protocol(const struct flight *f) {
    const struct source *source = f->source;
    if (flight_is_raw(f) && f->protocol == PROTOCOL_AUTO && source->chosen == PROTOCOL_AUTO) return true;
    return flight_is_read(f) && source->reading >= LINEUP_MOST_READS;
}

struct flight *lineup_first(struct lineup *lineup, int64_t now_ms, int64_t *ret_due_ms) {
    struct flight *next = head(lineup, &lineup->later);
    for (; next != NULL && next->due_ms <= now_ms; next = head(lineup, &lineup->later)) add_due(lineup, heap_take(&lineup->later, 0));
    struct flight *ready = head(lineup, &lineup->ready), *read = head(lineup, &lineup->reads);
    if (read != NULL && waits_for_protocol(read)) read = NULL;
    *ret_due_ms = next != NULL ? next->due_ms : INT64_MAX;
    if (ready == NULL && read == NULL) return NULL;
    bool first = ready == NULL || (read != NULL && lineup->reads.places[0].key < lineup->ready.places[0].key);
    return first ? read : ready;
}

void lineup_take(struct lineup *lineup, const struct flight *flight) {
    heap_take(lineup->reads.count > 0 && lineup->reads.places[0].flight == flight ? &lineup->reads : &lineup->ready, 0);
}

void lineup_remove(struct flight *flight) {
    if (flight->heap != NULL) heap_take(flight->heap, flight->place);
}

struct flight *lineup_take_any(struct lineup *lineup) {
    struct lineup_heap *heaps[] = {&lineup->ready, &lineup->reads, &lineup->later};
    for (size_t i = 0; i < sizeof heaps / sizeof *heaps; i++) {
        if (heaps[i]->count > 0) return heap_take(heaps[i], 0);
    }
    return NULL;
}
