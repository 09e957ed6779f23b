// SPDX-License-Identifier: GPL-3.0-or-later
#include "due_heap.h"

#include <stdlib.h>

#include "base/mem.h"

void due_heap_finish(struct due_heap *heap) {
    free(heap->nodes);
    *heap = (struct due_heap){0};
}

static void set(struct due_heap *heap, size_t i, struct due_node *node) {
    heap->nodes[i] = node;
    node->place = i + 1;
}

static void sift_up(struct due_heap *heap, size_t i) {
    struct due_node *node = heap->nodes[i];
    for (; i > 0 && heap->nodes[(i - 1) / 2]->due_ms > node->due_ms; i = (i - 1) / 2) set(heap, i, heap->nodes[(i - 1) / 2]);
    set(heap, i, node);
}

static void sift_down(struct due_heap *heap, size_t i) {
    struct due_node *node = heap->nodes[i];
    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < heap->count && heap->nodes[child + 1]->due_ms < heap->nodes[child]->due_ms) child++;
        if (child >= heap->count || heap->nodes[child]->due_ms >= node->due_ms) break;
        set(heap, i, heap->nodes[child]);
        i = child;
    }
    set(heap, i, node);
}

void due_heap_remove(struct due_heap *heap, struct due_node *node) {
    if (node->place == 0) return;
    size_t i = node->place - 1;
    struct due_node *last = heap->nodes[--heap->count];
    node->place = 0;
    if (last == node) return;
    set(heap, i, last);
    sift_up(heap, i);
    sift_down(heap, last->place - 1);
}

void due_heap_put(struct due_heap *heap, struct due_node *node, int64_t due_ms) {
    due_heap_remove(heap, node);
    node->due_ms = due_ms;
    void *items = heap->nodes;
    mem_grow(&items, &heap->cap, heap->count, sizeof(struct due_node *));
    heap->nodes = items;
    set(heap, heap->count++, node);
    sift_up(heap, heap->count - 1);
}

struct due_node *due_heap_take(struct due_heap *heap, int64_t now_ms) {
    if (heap->count == 0 || heap->nodes[0]->due_ms > now_ms) return NULL;
    struct due_node *node = heap->nodes[0];
    due_heap_remove(heap, node);
    return node;
}

int64_t due_heap_next_ms(const struct due_heap *heap) {
    return heap->count > 0 ? heap->nodes[0]->due_ms : INT64_MAX;
}
