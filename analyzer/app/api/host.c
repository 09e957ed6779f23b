// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/host.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/archive_sweep.h"
#include "analyzer/state_dir.h"
#include "analyzer/verdict.h"
#include "api/exports.h"
#include "api/flagger_run.h"
#include "api/gate_watch.h"
#include "api/host_private.h"
#include "base/log.h"
#include "base/timetext.h"
#include "serve/descriptors.h"
#include "serve/service_notify.h"

#define LEAST_STORE 100                // bytes: the head of a database
#define MOST_CHECKED ((off_t)64 << 20) // bytes of a store that is read whole at the start
#define STOP_MS INT64_C(10000)         // for requests in flight
#define DELIVER_MS INT64_C(3000)       // for deliveries in flight; what is not delivered stays in the store
#define DAY_MS INT64_C(86400000)

static const struct route_table *const tables[] = {&analyses_table, &reports_table,   &evidence_table,  &configs_table,
                                                   &gates_table,    &decisions_table, &operation_table, &verdicts_table,
                                                   &flagger_table,  &readback_table,  &pages_table,     &metrics_table};

// Ends the remote-written series of canaries whose config was deleted while no service ran. Older ones than a day have ended by themselves.
static void forget_gone(struct host *host) {
    const struct catalog_view *view = catalog_take(host->service.catalog);
    enum store_state done = STORE_DONE;
    struct store_filter filter = {.state = &done, .since_ms = wall_now_ms() - DAY_MS, .limit = STORE_PAGE_MOST};
    struct arena arena = {0};
    struct store_analyses page = {0};
    struct error err;
    while (store_list(host->service.store, &filter, &arena, &page, &err)) {
        for (size_t i = 0; i < page.count; i++) {
            const struct store_analysis *row = &page.items[i];
            if (row->config_name != NULL && catalog_find(view, row->canary) == NULL) courier_forget(host->service.courier, row->canary);
        }
        filter.cursor = page.next;
        if (page.next == NULL) break;
    }
    arena_finish(&arena);
    catalog_release(host->service.catalog, view);
}

// The engine's sink.

static void compose(void *user, const struct engine_event *event, struct store_batch *batch) {
    struct host *host = user;
    courier_compose(host->service.courier, event, batch);
}

static void published(void *user, const struct engine_event *event) {
    struct host *host = user;
    const char *verdict = json_string_value(json_object_get(event->document, "verdict"));
    struct log_line line;
    courier_published(host->service.courier, event);
    if (event->kind == ENGINE_VERDICT || event->kind == ENGINE_CANCELLED) watchers_wake(host->service.watchers, event->id);
    if (event->kind == ENGINE_VERDICT)
        exports_verdict(host->service.exports, event->canary, event->id, verdict != NULL ? verdict : "error", event->now_ms);
    if (event->kind == ENGINE_VERDICT) gate_watch_note(host->service.gates, event->canary);
    if (event->kind == ENGINE_LOOK || event->kind == ENGINE_CANCELLED) exports_change(host->service.exports, event->id);
    log_begin(&line, LOG_LEVEL_INFO, engine_event_name(event->kind));
    log_text(&line, "analysis", event->id);
    log_text(&line, "canary", event->canary);
    log_text(&line, "verdict", verdict);
    log_end(&line);
}

static void say(void *user, const char *canary, const char *id, const char *text) {
    struct log_line line;
    (void)user;
    log_begin(&line, LOG_LEVEL_WARN, "analysis");
    log_text(&line, "analysis", id);
    log_text(&line, "canary", canary);
    log_text(&line, "text", text);
    log_end(&line);
}

static void say_delivery(void *user, const char *canary, const char *text) {
    struct log_line line;
    (void)user;
    log_begin(&line, LOG_LEVEL_WARN, "delivery");
    log_text(&line, "canary", *canary != '\0' ? canary : NULL);
    log_text(&line, "text", text);
    log_end(&line);
}

// Opening and closing.

static size_t workers_of(const struct serve_config *config) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (config->workers > 0) return (size_t)config->workers;
    return cores > 0 ? (size_t)cores : 0;
}

// Whether there is a store where its evidence says that there must be one: what begins anew there must not be taken for it.
static bool is_store_there(const char *path, const char *folder, struct error *err) {
    struct stat status;
    if (run_archive_is_empty(folder) || (stat(path, &status) == 0 && status.st_size >= LEAST_STORE)) return true;
    return error_set(err, ERROR_DATA, "%s: no store is there, but %s holds the evidence of one: put it back, or move that folder away",
                     path, folder);
}

static off_t size_of(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : 0;
}

// A damaged store is found before anything is written to it, where that takes no more than a moment.
static bool is_sound(struct host *host, const char *path, struct error *err) {
    const char *log = arena_printf(&host->arena, "%s-wal", path);
    return size_of(path) + size_of(log) > MOST_CHECKED || store_check(host->service.store, err);
}

// Whether a shared store is there and sound its server tells.
static bool open_store(struct host *host, struct error *err) {
    const char *where = host->config->store, *path = run_archive_store_path(where);
    bool shared = store_is_shared(where);
    if (!shared && !is_store_there(path, run_archive_folder(&host->arena, where), err)) return false;
    return host_open_store(host, err) && (shared || is_sound(host, path, err));
}

static bool make_state_dir(const char *path, struct error *err) {
    struct state_dir dir;
    if (!state_dir_lock(&dir, path, err)) return false;
    state_dir_unlock(&dir);
    return true;
}

// The archive lies beside the store; that of several machines has no place beside it, so each keeps its own.
static bool open_archive(struct host *host, struct error *err) {
    if (host->config->retention.evidence_bytes == 0) return true;
    bool shared = store_is_shared(host->config->store);
    if (shared && !make_state_dir(host->service.state_dir, err)) return false;
    const char *dir =
        shared ? arena_printf(&host->arena, "%s/evidence", host->service.state_dir) : run_archive_folder(&host->arena, host->config->store);
    host->service.archive = run_archive_open(dir, (uint64_t)host->config->retention.evidence_bytes, RUN_ARCHIVE_SPARE, err);
    size_t deleted;
    return host->service.archive != NULL && archive_sweep_open(host->service.archive, host->service.store, &deleted, err);
}

static bool open_engine(struct host *host, struct error *err) {
    struct engine_options engine = {.store = host->service.store,
                                    .archive = host->service.archive,
                                    .sink = {.compose = compose, .published = published, .say = say, .user = host},
                                    .workers = workers_of(host->config),
                                    .most_open = (size_t)host->config->open_analyses,
                                    .settle_ms = host->config->settle_ms};
    host->service.engine = engine_create(&engine, err);
    return host->service.engine != NULL;
}

static bool open_courier(struct host *host, struct error *err) {
    struct courier_options courier = {.store = host->service.store, .public_url = host->service.public_url, .say = say_delivery};
    host->service.courier = courier_create(&courier, err);
    if (host->service.courier != NULL) forget_gone(host);
    return host->service.courier != NULL;
}

static bool open_gates(struct host *host, struct error *err) {
    host->service.gates = gate_watch_start(&host->service, err);
    return host->service.gates != NULL;
}

static bool open_desks(struct host *host, struct error *err) {
    struct desk_options clerks = {.threads = HOST_CLERKS, .most = 256, .most_of_key = 64, .user = &host->service};
    struct desk_options envoys = {.threads = HOST_ENVOYS, .most = 64, .most_of_key = 2, .user = &host->service};
    host->service.clerks = desk_open(&clerks, err);
    if (host->service.clerks != NULL) host->service.envoys = desk_open(&envoys, err);
    return host->service.envoys != NULL;
}

// Clients that hold connections must not keep the service from its sources.
static void fit_connections(struct listener_limits *limits) {
    size_t wanted = limits->connections, most = descriptors_raise(wanted);
    struct log_line line;
    if (most == wanted) return;
    limits->connections = most;
    if (limits->connections_per_address > most - most / 4) limits->connections_per_address = most - most / 4;
    log_begin(&line, LOG_LEVEL_WARN, "limits");
    log_text(&line, "text", "fewer connections than limits.connections: the process may have too few descriptors (LimitNOFILE, ulimit -n)");
    log_i64(&line, "connections", (int64_t)most);
    log_end(&line);
}

static struct listener_options listener_of(struct host *host) {
    struct listener_options listener = serve_config_listener(host->config, &host->arena);
    fit_connections(&listener.limits);
    listener.tables = tables;
    listener.table_count = sizeof tables / sizeof tables[0];
    listener.version = SERIN_VERSION;
    listener.user = &host->service;
    return listener;
}

static bool open_listener(struct host *host, struct error *err) {
    pthread_mutex_lock(&host->listener_lock); // requests may come before listener_start() returns
    host->listener = listener_start(&host->listening, err);
    pthread_mutex_unlock(&host->listener_lock);
    return host->listener != NULL;
}

static bool open_all(struct host *host, struct error *err) {
    struct service *s = &host->service;
    pthread_mutex_init(&host->listener_lock, NULL);
    s->watchers = watchers_create();
    s->views = view_cache_create();
    s->readiness = readiness_create();
    s->flagger = flagger_locks_create();
    s->reload = host_reload;
    s->user = host;
    s->public_url = host->config->public_url != NULL ? host->config->public_url : "";
    s->state_dir = host->state_dir != NULL ? host->state_dir : state_dir_default(&host->arena);
    s->catalog = catalog_open(host->config->config_dir, wall_now_ms(), err);
    if (s->catalog == NULL) return false;
    host_tell_configs(host);
    host->listening = listener_of(host);
    if (!open_store(host, err)) return false;
    s->exports = exports_create(s->store, SERIN_VERSION);
    const struct catalog_view *view = catalog_take(s->catalog);
    exports_restore(s->exports, view, wall_now_ms());
    catalog_release(s->catalog, view);
    return open_archive(host, err) && open_courier(host, err) && open_gates(host, err) && open_engine(host, err) && open_desks(host, err) &&
           open_listener(host, err) && keeper_start(host, err);
}

// First no more requests are taken, then what is under way ends, then what that used is closed.
static void close_all(struct host *host) {
    struct service *s = &host->service;
    keeper_stop(host); // it reads the listener's counts
    gate_watch_stop(s->gates);
    pthread_mutex_lock(&host->listener_lock);
    struct listener *listener = host->listener;
    host->listener = NULL; // a clerk may still be in host_reload()
    pthread_mutex_unlock(&host->listener_lock);
    listener_stop(listener, STOP_MS);
    desk_stop(s->envoys);
    desk_stop(s->clerks);
    engine_destroy(s->engine);
    desk_close(s->envoys);
    desk_close(s->clerks);
    gate_watch_destroy(s->gates);
    courier_destroy(s->courier, DELIVER_MS);
    exports_destroy(s->exports);
    store_close(s->store);
    run_archive_close(s->archive);
    catalog_close(s->catalog);
    readiness_destroy(s->readiness);
    watchers_destroy(s->watchers);
    view_cache_destroy(s->views);
    pthread_mutex_destroy(&host->listener_lock);
    flagger_locks_destroy(s->flagger);
    arena_finish(&host->arena);
}

static void until_stopped(struct host *host, const sigset_t *signals) {
    int number;
    service_notify_ready();
    while (sigwait(signals, &number) == 0 && number == SIGHUP) {
        struct error err = {0};
        service_notify_reloading();
        if (!host_reload(host, &err)) log_event(LOG_LEVEL_ERROR, "reload", "error", err.text);
        service_notify_ready();
    }
    signal(SIGHUP, SIG_IGN); // who asks for a reload now must not cut the stop short
    service_notify_stopping();
    log_event(LOG_LEVEL_INFO, "stopping", "signal", number == SIGINT ? "SIGINT" : "SIGTERM");
}

int host_run(const struct serve_config *config, const char *state_dir, struct error *err) {
    struct host host = {.config = config, .state_dir = state_dir};
    sigset_t signals, before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    host.signals = &signals;
    signal(SIGXFSZ, SIG_IGN);                      // a file that may not grow is an error like a full disk
    pthread_sigmask(SIG_BLOCK, &signals, &before); // before any thread is started, as threads inherit the mask
    bool ready = open_all(&host, err);
    if (ready) {
        log_event(LOG_LEVEL_INFO, "listening", "url", listener_url(host.listener));
        until_stopped(&host, &signals);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL); // from now on another signal ends the program at once
    close_all(&host);
    if (ready || host.stopped) log_event(LOG_LEVEL_INFO, "stopped", NULL, NULL);
    return ready || host.stopped ? EXIT_PASS : EXIT_USAGE;
}
