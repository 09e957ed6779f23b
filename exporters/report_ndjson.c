// SPDX-License-Identifier: GPL-3.0-or-later
// One event a line. Members keep their names and order of the result document; "event" and "id" go before them.
#include <string.h>

#include "report_render.h"

static json_t *event(const json_t *result, const char *name) {
    json_t *line = json_object();
    json_object_set_new(line, "event", json_string(name));
    json_object_set(line, "id", json_object_get(result, "id"));
    return line;
}

static bool put(struct buf *out, json_t *line, struct error *err) {
    bool ok = report_json_line(out, line, err);
    json_decref(line);
    return ok;
}

static bool put_members(struct buf *out, const json_t *result, const char *name, const char *const *members, struct error *err) {
    json_t *line = event(result, name);
    for (; *members != NULL; members++) json_object_set(line, *members, json_object_get(result, *members));
    return put(out, line, err);
}

// An event for each object of a list, which the document may lack.
static bool put_items(struct buf *out, const json_t *result, const char *name, const char *list, struct error *err) {
    const json_t *items = json_object_get(result, list);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        if (!json_is_object(item)) continue;
        json_t *line = event(result, name);
        json_object_update_missing(line, report_iterable(item));
        if (!put(out, line, err)) return false;
    }
    return true;
}

bool report_ndjson(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    static const char *const head[] = {"schema", "serin", "canary", "owner", "config", "window", "scopes", "variables", "judge", NULL};
    static const char *const tail[] = {"verdict", "exit_code", "score", "reasons", "missing", "next", "notices", "trust", "looks", NULL};
    struct arena arena = {0};
    struct report report;
    (void)style;
    bool ok = report_read(result, false, &arena, &report, err); // for what is wrong in the document
    arena_finish(&arena);
    return ok && put_members(out, result, "analysis", head, err) && put_items(out, result, "metric", "metrics", err) &&
           put_items(out, result, "group", "groups", err) && put_items(out, result, "where", "where", err) &&
           put_items(out, result, "objective", "objectives", err) && put_items(out, result, "guard", "guards", err) &&
           put_members(out, result, "verdict", tail, err);
}
