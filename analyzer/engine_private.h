// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the engine share.
//
// Each open analysis is a struct running, found in the table by its id. It is in one phase at a time:
//
//   PHASE_WAITING    It is in the heap until its next look is due.
//   PHASE_QUEUED     The look is due and waits in its lane, as enough others that read from the same sources are at work.
//   PHASE_PLANNING   A struct look_run is made for the look; a worker plans its queries.
//   PHASE_QUERYING   The driving thread sends the queries.
//   PHASE_JUDGING    A worker judges the answers, another one puts them into the archive.
//   PHASE_COMMITTING The store commits the look. Then a worker puts the analysis back into the heap or frees it.
//
// A cancelled analysis leaves the table at once. A look of it that is at work is dropped wherever that is noticed first, at the latest by
// the store, which takes no look of an analysis that is not open.
#ifndef ANALYZER_ENGINE_PRIVATE_H
#define ANALYZER_ENGINE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "analyzer/engine.h"
#include "analyzer/verdict.h"
#include "base/digest.h"
#include "config_cache.h"
#include "due_heap.h"
#include "plan_answers.h"
#include "query/fetcher.h"
#include "source_pool.h"
#include "watch_course.h"
#include "work_queue.h"

enum phase { PHASE_WAITING, PHASE_QUEUED, PHASE_PLANNING, PHASE_QUERYING, PHASE_JUDGING, PHASE_COMMITTING };
#define PHASE_COUNT 6

#define LANE_LOOKS 8                  // looks of one lane that are at work at a time; bounds memory
#define LOOK_BYTES ((size_t)64 << 20) // most bytes of the answers to one look
#define RETRY_MS INT64_C(5000)        // when a look that could not be committed is taken again

struct running;

// The analyses that read from the same sources. Only so many of them are at work at a time, so that slow sources cannot occupy the
// whole engine.
struct lane {
    struct lane *next;
    char key[DIGEST_HEX_LEN + 1]; // digest of the sources
    size_t members;               // open analyses
    size_t at_work;               // looks of them
    struct running *first, *last; // those in PHASE_QUEUED, by `behind`
};

struct config_text { // one copy of a config's text for all open analyses that use it
    struct config_text *next;
    char sha256[DIGEST_HEX_LEN + 1];
    char *text;
    size_t len;
    size_t members; // open analyses that use it
    size_t stored;  // members that are committed; while there is one the store has the text, and a new member need not send it
};

struct running { // an open analysis
    struct due_node due; // first, so that a node of the heap is the analysis
    char id[STORE_ID_LEN + 1]; // what the table is ordered by
    struct running *behind; // next in the queue of the lane
    struct lane *lane;
    struct config_text *text;
    char *canary, *file;
    char *request;    // JSON
    char *look_state; // JSON; NULL before the first look
    bool once;        // it has one look, at the end of the window
    int64_t start_ms; // of the window
    int64_t revision; // that the store has
    struct course_look look; // the next look, or the one at work
    size_t looks, planned;   // taken so far, and in all
    enum phase phase;
    bool gone; // it has left the table while a look was at work, which frees it
};

struct look_run;

struct look_keeping {
    struct work_task task; // first
    struct look_run *run;
};

struct look_run { // a look at work
    struct work_task task; // first, so that a worker's task is the look
    struct look_run *next;          // in engine.to_submit
    struct look_run *newer, *older; // in engine.at_work
    struct engine *engine;
    struct running *running;
    struct arena arena; // of the look: plan, request, sources
    struct cached_config *config;
    struct watch_course course;
    struct course_look at; // which look it is
    struct plan plan;
    struct plan_answers answers;
    struct source **sources; // taken from the pool
    size_t source_count;
    struct fetch_batch *batch;
    struct analysis_request request; // of the analysis
    int64_t answered_us; // monotonic, when the last answer was there
    // Filled in by judging, for the commit.
    json_t *document;
    enum engine_event_kind kind;
    enum verdict_kind verdict;
    char *look_state;
    int64_t now_ms; // wall time of the judging
    struct store_batch *changes;
    struct look_keeping keeping;
    bool kept;        // its answers are in the archive
    atomic_int parts; // of the work that are still to end: judging, and keeping the answers
    // Filled in once the store has committed it.
    int64_t due_ms; // of the next look
};

struct engine {
    struct engine_options options;
    struct work_queue *workers;
    struct config_cache *configs;
    struct fetcher *fetcher;  // used by the driving thread alone, except for waking it
    struct source_pool *pool; // used by the driving thread alone
    pthread_t driver;
    bool driving;

    pthread_mutex_t lock; // guards what follows, and of every struct running what its look at work does not have to itself
    pthread_cond_t quiet; // `committing` has become 0
    void *table;          // of struct running, a tree of <search.h>
    struct due_heap heap;
    struct lane *lanes;
    struct config_text *texts;
    struct look_run *to_submit; // planned, for the driving thread; newest first
    struct look_run *at_work;   // from planning until they are wrapped up; newest first
    size_t open;                // analyses in the table
    size_t accepting;           // analyses that are being committed for the first time
    size_t committing;          // batches handed to the store that it has not answered for yet
    size_t phases[PHASE_COUNT];
    bool stopping;
    struct engine_counts counts;
    uint64_t kept_none; // looks in a row whose answers were not kept
    struct engine_source_counts *sources;
    size_t source_count, source_cap;
    unsigned char random[640]; // for ids, used from its end
    size_t random_left;
};

// engine_table.c. The lock is held for all of them.
struct running *engine_find(struct engine *engine, const char *id);
void engine_insert(struct engine *engine, struct running *running);
void engine_remove(struct engine *engine, struct running *running); // from table, heap and lane; the caller releases it
void engine_phase(struct engine *engine, struct running *running, enum phase phase);
void engine_wait_for(struct engine *engine, struct running *running, int64_t due_ms); // puts it into the heap
struct lane *engine_lane(struct engine *engine, const char *key);                       // found or made; counts a member
struct config_text *engine_text(struct engine *engine, const char *sha256, struct view text); // found or made; counts a member
void engine_release(struct engine *engine, struct running *running); // frees it, and its lane and text when it was their last member

// engine_look.c
void engine_plan_look(struct engine *engine, struct running *running); // gives a new look to a worker; the lock is held
void engine_judge_look(struct look_run *run);                          // gives it to a worker: its answers are there
void engine_drop_look(struct look_run *run);                           // frees it without a trace, and its analysis when that is gone
void engine_look_again(struct look_run *run, const struct error *err); // frees it and takes the look again after RETRY_MS
void engine_give_up(struct look_run *run, const struct error *err);    // ends the analysis with the verdict "error" and no document

// engine_keep.c: puts the answers of a look into the archive, if there is one, before the store is told of the look; and takes them out
// again when the store did not commit it.
void engine_keep_look(struct look_run *run);
void engine_drop_kept(struct look_run *run);

// engine_accept.c: the course of the looks of an analysis, with the state that earlier looks have left. The caller finishes ret->state,
// also on failure. False with err when the state cannot be read or no schedule can be made.
bool engine_open_course(const struct engine *engine, const struct running *running, const struct canary_config *config,
                        const struct analysis_request *request, struct watch_course *ret, struct error *err);

// engine_accept.c: takes up an analysis that is open in the store. On the creating thread, before the driving thread runs.
void engine_resume(struct engine *engine, const struct store_analysis *row);

// engine_drive.c
void *engine_drive(void *engine); // the driving thread

// engine.c
void engine_end_commit(struct engine *engine); // the store has answered for one batch
void engine_publish(struct engine *engine, enum engine_event_kind kind, const char *id, const char *canary, const json_t *document,
                    int64_t revision); // tells the sink of a committed event
int64_t engine_now_ms(const struct engine *engine);
__attribute__((format(printf, 4, 5))) void engine_say(struct engine *engine, const char *canary, const char *id, const char *format, ...);

#endif
