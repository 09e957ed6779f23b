// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_nodes.h"

#include <math.h>
#include <string.h>

#include "result_number.h"

enum { LONGEST = 32 }; // longer texts are hardly said twice

void result_nodes_finish(struct result_nodes *nodes) {
    for (size_t i = 0; i < RESULT_NODES; i++) {
        json_decref(nodes->texts[i]);
        json_decref(nodes->numbers[i]);
        json_decref(nodes->instants[i]);
    }
    *nodes = (struct result_nodes){0};
}

static size_t slot_of(uint64_t key) {
    return (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 57);
}

// The slot takes the value in place of the one it has.
static json_t *keep(json_t **slot, json_t *value) {
    json_decref(*slot);
    *slot = value;
    return json_incref(value);
}

json_t *result_nodes_text(struct result_nodes *nodes, const char *text) {
    size_t len = strlen(text);
    uint64_t key = len;
    if (len > LONGEST) return result_text(text);
    for (size_t i = 0; i < len; i++) key = key * 31 + (unsigned char)text[i];
    json_t **slot = &nodes->texts[slot_of(key)];
    if (*slot != NULL && json_string_length(*slot) == len && memcmp(json_string_value(*slot), text, len) == 0) return json_incref(*slot);
    return keep(slot, result_text(text));
}

static bool is_count(double value) { // which json_integer keeps
    return fabs(value) < 1e15 && value == floor(value);
}

json_t *result_nodes_count(struct result_nodes *nodes, int64_t value) {
    json_t **slot = &nodes->numbers[slot_of((uint64_t)value)];
    if (*slot != NULL && json_integer_value(*slot) == value) return json_incref(*slot);
    return keep(slot, json_integer(value));
}

json_t *result_nodes_number(struct result_nodes *nodes, double value) {
    return is_count(value) ? result_nodes_count(nodes, (int64_t)value) : result_number(value);
}

json_t *result_nodes_known(struct result_nodes *nodes, double value) {
    return isnan(value) ? json_null() : result_nodes_number(nodes, value);
}

json_t *result_nodes_instant(struct result_nodes *nodes, int64_t ms) {
    size_t at = slot_of((uint64_t)ms);
    json_t **slot = &nodes->instants[at];
    if (*slot != NULL && nodes->instants_ms[at] == ms) return json_incref(*slot);
    nodes->instants_ms[at] = ms;
    return keep(slot, result_instant(ms));
}
