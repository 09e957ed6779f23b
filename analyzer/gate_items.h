// SPDX-License-Identifier: GPL-3.0-or-later
// What a gate asks, one item a question, each with its answer and with what would open it.
#ifndef ANALYZER_GATE_ITEMS_H
#define ANALYZER_GATE_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum gate_state { // the worst of all items is the gate's
    GATE_OPEN,
    GATE_APPROVAL, // people must approve
    GATE_UNKNOWN,  // cannot be told
    GATE_ERROR,    // a source gave no usable answer
    GATE_CLOSED,   // a clear no, whatever the others say
};

const char *gate_state_name(enum gate_state state); // "open", "approval", "unknown", "error", "closed"
int gate_exit_code(enum gate_state state);

struct gate_item {
    const char *kind;  // "verdict", "artefact", "release_budget", "production_budget", "burn", "objectives", "check", "freeze", "approvals"
    const char *name;  // of the objective, check or freeze; NULL: there is one of the kind
    enum gate_state state;
    bool informs;      // changes nothing
    const char *text;  // what was found
    bool has_value;    // of a check that found one
    double value;      // the one that decides
    const char *opens; // what would open it; NULL when it is open
};

struct gate_items { // zeroes but for the arena are an empty list
    struct arena *arena;
    struct gate_item *items;
    size_t count, cap;
    enum gate_state state;
};

void gate_items_add(struct gate_items *items, struct gate_item item); // texts are borrowed

#endif
