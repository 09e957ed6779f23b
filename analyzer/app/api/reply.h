// SPDX-License-Identifier: GPL-3.0-or-later
// Refusals that several handlers give, of calls and of errands.
#ifndef API_REPLY_H
#define API_REPLY_H

#include "api/service.h"
#include "serve/call.h"

void reply_store_failed(struct call *call, const struct error *err); // logs err; the client is told no details
void reply_no_analysis(struct call *call, const char *id);
void errand_store_failed(struct errand *errand, const struct error *err);
void errand_no_analysis(struct errand *errand, const char *id);

#endif
