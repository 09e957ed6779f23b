// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <string.h>

#include "api/host.h"
#include "base/log.h"
#include "command.h"

#define DEFAULT_PORT 9292

// "ADDRESS:PORT", "[::1]:PORT", ":PORT" or "ADDRESS".
static bool read_listen(const char *text, struct arena *arena, struct listener_options *ret, struct error *err) {
    const char *colon = strrchr(text, ':'), *bracket = strrchr(text, ']');
    char *end;
    if (colon != NULL && ((bracket != NULL && bracket > colon) || (bracket == NULL && strchr(text, ':') != colon))) colon = NULL;
    size_t len = colon != NULL ? (size_t)(colon - text) : strlen(text);
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        ret->address = arena_strndup(arena, text + 1, len - 2);
    } else if (len > 0) {
        ret->address = arena_strndup(arena, text, len);
    }
    if (colon == NULL) return true;
    long port = strtol(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || port > 65535)
        return error_set(err, ERROR_USAGE, "--listen: expected ADDRESS:PORT, found %s", text);
    ret->port = (int)port;
    return true;
}

static void configure_log(const struct serve_arguments *a) {
    static const char *const words[] = {"debug", "info", "warn", "error", "none"};
    enum log_level level = LOG_LEVEL_INFO;
    for (size_t i = 0; a->log_level != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], a->log_level) == 0) level = (enum log_level)i;
    }
    log_configure(level, a->log_format != NULL && strcmp(a->log_format, "json") == 0 ? LOG_FORMAT_JSON : LOG_FORMAT_LOGFMT);
}

static bool settle(const struct options *options, struct arena *arena, struct host_options *ret, struct error *err) {
    const struct serve_arguments *a = &options->serve;
    if (options->operand_count > 0) return error_set(err, ERROR_USAGE, "serve takes no operand; see serin serve --help");
    if (a->config_dir == NULL) return error_set(err, ERROR_USAGE, "serve needs --config-dir, the folder of the canary configs");
    if (a->store == NULL) return error_set(err, ERROR_USAGE, "serve needs --store, the file that keeps analyses");
    *ret = (struct host_options){.config_dir = a->config_dir,
                                 .store = a->store,
                                 .state_dir = a->state_dir,
                                 .public_url = a->public_url,
                                 .workers = a->workers,
                                 .settle_ms = -1,
                                 .listener = {.port = DEFAULT_PORT,
                                              .cert_file = a->cert_file,
                                              .key_file = a->key_file,
                                              .client_ca_file = a->client_ca_file,
                                              .token_file = a->token_file,
                                              .open_to_world = a->open_to_world,
                                              .limits = listener_limits_default()}};
    return a->listen == NULL || read_listen(a->listen, arena, &ret->listener, err);
}

static int run(const struct options *options, struct arena *arena) {
    struct host_options host;
    struct error err = {0};
    if (!settle(options, arena, &host, &err)) {
        tell_error(&err);
        return EXIT_USAGE;
    }
    configure_log(&options->serve);
    int code = host_run(&host, &err);
    if (err.code != ERROR_NONE) tell_error(&err);
    return code;
}

const struct command cmd_serve = {
    .name = "serve",
    .usage = "serve --config-dir DIR --store FILE [OPTIONS]",
    .summary = "run analyses as a service: an HTTP API, hooks for deployment tools, metrics",
    .details =
        "Serves the canary configs of DIR until SIGTERM or SIGINT; SIGHUP reads them again. What was accepted is in FILE and goes on\n"
        "after a restart. Without a token file everybody who reaches the address may do everything, so it must be of loopback.\n",
    .options = OPTIONS_SERVE,
    .run = run,
};
