// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON body of a request and its members. All functions answer the call when they return false.
#ifndef API_BODY_H
#define API_BODY_H

#include "analyzer/config.h"
#include "serve/call.h"

bool body_json(struct call *call, const json_t **ret); // borrowed from the call; *ret is NULL without a body

// The body as an object with no other members than these (ended by NULL); *ret is NULL when there is no body.
bool body_object(struct call *call, const char *const *names, const json_t **ret);

// A text of 1 to 1,024 bytes without control characters, copied into the arena. *ret is NULL when it is absent.
bool body_text(struct call *call, const json_t *body, const char *name, bool required, struct arena *arena, const char **ret);

bool body_time(struct call *call, const json_t *body, const char *name, int64_t *ret_ms);     // 0 when absent
bool body_duration(struct call *call, const json_t *body, const char *name, int64_t *ret_ms); // 0 when absent
// The member "vars", an object of texts; untouched when absent.
bool body_vars(struct call *call, const json_t *body, struct arena *arena, struct name_values *ret);

#endif
