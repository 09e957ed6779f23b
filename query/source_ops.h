// SPDX-License-Identifier: GPL-3.0-or-later
// Private to query: what a kind of source has to do. An instance embeds struct source first. fetch_run() alone calls
// these, from the thread it runs in, and only one fetch_run() at a time uses a source.
#ifndef QUERY_SOURCE_OPS_H
#define QUERY_SOURCE_OPS_H

#include "base/http.h"
#include "breaker.h"
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

    // May. Called once at the start of each run: reads secrets again, loads what the run needs. False makes every query
    // of this source fail with the error.
    bool (*prepare)(struct source *source, struct error *err);

    // Must, unless `answer` is there. Fills in the request for one try. Texts go into url and body (initialised, the
    // caller's) or belong to the source.
    bool (*request)(struct source *source, const struct ask *ask, struct buf *url, struct buf *body, struct http_request *ret,
                    struct error *err);

    // May, all four or none: a token without which no request may go. fetch_run() asks for one at a time and lets everything else
    // wait for it. token_request is as `request`. token_answer takes the token out of the answer; false with err when there is
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
    char version[64];
    const char *detected_kind; // "" until known
    struct buf warnings;       // joined by "; "
    bool version_known;        // asked for, with or without success
    enum source_kind kind;
    enum source_protocol protocol;  // configured
    enum source_protocol chosen;    // what raw reads of the run going on begin with; PROTOCOL_AUTO: not known yet
    bool protocol_known;            // `chosen` holds for further runs too
    enum source_warnings warning_policy;
    int concurrency, tries;
    int64_t timeout_ms, raw_window_ms;
    struct decode_limits limits;
    struct source_counters counters;
    struct breaker breaker;
    struct pace pace;
    struct lineup lineup; // what waits; of the run going on
    unsigned token_generation; // counts the tokens there have been
    bool token_coming;   // a flight is on its way for one; of the run going on
    int running;         // transfers in flight; of the run going on
    int reading;         // how many of them are remote reads
    bool prepared, usable; // of the run going on
    struct error unusable; // why not
};

void source_init(struct source *source, const struct source_ops *ops, const char *name);

// What of the settings concerns every kind of source; NULL leaves the defaults.
void source_use_settings(struct source *source, const struct source_settings *settings);

// Takes version and kind out of the body of /api/v1/status/buildinfo; anything else leaves them as they were.
void source_read_version(struct source *source, const char *body, size_t len);

// Adds to what the user should know.
__attribute__((format(printf, 2, 3))) void source_warn(struct source *source, const char *format, ...);

void source_count(struct source *source, const struct answer *answer, size_t sharers);

// Ends an answer to a query or a piece of one: clips a raw one to [start, end], checks that a range answer lies on the asked
// grid and that the answer is complete, and puts the source's name in front of an error.
void answer_settle(struct answer *answer, const struct source *source, const struct query *query);

void answer_init(struct answer *answer);

// Throws away what a try has left.
void answer_reset(struct answer *answer);

#endif
