// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/role.h"

static const char *const names[] = {"none", "read", "run", "gate", "admin"};

const char *role_name(enum role role) {
    return names[role];
}

bool role_parse(struct view text, enum role *ret_role) {
    for (size_t i = ROLE_READ; i <= ROLE_ADMIN; i++) {
        if (!view_is(text, names[i])) continue;
        *ret_role = (enum role)i;
        return true;
    }
    return false;
}
