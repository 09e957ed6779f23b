// SPDX-License-Identifier: GPL-3.0-or-later
#include "placeholder.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/timetext.h"
#include "query/selector.h"

// How PromQL reads the place that was reached.
struct quoting {
    char quote; // of the string that is open, or 0
    bool escaped, comment;
};

static void move(struct quoting *place, char c) {
    if (place->comment) {
        place->comment = c != '\n';
    } else if (place->escaped) {
        place->escaped = false;
    } else if (place->quote != 0) {
        place->escaped = c == '\\' && place->quote != '`';
        if (c == place->quote) place->quote = 0;
    } else {
        place->comment = c == '#';
        if (c == '"' || c == '\'' || c == '`') place->quote = c;
    }
}

// In a string of PromQL a value stays within the string, whatever it holds.
static bool put_value(struct buf *out, const char *value, struct quoting place) {
    if (place.quote == 0 || place.comment) {
        buf_str(out, value);
        return true;
    }
    for (const char *c = value; *c != '\0'; c++) {
        if (place.quote == '`' && *c == '`') return false;
        if (place.quote != '`' && (*c == place.quote || *c == '\\')) buf_char(out, '\\');
        if (place.quote != '`' && *c == '\n') {
            buf_str(out, "\\n");
        } else {
            buf_char(out, *c);
        }
    }
    return true;
}

static bool replace(struct buf *out, struct view name, struct quoting place, const struct name_values *vars,
                    const struct placeholder_context *context, bool *ret_fits) {
    *ret_fits = true;
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
        *ret_fits = put_value(out, vars->items[i].value, place);
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
    struct quoting place = {0};
    size_t at = 0;
    while (at < text.len) {
        const char *rest = text.ptr + at;
        size_t left = text.len - at;
        if (left < 2 || rest[0] != '$' || rest[1] != '{') {
            buf_char(out, rest[0]);
            if (context != NULL) move(&place, rest[0]);
            at++;
            continue;
        }
        const char *end = memchr(rest, '}', left);
        if (end == NULL) return error_set(err, ERROR_CONFIG, "the placeholder at byte %zu has no closing }", at);
        struct view name = {rest + 2, (size_t)(end - rest) - 2};
        bool fits;
        if (!replace(out, name, place, vars, context, &fits)) return unknown(name, vars, context, err);
        if (!fits)
            return error_set(err, ERROR_CONFIG, "the value of ${%.*s} holds a backtick and stands between backticks", (int)name.len,
                             name.ptr);
        place.escaped = false;
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
