// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the server itself says that an answer lacks data. Prometheus marks what the expression causes with "PromQL warning:" or
// "PromQL info:"; whatever else it warns of comes from storage: a store or remote server not read, results cut at a limit.
#ifndef QUERY_INCOMPLETE_H
#define QUERY_INCOMPLETE_H

#include "query/source.h"

// False, with err telling what the server said, when the policy refuses the answer.
bool incomplete_check(const struct series_set *set, enum source_warnings policy, struct error *err);

#endif
