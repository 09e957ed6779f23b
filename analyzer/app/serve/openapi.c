// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/openapi.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "call_state.h"
#include "listener_state.h"

#define MOST_DESCRIPTION 200

static json_t *reference(const char *kind, const char *name) {
    char text[MOST_DESCRIPTION];
    snprintf(text, sizeof text, "#/components/%s/%s", kind, name);
    return json_pack("{s:s}", "$ref", text);
}

static json_t *schema_of(const char *text, const char *where, struct error *err) {
    json_error_t why;
    json_t *schema = text != NULL ? json_loads(text, JSON_REJECT_DUPLICATES, &why) : json_pack("{s:s}", "type", "string");
    if (schema == NULL) error_set(err, ERROR_DATA, "the schema of %s is not JSON: %s", where, why.text);
    return schema;
}

// Parameters.

static bool add_parameter(json_t *list, const char *name, const struct route_parameter *row, bool in_path, struct error *err) {
    json_t *schema = schema_of(row != NULL ? row->schema : NULL, name, err);
    if (schema == NULL) return false;
    json_t *item = json_pack("{s:s,s:s,s:b,s:o}", "name", name, "in", in_path ? "path" : "query", "required",
                             in_path || (row != NULL && row->required), "schema", schema);
    if (row != NULL && row->help != NULL) json_object_set_new(item, "description", json_string(row->help));
    json_array_append_new(list, item);
    return true;
}

static const struct route_parameter *find_row(const struct route *route, const char *name) {
    for (const struct route_parameter *p = route->parameters; p != NULL && p->name != NULL; p++) {
        if (strcmp(p->name, name) == 0) return p;
    }
    return NULL;
}

static json_t *parameters(const struct route *route, struct error *err) {
    json_t *list = json_array();
    struct view found;
    bool ok = true;
    for (size_t i = 0; ok && route_path_name(route->path, i, &found); i++) {
        char name[MOST_DESCRIPTION];
        snprintf(name, sizeof name, "%.*s", (int)found.len, found.ptr);
        ok = add_parameter(list, name, find_row(route, name), true, err);
    }
    for (const struct route_parameter *p = route->parameters; ok && p != NULL && p->name != NULL; p++) {
        if (!route_in_path(route, p->name)) ok = add_parameter(list, p->name, p, false, err);
    }
    if (ok) return list;
    json_decref(list);
    return NULL;
}

// Bodies and answers.

static json_t *content(const char *types, const char *schema) {
    json_t *object = json_object();
    while (*types != '\0') {
        char type[MOST_DESCRIPTION];
        size_t len = strcspn(types, " ");
        snprintf(type, sizeof type, "%.*s", (int)len, types);
        json_t *media = json_object();
        if (schema != NULL) json_object_set_new(media, "schema", reference("schemas", schema));
        json_object_set_new(object, type, media);
        types += len + strspn(types + len, " ");
    }
    return object;
}

static json_t *request_body(const struct route *route) {
    const char *types = route->body_types != NULL ? route->body_types : "application/json";
    return json_pack("{s:b,s:o}", "required", route->body == BODY_REQUIRED, "content", content(types, route->request_schema));
}

static json_t *responses(const struct route *route) {
    json_t *object = json_object();
    for (const struct route_answer *a = route->answers; a != NULL && a->status != 0; a++) {
        char status[16];
        const char *type = a->type != NULL ? a->type : a->schema != NULL ? "application/json" : NULL;
        json_t *answer = json_pack("{s:s}", "description", a->help);
        if (type != NULL) json_object_set_new(answer, "content", content(type, a->schema));
        snprintf(status, sizeof status, "%d", a->status);
        json_object_set_new(object, status, answer);
    }
    if (route->answers == NULL) json_object_set_new(object, "200", json_pack("{s:s}", "description", "done"));
    json_object_set_new(object, "4XX", reference("responses", "Error"));
    json_object_set_new(object, "5XX", reference("responses", "Error"));
    return object;
}

static json_t *security(const struct route *route) {
    json_t *list = json_array();
    if (route->role == ROLE_NONE) json_array_append_new(list, json_object()); // nothing will do
    if (route->role != ROLE_NONE || route->signs_in) {
        json_array_append_new(list, json_pack("{s:[]}", "token"));
        json_array_append_new(list, json_pack("{s:[]}", "password"));
    }
    return list;
}

static json_t *operation(const struct route *route, struct error *err) {
    json_t *list = parameters(route, err);
    if (list == NULL) return NULL;
    json_t *object = json_pack("{s:s,s:s,s:o,s:o,s:s}", "operationId", route->operation, "summary", route->summary, "parameters", list,
                               "responses", responses(route), "x-role", role_name(route->role));
    if (route->body != BODY_NONE) json_object_set_new(object, "requestBody", request_body(route));
    json_object_set_new(object, "security", security(route));
    return object;
}

static bool add_path(json_t *paths, json_t *names, const struct route *route, struct error *err) {
    char method[16];
    size_t i = 0;
    for (; route->method[i] != '\0' && i < sizeof method - 1; i++) method[i] = (char)tolower((unsigned char)route->method[i]);
    method[i] = '\0';
    if (json_object_get(names, route->operation) != NULL)
        return error_set(err, ERROR_DATA, "two routes have the operation id %s", route->operation);
    json_object_set_new(names, route->operation, json_true());
    json_t *object = operation(route, err);
    if (object == NULL) return error_prefix(err, "route %s %s", route->method, route->path);
    json_t *path = json_object_get(paths, route->path);
    if (path == NULL) {
        path = json_object();
        json_object_set_new(paths, route->path, path);
    }
    json_object_set_new(path, method, object);
    return true;
}

// Components.

static const char error_schema[] = "{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":\"object\","
                                   "\"required\":[\"code\",\"message\",\"hint\"],"
                                   "\"properties\":{\"code\":{\"type\":\"string\",\"description\":\"for programs; never changes\"},"
                                   "\"message\":{\"type\":\"string\",\"description\":\"what was wrong\"},"
                                   "\"hint\":{\"type\":\"string\",\"description\":\"what to do; may be empty\"}}}}}";

static bool add_schema(json_t *schemas, const struct route_schema *row, struct error *err) {
    if (json_object_get(schemas, row->name) != NULL) return error_set(err, ERROR_DATA, "there are two schemas %s", row->name);
    json_t *schema = row->text != NULL ? schema_of(row->text, row->name, err) : row->build();
    if (schema != NULL) json_object_set_new(schemas, row->name, schema);
    return schema != NULL;
}

static json_t *components(const struct route_table *const *tables, size_t count, struct error *err) {
    static const struct route_schema own = {"Error", error_schema, NULL};
    json_t *schemas = json_object();
    bool ok = add_schema(schemas, &own, err);
    for (size_t i = 0; ok && i < count; i++) {
        for (const struct route_schema *row = tables[i]->schemas; ok && row != NULL && row->name != NULL; row++) {
            ok = add_schema(schemas, row, err);
        }
    }
    if (!ok) {
        json_decref(schemas);
        return NULL;
    }
    return json_pack("{s:o,s:{s:{s:s,s:o}},s:{s:{s:s,s:s},s:{s:s,s:s,s:s}}}", "schemas", schemas, "responses", "Error", "description",
                     "what was wrong and what to do", "content", content("application/json", "Error"), "securitySchemes", "token", "type",
                     "http", "scheme", "bearer", "password", "type", "http", "scheme", "basic", "description",
                     "any name, and a token as password");
}

// Whether every schema that a $ref names is there.
static bool check_references(json_t *value, const json_t *schemas, struct error *err) {
    static const char prefix[] = "#/components/schemas/";
    const char *key;
    json_t *item;
    size_t i;
    if (json_is_array(value)) {
        json_array_foreach(value, i, item) {
            if (!check_references(item, schemas, err)) return false;
        }
    }
    json_object_foreach(value, key, item) {
        const char *target = json_string_value(item);
        if (strcmp(key, "$ref") == 0 && target != NULL && strncmp(target, prefix, sizeof prefix - 1) == 0 &&
            json_object_get(schemas, target + sizeof prefix - 1) == NULL)
            return error_set(err, ERROR_DATA, "the schema %s is named but not there", target + sizeof prefix - 1);
        if (!check_references(item, schemas, err)) return false;
    }
    return true;
}

static json_t *build_paths(const struct routes *routes, struct error *err) {
    json_t *paths = json_object(), *names = json_object();
    bool ok = true;
    for (size_t i = 0; ok && i < routes_count(routes); i++) ok = add_path(paths, names, routes_at(routes, i), err);
    json_decref(names);
    if (ok) return paths;
    json_decref(paths);
    return NULL;
}

char *openapi_document(const struct routes *routes, const struct route_table *const *tables, size_t count, const char *version,
                       struct error *err) {
    json_t *parts = components(tables, count, err);
    json_t *paths = parts != NULL ? build_paths(routes, err) : NULL;
    char *text = NULL;
    if (paths != NULL) {
        json_t *document =
            json_pack("{s:s,s:{s:s,s:s,s:{s:s}},s:O,s:O}", "openapi", "3.1.0", "info", "title", "serin", "version",
                      version != NULL ? version : "0", "license", "name", "GPL-3.0-or-later", "paths", paths, "components", parts);
        if (check_references(document, json_object_get(parts, "schemas"), err)) text = json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS);
        json_decref(document);
    }
    json_decref(paths);
    json_decref(parts);
    return text;
}

static void get_document(struct call *call) {
    reply_text(call, 200, "application/json", view_of(call->listener->openapi));
}

static const struct route_answer document_answers[] = {{200, "the OpenAPI 3.1 document of this server", NULL, "application/json"}, {0}};

static const struct route openapi_routes[] = {{
    .method = "GET",
    .path = "/api/v1/openapi.json",
    .role = ROLE_NONE,
    .handle = get_document,
    .operation = "getOpenApi",
    .summary = "this document",
    .answers = document_answers,
}};

const struct route_table openapi_table = {openapi_routes, 1, NULL};
