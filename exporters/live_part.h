// SPDX-License-Identifier: GPL-3.0-or-later
// The series of one canary, rendered once in every form, so that a page is put together by copying bytes.
#ifndef EXPORTERS_LIVE_PART_H
#define EXPORTERS_LIVE_PART_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"
#include "exposition.h"

enum { LIVE_TEXT, LIVE_PROTO, LIVE_FORMS }; // gauges read the same in Prometheus text and OpenMetrics

struct live_run { // where the samples of one family stand in the bytes of a form
    uint32_t offset, len;
};

struct live_part {
    char *canary; // the label
    int64_t until_ms;
    size_t series, dropped;
    struct buf bytes[LIVE_FORMS];
    struct live_run runs[LIVE_FORMS][EXPORTED_COUNT];
};

// Renders those metrics of a result that are gauges with the label canary; counters are the service's (struct live_engine). At most
// most_series, the rest is counted in `dropped`. NULL with err as of report_read().
struct live_part *live_part_create(const json_t *result, size_t most_series, struct error *err);
void live_part_destroy(struct live_part *part); // fine with NULL

// The samples of a family; nothing when there are none.
struct view live_part_family(const struct live_part *part, enum exposition_format format, enum exported_metric metric);

#endif
