// SPDX-License-Identifier: GPL-3.0-or-later
// A query whose answer no server gives at once is asked for in pieces: windows that share no sample and together cover the
// query. Range queries are cut at the servers' limit of points, raw reads at a length of time.
#ifndef QUERY_PIECES_H
#define QUERY_PIECES_H

#include "query/source.h"

#define PIECES_MOST ((size_t)1000)          // of one query
#define PIECES_POINTS INT64_C(11000)        // of a range query that is cut; one more passes whole
#define PIECES_RAW_MS INT64_C(7200000)      // default of a raw read
#define PIECES_SHORTEST_MS INT64_C(60000)   // raw pieces are not halved below it

// Cuts the query into *ret_count pieces in time order, at least one; the caller frees the array. False when there would be
// too many, or when the expression looks at the window itself and so must not be cut.
bool pieces_cut(const struct query *query, int64_t raw_window_ms, struct query **ret_pieces, size_t *ret_count, struct error *err);

// Leaves the earlier half in *piece and the later one in *ret_later. False, with nothing changed, when it must stay whole.
bool pieces_halve(struct query *piece, struct query *ret_later);

// Where the piece after this one begins.
int64_t pieces_next_ms(const struct query *piece);

// Makes one answer of the settled answers of pieces, in time order: series joined by their labels, or the first failure.
// `limits` hold for the whole. *ret must be initialised; the pieces' answers stay the caller's.
void pieces_join(struct answer *const *pieces, size_t count, const struct decode_limits *limits, struct answer *ret);

#endif
