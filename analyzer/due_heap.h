// SPDX-License-Identifier: GPL-3.0-or-later
// What is due when, the earliest first. The heap holds pointers to nodes that their owners embed, so that one can be taken out again
// from the middle. No lock: the owner of the heap has one.
#ifndef ANALYZER_DUE_HEAP_H
#define ANALYZER_DUE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct due_node {
    int64_t due_ms;
    size_t place; // in the heap, from 1; 0: not in it
};

struct due_heap { // zeroes are an empty one
    struct due_node **nodes;
    size_t count, cap;
};

void due_heap_finish(struct due_heap *heap); // the nodes are their owners'

void due_heap_put(struct due_heap *heap, struct due_node *node, int64_t due_ms); // moves it when it is there already
void due_heap_remove(struct due_heap *heap, struct due_node *node);              // fine when it is not in it

// Takes out the earliest node that is due by now; NULL when there is none.
struct due_node *due_heap_take(struct due_heap *heap, int64_t now_ms);

int64_t due_heap_next_ms(const struct due_heap *heap); // INT64_MAX: empty

#endif
