// SPDX-License-Identifier: GPL-3.0-or-later
// How the labels of both sides' series compare. Values are compared of labels that take several values within one target (the label
// `instance`): codes, handlers, methods. What is the same for all series of a target describes it, and differs rightly: pod, node, zone.
#ifndef ANALYZER_PARITY_LABELS_H
#define ANALYZER_PARITY_LABELS_H

#include "analyzer/config.h"
#include "query/series.h"

#define PARITY_MOST_SERIES ((size_t)1000) // of a side; of more the first ones give the names, and values are not compared

struct parity_labels {
    size_t shared;                 // names that both sides have
    struct texts only[SIDE_COUNT]; // names of this side alone, rising
    double values;                 // share of the values that both sides have, the mean over the labels compared; NaN: none was
    const char *text;              // about the first label whose values differ; NULL: none
};

// Leaves out the labels named in `apart`, __name__ and le, and values of a label of which the sides have none in common.
void parity_labels_compare(const struct series_set *const sets[SIDE_COUNT], const struct texts *apart, struct arena *arena,
                           struct parity_labels *ret);

#endif
