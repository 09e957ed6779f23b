// SPDX-License-Identifier: GPL-3.0-or-later
// Private to query: what a kind of source has to do. An instance embeds struct source first. The fetcher alone calls
// these, from the thread that drives it, and only one fetcher at a time uses a source.
#ifndef QUERY_SOURCE_OPS_H
#define QUERY_SOURCE_OPS_H

#include "answer.h"
#include "base/http.h"
#include "breaker.h"
#include "hedge.h"
#include "lineup.h"
#include "pace.h"
#include "query/source.h"

enum ask_kind {
    ASK_QUERY,
    ASK_VERSION,
    ASK_PROBE, // a remote read that finds nothing: how the server answers tells which protocol it has
};

struct ask { // what is to be asked in one try
    enum ask_kind kind;
    const struct query *query;     // ASK_QUERY
    enum source_protocol protocol; // ASK_QUERY of a raw read; never PROTOCOL_AUTO
    int64_t timeout_ms;            // what the try may take
};

struct source_ops {
    const char *kind; // "prometheus", "recorded"

    // May. Called once for each batch: reads secrets again, and takes a new identity when they have changed. False makes every
    // query of this source that waits fail with the error, until the next batch.
    bool (*prepare)(struct source *source, struct error *err);

    // Must, unless `answer` is there. Fills in the request for one try. Texts go into url and body (initialised, the
    // caller's) or belong to the source.
    bool (*request)(struct source *source, const struct ask *ask, struct buf *url, struct buf *body, struct http_request *ret,
                    struct error *err);

    // May, all four or none: a token without which no request may go. One is asked for at a time and everything else waits
    // for it. token_request is as `request`. token_answer takes the token out of the answer; false with err when there is
    // none, and *ret_again when another request, at once, may bring it. token_drop forgets the token that a server has refused,
    // unless there is a newer one than that of `generation`.
    bool (*token_wanted)(const struct source *source, int64_t now_mono_ms);
    bool (*token_request)(struct source *source, int64_t timeout_ms, struct buf *url, struct buf *body, struct http_request *ret,
                          struct error *err);
    bool (*token_answer)(struct source *source, int http_status, struct view body, bool *ret_again, struct error *err);
    void (*token_drop)(struct source *source, unsigned generation);

    // Must, unless `request` is there. Answers without sending anything: fills in the whole answer, which is initialised.
    void (*answer)(struct source *source, const struct query *query, struct answer *answer);

    // Must. Frees everything but the struct source's own members, then the instance.
    void (*destroy)(struct source *source);
};

struct source {
    const struct source_ops *ops;
    char *name;
    uint64_t identity; // no other source has it, nor this one with other secrets
    char version[64];
    const char *detected_kind; // "" until known
    struct buf warnings;       // joined by "; "
    bool version_known;        // asked for, with or without success
    enum source_kind kind;
    enum source_protocol protocol;  // configured
    enum source_protocol chosen;    // what raw reads begin with; PROTOCOL_AUTO: not known yet
    bool protocol_known;            // `chosen` holds; else the next batch finds it out again
    bool probing;                   // a flight is on its way to find it out
    enum source_warnings warning_policy;
    int concurrency, tries;
    int64_t timeout_ms, raw_window_ms;
    struct decode_limits limits;
    struct source_counters counters;
    struct breaker breaker;
    struct pace pace;
    struct hedge hedge;
    unsigned token_generation; // counts the tokens there have been
    uint64_t last_batch;       // number of the batch that came last
    size_t users;           // batches that use it; what follows is theirs, and begins anew after the last of them
    struct lineup lineup;   // what waits
    int64_t due_ms;         // monotonic: when what waits must be looked at; 0: at once
    int64_t deadline_ms;    // monotonic, of the batch that has most time
    bool token_coming;      // a flight is on its way for one
    int running;            // transfers in flight
    struct flight *flying;  // whose they are
    int reading;            // how many of them are remote reads
    struct flight *errands; // flights that belong to no query, done ones too; see flight.h
    bool usable;
    struct error unusable;  // why not
};

void source_init(struct source *source, const struct source_ops *ops, const char *name);

// What of the settings concerns every kind of source; NULL leaves the defaults.
void source_use_settings(struct source *source, const struct source_settings *settings);

// Takes version and kind out of the body of /api/v1/status/buildinfo; anything else leaves them as they were.
void source_read_version(struct source *source, const char *body, size_t len);

// Takes a new identity.
void source_change(struct source *source);

// Adds to what the user should know.
__attribute__((format(printf, 2, 3))) void source_warn(struct source *source, const char *format, ...);

#endif
