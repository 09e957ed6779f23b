// SPDX-License-Identifier: GPL-3.0-or-later
// What a call waits for while another thread carries it out. Both hold the errand: the call until it is answered, and whoever carries
// it out until he says how it ended. A client that goes away leaves the other side to end for nobody.
#ifndef API_ERRAND_H
#define API_ERRAND_H

#include "serve/call.h"

struct errand;

// Defers the call for at most that long. The errand is then the caller's to end, once, by one of the functions below, from any thread;
// the route's resume is errand_resume.
struct errand *errand_begin(struct call *call, int64_t most_ms);

struct arena *errand_arena(struct errand *errand); // for what is needed until its end; of the side that carries it out

// How it ended. None of them may be followed by another use of the errand.
void errand_json(struct errand *errand, int status, json_t *body); // takes body
void errand_text(struct errand *errand, int status, const char *content_type, struct view text);
__attribute__((format(printf, 5, 6))) void errand_error(struct errand *errand, int status, const char *code, const char *hint,
                                                        const char *format, ...);

void errand_header(struct errand *errand, const char *name, const char *value); // of the answer; before the end; at most 4

route_fn errand_resume; // answers a call with how its errand ended

// {"error": {"code", "message", "hint"}}, as reply_error_hint() has it.
json_t *errand_error_body(const char *code, const char *hint, const char *message);

#endif
