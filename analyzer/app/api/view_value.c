// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/view_value.h"

#include <math.h>

#include "base/timetext.h"

json_t *view_time(int64_t ms) {
    struct buf text;
    if (ms == 0) return json_null();
    buf_init(&text, 64);
    time_format(&text, ms);
    json_t *value = json_string(buf_text(&text));
    buf_finish(&text);
    return value;
}

json_t *view_text(const char *text) {
    json_t *value = text != NULL ? json_string(text) : NULL;
    return value != NULL ? value : json_null();
}

json_t *view_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *view_link(const struct service *service, const char *path) {
    return json_sprintf("%s%s", service->public_url, path);
}

json_t *view_findings(const struct finding *items, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = &items[i];
        json_t *item = json_object();
        json_object_set_new(item, "level", json_string(f->level == FINDING_ERROR ? "error" : "warning"));
        json_object_set_new(item, "line", json_integer(f->line));
        json_object_set_new(item, "column", json_integer(f->column));
        json_object_set_new(item, "key", view_text(f->key));
        json_object_set_new(item, "message", view_text(f->text));
        json_array_append_new(list, item);
    }
    return list;
}
