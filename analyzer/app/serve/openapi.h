// SPDX-License-Identifier: GPL-3.0-or-later
// The OpenAPI 3.1 document, made from the routes that are really served.
#ifndef SERVE_OPENAPI_H
#define SERVE_OPENAPI_H

#include "base/error.h"
#include "serve/route.h"

// JSON text, which the caller frees; the same bytes for the same routes. NULL with err when a route or schema of the tables is
// wrong: no JSON, two of a name, an operation twice, a schema that is named but not there.
char *openapi_document(const struct routes *routes, const struct route_table *const *tables, size_t count, const char *version,
                       struct error *err);

extern const struct route_table openapi_table; // GET /api/v1/openapi.json, which every listener has

#endif
