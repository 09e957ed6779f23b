// SPDX-License-Identifier: GPL-3.0-or-later
// What is checked of every request before a handler sees it. A check that refuses answers the call itself.
#ifndef SERVE_CHECK_H
#define SERVE_CHECK_H

#include <stdbool.h>

#include "call_state.h"

// Checks everything but the body. False when the call was answered. In both cases *ret_has_body says whether a body follows, and
// *ret_length its declared length (UINT64_MAX: chunked).
bool check_head(struct call *call, bool *ret_has_body, uint64_t *ret_length);

size_t check_body_most(const struct call *call); // how many bytes the body may have

// Answers that the body is too large.
void check_refuse_body(struct call *call);

#endif
