// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata_request.h"

#include <assert.h>

#include "base/http.h"
#include "base/timetext.h"

static void time_field(struct buf *form, const char *name, int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    time_format_unix(&text, ms);
    http_form_field(form, name, (struct view){buf_text(&text), text.len});
    buf_finish(&text);
}

static void times(const struct query *query, struct buf *form) {
    time_field(form, "start", query->start_ms);
    time_field(form, "end", query->end_ms);
}

static void label_path(struct buf *path, const char *name) {
    buf_str(path, "api/v1/label/");
    http_percent_encode(path, view_of(name));
    buf_str(path, "/values");
}

bool metadata_request_write(const struct query *query, struct buf *path, struct buf *form) {
    bool any = query->expr[0] != '\0';
    if (query->mode == QUERY_METADATA) {
        buf_str(path, "api/v1/metadata");
        if (any) http_form_field(form, "metric", view_of(query->expr));
        return false;
    }
    times(query, form);
    if (query->mode == QUERY_LABELS) {
        if (any) {
            label_path(path, query->expr);
        } else {
            buf_str(path, "api/v1/labels");
        }
        return !any;
    }
    bool series = query->mode == QUERY_SERIES;
    assert(series || query->mode == QUERY_EXEMPLARS);
    buf_str(path, series ? "api/v1/series" : "api/v1/query_exemplars");
    http_form_field(form, series ? "match[]" : "query", view_of(query->expr));
    return true;
}
