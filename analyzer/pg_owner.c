// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg_owner.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/thread.h"
#include "base/timetext.h"
#include "pg_schema.h"

#define BEAT_MS 1000  // between two looks at the lock
#define OLDEST 120000 // of PostgreSQL, as it numbers versions

struct pg_owner {
    struct pg_link link; // of the thread, once it runs
    int64_t epoch;
    store_lost_fn *lost_fn;
    void *lost_user;
    pthread_t thread;
    bool running;
    int wake[2];           // written to when it is to end
    pthread_mutex_t mutex; // guards what follows
    bool holding, lost, told;
    struct error why; // it is not held, or lost
};

bool pg_server_check(struct pg_link *link, struct error *err) {
    static const char sql[] = "SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('server_encoding'),"
                              " current_setting('server_version_num')";
    static const struct pg_parameters none = {0};
    const char *name = link->place->name;
    bool ok = pg_ask(link, sql, true, &none, err);
    if (ok && pg_row(link, &ok, err)) {
        if (pg_number(link, 3) < OLDEST)
            ok = error_set(err, ERROR_USAGE, "%s: PostgreSQL %d or newer is needed", name, OLDEST / 10000);
        else if (strcmp(pg_text(link, 0), "off") == 0 || strcmp(pg_text(link, 1), "off") == 0)
            ok = error_set(err, ERROR_USAGE, "%s: synchronous_commit or fsync is off, so what is acknowledged could be lost; turn both on",
                           name);
        else if (strcmp(pg_text(link, 2), "UTF8") != 0)
            ok = error_set(err, ERROR_USAGE, "%s: the encoding of the database is %s; make it with UTF8", name, pg_text(link, 2));
    }
    pg_end(link);
    return ok;
}

static bool try_lock(struct pg_link *link, bool *ret, struct error *err) {
    int64_t got = 0;
    bool ok = pg_ask_number(link, "SELECT pg_try_advisory_lock(" PG_LOCKS ", 1)::int", &got, err);
    *ret = got != 0;
    return ok;
}

// One who still commits for an owner before holds its row: when this has been changed, nothing of it comes any more. It is given a moment
// to end; then its transaction is ended, as it may be of a machine that hangs.
static bool begin_epoch(struct pg_owner *o, struct error *err) {
    static const char raise[] = "UPDATE writers SET epoch = epoch + 1, commits = 0, since = now() WHERE name = 'owner' RETURNING epoch";
    static const char end[] = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                              " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                              " AND classid = " PG_LOCKS " AND objid = 2";
    int64_t ended;
    bool ok = pg_run(&o->link, "SET lock_timeout = 1000", err) && pg_ask_number(&o->link, raise, &o->epoch, err);
    if (!ok && o->link.conn != NULL) ok = pg_ask_number(&o->link, end, &ended, err) && pg_ask_number(&o->link, raise, &o->epoch, err);
    return ok && pg_run(&o->link, "DELETE FROM writers WHERE name <> 'owner' AND since < now() - interval '1 day'", err);
}

static bool take(struct pg_owner *o, const struct store_options *options, bool *ret_taken, struct error *err) {
    bool got;
    int version;
    const char *name = o->link.place->name;
    if (!pg_link_open(&o->link, NULL, err) || !pg_server_check(&o->link, err) || !try_lock(&o->link, &got, err)) return false;
    *ret_taken = !got;
    if (!got) return error_set(err, ERROR_USAGE, "%s: in use by another serin", name);
    if (!pg_schema_version(&o->link, &version, err)) return false;
    if (version == 0 && !options->create) return error_set(err, ERROR_DATA, "%s: empty, not a store of serin", name);
    return pg_schema_migrate(&o->link, err) && begin_epoch(o, err);
}

// Watching.

static void note(struct pg_owner *o, bool holding, const struct error *why) {
    pthread_mutex_lock(&o->mutex);
    if (!o->lost) o->holding = holding;
    if (!holding && !o->lost) o->why = *why;
    pthread_mutex_unlock(&o->mutex);
}

void pg_owner_lose(struct pg_owner *o, const char *why) {
    pthread_mutex_lock(&o->mutex);
    bool tell = !o->lost;
    o->holding = false;
    o->lost = true;
    if (tell) error_set(&o->why, ERROR_IO, "%s: %s", o->link.place->name, why);
    pthread_mutex_unlock(&o->mutex);
    if (tell && o->lost_fn != NULL) o->lost_fn(o->lost_user, o->why.text);
}

// The lock may still be held by our own connection that was cut off: only the epoch says that another one was owner.
static bool regain(struct pg_owner *o, struct error *err) {
    bool got;
    int64_t epoch = -1;
    if (!pg_link_open(&o->link, NULL, err) || !try_lock(&o->link, &got, err) ||
        !pg_ask_number(&o->link, "SELECT epoch FROM writers WHERE name = 'owner'", &epoch, err))
        return false;
    if (epoch != o->epoch) pg_owner_lose(o, "another serin has taken the store over");
    return epoch == o->epoch && (got || error_set(err, ERROR_IO, "%s: waits for its lock", o->link.place->name));
}

static bool look(struct pg_owner *o, bool holding) {
    struct error err;
    int64_t one;
    bool ok = holding ? pg_ask_number(&o->link, "SELECT 1", &one, &err) : regain(o, &err);
    note(o, ok, &err);
    return ok;
}

static bool is_lost(struct pg_owner *o) {
    pthread_mutex_lock(&o->mutex);
    bool lost = o->lost;
    pthread_mutex_unlock(&o->mutex);
    return lost;
}

// Until it is told to end, also after the store was lost.
static void *watch(void *user) {
    struct pg_owner *o = user;
    bool holding = true;
    for (;;) {
        bool lost = is_lost(o);
        struct pollfd fds[] = {{.fd = o->wake[0], .events = POLLIN},
                               {.fd = holding && o->link.conn != NULL ? o->link.place->pq->PQsocket(o->link.conn) : -1, .events = POLLIN}};
        poll(fds, lost ? 1 : 2, lost ? -1 : holding ? BEAT_MS : BEAT_MS / 10);
        if (fds[0].revents != 0) return NULL;
        if (!lost) holding = look(o, holding);
    }
}

static bool start(struct pg_owner *o, struct error *err) {
    if (pipe(o->wake) != 0) return error_set(err, ERROR_IO, "no pipe can be made");
    for (int i = 0; i < 2; i++) fcntl(o->wake[i], F_SETFD, FD_CLOEXEC);
    return o->running = thread_start(&o->thread, watch, o, err);
}

struct pg_owner *pg_owner_take(const struct pg_place *place, const struct store_options *options, bool *ret_taken, struct error *err) {
    struct pg_owner *o = mem_zero(1, sizeof *o);
    pg_link_init(&o->link, place);
    pthread_mutex_init(&o->mutex, NULL);
    o->wake[0] = o->wake[1] = -1;
    o->lost_fn = options->lost;
    o->lost_user = options->lost_user;
    o->holding = true;
    *ret_taken = false;
    if (take(o, options, ret_taken, err) && start(o, err)) return o;
    pg_owner_release(o);
    return NULL;
}

void pg_owner_release(struct pg_owner *o) {
    if (o == NULL) return;
    if (o->running && write(o->wake[1], "x", 1) == 1) pthread_join(o->thread, NULL);
    for (int i = 0; i < 2; i++) {
        if (o->wake[i] >= 0) close(o->wake[i]);
    }
    pg_link_close(&o->link);
    pthread_mutex_destroy(&o->mutex);
    free(o);
}

int64_t pg_owner_epoch(const struct pg_owner *o) {
    return o->epoch;
}

bool pg_owner_holds(struct pg_owner *o, bool *ret_lost, struct error *err) {
    pthread_mutex_lock(&o->mutex);
    bool holding = o->holding;
    *ret_lost = o->lost;
    if (!holding && err != NULL) *err = o->why;
    pthread_mutex_unlock(&o->mutex);
    return holding;
}
