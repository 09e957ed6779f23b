// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg_place.h"

#include <string.h>

// What libpq says of an address that it cannot read repeats it, so it is not told: there may be a password in it.
bool pg_place_init(struct pg_place *place, const char *address, struct error *err) {
    *place = (struct pg_place){.pq = pg_library_load(err)};
    if (place->pq == NULL) return false;
    place->url = arena_printf(&place->arena, "postgresql:%s", address);
    const char *host = NULL, *database = NULL;
    bool secret = false;
    PQconninfoOption *options = place->pq->PQconninfoParse(place->url, NULL);
    if (options == NULL)
        return error_set(err, ERROR_USAGE,
                         "the address of the store is none that libpq reads; postgresql://USER@HOST:PORT/DATABASE is one");
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
        if (o->val == NULL) continue;
        if (strcmp(o->keyword, "password") == 0 || strcmp(o->keyword, "sslpassword") == 0) secret = true;
        if (strcmp(o->keyword, "host") == 0) host = arena_strdup(&place->arena, o->val);
        if (strcmp(o->keyword, "dbname") == 0) database = arena_strdup(&place->arena, o->val);
    }
    place->pq->PQconninfoFree(options);
    place->name = arena_printf(&place->arena, "postgresql %s%s%s", host != NULL ? host : "", host != NULL && database != NULL ? "/" : "",
                               database != NULL ? database : "");
    return !secret ||
           error_set(err, ERROR_USAGE,
                     "%s: a password does not belong into the address; put it into PGPASSWORD, a file of PGPASSFILE or a service file",
                     place->name);
}

void pg_place_finish(struct pg_place *place) {
    arena_finish(&place->arena);
}
