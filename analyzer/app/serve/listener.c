// SPDX-License-Identifier: GPL-3.0-or-later
// Starting and stopping the HTTP server, its tokens and its counts. What happens to a request is in request.c.
#include "serve/listener.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "base/timetext.h"
#include "call_state.h"
#include "listener_state.h"
#include "serve/listen_socket.h"
#include "serve/openapi.h"

// Bytes that a connection has for request line and headers, in both directions; the library clears them after each request.
#define CONNECTION_MEMORY ((size_t)16384)

const char *const listener_refusal_names[REFUSAL_COUNT] = {
    [REFUSED_MALFORMED] = "malformed", [REFUSED_TOO_LARGE] = "too_large", [REFUSED_SLOW] = "slow", [REFUSED_HOST] = "host",
    [REFUSED_SIGN_IN] = "sign_in",     [REFUSED_ROLE] = "role",           [REFUSED_RATE] = "rate", [REFUSED_CONNECTION] = "connection",
};

struct listener_limits listener_limits_default(void) {
    return (struct listener_limits){
        .connections = 2048,
        .connections_per_address = 1536,
        .body = (size_t)1 << 20,
        .request_ms = 30000,
        .idle_ms = 75000,
        .rate = 1000,
        .burst = 2000,
        .failed_sign_ins = 30,
    };
}

static struct listener_limits settle_limits(struct listener_limits given) {
    struct listener_limits limits = listener_limits_default();
    if (given.connections > 0) limits.connections = given.connections;
    if (given.connections_per_address > 0) limits.connections_per_address = given.connections_per_address;
    if (given.body > 0) limits.body = given.body;
    if (given.request_ms > 0) limits.request_ms = given.request_ms;
    if (given.idle_ms > 0) limits.idle_ms = given.idle_ms;
    if (given.rate < 0 || given.rate > 0) limits.rate = given.rate;
    if (given.burst > 0) limits.burst = given.burst;
    if (given.failed_sign_ins > 0) limits.failed_sign_ins = given.failed_sign_ins;
    return limits;
}

struct waits *listener_waits(struct listener *listener) {
    return listener->waits;
}

void *listener_user(const struct listener *listener) {
    return listener->user;
}

void listener_refused(struct listener *listener, enum listener_refusal why) {
    atomic_fetch_add_explicit(&listener->refused[why], 1, memory_order_relaxed);
}

// Tokens.

static void log_failure(const char *event, const struct error *err) {
    log_event(LOG_LEVEL_ERROR, event, "error", err->text);
}

// This runs while requests wait, so normally only the status of the file is looked at.
void listener_refresh_tokens(struct listener *listener) {
    struct error err;
    if (!tokens_stale(listener->tokens, mono_now_ms())) return;
    struct tokens *tokens = tokens_load(listener->token_file, &err);
    if (tokens == NULL) {
        log_failure("tokens_unusable", &err);
        return;
    }
    log_event(LOG_LEVEL_INFO, "tokens_reloaded", "file", listener->token_file);
    tokens_destroy(listener->tokens);
    listener->tokens = tokens;
}

static bool reload_tokens(struct listener *listener, struct error *err) {
    if (listener->token_file == NULL) return true;
    struct tokens *tokens = tokens_load(listener->token_file, err);
    if (tokens == NULL) return false;
    pthread_mutex_lock(&listener->token_lock);
    struct tokens *old = listener->tokens;
    listener->tokens = tokens;
    pthread_mutex_unlock(&listener->token_lock);
    tokens_destroy(old);
    return true;
}

bool listener_reload(struct listener *listener, struct error *err) {
    return reload_tokens(listener, err) && (listener->tls == NULL || tls_reload(listener->tls, err));
}

// Starting.

static bool load_files(struct listener *listener, const struct listener_options *options, struct error *err) {
    if ((options->cert_file == NULL) != (options->key_file == NULL))
        return error_set(err, ERROR_CONFIG, "TLS needs both a certificate and a key");
    if (options->client_ca_file != NULL && options->cert_file == NULL)
        return error_set(err, ERROR_CONFIG, "client certificates need TLS: give a certificate and a key");
    if (options->cert_file != NULL) {
        listener->tls = tls_create(options->cert_file, options->key_file, options->client_ca_file, err);
        if (listener->tls == NULL) return false;
    }
    if (options->token_file == NULL) return true;
    listener->token_file = arena_strdup(&listener->arena, options->token_file);
    listener->tokens = tokens_load(options->token_file, err);
    return listener->tokens != NULL;
}

static bool check_open(const struct listener *listener, const struct listener_options *options, struct error *err) {
    if (listener->loopback || options->open_to_world || (listener->tls != NULL && listener->tokens != NULL)) return true;
    return error_set(err, ERROR_CONFIG, "listening on %s lets others in: give %s%s%s, or force it with open_to_world", options->address,
                     listener->tokens == NULL ? "a token file" : "", listener->tls == NULL && listener->tokens == NULL ? " and " : "",
                     listener->tls == NULL ? "a certificate with its key (TLS)" : "");
}

// Which names Host may have: on loopback only known ones, elsewhere any, unless the options give names.
static void copy_hosts(struct listener *listener, const struct listener_options *options) {
    static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
    if (!listener->loopback && options->host_count == 0) return;
    listener->hosts = arena_array(&listener->arena, options->host_count + 4, sizeof *listener->hosts);
    for (size_t i = 0; i < 3; i++) listener->hosts[listener->host_count++] = own[i];
    if (options->address != NULL) listener->hosts[listener->host_count++] = arena_strdup(&listener->arena, options->address);
    for (size_t i = 0; i < options->host_count; i++)
        listener->hosts[listener->host_count++] = arena_strdup(&listener->arena, options->hosts[i]);
}

static bool make_routes(struct listener *listener, const struct listener_options *options, struct error *err) {
    const struct route_table **tables = arena_array(&listener->arena, options->table_count + 1, sizeof *tables);
    for (size_t i = 0; i < options->table_count; i++) tables[i] = options->tables[i];
    tables[options->table_count] = &openapi_table;
    listener->routes = routes_create(tables, options->table_count + 1, err);
    if (listener->routes == NULL) return false;
    listener->openapi = openapi_document(listener->routes, tables, options->table_count + 1, options->version, err);
    listener->counters = arena_array(&listener->arena, routes_count(listener->routes) + 1, sizeof *listener->counters);
    return listener->openapi != NULL;
}

__attribute__((format(printf, 2, 0))) static void log_library(void *user, const char *format, va_list args) {
    char text[500];
    (void)user;
    if (!log_wanted(LOG_LEVEL_DEBUG)) return;
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    log_event(LOG_LEVEL_DEBUG, "http_library", "text", text);
}

// Keeps the library from decoding the target: target.c does that.
static size_t leave_encoded(void *user, struct MHD_Connection *connection, char *text) {
    (void)user, (void)connection;
    return strlen(text);
}

static bool start_daemon(struct listener *listener, int fd, struct error *err) {
    static char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, listener->tls != NULL ? tls_cert(listener->tls) : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, listener->tls != NULL ? tls_key(listener->tls) : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    if (listener->tls != NULL) flags |= MHD_USE_TLS;
    if (listener->tls == NULL) tls[0].option = MHD_OPTION_END;
    sigset_t all, old; // the library's threads get no signals: those are for the program's main thread
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    listener->daemon =
        MHD_start_daemon(flags, 0, peer_allow, listener, request_piece, listener, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
                         MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)listener->limits.connections, MHD_OPTION_CONNECTION_TIMEOUT,
                         (unsigned)((listener->limits.idle_ms + 999) / 1000), MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK,
                         leave_encoded, NULL, MHD_OPTION_URI_LOG_CALLBACK, request_begin, listener, MHD_OPTION_NOTIFY_COMPLETED,
                         request_end, listener, MHD_OPTION_NOTIFY_CONNECTION, peer_notify, listener, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (listener->daemon != NULL) return true;
    return error_set(err, ERROR_IO, "the HTTP server does not start: no descriptors or threads left, or an unfit certificate");
}

static void finish(struct listener *listener) {
    request_free_spare(listener);
    waits_destroy(listener->waits);
    addresses_destroy(listener->addresses);
    tokens_destroy(listener->tokens);
    tls_destroy(listener->tls);
    routes_destroy(listener->routes);
    free(listener->openapi);
    pthread_mutex_destroy(&listener->token_lock);
    pthread_mutex_destroy(&listener->idle_lock);
    pthread_cond_destroy(&listener->idle);
    arena_finish(&listener->arena);
    free(listener);
}

static void make_url(struct listener *listener, const char *address) {
    bool six = strchr(address, ':') != NULL && address[0] != '[';
    listener->url = arena_printf(&listener->arena, "%s://%s%s%s:%d", listener->tls != NULL ? "https" : "http", six ? "[" : "", address,
                                 six ? "]" : "", listener->port);
}

static bool begin(struct listener *listener, const struct listener_options *options, struct error *err) {
    struct listen_socket socket;
    if (!make_routes(listener, options, err) || !load_files(listener, options, err)) return false;
    if (!listen_socket_open(options->address != NULL ? options->address : "127.0.0.1", options->port, &socket, err)) return false;
    listener->port = socket.port;
    listener->loopback = socket.loopback;
    make_url(listener, options->address != NULL ? options->address : "127.0.0.1");
    copy_hosts(listener, options);
    if (check_open(listener, options, err)) listener->waits = waits_create(err);
    if (listener->waits != NULL && start_daemon(listener, socket.fd, err)) return true;
    close(socket.fd);
    return false;
}

struct listener *listener_start(const struct listener_options *options, struct error *err) {
    struct listener *listener = mem_zero(1, sizeof *listener);
    thread_cond_init(&listener->idle);
    pthread_mutex_init(&listener->token_lock, NULL);
    pthread_mutex_init(&listener->idle_lock, NULL);
    listener->limits = settle_limits(options->limits);
    listener->user = options->user;
    listener->addresses = addresses_create();
    if (begin(listener, options, err)) return listener;
    finish(listener);
    return NULL;
}

const char *listener_url(const struct listener *listener) {
    return listener->url;
}

// Stopping.

static void wait_idle(struct listener *listener, int64_t most_ms) {
    int64_t until = mono_now_ms() + most_ms;
    struct timespec time = {(time_t)(until / 1000), (long)(until % 1000) * 1000000};
    int failed = 0;
    pthread_mutex_lock(&listener->idle_lock);
    while (atomic_load(&listener->in_flight) > 0 && failed == 0)
        failed = pthread_cond_timedwait(&listener->idle, &listener->idle_lock, &time);
    pthread_mutex_unlock(&listener->idle_lock);
}

void listener_stop(struct listener *listener, int64_t most_ms) {
    if (listener == NULL) return;
    MHD_socket fd = MHD_quiesce_daemon(listener->daemon);
    atomic_store(&listener->stopping, true);
    waits_stop(listener->waits);
    wait_idle(listener, most_ms);
    MHD_stop_daemon(listener->daemon);
    if (fd != MHD_INVALID_SOCKET) close(fd);
    finish(listener);
}

// Counts.

void listener_counts(const struct listener *listener, struct listener_counts *ret_counts) {
    *ret_counts = (struct listener_counts){
        .connections = atomic_load(&listener->connections),
        .in_flight = atomic_load(&listener->in_flight),
        .waiting = atomic_load(&listener->waiting),
        .connections_total = atomic_load(&listener->connections_total),
    };
    for (size_t i = 0; i < REFUSAL_COUNT; i++) ret_counts->refused[i] = atomic_load(&listener->refused[i]);
}

size_t listener_route_count(const struct listener *listener) {
    return routes_count(listener->routes);
}

void listener_route_counts(const struct listener *listener, size_t i, const struct route **ret_route, struct route_counts *ret_counts) {
    const struct route_counters *counters = &listener->counters[i];
    *ret_route = i < routes_count(listener->routes) ? routes_at(listener->routes, i) : NULL;
    for (size_t class = 0; class < 6; class ++) ret_counts->by_class[class] = atomic_load(&counters->by_class[class]);
    ret_counts->seconds = (double)atomic_load(&counters->micros) / 1e6;
}
