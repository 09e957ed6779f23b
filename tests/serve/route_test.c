// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "serve/openapi.h"
#include "serve/route.h"

#define ROW(m, p)                                                                                                                          \
    { .method = m, .path = p, .operation = m p, .summary = "does " p }

static const struct route rows[] = {
    ROW("GET", "/"),         ROW("GET", "/a/{id}"),   ROW("PUT", "/a/{id}"), ROW("GET", "/a/wait"), ROW("GET", "/a/{id}/b/{other}"),
    ROW("GET", "/a/wait/c"), ROW("DELETE", "/{any}"),
};
static const struct route_table table = {rows, sizeof rows / sizeof rows[0], NULL};
static const struct route_table *const tables[] = {&table};

static void test_routes_match__prefers_words(void **state) {
    static const struct {
        const char *method, *path;
        int row; // -1: none
        const char *values, *allow;
    } cases[] = {
        {"GET", "/", 0, "", ""},
        {"HEAD", "/", 0, "", ""},
        {"POST", "/", -1, "", "GET, HEAD, OPTIONS"},
        {"GET", "/a/x", 1, "x ", ""},
        {"PUT", "/a/x%20y", 2, "x y ", ""},
        {"GET", "/a/wait", 3, "", ""},
        {"PUT", "/a/wait", -1, "", "GET, HEAD, OPTIONS"},
        {"GET", "/a/wait/b/2", 4, "wait 2 ", ""},
        {"GET", "/a/wait/c", 5, "", ""},
        {"GET", "/a/x/c", -1, "", ""},
        {"GET", "/a//b/2", -1, "", ""},
        {"GET", "/a/", -1, "", ""},
        {"DELETE", "/a", 6, "a ", ""},
        {"OPTIONS", "/a/x", -1, "", "GET, HEAD, PUT, OPTIONS"},
        {"get", "/", -1, "", "GET, HEAD, OPTIONS"},
        {"GET", "/a/%2F", 1, "/ ", ""},
        {"GET", "/a/..", 1, ".. ", ""},
        {"GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", -1, "", ""},
    };
    struct error err;
    (void)state;
    struct routes *routes = routes_create(tables, 1, &err);
    assert_non_null(routes);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena = {0};
        struct route_match match;
        char values[100] = "";
        assert_true(routes_match(routes, view_of(cases[i].path), view_of(cases[i].method), &arena, &match));
        for (size_t j = 0; j < match.value_count; j++) {
            size_t used = strlen(values);
            snprintf(values + used, sizeof values - used, "%.*s ", (int)match.values[j].len, match.values[j].ptr);
        }
        int row = match.route != NULL ? (int)(match.route - rows) : -1;
        if (row != cases[i].row || (row >= 0 && strcmp(values, cases[i].values) != 0) || strcmp(match.allow, cases[i].allow) != 0)
            fail_msg("%s %s: row %d, values '%s', allow '%s'", cases[i].method, cases[i].path, row, values, match.allow);
        arena_finish(&arena);
    }
    routes_destroy(routes);
}

static void test_routes_match__refuses_malformed_paths(void **state) {
    static const char *const paths[] = {"", "a", "/%", "/%4", "/%zz", "/%ff", "/%c0%af", "/%0a", "/\x7f", "/\n", "*"};
    struct error err;
    (void)state;
    struct routes *routes = routes_create(tables, 1, &err);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct arena arena = {0};
        struct route_match match;
        if (routes_match(routes, view_of(paths[i]), view_of("GET"), &arena, &match)) fail_msg("%s was taken", paths[i]);
        arena_finish(&arena);
    }
    routes_destroy(routes);
}

static void test_routes_create__refuses_contradictions(void **state) {
    static const struct {
        struct route rows[2];
        const char *error;
    } cases[] = {
        {{ROW("GET", "/a/{id}"), ROW("GET", "/a/{id}")}, "is there twice"},
        {{ROW("GET", "/a/{id}"), ROW("PUT", "/a/{name}")}, "{name} is called {id}"},
        {{ROW("GET", "/a"), ROW("GET", "b")}, "must begin with a slash"},
        {{ROW("GET", "/a"), ROW("GET", "/a//b")}, "an empty segment"},
        {{ROW("GET", "/a"), ROW("GET", "/a/")}, "an empty segment"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err;
        const struct route_table two = {cases[i].rows, 2, NULL};
        const struct route_table *const list[] = {&two};
        assert_null(routes_create(list, 1, &err));
        if (strstr(err.text, cases[i].error) == NULL) fail_msg("%s", err.text);
    }
}

static json_t *document_of(const struct route_table *one, struct error *err) {
    const struct route_table *const list[] = {one, &openapi_table};
    struct routes *routes = routes_create(list, 2, err);
    assert_non_null(routes);
    char *text = openapi_document(routes, list, 2, "1.2", err);
    json_t *document = text != NULL ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    assert_true(text == NULL || document != NULL);
    free(text);
    routes_destroy(routes);
    return document;
}

// Every row is one operation of the document, and there are no others.
static void test_openapi__has_every_route(void **state) {
    struct error err;
    (void)state;
    json_t *document = document_of(&table, &err), *paths = json_object_get(document, "paths");
    size_t operations = 0;
    const char *path, *method;
    json_t *item, *operation;
    json_object_foreach(paths, path, item) {
        json_object_foreach(item, method, operation) operations++;
    }
    assert_int_equal(operations, table.count + 1);
    for (size_t i = 0; i < table.count; i++) {
        char name[10] = "";
        for (size_t j = 0; rows[i].method[j] != '\0'; j++) name[j] = (char)(rows[i].method[j] | 0x20);
        operation = json_object_get(json_object_get(paths, rows[i].path), name);
        assert_string_equal(json_string_value(json_object_get(operation, "operationId")), rows[i].operation);
    }
    operation = json_object_get(json_object_get(paths, "/a/{id}/b/{other}"), "get");
    assert_int_equal(json_array_size(json_object_get(operation, "parameters")), 2);
    json_decref(document);
}

static void test_openapi__refuses_wrong_rows(void **state) {
    static const struct route_parameter bad[] = {{"q", "x", "{", false}, {0}};
    static const struct route_schema thing[] = {{"Thing", "{\"$ref\":\"#/components/schemas/Other\"}", NULL}, {0}};
    static const struct route_schema twice[] = {{"T", "{}", NULL}, {"T", "{}", NULL}, {0}};
    static const struct {
        struct route rows[2];
        const struct route_schema *schemas;
        const char *error;
    } cases[] = {
        {{{.method = "GET", .path = "/a", .operation = "o"}, {.method = "GET", .path = "/b", .operation = "o"}}, NULL, "operation id o"},
        {{{.method = "GET", .path = "/a", .operation = "o", .parameters = bad}, {.method = "GET", .path = "/b", .operation = "p"}},
         NULL,
         "the schema of q is not JSON"},
        {{ROW("GET", "/a"), {.method = "PUT", .path = "/b", .operation = "p", .body = BODY_REQUIRED, .request_schema = "Missing"}},
         NULL,
         "the schema Missing"},
        {{ROW("GET", "/a"), ROW("GET", "/b")}, thing, "the schema Other"},
        {{ROW("GET", "/a"), ROW("GET", "/b")}, twice, "two schemas T"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err;
        struct route two[2] = {cases[i].rows[0], cases[i].rows[1]};
        two[0].summary = two[1].summary = "does";
        const struct route_table one = {two, 2, cases[i].schemas};
        assert_null(document_of(&one, &err));
        if (strstr(err.text, cases[i].error) == NULL) fail_msg("%s", err.text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes_match__prefers_words),           cmocka_unit_test(test_routes_match__refuses_malformed_paths),
        cmocka_unit_test(test_routes_create__refuses_contradictions), cmocka_unit_test(test_openapi__has_every_route),
        cmocka_unit_test(test_openapi__refuses_wrong_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
