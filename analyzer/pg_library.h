// SPDX-License-Identifier: GPL-3.0-or-later
// libpq, loaded when the first store on PostgreSQL is opened: it brings the libraries of LDAP and Kerberos with it, and a command that
// needs no such store must not wait for them.
#ifndef ANALYZER_PG_LIBRARY_H
#define ANALYZER_PG_LIBRARY_H

#include <libpq-fe.h>

#include "base/error.h"

struct pg_library { // functions of libpq under their own names
    PGconn *(*PQconnectdbParams)(const char *const *keywords, const char *const *values, int expand_dbname);
    PQconninfoOption *(*PQconninfoParse)(const char *text, char **error);
    void (*PQconninfoFree)(PQconninfoOption *options);
    void (*PQfinish)(PGconn *conn);
    ConnStatusType (*PQstatus)(const PGconn *conn);
    char *(*PQerrorMessage)(const PGconn *conn);
    int (*PQsocket)(const PGconn *conn);
    int (*PQserverVersion)(const PGconn *conn);
    int (*PQsetnonblocking)(PGconn *conn, int on);
    PQnoticeProcessor (*PQsetNoticeProcessor)(PGconn *conn, PQnoticeProcessor processor, void *user);
    int (*PQflush)(PGconn *conn);
    int (*PQconsumeInput)(PGconn *conn);
    int (*PQisBusy)(PGconn *conn);
    PGresult *(*PQgetResult)(PGconn *conn);
    int (*PQsendQuery)(PGconn *conn, const char *sql);
    int (*PQsendQueryParams)(PGconn *conn, const char *sql, int count, const Oid *types, const char *const *values, const int *lengths,
                             const int *formats, int result_format);
    int (*PQsendPrepare)(PGconn *conn, const char *name, const char *sql, int count, const Oid *types);
    int (*PQsendQueryPrepared)(PGconn *conn, const char *name, int count, const char *const *values, const int *lengths,
                               const int *formats, int result_format);
    int (*PQsetSingleRowMode)(PGconn *conn);
    int (*PQenterPipelineMode)(PGconn *conn);
    int (*PQpipelineSync)(PGconn *conn);
    int (*PQsendFlushRequest)(PGconn *conn);
    ExecStatusType (*PQresultStatus)(const PGresult *result);
    char *(*PQresultErrorField)(const PGresult *result, int field);
    void (*PQclear)(PGresult *result);
    char *(*PQcmdStatus)(PGresult *result);
    int (*PQntuples)(const PGresult *result);
    char *(*PQgetvalue)(const PGresult *result, int row, int column);
    int (*PQgetisnull)(const PGresult *result, int row, int column);
    unsigned char *(*PQunescapeBytea)(const unsigned char *text, size_t *length);
    void (*PQfreemem)(void *memory);
};

// Loads it at the first call; it stays loaded. NULL with err (ERROR_USAGE) where it is not installed, or too old. Any thread.
const struct pg_library *pg_library_load(struct error *err);

#endif
