// SPDX-License-Identifier: GPL-3.0-or-later
// The schemas of what the API takes and gives, for its OpenAPI document.
#ifndef API_SCHEMAS_H
#define API_SCHEMAS_H

#include "serve/route.h"

extern const struct route_schema api_schemas[]; // ends with a row without name

#endif
