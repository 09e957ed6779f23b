// SPDX-License-Identifier: GPL-3.0-or-later
// Sources and the queries sent to them. A source is a table of functions; prometheus (a server) and recorded (answers
// kept in a directory) are the two there are. Everything runs in the thread that calls fetch_run() or drives the fetcher (fetcher.h).
#ifndef QUERY_SOURCE_H
#define QUERY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "query/decode.h"
#include "query/series.h"

enum query_mode {
    QUERY_RAW,     // a plain selector, every sample in [start, end] as the server has it
    QUERY_RANGE,   // a real expression: query_range from start to end by step
    QUERY_INSTANT, // one value at end
    // What the server knows, for people. The set's type says what came, see series.h.
    QUERY_LABELS,    // names of labels; values of the label that expr names when it is not ""
    QUERY_SERIES,    // label sets of the series that the selector expr finds
    QUERY_METADATA,  // type, help and unit of the metric expr, or of all when it is ""; times do not matter
    QUERY_EXEMPLARS, // of the selector expr
};
#define QUERY_MODE_COUNT 7

const char *query_mode_name(enum query_mode mode); // "raw", "range", "instant", "labels", "series", "metadata", "exemplars"
enum decode_expect query_expect(enum query_mode mode); // what an answer has to hold

struct query {
    const char *expr; // borrowed; for QUERY_RAW the selector without its window
    enum query_mode mode;
    int64_t start_ms, end_ms;
    int64_t step_ms;  // QUERY_RANGE only
};

// How a plain selector is read raw. Of an answer: how it was; PROTOCOL_AUTO for other queries and when nothing was sent.
enum source_protocol {
    PROTOCOL_AUTO,    // the first of the others that the server has, found out once
    PROTOCOL_STREAM,  // remote read, streamed chunks
    PROTOCOL_SAMPLES, // remote read, one block of samples
    PROTOCOL_RAW,     // the query API: an instant query on selector[window]
};
#define SOURCE_PROTOCOL_COUNT 4

const char *source_protocol_name(enum source_protocol protocol); // "auto", "stream", "samples", "raw"

struct answer {
    struct decode_result result; // what became of the body; DECODE_OK: set is good
    struct series_set set;
    enum source_protocol protocol;
    int http_status;             // 0: no answer at all, result.err says why
    int tries;                   // of a query asked for in pieces: of the piece that needed most
    int pieces;                  // 1, or how many windows the query was asked for in
    int requests;                // HTTP requests in all: the tries of all pieces, second ones included
    int hedged;                  // how many of them were second ones beside a slow first one
    int throttled;               // how many of them were answered 429
    uint64_t clipped;            // samples that came from outside [start, end] and were dropped
    bool refused;                // not asked: the circuit breaker of the source is open
    bool shared;                 // asked for another batch, where its requests are counted
    int64_t duration_ms;         // from the first try to the end; of several pieces the longest
    uint64_t bytes;              // body bytes of the last try, summed over the pieces
    struct answer_keeper *keeper; // NULL, or who owns what the set holds, with others that have it too
};

struct http_client;
struct source;

// One query to one source; the caller owns the array and keeps it until fetch_run() returns.
struct fetch_job {
    struct source *source;
    struct query query;
    size_t sharers;       // others that take the same answer; only counted
    struct answer answer; // initialised by fetch_run(); finish with answer_finish()
};

void answer_finish(struct answer *answer); // fine with NULL or zeroes; in any thread

// What became of a query, in a word: "ok", "unreachable", "api_error", "http_error", "broken", "incomplete".
const char *answer_outcome(const struct answer *answer);

struct fetch_options {
    int64_t deadline_ms;  // for all jobs together, from now; 0: 60,000
    const char *record_dir; // NULL, or a directory that gets every answer as it came (see recorded.h)
    void (*progress)(void *user, size_t done, size_t total); // may be NULL
    void *user;
    const volatile int *interrupted; // may be NULL; nonzero stops the run within a second
    size_t most_bytes;          // of all answers together, as they are held; one beyond it is an error. 0: no limit
    struct http_client *client; // of fetch_run(): NULL, or one that keeps its connections from run to run; it is idle before and after
};

// Runs all jobs, at most the source's own number at once per source, and returns when each has an answer, good or bad.
// False only when the run as a whole could not be carried out (interrupted, record directory not writable).
bool fetch_run(struct fetch_job *jobs, size_t count, const struct fetch_options *options, struct error *err);

struct source_header {
    const char *name, *value;
};

enum source_kind { SOURCE_PROMETHEUS, SOURCE_THANOS, SOURCE_MIMIR, SOURCE_CORTEX, SOURCE_VICTORIAMETRICS };
#define SOURCE_KIND_COUNT 5

const char *source_kind_name(enum source_kind kind); // "prometheus", "thanos", ...

// What a warning of the server does to the answer it came with. Infos are always only noted.
enum source_warnings {
    SOURCE_WARNINGS_DEFAULT, // refuses an answer that lacks data (partial, cut at a limit, a store not read), notes the rest
    SOURCE_WARNINGS_NOTE,    // notes all of them
    SOURCE_WARNINGS_REFUSE,  // refuses on any
};

// OAuth2 client credentials (RFC 6749, 4.4). token_url NULL: none.
struct source_oauth2 {
    const char *token_url;
    const char *client_id, *client_secret_file;
    const char *scope;                  // joined by spaces; may be NULL
    const struct source_header *params; // further form fields of the token request, such as audience
    size_t param_count;
};

// AWS Signature Version 4. region NULL: none.
struct source_sigv4 {
    const char *region;
    const char *service; // NULL: "aps", Amazon Managed Service for Prometheus
    const char *access_key, *secret_key_file;
    const char *session_token_file; // may be NULL
};

// Settings of a Prometheus-compatible server; texts are borrowed and must outlive the source. NULL or 0: not set.
struct source_settings {
    const char *url;                    // http or https, may have a path; no query
    const char *username;               // basic
    const char *password_file;          // basic; all secret files are read again when they have changed
    const char *bearer_token_file;
    struct source_oauth2 oauth2;
    struct source_sigv4 sigv4;
    const char *tenant;                 // X-Scope-OrgID
    const struct source_header *headers;
    size_t header_count;
    const struct source_header *header_files; // name of a header, and the file that holds its value
    size_t header_file_count;
    const struct source_header *params; // extra query parameters
    size_t param_count;
    const char *ca_file, *cert_file, *key_file, *server_name;
    bool insecure_skip_verify;
    const char *proxy, *no_proxy;       // as base/http.h has them
    bool compression;                   // ask for gzip; off pays on a LAN
    int concurrency;                    // queries at once; 0: 8
    int64_t timeout_ms;                 // one try; 0: 30,000
    int tries;                          // 0: 4
    enum source_kind kind;
    enum source_protocol protocol;
    enum source_warnings warnings;
    double rate;                        // requests started per second at most; 0: no limit
    int64_t hedge_ms;                   // a second request goes when there is no answer after that; 0: none
    double hedge_share;                 // the same after the time in which that share of the last answers came; 0: none
    int64_t raw_window_ms;              // longest window of one raw read; 0: 2 h
    struct decode_limits limits;
};

// What became of a source's queries since it was made. A recorded source counts what the recording run needed.
struct source_counters {
    uint64_t queries;   // answered or failed
    uint64_t tries;     // HTTP requests sent for them
    uint64_t retries;   // tries after the first one of a query or piece
    uint64_t hedged;    // second requests beside a slow first one; tries, but not retries
    uint64_t shared;    // queries that took the answer of an equal one
    uint64_t refused;   // not asked, because the circuit breaker was open
    uint64_t throttled; // tries answered 429
    uint64_t bytes;     // of bodies
};

// `name` is the source's name in the config. Both return NULL with err filled in when settings cannot be used.
struct source *source_create_prometheus(const char *name, const struct source_settings *settings, struct error *err);
// Serves the answers recorded in `dir` for the source `name`; sends nothing. Of the settings (NULL: defaults) only how answers
// are judged is used: warnings and limits.
struct source *source_create_recorded(const char *name, const char *dir, const struct source_settings *settings, struct error *err);
void source_destroy(struct source *source);

const char *source_name(const struct source *source);

// Server version from /api/v1/status/buildinfo, "" when unknown. The first fetch_run() asks for it beside its queries.
const char *source_version(const struct source *source);

// The kind that the server's build info speaks of, "" when it tells nothing. A help for people: what is sent depends on the
// configured kind alone.
const char *source_detected_kind(const struct source *source);

const struct source_counters *source_counters(const struct source *source); // valid as long as the source

// Adds what one answer has cost; `sharers` others took it too.
void source_counters_add(struct source_counters *counters, const struct answer *answer, size_t sharers);

// What the user should know about the source, such as a secret file everybody can read; "" when there is nothing.
const char *source_warning(const struct source *source);

#endif
