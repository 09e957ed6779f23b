// SPDX-License-Identifier: GPL-3.0-or-later
// One pass from left to right; a placeholder ends at the first }, so placeholders in names or defaults do not nest.
#include "analyzer/kayenta_template.h"

#include <string.h>

#include "base/view.h"

struct frame { // a placeholder being expanded, and those around it
    const struct frame *outer;
    struct view name;
};

static struct view find(struct view text, const char *what) {
    size_t len = strlen(what);
    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.ptr + i, what, len) == 0) return (struct view){text.ptr + i, text.len - i};
    }
    return (struct view){NULL, 0};
}

void kayenta_template_unescape(const char *text, struct buf *out) {
    const char *hit;
    while ((hit = strstr(text, "$\\{")) != NULL) {
        buf_bytes(out, text, (size_t)(hit - text));
        buf_str(out, "${");
        text = hit + 3;
    }
    buf_str(out, text);
}

static bool expand(struct view text, const struct kayenta_bindings *bindings, const struct frame *outer, struct buf *out,
                   struct error *err);

static bool expand_value(struct view name, struct view value, const struct kayenta_bindings *bindings, const struct frame *outer,
                         struct buf *out, struct error *err) {
    for (const struct frame *frame = outer; frame != NULL; frame = frame->outer) {
        if (view_same(frame->name, name)) return error_set(err, ERROR_CONFIG, "${%.*s} contains itself", (int)name.len, name.ptr);
    }
    struct frame frame = {outer, name};
    return expand(value, bindings, &frame, out, err);
}

// `inside` is what stands between ${ and }.
static bool expand_placeholder(struct view inside, const struct kayenta_bindings *bindings, const struct frame *outer, struct buf *out,
                               struct error *err) {
    struct view name = inside, fallback = find(inside, ":-");
    if (fallback.ptr != NULL) name.len = (size_t)(fallback.ptr - inside.ptr);
    for (size_t i = bindings->count; i > 0; i--) {
        const struct kayenta_binding *binding = &bindings->items[i - 1];
        if (view_is(name, binding->name)) return expand_value(name, view_of(binding->value), bindings, outer, out, err);
    }
    if (fallback.ptr == NULL) return error_set(err, ERROR_CONFIG, "${%.*s} has no value", (int)name.len, name.ptr);
    return expand_value(name, (struct view){fallback.ptr + 2, fallback.len - 2}, bindings, outer, out, err);
}

static bool expand(struct view text, const struct kayenta_bindings *bindings, const struct frame *outer, struct buf *out,
                   struct error *err) {
    struct view start;
    while ((start = find(text, "${")).ptr != NULL) {
        size_t before = (size_t)(start.ptr - text.ptr);
        if (before > 0 && start.ptr[-1] == '$') { // $${: a literal ${
            buf_bytes(out, text.ptr, before - 1);
            buf_str(out, "${");
            text = (struct view){start.ptr + 2, start.len - 2};
            continue;
        }
        struct view end = find((struct view){start.ptr + 2, start.len - 2}, "}");
        if (end.ptr == NULL) break;
        buf_bytes(out, text.ptr, before);
        struct view inside = {start.ptr + 2, (size_t)(end.ptr - start.ptr) - 2};
        if (!expand_placeholder(inside, bindings, outer, out, err)) return false;
        if (out->failed) return error_set(err, ERROR_LIMIT, "the expanded template is longer than %zu bytes", out->limit);
        text = (struct view){end.ptr + 1, end.len - 1};
    }
    buf_bytes(out, text.ptr, text.len);
    return true;
}

bool kayenta_template_expand(const char *text, const struct kayenta_bindings *bindings, struct buf *out, struct error *err) {
    return expand(view_of(text), bindings, NULL, out, err);
}
