// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of the table in the formats that scrapers read. A sample's line is the same in text 0.0.4 and in OpenMetrics, so that a
// series keeps its name whatever a scraper asks for; no line has a time, as a server would then not see a series end.
#ifndef EXPORTERS_EXPOSITION_H
#define EXPORTERS_EXPOSITION_H

#include <stdbool.h>

#include "base/duration_histogram.h"
#include "base/view.h"
#include "exporters/exposition_negotiate.h"
#include "metric_table.h"

struct exposition_point {
    enum exported_metric metric;
    const char *const *values; // of the labels, in the order of the table, UTF-8; NULL for a label that is left out
    double value;
    const struct duration_histogram *histogram; // instead of the value; of metrics that are one
    const char *analysis_id;                    // told beside the value where the format can (OpenMetrics, counters); NULL: none
    int64_t analysis_ms;
};

// What stands before the first sample of a family. A family in protobuf is head and points behind each other, behind their length:
// exposition_delimit().
void exposition_head(struct buf *out, enum exposition_format format, enum exported_metric metric);
void exposition_point(struct buf *out, enum exposition_format format, const struct exposition_point *point);
void exposition_delimit(struct buf *out, struct view family);
void exposition_end(struct buf *out, enum exposition_format format); // of the page

// A page of text 0.0.4 sample by sample. A family without samples is left out.
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

// One sample; the samples of a family come together. A series that the family has already is not written again: a server refuses the
// whole page then.
void exposition_sample(struct exposition *e, enum exported_metric metric, const char *const *values, double value);

#endif
