// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that several handlers give.
#ifndef API_REPLY_H
#define API_REPLY_H

#include "api/service.h"
#include "serve/call.h"

void reply_store_failed(struct call *call, const struct error *err); // logs the error; the client is only told that there is one
void reply_no_analysis(struct call *call, const char *id);
void errand_store_failed(struct errand *errand, const struct error *err);
void errand_no_analysis(struct errand *errand, const char *id);

// Reads the analysis that the path names, into the call's arena. False when the call was answered: there is none, or the store failed.
bool read_analysis(struct call *call, unsigned parts, struct store_analysis *ret);

// Parameters. False when the call was answered.
bool query_time(struct call *call, const char *name, int64_t *ret_ms);              // 0 when absent
bool query_number(struct call *call, const char *name, int64_t most, int64_t *ret); // untouched when absent
bool query_limit(struct call *call, int64_t most, int64_t *ret);                      // "limit", from 1 on; untouched when absent
bool body_json(struct call *call, const json_t **ret); // of a body that is there; *ret is NULL without a body

#endif
