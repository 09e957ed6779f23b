// SPDX-License-Identifier: GPL-3.0-or-later
// The text format 0.0.4 of Prometheus. A family's help and type stand before its first sample; a family without samples is left out.
#ifndef EXPORTERS_EXPOSITION_H
#define EXPORTERS_EXPOSITION_H

#include <stdbool.h>

#include "metric_table.h"

struct exposition {
    struct buf *out;
    bool begun;                 // whether anything was written
    enum exported_metric family; // the one being written
    struct {
        size_t offset, len; // of the labels in `out`; len 0: free
    } *seen;                // labels of the family so far, by hash
    size_t seen_count, seen_cap;
    // Called for each sample that is written; may be NULL. Set after exposition_init().
    void (*sample)(void *user, enum exported_metric metric, const char *const *values, double value);
    void *user;
};

void exposition_init(struct exposition *e, struct buf *out);
void exposition_finish(struct exposition *e);

// One sample; the samples of a family come together. `values` are the labels' values in the order of the table, UTF-8, NULL for a
// label that is left out. A series that the family has already is not written again: a server refuses the whole page then.
void exposition_sample(struct exposition *e, enum exported_metric metric, const char *const *values, double value);

#endif
