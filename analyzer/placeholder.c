// SPDX-License-Identifier: GPL-3.0-or-later
#include "placeholder.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/timetext.h"
#include "query/selector.h"

static bool replace(struct buf *out, struct view name, const struct name_values *vars, const struct placeholder_context *context) {
    if (context != NULL && view_is(name, "scope")) {
        buf_str(out, context->scope);
    } else if (context != NULL && view_is(name, "window")) {
        duration_format(out, context->window_ms);
    } else if (context != NULL && view_is(name, "step")) {
        duration_format(out, context->step_ms);
    } else {
        size_t i = 0;
        while (i < vars->count && !view_is(name, vars->items[i].name)) i++;
        if (i == vars->count) return false;
        buf_str(out, vars->items[i].value);
    }
    return true;
}

static bool unknown(struct view name, const struct name_values *vars, const struct placeholder_context *context, struct error *err) {
    const char **words = mem_alloc((vars->count + 3) * sizeof *words);
    size_t count = 0;
    if (context != NULL) {
        words[count++] = "scope";
        words[count++] = "window";
        words[count++] = "step";
    }
    for (size_t i = 0; i < vars->count; i++) words[count++] = vars->items[i].name;
    const char *near = nearest_word(name, words, count);
    int len = name.len > 100 ? 100 : (int)name.len;
    if (near != NULL) {
        error_set(err, ERROR_CONFIG, "unknown placeholder ${%.*s}; did you mean ${%s}?", len, name.ptr, near);
    } else {
        error_set(err, ERROR_CONFIG, "unknown placeholder ${%.*s}; define it under vars or with --var %.*s=VALUE", len, name.ptr, len,
                  name.ptr);
    }
    free(words);
    return false;
}

bool placeholder_expand(struct buf *out, struct view text, const struct name_values *vars, const struct placeholder_context *context,
                        struct error *err) {
    size_t at = 0;
    while (at < text.len) {
        const char *rest = text.ptr + at;
        size_t left = text.len - at;
        if (left < 2 || rest[0] != '$' || rest[1] != '{') {
            buf_char(out, rest[0]);
            at++;
            continue;
        }
        const char *end = memchr(rest, '}', left);
        if (end == NULL) return error_set(err, ERROR_CONFIG, "the placeholder at byte %zu has no closing }", at);
        struct view name = {rest + 2, (size_t)(end - rest) - 2};
        if (!replace(out, name, vars, context)) return unknown(name, vars, context, err);
        at += name.len + 3;
    }
    if (out->failed) return error_set(err, ERROR_LIMIT, "longer than %zu bytes after expansion", out->limit);
    return true;
}

void placeholder_scope(struct buf *out, const struct scope_config *scope) {
    bool first = true;
    for (size_t i = 0; i < scope->labels.count; i++, first = false) {
        if (!first) buf_char(out, ',');
        selector_matcher(out, scope->labels.items[i].name, "=", scope->labels.items[i].value);
    }
    for (size_t i = 0; i < scope->matchers.count; i++, first = false) {
        if (!first) buf_char(out, ',');
        buf_str(out, scope->matchers.items[i]);
    }
}
