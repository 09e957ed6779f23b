// SPDX-License-Identifier: GPL-3.0-or-later
// The body of a request for remote read. Private to query.
#ifndef QUERY_READ_REQUEST_H
#define QUERY_READ_REQUEST_H

#include "query/source.h"

// True when the query can be asked for as a remote read: a plain selector with a matcher that leaves out series. Without one the query
// API refuses to answer; a remote read would give everything the server has.
bool read_request_fits(const struct query *query);

// Appends the snappy block for the query, which must fit. PROTOCOL_AUTO accepts the stream and, where the server does not have it, the
// samples; the others accept one of the two.
bool read_request_write(const struct query *query, enum source_protocol protocol, struct buf *out, struct error *err);

#endif
