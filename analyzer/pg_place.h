// SPDX-License-Identifier: GPL-3.0-or-later
// Where a store in PostgreSQL is: an address that libpq reads.
#ifndef ANALYZER_PG_PLACE_H
#define ANALYZER_PG_PLACE_H

#include "base/arena.h"
#include "pg_library.h"

struct pg_place { // of a store; what all its links share
    const struct pg_library *pq;
    char *url;
    const char *name; // for errors: "postgresql HOST/DATABASE"
    struct arena arena;
};

// False with err (ERROR_USAGE) for what is no address of a database, or holds a password: that comes from the environment or a file.
bool pg_place_init(struct pg_place *place, const char *address, struct error *err);
void pg_place_finish(struct pg_place *place); // fine with zeroes

#endif
