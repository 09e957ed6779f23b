// SPDX-License-Identifier: GPL-3.0-or-later
// The body of a remote write request, 1.0 or 2.0, before snappy: pure, the same series give the same bytes.
#ifndef EXPORTERS_REMOTE_WRITE_ENCODE_H
#define EXPORTERS_REMOTE_WRITE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "query/series.h"

// Appends a prometheus.WriteRequest with the float samples of all series, in the order given. Labels are sorted by name and those
// without a value left out; `series` is not changed. False, with nothing appended, when a series has no name, a name or value that
// receivers refuse, a label twice, no sample, or times that do not rise.
bool remote_write_encode(const struct series *series, size_t count, struct buf *out, struct error *err);

enum remote_write_type { REMOTE_WRITE_UNSPECIFIED, REMOTE_WRITE_COUNTER, REMOTE_WRITE_GAUGE };

struct remote_write_metric { // what a series is; texts are "" when there are none
    enum remote_write_type type;
    const char *help, *unit;
};

// The same as an io.prometheus.write.v2.Request: texts are told once, and `metrics` has an entry for each series.
bool remote_write2_encode(const struct series *series, const struct remote_write_metric *metrics, size_t count, struct buf *out,
                          struct error *err);

#endif
