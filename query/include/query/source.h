// SPDX-License-Identifier: GPL-3.0-or-later
// Sources and the queries sent to them. A source is a table of functions; prometheus (a server) and recorded (answers
// kept in a directory) are the two there are. Everything runs in the thread that calls fetch_run().
#ifndef QUERY_SOURCE_H
#define QUERY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "query/decode.h"
#include "query/series.h"

enum query_mode {
    QUERY_RAW,     // a plain selector, read raw: instant query on selector[window], clipped to [start, end]
    QUERY_RANGE,   // a real expression: query_range from start to end by step
    QUERY_INSTANT, // one value at end
};

const char *query_mode_name(enum query_mode mode); // "raw", "range", "instant"

struct query {
    const char *expr; // borrowed; for QUERY_RAW the selector without its window
    enum query_mode mode;
    int64_t start_ms, end_ms;
    int64_t step_ms;  // QUERY_RANGE only
};

struct answer {
    struct decode_result result; // what became of the body; DECODE_OK: set is good
    struct series_set set;
    int http_status;             // 0: no answer at all, result.err says why
    int tries;
    int64_t duration_ms;         // from the first try to the end
    uint64_t bytes;              // body bytes of the last try
};

struct source;

// One query to one source; the caller owns the array and keeps it until fetch_run() returns.
struct fetch_job {
    struct source *source;
    struct query query;
    struct answer answer; // initialised by fetch_run(); finish with answer_finish()
};

void answer_finish(struct answer *answer);

struct fetch_options {
    int64_t deadline_ms;  // for all jobs together, from now; 0: 60,000
    const char *record_dir; // NULL, or a directory that gets every answer as it came (see recorded.h)
    void (*progress)(void *user, size_t done, size_t total); // may be NULL
    void *user;
    const volatile int *interrupted; // may be NULL; nonzero stops the run within a second
};

// Runs all jobs, at most the source's own number at once per source, and returns when each has an answer, good or bad.
// False only when the run as a whole could not be carried out (interrupted, record directory not writable).
bool fetch_run(struct fetch_job *jobs, size_t count, const struct fetch_options *options, struct error *err);

struct source_header {
    const char *name, *value;
};

// Settings of a Prometheus-compatible server; texts are borrowed and must outlive the source. NULL or 0: not set.
struct source_settings {
    const char *url;                    // http or https, may have a path; no query
    const char *username;               // basic
    const char *password_file;          // basic; re-read for each run
    const char *bearer_token_file;      // re-read for each run
    const char *tenant;                 // X-Scope-OrgID
    const struct source_header *headers;
    size_t header_count;
    const struct source_header *params; // extra query parameters
    size_t param_count;
    const char *ca_file, *cert_file, *key_file, *server_name;
    bool insecure_skip_verify;
    bool compression;                   // ask for gzip; off pays on a LAN
    int concurrency;                    // queries at once; 0: 8
    int64_t timeout_ms;                 // one try; 0: 30,000
    int tries;                          // 0: 4
    struct decode_limits limits;
};

// `name` is the source's name in the config. Both return NULL with err filled in when settings cannot be used.
struct source *source_create_prometheus(const char *name, const struct source_settings *settings, struct error *err);
// Serves the answers recorded in `dir` for the source `name`; sends nothing.
struct source *source_create_recorded(const char *name, const char *dir, struct error *err);
void source_destroy(struct source *source);
const char *source_name(const struct source *source);

// Server version from /api/v1/status/buildinfo, "" when unknown. The first fetch_run() asks for it beside its queries.
const char *source_version(const struct source *source);

// What the user should know about the source, such as a secret file everybody can read; "" when there is nothing.
const char *source_warning(const struct source *source);

#endif
