// SPDX-License-Identifier: GPL-3.0-or-later
// Values that stand in many places of one result document, made once: a document of 20 metrics has some 2,500 texts and numbers, and a
// third of them are the same few.
#ifndef ANALYZER_RESULT_NODES_H
#define ANALYZER_RESULT_NODES_H

#include <jansson.h>
#include <stdint.h>

enum { RESULT_NODES = 128 };

// Zeroes at first. Of what falls into one slot the last one is kept.
struct result_nodes {
    json_t *texts[RESULT_NODES], *numbers[RESULT_NODES], *instants[RESULT_NODES];
    int64_t instants_ms[RESULT_NODES];
};

void result_nodes_finish(struct result_nodes *nodes); // what the document has of them stays

// Each as result_number.h says, for the caller to own one reference more; nobody may change it in place.
json_t *result_nodes_text(struct result_nodes *nodes, const char *text);
json_t *result_nodes_number(struct result_nodes *nodes, double value);
json_t *result_nodes_known(struct result_nodes *nodes, double value); // null for NaN
json_t *result_nodes_count(struct result_nodes *nodes, int64_t value);
json_t *result_nodes_instant(struct result_nodes *nodes, int64_t ms);

#endif
