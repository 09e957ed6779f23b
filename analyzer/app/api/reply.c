// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/timetext.h"

static const char again[] = "ask again; see the log of the service";

const struct service *service_of(const struct call *call) {
    return call_user(call);
}

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

bool read_analysis(struct call *call, unsigned parts, struct store_analysis *ret) {
    const char *id = call_path(call, "id");
    struct error err = {0};
    bool found = false;
    if (strlen(id) <= STORE_ID_LEN && !store_get(service_of(call)->store, id, parts, call_arena(call), ret, &found, &err)) {
        reply_store_failed(call, &err);
        return false;
    }
    if (!found) reply_no_analysis(call, id);
    return found;
}

bool query_time(struct call *call, const char *name, int64_t *ret_ms) {
    const char *text = call_query(call, name);
    *ret_ms = 0;
    if (text == NULL || (time_parse(view_of(text), ret_ms) && *ret_ms > 0)) return true;
    reply_error_hint(call, 400, "bad_parameter", "a time such as 2025-01-01T12:00:00Z, or Unix seconds", "%s is not a time", name);
    return false;
}

static bool query_between(struct call *call, const char *name, int64_t least, int64_t most, int64_t *ret) {
    const char *text = call_query(call, name);
    char *end;
    if (text == NULL) return true;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && value >= least && value <= most) {
        *ret = value;
        return true;
    }
    reply_error(call, 400, "bad_parameter", "%s must be a whole number from %lld to %lld", name, (long long)least, (long long)most);
    return false;
}

bool query_number(struct call *call, const char *name, int64_t most, int64_t *ret) {
    return query_between(call, name, 0, most, ret);
}

bool query_limit(struct call *call, int64_t most, int64_t *ret) {
    return query_between(call, "limit", 1, most, ret);
}

bool body_json(struct call *call, const json_t **ret) {
    struct error err = {0};
    *ret = NULL;
    if (call_body(call).len == 0) return true;
    *ret = call_json(call, &err);
    if (*ret != NULL) return true;
    reply_error(call, 400, "bad_json", "%s", err.text);
    return false;
}
