// SPDX-License-Identifier: GPL-3.0-or-later
// The body of a remote write 1.0 request before snappy: pure, the same series give the same bytes.
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

#endif
