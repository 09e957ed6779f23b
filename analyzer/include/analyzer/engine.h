// SPDX-License-Identifier: GPL-3.0-or-later
// Carries out the analyses of a service: takes each look when it is due, judges it, keeps it in the store, and tells a sink.
//
// One thread drives the queries of all looks over one HTTP client; a few workers plan and judge. A look that waits for answers holds no
// thread, and a source that hangs holds up only canaries that read from it. What was accepted is in the store, and so is every look with
// the chance that it has spent: an engine that was killed goes on from there.
#ifndef ANALYZER_ENGINE_H
#define ANALYZER_ENGINE_H

#include "analyzer/analysis_request.h"
#include "analyzer/run_archive.h"
#include "analyzer/store.h"
#include "base/duration_histogram.h"

enum engine_event_kind {
    ENGINE_STARTED,     // accepted
    ENGINE_LOOK,        // a look that is not the last one
    ENGINE_LOOK_FAILED, // one whose source failed
    ENGINE_VERDICT,     // the last look
    ENGINE_CANCELLED,
};

const char *engine_event_name(enum engine_event_kind kind); // "started", "look", "look_failed", "verdict", "cancelled"

struct engine_event {
    enum engine_event_kind kind;
    const char *id;                     // of the analysis
    const char *canary;
    const struct canary_config *config; // NULL with CANCELLED, and with a verdict when it cannot be read any more
    const struct analysis_request *request; // NULL where config is
    size_t look, attempt;               // number of the look, from 1, and how often it was taken; 0 with STARTED and CANCELLED
    const json_t *document;             // of the look; NULL with STARTED and CANCELLED, and with an error before there was a look
    int64_t now_ms;
    int64_t revision;                   // `published` only: of the analysis, after the event
};

struct engine_sink {
    // May. On a worker or on the thread that asks; without a config also on the store's thread. Adds to the batch what is to be kept
    // together with the event: messages that tell it. Called again when the batch could not be kept.
    void (*compose)(void *user, const struct engine_event *event, struct store_batch *batch);
    // May. On the store's thread, after the event was committed; must be quick. `config` and `request` are NULL.
    void (*published)(void *user, const struct engine_event *event);
    // May. Any thread: what an operator should know, a line without secrets.
    void (*say)(void *user, const char *canary, const char *id, const char *text);
    void *user;
};

struct engine_options {
    struct store *store;        // borrowed; closed only after the engine
    struct run_archive *archive; // borrowed: gets the answers that looks judged; NULL: they are not kept
    struct engine_sink sink;
    size_t workers;             // 0: 2
    size_t most_open;           // analyses that may be open; 0: 10,000
    int64_t deadline_ms;        // for the queries of one look; 0: 60,000
    int64_t settle_ms;          // a look waits that long for late samples; -1: 60,000
    size_t max_failed;          // looks in a row whose source failed, after which the verdict is "error"; 0: 3
    int64_t (*now_ms)(void *user); // NULL: wall time
    void *now_user;
};

// Goes on with what is open in the store. NULL with err when the store cannot be read.
struct engine *engine_create(const struct engine_options *options, struct error *err);

// Takes no more looks, waits for those that are being judged or committed, drops queries in flight, which the next engine asks again,
// and frees. No other thread may use the engine any more. Fine with NULL.
void engine_destroy(struct engine *engine);

enum engine_answer_kind {
    ENGINE_OK,
    ENGINE_SAME,    // the key was used for this very request before: `id` is its analysis
    ENGINE_REUSED,  // the key was used for another request: `id` is its analysis
    ENGINE_FULL,    // too many are open
    ENGINE_OVER,    // cancel: it has ended already
    ENGINE_UNKNOWN, // cancel: there is none
    ENGINE_FAILED,  // not kept: err says why
};

struct engine_answer {
    enum engine_answer_kind kind;
    char id[STORE_ID_LEN + 1];
    int64_t revision;
    struct error err;
};

// On the store's thread, or on the calling one before the function returns. Must be quick.
typedef void engine_answer_fn(void *user, const struct engine_answer *answer);

struct engine_submission {
    struct analysis_request request;
    struct view config;      // its text; borrowed until engine_submit() returns
    const char *config_file; // names it in findings; its looks call it by request.canary
    const char *who;         // asks
};

// Checks the config and accepts the analysis. False, without a call of `answer`, when the config cannot be used or the window is
// impossible: findings (may be NULL) and err (ERROR_CONFIG, ERROR_USAGE) say why.
bool engine_submit(struct engine *engine, const struct engine_submission *submission, struct findings *findings,
                   engine_answer_fn *answer, void *user, struct error *err);

// Ends an open analysis without a verdict.
void engine_cancel(struct engine *engine, const char *id, const char *who, const char *reason, engine_answer_fn *answer, void *user);

// Waits until the answers of looks whose verdict is published are in the archive, or could not be put there. Any thread but those of
// engine and store.
void engine_await_kept(struct engine *engine, const char *id);

struct engine_now { // of an open analysis
    bool found;
    const char *phase;   // "waiting", "queued", "querying", "judging"
    int64_t next_ms;     // when the next look is due; 0: it goes on
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
    } failures[ENGINE_OUTCOMES]; // of queries without a good answer
    struct duration_histogram durations;
};

struct engine_counts { // since the engine was made, but for what is now
    size_t open, waiting, queued, querying, judging; // now
    uint64_t accepted, cancelled;
    uint64_t verdicts[5];               // by enum verdict_kind
    uint64_t looks, looks_failed, looks_missed;
    struct duration_histogram delays;   // from the last answer of a look to its publication
};

void engine_counts(struct engine *engine, struct engine_counts *ret); // any thread

// Calls `each` for every source there has been, with a lock held: must be quick and must not call the engine.
void engine_sources(struct engine *engine, void (*each)(void *user, const struct engine_source_counts *counts), void *user);

#endif
