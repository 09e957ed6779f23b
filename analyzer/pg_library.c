// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#define NAME "libpq.so.5"

#define ENTRY(name)                                                                                                                        \
    { #name, offsetof(struct pg_library, name) }

static const struct {
    const char *name;
    size_t at;
} entries[] = {
    ENTRY(PQconnectdbParams),
    ENTRY(PQconninfoParse),
    ENTRY(PQconninfoFree),
    ENTRY(PQfinish),
    ENTRY(PQstatus),
    ENTRY(PQerrorMessage),
    ENTRY(PQsocket),
    ENTRY(PQserverVersion),
    ENTRY(PQsetnonblocking),
    ENTRY(PQflush),
    ENTRY(PQconsumeInput),
    ENTRY(PQsetNoticeProcessor),
    ENTRY(PQisBusy),
    ENTRY(PQgetResult),
    ENTRY(PQsendQuery),
    ENTRY(PQsendQueryParams),
    ENTRY(PQsendPrepare),
    ENTRY(PQsendQueryPrepared),
    ENTRY(PQsetSingleRowMode),
    ENTRY(PQenterPipelineMode),
    ENTRY(PQpipelineSync),
    ENTRY(PQsendFlushRequest),
    ENTRY(PQresultStatus),
    ENTRY(PQresultErrorField),
    ENTRY(PQclear),
    ENTRY(PQntuples),
    ENTRY(PQcmdStatus),
    ENTRY(PQgetvalue),
    ENTRY(PQgetisnull),
    ENTRY(PQunescapeBytea),
    ENTRY(PQfreemem),
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; // guards what follows until loaded is set; then nothing changes any more
static struct pg_library library;
static bool loaded;

static bool load(struct error *err) {
    void *handle = dlopen(NAME, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return error_set(err, ERROR_USAGE, "a store on PostgreSQL needs " NAME " (Debian: libpq5), which cannot be loaded");
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        void *entry = dlsym(handle, entries[i].name);
        if (entry == NULL) return error_set(err, ERROR_USAGE, NAME " has no %s; libpq 14 or newer is needed", entries[i].name);
        memcpy((char *)&library + entries[i].at, &entry, sizeof entry); // POSIX has one size for both sorts of pointers, C no cast
    }
    return true;
}

const struct pg_library *pg_library_load(struct error *err) {
    pthread_mutex_lock(&mutex);
    loaded = loaded || load(err);
    bool ok = loaded;
    pthread_mutex_unlock(&mutex);
    return ok ? &library : NULL;
}
