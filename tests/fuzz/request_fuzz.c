// SPDX-License-Identifier: GPL-3.0-or-later
// What the listener makes of a request by itself: target, path, query, token and body. The first line of the input is the method, the
// second the target, the third a token or the header with it, the rest is the body.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "serve/authorization.h"
#include "serve/json_text.h"
#include "serve/route.h"
#include "serve/target.h"
#include "serve/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct route rows[] = {
    {.method = "GET", .path = "/"},
    {.method = "GET", .path = "/api/v1/analyses"},
    {.method = "POST", .path = "/api/v1/analyses"},
    {.method = "GET", .path = "/api/v1/analyses/{id}"},
    {.method = "GET", .path = "/api/v1/analyses/{id}/looks/{number}"},
    {.method = "GET", .path = "/api/v1/analyses/latest"},
    {.method = "GET", .path = "/{any}/{thing}/x"},
};
static const struct route_table table = {rows, sizeof rows / sizeof rows[0], NULL};

static struct view take_line(struct view *text) {
    const char *end = text->len > 0 ? memchr(text->ptr, '\n', text->len) : NULL;
    struct view line = {text->ptr, end != NULL ? (size_t)(end - text->ptr) : text->len};
    size_t used = line.len + (end != NULL);
    *text = (struct view){text->ptr + used, text->len - used};
    return line;
}

// What was decoded is text that logs and answers may carry.
static void check_text(struct view text) {
    if (!utf8_is_valid(text) || text.ptr[text.len] != '\0' || strlen(text.ptr) != text.len) abort();
}

static void check_target(struct view text, struct view method, const struct routes *routes, struct arena *arena) {
    struct target target;
    struct route_match match;
    const char *why = NULL;
    if (!target_parse(text, arena, &target, &why)) {
        if (why == NULL) abort();
        return;
    }
    for (size_t i = 0; i < target.count; i++) {
        check_text(target.parameters[i].name);
        check_text(target.parameters[i].value);
        if (target_value(&target, target.parameters[i].name.ptr) != target.parameters[i].value.ptr) abort();
    }
    if (!routes_match(routes, target.path, method, arena, &match)) return;
    for (size_t i = 0; i < match.value_count; i++) check_text(match.values[i]);
    if (match.route != NULL && match.route != routes_at(routes, match.index)) abort();
}

static void check_tokens(struct view token, struct view file) {
    struct error err;
    struct tokens *tokens = tokens_parse(file, "tokens", &err);
    if (tokens != NULL) tokens_find(tokens, token);
    tokens_destroy(tokens);
}

// The token of a header is shorter than the header; a line that is none is taken as a token.
static struct view read_header(struct view line, struct arena *arena) {
    struct view token = line;
    const char *header = arena_strndup(arena, line.ptr, strnlen(line.ptr, line.len));
    if (!authorization_token(header, arena, &token)) return line;
    if (token.len + strlen("Basic ") > strlen(header)) abort();
    return token;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct route_table *const tables[] = {&table};
    struct view text = {(const char *)data, size};
    struct view method = take_line(&text), target = take_line(&text), token = take_line(&text);
    struct arena arena = {0};
    struct error err;
    struct routes *routes = routes_create(tables, 1, &err);
    check_target(target, method, routes, &arena);
    check_tokens(read_header(token, &arena), text);
    json_decref(json_text_parse(text, &err));
    routes_destroy(routes);
    arena_finish(&arena);
    return 0;
}
