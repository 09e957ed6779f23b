// SPDX-License-Identifier: GPL-3.0-or-later
// Work that another thread does for a call while the call waits. Both have a reference to the errand: the call until it is answered, and
// the thread until it ends the errand with an answer. When the client goes away meanwhile, the answer is dropped.
#ifndef API_ERRAND_H
#define API_ERRAND_H

#include "serve/call.h"

struct errand;

// Defers the call for at most that long. The caller must see to it that the errand is ended once, by one of the functions below, on any
// thread. The route's `resume` must be errand_resume.
struct errand *errand_begin(struct call *call, int64_t most_ms);

struct arena *errand_arena(struct errand *errand); // for the side that carries it out; freed some time after the end

// End the errand with an answer. It must not be used afterwards.
void errand_json(struct errand *errand, int status, json_t *body); // takes body
void errand_text(struct errand *errand, int status, const char *content_type, struct view text);
__attribute__((format(printf, 5, 6))) void errand_error(struct errand *errand, int status, const char *code, const char *hint,
                                                        const char *format, ...);

void errand_header(struct errand *errand, const char *name, const char *value); // sets a header of the answer, at most 4; before the end

route_fn errand_resume; // gives the call the answer of its errand, or 503 or 504 when there is none in time

// {"error": {"code", "message", "hint"}}, as reply_error_hint() has it.
json_t *errand_error_body(const char *code, const char *hint, const char *message);

#endif
