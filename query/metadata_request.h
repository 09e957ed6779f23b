// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of a Prometheus-compatible server about its labels, series, metrics and exemplars.
#ifndef QUERY_METADATA_REQUEST_H
#define QUERY_METADATA_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "query/source.h"

// Appends path and parameters, both percent-encoded. True when the parameters may go into the body of a POST, false when the path
// takes GET only.
bool metadata_request_write(const struct query *query, struct buf *path, struct buf *form);

#endif
