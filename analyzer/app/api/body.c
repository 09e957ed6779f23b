// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/body.h"

#include <string.h>

#include "analyzer/analysis_request.h"
#include "base/timetext.h"

#define MOST_TEXT 1024

static bool refuse(struct call *call, const char *name, const char *expected) {
    reply_error(call, 422, "bad_request", "%s: expected %s", name, expected);
    return false;
}

static bool is_known(const char *const *names, const char *name) {
    for (; *names != NULL; names++) {
        if (strcmp(*names, name) == 0) return true;
    }
    return false;
}

static const char *unknown_member(const json_t *object, const char *const *names, struct arena *arena) {
    json_t *own = json_copy(json_is_object(object) ? (json_t *)(uintptr_t)object : NULL), *value;
    const char *name, *unknown = NULL;
    json_object_foreach(own, name, value) {
        if (!is_known(names, name)) unknown = arena_strdup(arena, name);
    }
    json_decref(own);
    return unknown;
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

bool body_object(struct call *call, const char *const *names, const json_t **ret) {
    const json_t *body;
    if (!body_json(call, &body)) return false;
    *ret = body;
    if (body == NULL) return true;
    if (!json_is_object(body)) return refuse(call, "body", "an object");
    const char *unknown = unknown_member(body, names, call_arena(call));
    if (unknown == NULL) return true;
    reply_error(call, 422, "bad_request", "%.100s: no such member", unknown);
    return false;
}

static bool is_plain(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) return false;
    }
    return len > 0 && len <= MOST_TEXT;
}

bool body_text(struct call *call, const json_t *body, const char *name, bool required, struct arena *arena, const char **ret) {
    const json_t *value = json_object_get(body, name);
    *ret = NULL;
    if (value == NULL && !required) return true;
    if (!json_is_string(value) || !is_plain(json_string_value(value), json_string_length(value)))
        return refuse(call, name, "a text of 1 to 1024 bytes without control characters");
    *ret = arena_strdup(arena, json_string_value(value));
    return true;
}

bool body_time(struct call *call, const json_t *body, const char *name, int64_t *ret_ms) {
    const json_t *value = json_object_get(body, name);
    *ret_ms = 0;
    if (value == NULL) return true;
    if (json_is_integer(value) && json_integer_value(value) > 0 && json_integer_value(value) < INT64_C(1) << 40) {
        *ret_ms = json_integer_value(value) * 1000;
        return true;
    }
    if (json_is_string(value) && time_parse(view_of(json_string_value(value)), ret_ms) && *ret_ms > 0) return true;
    return refuse(call, name, "a time, such as 2025-01-01T12:00:00Z, or Unix seconds");
}

bool body_duration(struct call *call, const json_t *body, const char *name, int64_t *ret_ms) {
    const json_t *value = json_object_get(body, name);
    *ret_ms = 0;
    if (value == NULL) return true;
    if (json_is_string(value) && duration_parse(view_of(json_string_value(value)), ret_ms) && *ret_ms > 0) return true;
    return refuse(call, name, "a duration, such as 4h");
}

bool body_vars(struct call *call, const json_t *body, struct arena *arena, struct name_values *ret) {
    json_t *vars = json_deep_copy(json_object_get(body, "vars"));
    struct analysis_request request;
    struct error err = {0};
    if (vars == NULL) return true;
    json_t *object = json_pack("{s:o}", "vars", vars);
    bool ok = analysis_request_read(object, arena, &request, &err);
    json_decref(object);
    if (ok) *ret = request.overrides.vars;
    if (!ok) reply_error(call, 422, "bad_request", "%s", err.text);
    return ok;
}
