// SPDX-License-Identifier: GPL-3.0-or-later
// What a request says in its path and its query. All functions answer the call when they return false.
#ifndef API_PARAMETER_H
#define API_PARAMETER_H

#include "api/service.h"
#include "serve/call.h"

// Reads the analysis that {id} of the path names, into the call's arena; `parts` as of store_get().
bool parameter_analysis(struct call *call, unsigned parts, struct store_analysis *ret);

bool parameter_time(struct call *call, const char *name, int64_t *ret_ms);              // RFC 3339 or Unix seconds; 0 when absent
bool parameter_number(struct call *call, const char *name, int64_t most, int64_t *ret); // from 0 on; untouched when absent
bool parameter_limit(struct call *call, int64_t most, int64_t *ret);                    // "limit", from 1 on; untouched when absent

#endif
