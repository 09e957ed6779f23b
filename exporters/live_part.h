// SPDX-License-Identifier: GPL-3.0-or-later
// The series of one canary, written once in every format, so that a page is put together by copying.
#ifndef EXPORTERS_LIVE_PART_H
#define EXPORTERS_LIVE_PART_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"
#include "exposition.h"

enum { LIVE_TEXT, LIVE_PROTO, LIVE_FORMS }; // lines of gauges are the same in both formats of text

struct live_run { // the samples of a family in a form's bytes
    uint32_t offset, len;
};

struct live_part {
    char *canary; // the label
    int64_t until_ms;
    size_t series, dropped;
    struct buf bytes[LIVE_FORMS];
    struct live_run runs[LIVE_FORMS][EXPORTED_COUNT];
};

// Only gauges that have the canary as a label: what else a result holds is counted by the service. NULL with err as of report_read().
struct live_part *live_part_create(const json_t *result, size_t most_series, struct error *err);
void live_part_destroy(struct live_part *part); // fine with NULL

// The samples of a family; nothing when there are none.
struct view live_part_family(const struct live_part *part, enum exposition_format format, enum exported_metric metric);

#endif
