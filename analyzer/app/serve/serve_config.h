// SPDX-License-Identifier: GPL-3.0-or-later
// The config of `serin serve`; docs/serve.md lists the keys of its YAML file. Command line options override the environment (SERIN_STORE,
// SERIN_TOKENS), which overrides the file, which overrides the defaults.
#ifndef SERVE_SERVE_CONFIG_H
#define SERVE_SERVE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/config.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/finding.h"
#include "base/log.h"
#include "base/view.h"
#include "serve/listener.h"

#define SERVE_CONFIG_MOST_BYTES ((size_t)1 << 20)
#define SERVE_DEFAULT_PORT 9292

struct serve_schedule { // an analysis that begins again and again
    const char *canary; // name of a config
    int64_t every_ms;
    struct config_overrides overrides; // its variables, and the sides of a Kayenta config
    struct place place;
};

struct serve_retention { // 0: for ever
    int64_t age_ms;      // of finished analyses
    int64_t count;       // of finished analyses of one canary
    int64_t audit_ms;    // of the audit log and of messages that could not be delivered
    int64_t evidence_bytes; // of the answers that looks were judged by, deleted at the age age_ms; 0 here: none are kept
};

struct serve_config {
    const char *file;       // NULL: none was read
    const char *address;
    int port;
    bool open_to_world;
    const char *cert_file, *key_file, *client_ca_file, *token_file; // NULL: none
    const char *store;      // a path, or a URL of a store
    const char *config_dir; // of canary configs; NULL: only inline ones
    const char *public_url; // without slash at the end; NULL: the listener's own
    int64_t workers;        // that judge; 0: as many as the machine has cores
    int64_t settle_ms;      // how long after its end a look is taken, for late samples
    enum log_level log_level;
    enum log_format log_format;
    struct listener_limits limits;
    int64_t open_analyses;  // most that may be open at once
    struct serve_retention retention;
    struct serve_schedule *schedules;
    size_t schedule_count;
};

struct serve_config serve_config_default(void);

// Reads the text of a file into `config`, over what it holds. All findings are collected; true when none of them is an error. Texts lie in
// the arena.
bool serve_config_read(struct view text, const char *file, struct arena *arena, struct findings *findings, struct serve_config *config);

// Takes over what the environment sets; the texts stay the environment's.
void serve_config_environment(struct serve_config *config);

// "127.0.0.1:9292", "[::1]:9292", ":9292" (loopback) or "127.0.0.1". False with err for anything else; the address is in the arena.
bool serve_config_listen(const char *text, struct arena *arena, struct serve_config *config, struct error *err);

// An address that others reach the service by; slashes at its end are left out. False with err when it is no http or https URL.
bool serve_config_public_url(const char *text, struct arena *arena, struct serve_config *config, struct error *err);

// The options of a listener that the config decides; the caller adds tables, user and version. `hosts` has the host of public_url; it lies
// in the arena.
struct listener_options serve_config_listener(const struct serve_config *config, struct arena *arena);

#endif
