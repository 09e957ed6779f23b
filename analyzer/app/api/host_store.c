// SPDX-License-Identifier: GPL-3.0-or-later
// Opens the store. A shared one may have another service for its owner: then this one stands by. It answers every route that it is not the
// one, looks after the store once a second, and goes on when it may.
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/verdict.h"
#include "api/host_private.h"
#include "base/log.h"
#include "serve/call.h"
#include "serve/service_notify.h"

#define LOOK_S 1
#define STOP_MS INT64_C(1000)

// What is under way now belongs to another service, which has taken it up from the store: nothing may be finished, sent or said any more.
// So it ends as if it were killed, which everything here is built for; who started it starts it again, and it stands by.
static void lost(void *user, const char *why) {
    struct log_line line;
    (void)user;
    log_begin(&line, LOG_LEVEL_ERROR, "store_lost");
    log_text(&line, "error", why);
    log_text(&line, "hint", "start it again: it then stands by");
    log_end(&line);
    _exit(EXIT_SOURCE);
}

static bool try_open(struct host *host, bool *ret_taken, struct error *err) {
    struct store_options options = {
        .create = true, .owner = true, .readers = HOST_READERS, .ret_taken = ret_taken, .lost = lost, .lost_user = host};
    *ret_taken = false;
    host->service.store = store_open(host->config->store, &options, err);
    return host->service.store != NULL;
}

static void refuse(struct call *call) {
    reply_header(call, "Retry-After", "1");
    reply_error_hint(call, 503, "standby", "ask the one that owns the store; this one takes over when it ends",
                     "this service stands by: another one owns the store");
}

// The same routes with the same rights, so that who asks the wrong service learns that and nothing else.
static const struct route_table *refusing(const struct route_table *table, struct arena *arena) {
    struct route *routes = arena_array(arena, table->count, sizeof *routes);
    struct route_table *copy = arena_alloc(arena, sizeof *copy);
    memcpy(routes, table->routes, table->count * sizeof *routes);
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(routes[i].path, "/-/healthy") != 0) routes[i].handle = refuse;
    }
    *copy = *table;
    copy->routes = routes;
    return copy;
}

static struct listener *listen_meanwhile(struct host *host, struct error *err) {
    struct listener_options options = host->listening;
    const struct route_table **tables = arena_array(&host->arena, options.table_count, sizeof *tables);
    for (size_t i = 0; i < options.table_count; i++) tables[i] = refusing(options.tables[i], &host->arena);
    options.tables = tables;
    return listener_start(&options, err);
}

// False when a signal ends it, or with err when nothing will come of waiting.
static bool wait_for_store(struct host *host, struct error *err) {
    static const struct timespec pause = {.tv_sec = LOOK_S};
    for (;;) {
        bool taken;
        int number = sigtimedwait(host->signals, NULL, &pause);
        host->stopped = number == SIGTERM || number == SIGINT;
        if (host->stopped) return false;
        service_notify_alive();
        struct error now = {0};
        if (try_open(host, &taken, &now)) return true;
        if (taken || now.code == ERROR_IO) continue; // a server that is away comes back
        *err = now;
        return false;
    }
}

static bool stand_by(struct host *host, struct error *err) {
    struct listener *listener = listen_meanwhile(host, err);
    if (listener == NULL) return false;
    service_notify_ready();
    log_event(LOG_LEVEL_INFO, "standby", "url", listener_url(listener));
    bool ok = wait_for_store(host, err);
    listener_stop(listener, STOP_MS);
    if (ok) log_event(LOG_LEVEL_INFO, "took_over", NULL, NULL);
    return ok;
}

bool host_open_store(struct host *host, struct error *err) {
    bool taken;
    if (try_open(host, &taken, err)) return true;
    if (!taken || !store_is_shared(host->config->store)) return false;
    if (err != NULL) *err = (struct error){0};
    return stand_by(host, err);
}
