// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/reply.h"

#include "base/log.h"

static const char again[] = "ask again; see the log of the service";

void reply_store_failed(struct call *call, const struct error *err) {
    log_event(LOG_LEVEL_ERROR, "store", "error", err->text);
    reply_header(call, "Retry-After", "5");
    reply_error_hint(call, 503, "store_failed", again, "the store cannot be read or written now");
}

void reply_no_analysis(struct call *call, const char *id) {
    reply_error_hint(call, 404, "unknown_analysis", "GET /api/v1/analyses lists what there is", "there is no analysis %.64s", id);
}

void errand_store_failed(struct errand *errand, const struct error *err) {
    log_event(LOG_LEVEL_ERROR, "store", "error", err->text);
    errand_header(errand, "Retry-After", "5");
    errand_error(errand, 503, "store_failed", again, "the store cannot be read or written now");
}

void errand_no_analysis(struct errand *errand, const char *id) {
    errand_error(errand, 404, "unknown_analysis", "GET /api/v1/analyses lists what there is", "there is no analysis %.64s", id);
}
