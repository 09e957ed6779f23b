// SPDX-License-Identifier: GPL-3.0-or-later
// Carries out the analyses of a service: takes each look when it is due, judges it, commits it to the store, and tells a sink.
//
// One thread drives the queries of all looks over one HTTP client; a few workers plan and judge. A look that waits for answers holds no
// thread, and a source that hangs delays only canaries that read from it. Every accepted analysis is in the store, and every look with
// the alpha it has spent, so that a new engine continues where a killed one was.
#ifndef ANALYZER_ENGINE_H
#define ANALYZER_ENGINE_H

#include "analyzer/analysis_request.h"
#include "analyzer/run_archive.h"
#include "analyzer/store.h"
#include "base/duration_histogram.h"

enum engine_event_kind {
    ENGINE_STARTED,     // accepted
    ENGINE_LOOK,        // a look that does not end the analysis
    ENGINE_LOOK_FAILED, // such a look whose source failed
    ENGINE_VERDICT,     // the look that ends the analysis, or an error before there was one
    ENGINE_CANCELLED,
};

const char *engine_event_name(enum engine_event_kind kind); // "started", "look", "look_failed", "verdict", "cancelled"

struct engine_event {
    enum engine_event_kind kind;
    const char *id;                     // of the analysis
    const char *canary;
    const struct canary_config *config; // NULL with CANCELLED, and with a VERDICT when it cannot be read any more
    const struct analysis_request *request; // NULL where config is
    size_t look, attempt;               // number of the look, and of the try at it, both from 1; 0 with STARTED and CANCELLED
    const json_t *document;             // schema serin.result/1; NULL with STARTED, CANCELLED, and an error before the first look
    int64_t now_ms;                     // wall time of the event
    int64_t revision;                   // of the analysis after the event; `published` only
};

struct engine_sink {
    // May. Adds to the batch what is to be committed together with the event, such as messages that tell it. Called on a worker or on the
    // thread that submits or cancels, for an event without a config also on the store's thread; and once more for the same event when
    // its batch could not be committed.
    void (*compose)(void *user, const struct engine_event *event, struct store_batch *batch);
    // May. Called on the store's thread once the event is committed; must be quick. `config` and `request` of the event are NULL.
    void (*published)(void *user, const struct engine_event *event);
    // May. Called on any thread with what an operator should know: one line without secrets.
    void (*say)(void *user, const char *canary, const char *id, const char *text);
    void *user;
};

struct engine_options {
    struct store *store;        // borrowed; closed only after the engine
    struct run_archive *archive; // borrowed: keeps the answers that looks were judged by; NULL: they are not kept
    struct engine_sink sink;
    size_t workers;             // 0: 2
    size_t most_open;           // analyses that may be open at a time; 0: 10,000
    int64_t deadline_ms;        // for the queries of one look; 0: 60,000
    int64_t settle_ms;          // how long after its end a look is taken, for late samples; -1: 60,000
    size_t max_failed;          // looks whose source failed, in a row, until the verdict is "error"; 0: 3
    int64_t (*now_ms)(void *user); // NULL: wall time
    void *now_user;
};

// Continues every analysis that is open in the store. NULL with err when the store cannot be read or no thread can be started.
struct engine *engine_create(const struct engine_options *options, struct error *err);

// Starts no more looks, waits for those that are being judged or committed, drops queries in flight (the next engine sends them again),
// and frees the engine. No other thread may use it any more. Fine with NULL.
void engine_destroy(struct engine *engine);

enum engine_answer_kind {
    ENGINE_OK,
    ENGINE_SAME,    // submit: the asker has sent this very request under this key before; `id` is its analysis
    ENGINE_REUSED,  // submit: the asker has used the key for a different request; `id` is that one's analysis
    ENGINE_FULL,    // submit: too many analyses are open
    ENGINE_OVER,    // cancel: the analysis has ended already
    ENGINE_UNKNOWN, // cancel: there is no such analysis
    ENGINE_FAILED,  // the store could not commit it; err says why
};

struct engine_answer {
    enum engine_answer_kind kind;
    char id[STORE_ID_LEN + 1]; // of the analysis; "" with FULL and FAILED
    int64_t revision;          // of the analysis; 0: not known
    struct error err;          // SAME, REUSED, FAILED and of a cancellation that did not succeed
};

// Called once, on the store's thread or, before engine_submit() or engine_cancel() returns, on the calling one. Must be quick.
typedef void engine_answer_fn(void *user, const struct engine_answer *answer);

struct engine_submission {
    struct analysis_request request;
    struct view config;      // text of the config; borrowed until engine_submit() returns
    const char *config_file; // what findings call the config; documents call it by request.canary
    const char *who;         // the asker, for the idempotency key and the audit log
};

// Checks the config, commits a new analysis to the store, and then calls `answer`. False, without calling it, when the config cannot be
// used or the window is impossible: findings (may be NULL) and err (ERROR_CONFIG, ERROR_USAGE) say why.
bool engine_submit(struct engine *engine, const struct engine_submission *submission, struct findings *findings,
                   engine_answer_fn *answer, void *user, struct error *err);

// Ends an open analysis without a verdict.
void engine_cancel(struct engine *engine, const char *id, const char *who, const char *reason, engine_answer_fn *answer, void *user);

struct engine_now { // of an open analysis
    bool found;
    const char *phase;   // "waiting", "queued", "querying" or "judging"
    int64_t next_ms;     // when the next look is due; 0: a look is under way
    size_t looks, planned;
};

void engine_now(struct engine *engine, const char *id, struct engine_now *ret); // any thread

enum { ENGINE_OUTCOMES = 8 };

struct engine_source_counts {
    char name[64]; // as configs name it
    struct source_counters counters;
    struct {
        const char *outcome; // a word of answer_outcome(); NULL behind the last
        uint64_t count;
    } failures[ENGINE_OUTCOMES]; // queries without a good answer
    struct duration_histogram durations;
};

struct engine_counts { // since the engine was made, except where it says now
    size_t open, waiting, queued, querying, judging; // now
    uint64_t accepted, cancelled;
    uint64_t verdicts[5];               // by enum verdict_kind
    uint64_t looks, looks_failed, looks_missed;
    uint64_t evidence_lost;             // looks whose answers could not be kept
    bool evidence_failing;              // now: there is no room for any
    struct duration_histogram delays;   // seconds from the last answer to a look until it is published
};

void engine_counts(struct engine *engine, struct engine_counts *ret); // any thread

// Calls `each` for every source that was ever queried, with a lock held: it must be quick and must not call the engine.
void engine_sources(struct engine *engine, void (*each)(void *user, const struct engine_source_counts *counts), void *user);

#endif
