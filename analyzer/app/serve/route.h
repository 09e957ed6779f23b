// SPDX-License-Identifier: GPL-3.0-or-later
// The routes of the service. A row says what a request must be like, which role it needs, which handler answers it, and what the OpenAPI
// document says about it. Each file of handlers ends in a table of rows; all tables together become one set of routes, which is searched by
// the segments of a path.
#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"
#include "serve/role.h"

struct call;

// A handler: answers the call with one of the reply functions, or defers it (call.h). It runs on the listener's thread and must not block.
typedef void route_fn(struct call *call);

struct route_parameter { // a list of them ends with a row without name
    const char *name;    // of the query, or of a {name} in the path
    const char *help;
    const char *schema;  // JSON text, such as {"type":"integer","minimum":1}; NULL: text
    bool required;       // those of the path always are
};

struct route_answer { // a list of them ends with status 0
    int status;
    const char *help;
    const char *schema; // name in a table of schemas; NULL: no body, or one without schema
    const char *type;   // content type; NULL: application/json when there is a schema, else no body
};

enum route_body { BODY_NONE, BODY_OPTIONAL, BODY_REQUIRED };

struct route {
    const char *method;    // GET (answers HEAD too), POST, PUT, PATCH or DELETE
    const char *path;      // "/api/v1/analyses/{id}"; {id} is one whole segment
    enum role role;        // the lowest one that may call
    bool signs_in;         // asks for no role here, as its handler takes a token from elsewhere too: call_sign_in()
    enum route_body body;
    size_t body_most;      // bytes; 0: what the listener's options say
    const char *body_types; // content types, separated by blanks; NULL: application/json; "*/*": any or none
    bool query_open;       // accepts query parameters that are not listed, which are an error otherwise
    bool quiet;            // polled by machines: good answers are logged at level debug only
    route_fn *handle;
    route_fn *resume;      // answers a deferred call; NULL when handle never defers
    const char *operation; // operation id of the document, unique
    const char *summary;
    const struct route_parameter *parameters; // NULL: none
    const char *request_schema;               // name in a table of schemas; NULL: none
    const struct route_answer *answers;       // those that are the route's own; NULL: 200 without schema
};

struct route_schema { // a list of them ends with a row without name
    const char *name;
    const char *text;        // JSON; NULL: build
    json_t *(*build)(void);  // the caller owns the result
};

struct route_table {
    const struct route *routes;
    size_t count;
    const struct route_schema *schemas; // NULL: none
};

struct routes;

// The tables are borrowed. NULL with err for a malformed path, a route that is
// there twice, or a {name} that another route calls differently.
struct routes *routes_create(const struct route_table *const *tables, size_t count, struct error *err);
void routes_destroy(struct routes *routes); // fine with NULL

size_t routes_count(const struct routes *routes);
const struct route *routes_at(const struct routes *routes, size_t i); // in the order of the tables

#define ROUTE_MOST_SEGMENTS 16
#define ROUTE_MOST_ALLOW 64

struct route_match {
    const struct route *route; // NULL: no such path, or none for this method
    size_t index;              // of the route, for routes_at()
    size_t value_count;
    struct view values[ROUTE_MOST_SEGMENTS]; // of the {names} from left to right, decoded, in the arena
    char allow[ROUTE_MOST_ALLOW];            // without a route: the methods that the path has, as Allow wants them; "": no such path
};

// Looks up a path as it was sent, percent-encoded. A route with the literal segment is preferred to one with a {name}. False when the path
// is malformed: not absolute, bad percent-encoding, not UTF-8, control characters. Any thread.
bool routes_match(const struct routes *routes, struct view path, struct view method, struct arena *arena, struct route_match *ret_match);

// The index-th {name} of a pattern; false when it has fewer.
bool route_path_name(const char *pattern, size_t index, struct view *ret_name);

// Whether the parameter is a {name} of the path, and not one of the query.
bool route_in_path(const struct route *route, const char *name);

#endif
