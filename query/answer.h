// SPDX-License-Identifier: GPL-3.0-or-later
// An answer on its way from the wire to those who asked. Private to query.
#ifndef QUERY_ANSWER_H
#define QUERY_ANSWER_H

#include "query/source.h"

void answer_init(struct answer *answer);

// Throws away what a try has left.
void answer_reset(struct answer *answer);

// Ends an answer to a query or a piece of one: clips a raw one to [start, end], checks that a range answer lies on the asked
// grid and that the answer is complete, and puts the source's name in front of an error.
void answer_settle(struct answer *answer, const struct source *source, const struct query *query);

// Makes *ret, which is overwritten, the same answer marked as shared. Both are read-only from then on, and each is to be finished.
void answer_share(struct answer *answer, struct answer *ret);

#endif
