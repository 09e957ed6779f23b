// SPDX-License-Identifier: GPL-3.0-or-later
// Copies and checks use connections of their own: they take long, and readers must not wait for them.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "sqlite_reads.h"
#include "sqlite_store.h"

static bool failed(const char *path, struct error *err) {
    return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
}

// SQLite writes into an empty file that was created before, so that it has the right permissions from the start.
static bool make_temporary(const char *path, struct error *err) {
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return failed(path, err);
    close(file);
    return true;
}

static bool copy(struct sqlite_store *store, const char *to, struct error *err) {
    struct database db;
    if (!database_open(&db, store->path, false, err)) return false;
    sqlite3_stmt *statement = database_prepare(&db, "VACUUM INTO ?1", err);
    bool ok = statement != NULL;
    if (ok) bind_text(statement, 1, to);
    ok = ok && database_step(&db, statement, err);
    sqlite3_finalize(statement);
    database_close(&db);
    return ok || error_prefix(err, "%s", to);
}

bool sqlite_backup(struct store_backend *backend, const char *path, struct error *err) {
    struct sqlite_store *store = (struct sqlite_store *)backend;
    char suffix[32];
    snprintf(suffix, sizeof suffix, ".%ld.tmp", (long)getpid());
    char *temporary = sqlite_plain_path(path, suffix);
    bool ok = file_may_replace(path, store->path, err) && make_temporary(temporary, err);
    if (ok) {
        ok = copy(store, temporary, err) && file_replace(temporary, path, err);
        if (!ok) unlink(temporary);
    }
    free(temporary);
    return ok;
}

// The first row of a check; an error unless it says that all is well.
static bool all_well(struct database *db, const char *sql, const char *well, const char *what, struct error *err) {
    const char *path = sqlite3_db_filename(db->link, "main");
    sqlite3_stmt *row = database_prepare(db, sql, err);
    bool ok = row != NULL;
    if (ok && database_row(db, row, &ok, err)) {
        const char *says = column_text(row, 0);
        bool good = well != NULL && says != NULL && strcmp(says, well) == 0;
        const char *line = says != NULL ? strchr(says, '\n') : NULL; // behind a title
        if (line != NULL) says = line + 1;
        if (!good) ok = error_set(err, ERROR_DATA, "%s: damaged: %s%s; put a backup in its place", path, what, says != NULL ? says : "?");
    }
    sqlite3_finalize(row);
    return ok;
}

bool sqlite_check(struct store_backend *backend, struct error *err) {
    struct sqlite_store *store = (struct sqlite_store *)backend;
    struct database db;
    if (!database_open(&db, store->path, true, err)) return false;
    bool ok = all_well(&db, "PRAGMA integrity_check(1)", "ok", "", err) &&
              all_well(&db, "PRAGMA foreign_key_check", NULL, "missing references in ", err);
    database_close(&db);
    return ok;
}
