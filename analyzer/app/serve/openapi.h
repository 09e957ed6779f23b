// SPDX-License-Identifier: GPL-3.0-or-later
// The OpenAPI 3.1 document, made from the very routes that requests are checked against.
#ifndef SERVE_OPENAPI_H
#define SERVE_OPENAPI_H

#include "base/error.h"
#include "serve/route.h"

// The document as JSON text, which the caller frees; the same bytes for the same routes. NULL with err when something in the tables is
// wrong: a schema that is no JSON or is missing, two schemas of one name, an operation id that is used twice.
char *openapi_document(const struct routes *routes, const struct route_table *const *tables, size_t count, const char *version,
                       struct error *err);

extern const struct route_table openapi_table; // GET /api/v1/openapi.json, which every listener has

#endif
