// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg_link.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/retry.h"
#include "base/timetext.h"

#define LONGEST_MS INT64_C(1000) // between two attempts to connect: a server that comes back is one that others wait for

#define DRAIN_MOST 1000 // rows

#define STRINGS(x) #x
#define STRING(x) STRINGS(x)

// The server is to notice soon that one who held its locks is gone: it cannot be reached, or its machine is off.
static const char settings[] =
    "SET search_path = serin, pg_temp; SET statement_timeout = " STRING(PG_STATEMENT_MS) "; SET lock_timeout = " STRING(
        PG_LOCK_MS) "; SET idle_in_transaction_session_timeout = " STRING(PG_LOCK_MS) "; SET tcp_keepalives_idle = 3; SET "
                                                                                      "tcp_keepalives_interval = 1;"
                                                                                      " SET tcp_keepalives_count = 3; SET "
                                                                                      "tcp_user_timeout = 6000; SET "
                                                                                      "extra_float_digits = 1";

static void hold_tongue(void *user, const char *text) {
    (void)user;
    (void)text;
}

// Errors.

static const char *one_line(const char *text, char *line, size_t size) {
    snprintf(line, size, "%s", text);
    size_t len = strlen(line);
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == ' ')) line[--len] = '\0';
    for (char *at = line; *at != '\0'; at++) {
        if (*at == '\n' || *at == '\t') *at = ' ';
    }
    return line;
}

static bool tell_result(const struct pg_link *link, const PGresult *result, struct error *err) {
    const struct pg_library *pq = link->place->pq;
    const char *state = pq->PQresultErrorField(result, PG_DIAG_SQLSTATE), *name = link->place->name;
    const char *text = pq->PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char line[512];
    if (state == NULL) state = "?";
    if (strcmp(state, "53100") == 0)
        return error_set(err, ERROR_IO, "%s: the disk of the server is full; make room, the store goes on by itself", name);
    if (strcmp(state, "55P03") == 0)
        return error_set(err, ERROR_IO, "%s: another program has held it for %d seconds", name, PG_LOCK_MS / 1000);
    one_line(text != NULL ? text : "an error without text", line, sizeof line);
    if (strncmp(state, "XX001", 5) == 0 || strncmp(state, "XX002", 5) == 0)
        return error_set(err, ERROR_DATA, "%s: damaged: %s; put a backup in its place", name, line);
    return error_set(err, strcmp(state, "42501") == 0 ? ERROR_USAGE : ERROR_IO, "%s: %s (%s)", name, line, state);
}

// A session that ends tells so before its connection is closed.
static bool is_last_word(const struct pg_link *link, const PGresult *result) {
    const char *severity = link->place->pq->PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

bool pg_link_failed(struct pg_link *link, const PGresult *result, struct error *err) {
    char line[512];
    bool lasts = link->conn != NULL && link->place->pq->PQstatus(link->conn) == CONNECTION_OK;
    if (result != NULL && lasts) {
        bool last = is_last_word(link, result);
        tell_result(link, result, err);
        if (last) pg_link_close(link);
        return false;
    }
    const char *text = link->conn != NULL ? link->place->pq->PQerrorMessage(link->conn) : "";
    one_line(*text != '\0' ? text : "the connection is lost", line, sizeof line);
    pg_link_close(link);
    return error_set(err, ERROR_IO, "%s: %s", link->place->name, line);
}

bool pg_link_unsound(const struct pg_link *link, struct error *err) {
    return error_set(err, ERROR_DATA, "%s: damaged: a row is not as it must be; put a backup in its place", link->place->name);
}

// Waiting.

static bool wait_for(struct pg_link *link, short events, struct error *err) {
    struct pollfd fd = {.fd = link->place->pq->PQsocket(link->conn), .events = events};
    int64_t end_ms = mono_now_ms() + link->answer_ms;
    int64_t left = link->answer_ms;
    int n = 0;
    while (left > 0 && (n = poll(&fd, 1, (int)left)) < 0 && errno == EINTR) left = end_ms - mono_now_ms();
    if (n > 0) return true;
    pg_link_close(link);
    return error_set(err, ERROR_IO, "%s: no answer for %d seconds", link->place->name, link->answer_ms / 1000);
}

// Answers are taken in while there is still something to send: a server that cannot get rid of them would not read on.
static bool flush(struct pg_link *link, struct error *err) {
    const struct pg_library *pq = link->place->pq;
    int left;
    while ((left = pq->PQflush(link->conn)) > 0) {
        if (!wait_for(link, POLLIN | POLLOUT, err)) return false;
        if (pq->PQconsumeInput(link->conn) == 0) return pg_link_failed(link, NULL, err);
    }
    return left == 0 || pg_link_failed(link, NULL, err);
}

// NULL in *ret: the end of one query's results.
static bool get_result(struct pg_link *link, PGresult **ret, struct error *err) {
    const struct pg_library *pq = link->place->pq;
    if (link->conn == NULL) return pg_link_failed(link, NULL, err);
    if (!flush(link, err)) return false;
    while (pq->PQisBusy(link->conn)) {
        if (!wait_for(link, POLLIN, err)) return false;
        if (pq->PQconsumeInput(link->conn) == 0) return pg_link_failed(link, NULL, err);
    }
    *ret = pq->PQgetResult(link->conn);
    if (pq->PQstatus(link->conn) == CONNECTION_OK) return true;
    pq->PQclear(*ret);
    return pg_link_failed(link, NULL, err);
}

// Takes all results of a simple query.
static bool finish(struct pg_link *link, struct error *err) {
    const struct pg_library *pq = link->place->pq;
    PGresult *result;
    bool ok = true, more = true;
    while (more && get_result(link, &result, ok ? err : NULL)) {
        more = result != NULL;
        ExecStatusType status = more ? pq->PQresultStatus(result) : PGRES_COMMAND_OK;
        if (ok && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) ok = pg_link_failed(link, result, err);
        pq->PQclear(result);
    }
    return ok && !more;
}

// Connecting.

void pg_link_init(struct pg_link *link, const struct pg_place *place) {
    *link = (struct pg_link){.place = place, .answer_ms = PG_ANSWER_MS, .seed = (uint64_t)getpid()};
}

void pg_link_close(struct pg_link *link) {
    if (link->conn == NULL) return;
    link->place->pq->PQclear(link->row);
    link->place->pq->PQfinish(link->conn);
    link->row = NULL;
    link->conn = NULL;
    link->pipelined = link->rows_left = false;
    link->kept_count = 0;
}

// The first ones may be changed by the address, the last ones may not.
static bool connect_now(struct pg_link *link, struct error *err) {
    static const char *const keys[] = {
        "connect_timeout", "target_session_attrs", "tcp_user_timeout", "fallback_application_name", "dbname", "client_encoding", NULL};
    const char *values[] = {STRING(PG_CONNECT_S), "read-write", "5000", "serin", link->place->url, "UTF8", NULL};
    const struct pg_library *pq = link->place->pq;
    link->conn = pq->PQconnectdbParams(keys, values, 1);
    if (link->conn == NULL) return error_set(err, ERROR_IO, "%s: out of memory", link->place->name);
    if (pq->PQstatus(link->conn) != CONNECTION_OK) return pg_link_failed(link, NULL, err);
    pq->PQsetNoticeProcessor(link->conn, hold_tongue, NULL);
    if (pq->PQsetnonblocking(link->conn, 1) != 0) return pg_link_failed(link, NULL, err);
    if (pg_run(link, settings, err)) return true;
    pg_link_close(link);
    return false;
}

// While nothing is under way only the end of the connection can be read, or a notice of it.
static bool is_there(struct pg_link *link) {
    const struct pg_library *pq = link->place->pq;
    struct pollfd fd = {.fd = pq->PQsocket(link->conn), .events = POLLIN};
    if (poll(&fd, 1, 0) == 0) return true;
    if (pq->PQconsumeInput(link->conn) != 0 && pq->PQstatus(link->conn) == CONNECTION_OK && poll(&fd, 1, 0) == 0) return true;
    pg_link_close(link);
    return false;
}

bool pg_link_open(struct pg_link *link, bool *ret_new, struct error *err) {
    if (ret_new != NULL) *ret_new = false;
    if (link->conn != NULL && is_there(link)) return true;
    if (link->failed > 0 && mono_now_ms() < link->retry_ms) {
        if (err != NULL) *err = link->last;
        return false;
    }
    if (connect_now(link, &link->last)) {
        link->failed = 0;
        if (ret_new != NULL) *ret_new = true;
        return true;
    }
    link->failed++;
    int64_t wait_ms = retry_backoff_ms(link->failed, &link->seed);
    link->retry_ms = mono_now_ms() + (wait_ms < LONGEST_MS ? wait_ms : LONGEST_MS);
    if (err != NULL) *err = link->last;
    return false;
}

// Parameters.

static void add(struct pg_parameters *p, const char *value, int length, int format) {
    assert(p->count < PG_PARAMETERS);
    p->values[p->count] = value;
    p->lengths[p->count] = length;
    p->formats[p->count++] = format;
}

void pg_add_text(struct pg_parameters *p, const char *text) {
    add(p, text, 0, 0);
}

void pg_add_number(struct pg_parameters *p, int64_t number) {
    snprintf(p->digits[p->count], sizeof p->digits[0], "%lld", (long long)number);
    add(p, p->digits[p->count], 0, 0);
}

void pg_add_real(struct pg_parameters *p, double number) {
    struct buf text;
    if (isnan(number)) {
        add(p, NULL, 0, 0);
        return;
    }
    buf_init(&text, sizeof p->digits[0] - 1);
    buf_double(&text, number);
    snprintf(p->digits[p->count], sizeof p->digits[0], "%s", isinf(number) ? (number > 0 ? "Infinity" : "-Infinity") : buf_text(&text));
    buf_finish(&text);
    add(p, p->digits[p->count], 0, 0);
}

void pg_add_bytes(struct pg_parameters *p, struct view bytes) {
    add(p, bytes.len > 0 ? bytes.ptr : "", (int)bytes.len, 1);
}

// Asking.

static bool sent(struct pg_link *link, int code, struct error *err) {
    return code == 1 || pg_link_failed(link, NULL, err);
}

static size_t find_kept(const struct pg_link *link, const char *sql) {
    size_t at = 0;
    while (at < link->kept_count && link->kept[at] != sql) at++;
    return at;
}

bool pg_prepare(struct pg_link *link, const char *sql, struct error *err) {
    char name[24];
    size_t at = find_kept(link, sql);
    if (at < link->kept_count) return true;
    assert(at < PG_STATEMENTS && !link->pipelined);
    snprintf(name, sizeof name, "s%zu", at);
    if (!sent(link, link->place->pq->PQsendPrepare(link->conn, name, sql, 0, NULL), err) || !finish(link, err)) return false;
    link->kept[link->kept_count++] = sql;
    return true;
}

static bool send_kept(struct pg_link *link, const char *sql, const struct pg_parameters *p, struct error *err) {
    static const struct pg_parameters none = {0};
    char name[24];
    size_t at = find_kept(link, sql);
    assert(at < link->kept_count);
    if (p == NULL) p = &none;
    snprintf(name, sizeof name, "s%zu", at);
    return sent(link, link->place->pq->PQsendQueryPrepared(link->conn, name, p->count, p->values, p->lengths, p->formats, 0), err);
}

bool pg_ask(struct pg_link *link, const char *sql, bool once, const struct pg_parameters *p, struct error *err) {
    const struct pg_library *pq = link->place->pq;
    bool ok = once ? sent(link, pq->PQsendQueryParams(link->conn, sql, p->count, NULL, p->values, p->lengths, p->formats, 0), err)
                   : pg_prepare(link, sql, err) && send_kept(link, sql, p, err);
    link->rows_left = ok;
    return ok && sent(link, pq->PQsetSingleRowMode(link->conn), err);
}

bool pg_row(struct pg_link *link, bool *ok, struct error *err) {
    const struct pg_library *pq = link->place->pq;
    PGresult *result = NULL;
    pq->PQclear(link->row);
    link->row = NULL;
    if (!get_result(link, &result, err)) return *ok = false;
    link->rows_left = result != NULL;
    if (result == NULL) return false;
    ExecStatusType status = pq->PQresultStatus(result);
    if (status == PGRES_SINGLE_TUPLE) link->row = result;
    if (status == PGRES_SINGLE_TUPLE) return true;
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) *ok = pg_link_failed(link, result, err);
    pq->PQclear(result);
    return false;
}

// Most of what is given up is the mark of the end, or a few rows. Who leaves more loses the connection: asking the server to stop would
// take another one.
void pg_end(struct pg_link *link) {
    const struct pg_library *pq = link->place->pq;
    PGresult *result = NULL;
    pq->PQclear(link->row);
    link->row = NULL;
    for (int i = 0; link->rows_left && i < DRAIN_MOST; i++) {
        if (!get_result(link, &result, NULL)) break;
        link->rows_left = result != NULL;
        pq->PQclear(result);
    }
    if (link->rows_left) pg_link_close(link);
}

bool pg_run(struct pg_link *link, const char *sql, struct error *err) {
    return sent(link, link->place->pq->PQsendQuery(link->conn, sql), err) && finish(link, err);
}

bool pg_ask_number(struct pg_link *link, const char *sql, int64_t *ret, struct error *err) {
    static const struct pg_parameters none = {0};
    bool ok = pg_ask(link, sql, true, &none, err);
    if (ok && pg_row(link, &ok, err)) *ret = pg_number(link, 0);
    pg_end(link);
    return ok;
}

// Columns.

const char *pg_text(const struct pg_link *link, int at) {
    const struct pg_library *pq = link->place->pq;
    return pq->PQgetisnull(link->row, 0, at) ? NULL : pq->PQgetvalue(link->row, 0, at);
}

int64_t pg_number(const struct pg_link *link, int at) {
    return strtoll(link->place->pq->PQgetvalue(link->row, 0, at), NULL, 10);
}

double pg_real(const struct pg_link *link, int at) {
    const char *text = pg_text(link, at);
    return text != NULL ? strtod(text, NULL) : (double)NAN;
}

struct view pg_bytes(const struct pg_link *link, int at, struct arena *arena) {
    const struct pg_library *pq = link->place->pq;
    struct view bytes = {"", 0};
    const char *text = pg_text(link, at);
    unsigned char *plain = text != NULL ? pq->PQunescapeBytea((const unsigned char *)text, &bytes.len) : NULL;
    if (plain != NULL) bytes.ptr = arena_strndup(arena, (const char *)plain, bytes.len);
    pq->PQfreemem(plain);
    return plain != NULL ? bytes : (struct view){"", 0};
}

// Pipelines.

bool pg_pipeline(struct pg_link *link, struct error *err) {
    if (link->pipelined) return true;
    link->pipelined = true;
    return sent(link, link->place->pq->PQenterPipelineMode(link->conn), err);
}

bool pg_send(struct pg_link *link, const char *sql, const struct pg_parameters *p, struct error *err) {
    if (link->conn == NULL) return pg_link_failed(link, NULL, err);
    return send_kept(link, sql, p, err);
}

bool pg_send_flush(struct pg_link *link, struct error *err) {
    if (link->conn == NULL) return pg_link_failed(link, NULL, err);
    return sent(link, link->place->pq->PQsendFlushRequest(link->conn), err) && flush(link, err);
}

bool pg_send_sync(struct pg_link *link, struct error *err) {
    if (link->conn == NULL) return pg_link_failed(link, NULL, err);
    return sent(link, link->place->pq->PQpipelineSync(link->conn), err) && flush(link, err);
}

PGresult *pg_answer(struct pg_link *link, struct error *err) {
    PGresult *result = NULL;
    while (get_result(link, &result, err)) {
        if (result != NULL) return result; // NULL parts the answers of two statements
    }
    return NULL;
}
