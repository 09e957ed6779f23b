// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/parameter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/reply.h"
#include "base/timetext.h"

bool parameter_analysis(struct call *call, unsigned parts, struct store_analysis *ret) {
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

bool parameter_time(struct call *call, const char *name, int64_t *ret_ms) {
    const char *text = call_query(call, name);
    *ret_ms = 0;
    if (text == NULL || (time_parse(view_of(text), ret_ms) && *ret_ms > 0)) return true;
    reply_error_hint(call, 400, "bad_parameter", "a time such as 2025-01-01T12:00:00Z, or Unix seconds", "%s is not a time", name);
    return false;
}

static bool number_between(struct call *call, const char *name, int64_t least, int64_t most, int64_t *ret) {
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

bool parameter_number(struct call *call, const char *name, int64_t most, int64_t *ret) {
    return number_between(call, name, 0, most, ret);
}

bool parameter_limit(struct call *call, int64_t most, int64_t *ret) {
    return number_between(call, "limit", 1, most, ret);
}
