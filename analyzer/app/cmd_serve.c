// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/host.h"
#include "base/file.h"
#include "base/log.h"
#include "command.h"

#define MOST_CONFIG_BYTES SERVE_CONFIG_MOST_BYTES

static bool read_file(const char *path, struct arena *arena, struct serve_config *config, struct error *err) {
    struct findings findings;
    struct view text;
    if (path == NULL) return true;
    if (!file_read(path, MOST_CONFIG_BYTES, arena, &text, err)) return false;
    findings_init(&findings, arena);
    bool ok = serve_config_read(text, path, arena, &findings, config);
    tell_findings(&findings);
    if (!ok) error_set(err, ERROR_CONFIG, "%s: %zu error%s", path, findings.errors, findings.errors == 1 ? "" : "s");
    findings_finish(&findings);
    return ok;
}

static void take(const char **field, const char *given) {
    if (given != NULL) *field = given;
}

// The command line goes before the environment, that before the file.
static bool settle(const struct options *options, struct arena *arena, struct serve_config *config, struct error *err) {
    const struct serve_arguments *a = &options->serve;
    if (options->operand_count > 0) return error_set(err, ERROR_USAGE, "serve takes no operand; see serin serve --help");
    *config = serve_config_default();
    if (!read_file(a->file, arena, config, err)) return false;
    serve_config_environment(config);
    take(&config->config_dir, a->config_dir);
    take(&config->store, a->store);
    take(&config->token_file, a->token_file);
    take(&config->cert_file, a->cert_file);
    take(&config->key_file, a->key_file);
    take(&config->client_ca_file, a->client_ca_file);
    if (a->open_to_world) config->open_to_world = true;
    if (a->has_log_format) config->log_format = a->log_format;
    if (a->has_log_level) config->log_level = a->log_level;
    if (a->listen != NULL && !serve_config_listen(a->listen, arena, config, err)) return error_prefix(err, "--listen");
    if (a->public_url != NULL && !serve_config_public_url(a->public_url, arena, config, err)) return error_prefix(err, "--public-url");
    return config->config_dir != NULL ||
           error_set(err, ERROR_USAGE, "serve needs --config-dir, the folder of the canary configs, or config_dir in --config");
}

static int run(const struct options *options, struct arena *arena) {
    struct serve_config config;
    struct error err = {0};
    int code = EXIT_USAGE;
    if (settle(options, arena, &config, &err)) {
        log_configure(config.log_level, config.log_format);
        code = host_run(&config, options->serve.state_dir, &err);
    }
    if (err.code != ERROR_NONE) tell_error(&err);
    return code;
}

const struct command cmd_serve = {
    .name = "serve",
    .usage = "serve --config-dir DIR [--config FILE] [OPTIONS]",
    .summary = "run analyses as a service: an HTTP API, hooks for deployment tools, metrics",
    .details =
        "Serves the canary configs of DIR until SIGTERM or SIGINT; SIGHUP reads them again. What was accepted is kept in the store and\n"
        "goes on after a restart. Without a token file everybody who reaches the address may do everything, so it must be of loopback.\n",
    .options = OPTIONS_SERVE,
    .run = run,
};
