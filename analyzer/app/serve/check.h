// SPDX-License-Identifier: GPL-3.0-or-later
// What every request must be like before a handler sees it. Each check answers the call itself when it refuses.
#ifndef SERVE_CHECK_H
#define SERVE_CHECK_H

#include <stdbool.h>

#include "call_state.h"

// Checks everything that is known before the body. False: the call was answered. In both cases *ret_has_body says whether a body
// comes and *ret_length how long it says to be (UINT64_MAX: chunked).
bool check_head(struct call *call, bool *ret_has_body, uint64_t *ret_length);

size_t check_body_most(const struct call *call); // bytes that the body may have

// Answers that the body is too large.
void check_refuse_body(struct call *call);

#endif
