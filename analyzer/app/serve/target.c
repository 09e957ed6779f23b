// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/target.h"

#include <string.h>
#include <strings.h>

#include "serve/percent.h"

// A target may be a whole URL (RFC 9112, 3.2.2); what it names then goes before the Host header.
static void take_authority(struct view *text, struct target *target) {
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i]);
        if (text->len < len || strncasecmp(text->ptr, schemes[i], len) != 0) continue;
        *text = (struct view){text->ptr + len, text->len - len};
        size_t end = 0;
        while (end < text->len && strchr("/?", text->ptr[end]) == NULL) end++;
        target->authority = (struct view){text->ptr, end};
        *text = (struct view){text->ptr + end, text->len - end};
    }
}

static bool add_parameter(struct target *target, struct view pair, struct arena *arena, const char **ret_why) {
    const char *equals = memchr(pair.ptr, '=', pair.len);
    struct view name = {pair.ptr, equals != NULL ? (size_t)(equals - pair.ptr) : pair.len};
    struct view value = {name.ptr + name.len, 0};
    if (equals != NULL) value = (struct view){equals + 1, pair.len - name.len - 1};
    if (!percent_decode(name, true, arena, &name) || !percent_decode(value, true, arena, &value)) {
        *ret_why = "a query parameter is not percent-encoded UTF-8 without control characters";
        return false;
    }
    if (target_value(target, name.ptr) != NULL) {
        *ret_why = "a query parameter is there twice";
        return false;
    }
    target->parameters[target->count++] = (struct target_parameter){name, value};
    return true;
}

static bool parse_query(struct target *target, struct view query, struct arena *arena, const char **ret_why) {
    target->parameters = arena_array(arena, TARGET_MOST_PARAMETERS, sizeof *target->parameters);
    while (query.len > 0) {
        const char *end = memchr(query.ptr, '&', query.len);
        struct view pair = {query.ptr, end != NULL ? (size_t)(end - query.ptr) : query.len};
        size_t used = pair.len + (end != NULL);
        query = (struct view){query.ptr + used, query.len - used};
        if (pair.len == 0) continue;
        if (target->count == TARGET_MOST_PARAMETERS) {
            *ret_why = "too many query parameters";
            return false;
        }
        if (!add_parameter(target, pair, arena, ret_why)) return false;
    }
    return true;
}

bool target_parse(struct view text, struct arena *arena, struct target *ret_target, const char **ret_why) {
    *ret_target = (struct target){0};
    take_authority(&text, ret_target);
    const char *fragment = memchr(text.ptr, '#', text.len);
    if (fragment != NULL) text.len = (size_t)(fragment - text.ptr);
    const char *mark = memchr(text.ptr, '?', text.len);
    ret_target->path = (struct view){text.ptr, mark != NULL ? (size_t)(mark - text.ptr) : text.len};
    if (ret_target->path.len == 0 && ret_target->authority.ptr != NULL) ret_target->path = view_of("/");
    if (ret_target->path.len == 0 || ret_target->path.ptr[0] != '/') {
        *ret_why = "the request asks for something that is no path";
        return false;
    }
    if (mark == NULL) return true;
    return parse_query(ret_target, (struct view){mark + 1, (size_t)(text.ptr + text.len - mark) - 1}, arena, ret_why);
}

const char *target_value(const struct target *target, const char *name) {
    for (size_t i = 0; i < target->count; i++) {
        if (view_is(target->parameters[i].name, name)) return target->parameters[i].value.ptr;
    }
    return NULL;
}
