// SPDX-License-Identifier: GPL-3.0-or-later
// JSON values as every view of the API has them. The caller owns what is returned.
#ifndef API_VIEW_VALUE_H
#define API_VIEW_VALUE_H

#include <jansson.h>

#include "api/service.h"
#include "base/finding.h"

json_t *view_time(int64_t ms);       // RFC 3339; null for 0
json_t *view_text(const char *text); // null for NULL, and for what is not UTF-8
json_t *view_number(double value);   // null for NaN and infinities

// A link to a path of this service; `path` begins with a slash.
json_t *view_link(const struct service *service, const char *path);

// A list of {"level", "line", "column", "key", "message"}.
json_t *view_findings(const struct finding *items, size_t count);

#endif
