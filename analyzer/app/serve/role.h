// SPDX-License-Identifier: GPL-3.0-or-later
// What a caller of the service may do. The roles are an order: who has one may do what the lower ones may.
#ifndef SERVE_ROLE_H
#define SERVE_ROLE_H

#include <stdbool.h>

#include "base/view.h"

enum role {
    ROLE_NONE,  // of a route: no token is asked for
    ROLE_READ,  // look at analyses, gates, metrics
    ROLE_RUN,   // start and cancel analyses
    ROLE_GATE,  // freeze, approve
    ROLE_ADMIN, // reload, audit
};

const char *role_name(enum role role); // "none", "read", "run", "gate", "admin"

// One of read, run, gate, admin; false for anything else.
bool role_parse(struct view text, enum role *ret_role);

#endif
