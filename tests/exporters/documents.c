// SPDX-License-Identifier: GPL-3.0-or-later
#include "documents.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "exporters/report_format.h"

json_t *document_load(const char *name) {
    char path[512];
    json_error_t problem;
    snprintf(path, sizeof path, "%s/reports/%s.json", SERIN_FIXTURES, name);
    json_t *result = json_load_file(path, 0, &problem);
    if (result == NULL) fail_msg("%s:%d: %s", path, problem.line, problem.text);
    return result;
}

void document_golden(const char *file, const struct buf *out) {
    char path[512];
    struct arena arena = {0};
    struct error err = {0};
    struct view golden;
    snprintf(path, sizeof path, "%s/reports/%s", SERIN_FIXTURES, file);
    const char *wish = getenv("SERIN_REGENERATE");
    bool regenerate = wish != NULL && strcmp(wish, "1") == 0;
    if (regenerate && !file_write(path, (struct view){out->data, out->len}, &err)) fail_msg("%s", err.text);
    if (!file_read(path, (size_t)1 << 24, &arena, &golden, &err)) fail_msg("%s", err.text);
    if (!view_is(golden, buf_text(out))) fail_msg("%s differs; expected:\n%s\nfound:\n%s", path, golden.ptr, buf_text(out));
    arena_finish(&arena);
}

void document_poison(json_t *node, const char *text) {
    static const char *const kept[] = {"schema", "verdict", "classification", "state", "start", "end"};
    const char *key;
    json_t *value;
    void *next;
    size_t i;
    json_object_foreach_safe(node, next, key, value) {
        bool keep = false;
        for (i = 0; i < sizeof kept / sizeof kept[0]; i++) keep = keep || strcmp(key, kept[i]) == 0;
        if (json_is_string(value) && !keep)
            json_object_set_new(node, key, json_stringn(text, strlen(text)));
        else
            document_poison(value, text);
    }
    json_array_foreach(node, i, value) {
        if (json_is_string(value))
            json_array_set_new(node, i, json_string(text));
        else
            document_poison(value, text);
    }
}

// clang-format off
const char *const document_hostile[DOCUMENT_HOSTILE] = {
    "<script>alert('1')</script>", "::error::owned\n::error::owned", "two\r\nlines", "`a` | b [c](d) @team", "--> ]]> </details>", "",
    "漢字 🐤 \xEF\xBF\xBE", "\x1b[2J\xE2\x80\xAE", "%0A%s%n"};
// clang-format on

void document_render(struct buf *out, const json_t *result, const char *format) {
    struct error err = {0};
    struct report_style style = {.width = 80};
    buf_init(out, DOCUMENT_BYTES);
    const struct report_format *found = report_format_find(view_of(format));
    if (found == NULL) fail_msg("no format %s", format);
    if (!found->render(out, result, &style, &err)) fail_msg("%s: %s", format, err.text);
}

json_t *document_crowd(const char *name, size_t count) {
    json_t *result = document_load(name), *metrics = json_array();
    const json_t *first = json_array_get(json_object_get(result, "metrics"), 0);
    for (size_t i = 0; i < count; i++) {
        char own[40];
        snprintf(own, sizeof own, "crowd_%zu", i);
        json_t *metric = json_deep_copy(first);
        json_object_set_new(metric, "name", json_string(own));
        json_array_append_new(metrics, metric);
    }
    json_object_set_new(result, "metrics", metrics);
    return result;
}
