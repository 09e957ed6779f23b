// SPDX-License-Identifier: GPL-3.0-or-later
// A service that carries commands out: `--server URL`. Its errors become ours, so that exit codes are the same: a server that cannot be
// reached, or that fails, is ERROR_SOURCE; what it refuses is ERROR_USAGE or ERROR_CONFIG.
#ifndef APP_REMOTE_H
#define APP_REMOTE_H

#include <jansson.h>

#include "command.h"

struct remote;

// NULL with err: a bad URL, an unreadable token file. The token is taken from --token-file, else from SERIN_TOKEN.
struct remote *remote_open(const struct remote_arguments *arguments, struct error *err);
void remote_close(struct remote *remote); // fine with NULL

struct remote_request {
    const char *method, *path;
    const json_t *body; // NULL: none
    int64_t timeout_ms;
};

// Returns the document of a good answer (2xx), which the caller releases; NULL with err. *ret_status (which may be NULL) is 0 when
// there was no answer.
json_t *remote_call(struct remote *remote, const struct remote_request *request, int *ret_status, struct error *err);

struct remote_patience {
    int64_t until_ms; // monotonic; INT64_MAX: for ever
    int64_t away_ms;  // since when the server does not answer; 0: it does
    int failed;
    uint64_t seed;
};

// Whether to ask again after a call that failed with err, in which case it has paused: the server is busy (429, 503), or it or a proxy
// before it may be restarting, which is waited for a minute. `repeatable` false: only when the server said that nothing was begun.
// An interrupt is err, too.
bool remote_be_patient(struct remote_patience *patience, int status, bool repeatable, struct error *err);

// False with err when an interrupt ended it.
bool remote_pause(int64_t ms, struct error *err);

// Whether a document is about an analysis: `id`, or any when that is NULL.
bool remote_is_analysis(const json_t *document, const char *id);

// Waits for the verdict of an analysis, at most until --timeout, over restarts of the server; then publishes its result as serin
// analyze does. Returns the exit code.
int remote_finish(struct remote *remote, const char *id, const struct options *options);

int remote_analyze(const struct options *options, struct arena *arena); // serin analyze --server
int remote_gate(const struct options *options, struct arena *arena);    // serin gate --server

#endif
