// SPDX-License-Identifier: GPL-3.0-or-later
// The set of routes is a tree of path segments. A node has children for literal segments and at most one for a {name}. The lookup tries the
// literal one first and falls back to the {name}.
#include "serve/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "serve/percent.h"

struct node {
    struct view text; // of the segment, or the name in braces
    struct node *children, *named, *next;
    size_t routes[8]; // indexes of routes that end here
    size_t route_count;
};

struct routes {
    struct arena arena; // nodes and the list
    struct node root;
    const struct route **list;
    size_t count;
};

static bool is_name(struct view segment) {
    return segment.len > 2 && segment.ptr[0] == '{' && segment.ptr[segment.len - 1] == '}';
}

// Splits after the slash that *path begins with; false at the end.
static bool next_segment(struct view *path, struct view *ret_segment) {
    if (path->len == 0 || path->ptr[0] != '/') return false;
    size_t len = 0;
    while (1 + len < path->len && path->ptr[1 + len] != '/') len++;
    *ret_segment = (struct view){path->ptr + 1, len};
    *path = (struct view){path->ptr + 1 + len, path->len - 1 - len};
    return true;
}

static struct node *find_child(const struct node *node, struct view text) {
    for (struct node *child = node->children; child != NULL; child = child->next) {
        if (view_same(child->text, text)) return child;
    }
    return NULL;
}

static struct node *add_child(struct routes *routes, struct node *node, struct view segment, const char *path, struct error *err) {
    bool named = is_name(segment);
    struct view text = named ? (struct view){segment.ptr + 1, segment.len - 2} : segment;
    struct node *child = named ? node->named : find_child(node, text);
    if (child != NULL && !view_same(child->text, text)) {
        error_set(err, ERROR_USAGE, "route %s: {%.*s} is called {%.*s} in another route", path, (int)text.len, text.ptr,
                  (int)child->text.len, child->text.ptr);
        return NULL;
    }
    if (child != NULL) return child;
    child = arena_alloc(&routes->arena, sizeof *child);
    child->text = text;
    if (named) {
        node->named = child;
    } else {
        child->next = node->children;
        node->children = child;
    }
    return child;
}

static bool add_route(struct routes *routes, const struct route *route, struct error *err) {
    struct view path = view_of(route->path), segment;
    struct node *node = &routes->root;
    size_t depth = 0;
    while (next_segment(&path, &segment)) {
        bool last = path.len == 0 && depth == 0; // "/" alone is one empty segment
        if (segment.len == 0 && !last) return error_set(err, ERROR_USAGE, "route %s: an empty segment", route->path);
        if (++depth > ROUTE_MOST_SEGMENTS) return error_set(err, ERROR_USAGE, "route %s: too many segments", route->path);
        node = add_child(routes, node, segment, route->path, err);
        if (node == NULL) return false;
    }
    if (depth == 0 || path.len > 0) return error_set(err, ERROR_USAGE, "route %s: must begin with a slash", route->path);
    for (size_t i = 0; i < node->route_count; i++) {
        if (strcmp(routes->list[node->routes[i]]->method, route->method) != 0) continue;
        return error_set(err, ERROR_USAGE, "route %s %s is there twice", route->method, route->path);
    }
    if (node->route_count >= sizeof node->routes / sizeof node->routes[0])
        return error_set(err, ERROR_USAGE, "route %s: too many methods", route->path);
    node->routes[node->route_count++] = routes->count;
    routes->list[routes->count++] = route;
    return true;
}

struct routes *routes_create(const struct route_table *const *tables, size_t count, struct error *err) {
    struct routes *routes = mem_zero(1, sizeof *routes);
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += tables[i]->count;
    routes->list = arena_array(&routes->arena, total, sizeof *routes->list);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < tables[i]->count; j++) {
            if (add_route(routes, &tables[i]->routes[j], err)) continue;
            routes_destroy(routes);
            return NULL;
        }
    }
    return routes;
}

void routes_destroy(struct routes *routes) {
    if (routes == NULL) return;
    arena_finish(&routes->arena);
    free(routes);
}

size_t routes_count(const struct routes *routes) {
    return routes->count;
}

const struct route *routes_at(const struct routes *routes, size_t i) {
    return routes->list[i];
}

static const struct node *walk(const struct node *node, const struct view *segments, size_t count, struct view *values,
                               size_t *value_count) {
    if (count == 0) return node->route_count > 0 ? node : NULL;
    const struct node *child = find_child(node, segments[0]);
    const struct node *end = child != NULL ? walk(child, segments + 1, count - 1, values, value_count) : NULL;
    if (end != NULL || node->named == NULL || segments[0].len == 0) return end;
    values[(*value_count)++] = segments[0];
    end = walk(node->named, segments + 1, count - 1, values, value_count);
    if (end == NULL) (*value_count)--;
    return end;
}

static void add_allow(struct route_match *match, const char *method) {
    size_t used = strlen(match->allow);
    snprintf(match->allow + used, sizeof match->allow - used, "%s%s", used > 0 ? ", " : "", method);
}

static void choose(const struct routes *routes, const struct node *node, struct view method, struct route_match *match) {
    if (view_is(method, "HEAD")) method = view_of("GET");
    for (size_t i = 0; i < node->route_count; i++) {
        if (!view_is(method, routes->list[node->routes[i]]->method)) continue;
        match->route = routes->list[node->routes[i]];
        match->index = node->routes[i];
        return;
    }
    for (size_t i = 0; i < node->route_count; i++) {
        const char *other = routes->list[node->routes[i]]->method;
        add_allow(match, other);
        if (strcmp(other, "GET") == 0) add_allow(match, "HEAD");
    }
    add_allow(match, "OPTIONS");
}

bool routes_match(const struct routes *routes, struct view path, struct view method, struct arena *arena, struct route_match *ret_match) {
    struct view segments[ROUTE_MOST_SEGMENTS], segment;
    size_t count = 0;
    *ret_match = (struct route_match){.index = routes->count};
    if (path.len == 0 || path.ptr[0] != '/') return false;
    while (next_segment(&path, &segment)) {
        if (count == ROUTE_MOST_SEGMENTS) return true;
        if (!percent_decode(segment, false, arena, &segments[count++])) return false;
    }
    const struct node *node = walk(&routes->root, segments, count, ret_match->values, &ret_match->value_count);
    if (node != NULL) choose(routes, node, method, ret_match);
    return true;
}

bool route_path_name(const char *pattern, size_t index, struct view *ret_name) {
    struct view path = view_of(pattern), segment;
    while (next_segment(&path, &segment)) {
        if (!is_name(segment) || index-- > 0) continue;
        *ret_name = (struct view){segment.ptr + 1, segment.len - 2};
        return true;
    }
    return false;
}

bool route_in_path(const struct route *route, const char *name) {
    struct view found;
    for (size_t i = 0; route_path_name(route->path, i, &found); i++) {
        if (view_is(found, name)) return true;
    }
    return false;
}
