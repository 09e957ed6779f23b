// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/flagger_hook.h"

#include <string.h>

#include "api/flagger_run.h"
#include "base/timetext.h"

#define MOST_TEXT 1024
#define MOST_VARS 64
#define VAR_PREFIX "serin.var."

static const char *const kind_names[] = {
    [FLAGGER_CONFIRM_ROLLOUT] = "confirm-rollout",
    [FLAGGER_PRE_ROLLOUT] = "pre-rollout",
    [FLAGGER_ROLLOUT] = "rollout",
    [FLAGGER_CONFIRM_TRAFFIC_INCREASE] = "confirm-traffic-increase",
    [FLAGGER_CONFIRM_PROMOTION] = "confirm-promotion",
    [FLAGGER_POST_ROLLOUT] = "post-rollout",
    [FLAGGER_ROLLBACK] = "rollback",
    [FLAGGER_EVENT] = "event",
};

bool flagger_kind_parse(const char *text, enum flagger_kind *ret) {
    for (size_t i = 0; i < sizeof kind_names / sizeof kind_names[0]; i++) {
        if (strcmp(kind_names[i], text) != 0) continue;
        *ret = (enum flagger_kind)i;
        return true;
    }
    return false;
}

static bool is_plain(const char *text, size_t len, size_t most) {
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) return false;
    }
    return len <= most && strlen(text) == len;
}

static bool read_text(const json_t *body, const char *name, size_t most, bool empty, struct arena *arena, const char **ret,
                      struct error *err) {
    const json_t *value = json_object_get(body, name);
    size_t len = json_string_length(value);
    if (!json_is_string(value) || (len == 0 && !empty) || !is_plain(json_string_value(value), len, most))
        return error_set(err, ERROR_USAGE, "%s: expected a text of at most %zu bytes", name, most);
    *ret = arena_strdup(arena, json_string_value(value));
    return true;
}

static bool read_own_key(struct flagger_hook *hook, const char *key, const char *value, struct arena *arena, struct error *err) {
    size_t prefix = strlen(VAR_PREFIX);
    if (strcmp(key, "serin.config") == 0) {
        hook->config = arena_strdup(arena, value);
    } else if (strcmp(key, "serin.token") == 0) {
        hook->token = arena_strdup(arena, value);
    } else if (strcmp(key, "serin.window") == 0) {
        if (!duration_parse(view_of(value), &hook->length_ms) || hook->length_ms <= 0)
            return error_set(err, ERROR_USAGE, "metadata serin.window: expected a duration such as 10m");
    } else if (strncmp(key, VAR_PREFIX, prefix) == 0 && key[prefix] != '\0') {
        if (hook->vars.count == MOST_VARS) return error_set(err, ERROR_USAGE, "metadata has more than %d variables", MOST_VARS);
        hook->vars.items[hook->vars.count++] = (struct name_value){arena_strdup(arena, key + prefix), arena_strdup(arena, value), {0, 0}};
    } else {
        return error_set(err, ERROR_USAGE,
                         "metadata %.100s: not known here; serin.config, serin.window, serin.token and serin.var.NAME are", key);
    }
    return true;
}

// Reads the keys that begin with "serin."; all others belong to somebody else.
static bool read_metadata(const json_t *metadata, struct arena *arena, struct flagger_hook *hook, struct error *err) {
    json_t *own = json_deep_copy(metadata), *value; // iterators want an object that may be written to
    const char *key;
    bool ok = metadata == NULL || json_is_object(metadata) || error_set(err, ERROR_USAGE, "metadata: expected an object of texts");
    hook->vars.items = arena_array(arena, MOST_VARS, sizeof *hook->vars.items);
    json_object_foreach(own, key, value) {
        if (!ok || strncmp(key, "serin.", 6) != 0) continue;
        size_t len = json_string_length(value);
        ok = (json_is_string(value) && len > 0 && is_plain(json_string_value(value), len, MOST_TEXT) && is_plain(key, strlen(key), 256)) ||
             error_set(err, ERROR_USAGE, "metadata %.100s: expected a text of 1 to %d bytes", key, MOST_TEXT);
        ok = ok && read_own_key(hook, key, json_string_value(value), arena, err);
    }
    json_decref(own);
    return ok;
}

bool flagger_hook_read(const json_t *body, enum flagger_kind kind, struct arena *arena, struct flagger_hook *ret, struct error *err) {
    struct flagger_hook hook = {.kind = kind};
    if (!json_is_object(body)) return error_set(err, ERROR_USAGE, "expected an object with name, namespace, phase and checksum");
    if (!read_text(body, "name", 128, false, arena, &hook.name, err) ||
        !read_text(body, "namespace", 64, false, arena, &hook.namespace, err) ||
        !read_text(body, "phase", 64, false, arena, &hook.phase, err) ||
        !read_text(body, "checksum", FLAGGER_MOST_CHECKSUM, true, arena, &hook.checksum, err) ||
        !read_metadata(json_object_get(body, "metadata"), arena, &hook, err))
        return false;
    if (hook.config == NULL) hook.config = hook.name;
    if (strlen(hook.config) > STORE_NAME_LEN)
        return error_set(err, ERROR_USAGE, "metadata serin.config: longer than %d bytes", STORE_NAME_LEN);
    hook.object = arena_printf(arena, "%s/%s", hook.namespace, hook.name);
    if (strlen(hook.object) > FLAGGER_MOST_OBJECT)
        return error_set(err, ERROR_USAGE, "namespace and name together are longer than %d bytes", FLAGGER_MOST_OBJECT);
    *ret = hook;
    return true;
}

enum flagger_verdict flagger_verdict_of(const struct store_analysis *row) {
    if (row->state != STORE_DONE || row->verdict == NULL) return FLAGGER_UNDECIDED;
    if (strcmp(row->verdict, "pass") == 0) return FLAGGER_PASS;
    if (strcmp(row->verdict, "fail") == 0) return FLAGGER_FAIL;
    return strcmp(row->verdict, "error") == 0 ? FLAGGER_ERROR : FLAGGER_UNDECIDED;
}

int flagger_status(enum flagger_kind kind, enum flagger_verdict verdict) {
    switch (kind) {
    case FLAGGER_ROLLOUT:
        return verdict == FLAGGER_PASS ? 200 : 409;
    case FLAGGER_CONFIRM_TRAFFIC_INCREASE:
    case FLAGGER_CONFIRM_PROMOTION:
        return verdict == FLAGGER_PASS ? 200 : 403;
    case FLAGGER_ROLLBACK:
        return verdict == FLAGGER_FAIL ? 200 : 403; // 200 rolls back
    case FLAGGER_CONFIRM_ROLLOUT:
    case FLAGGER_PRE_ROLLOUT:
    case FLAGGER_POST_ROLLOUT:
    case FLAGGER_EVENT:
        break;
    }
    return 200;
}

bool flagger_phase_has_ended(const char *phase) {
    static const char *const phases[] = {"Initialized", "Succeeded", "Failed", "Terminating", "Terminated"};
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        if (strcmp(phases[i], phase) == 0) return true;
    }
    return false;
}
