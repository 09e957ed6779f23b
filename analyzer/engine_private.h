// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the engine share.
//
// An open analysis is a struct running, in the table by its id. It is in one phase at a time:
//
//   PHASE_WAITING    in the heap, until its look is due
//   PHASE_QUEUED     in its lane, behind others that read from the same sources
//   PHASE_PLANNING   a struct look_run is made of it on a worker ...
//   PHASE_QUERYING   ... goes to the driving thread, which asks the sources ...
//   PHASE_JUDGING    ... and to a worker again ...
//   PHASE_COMMITTING ... and to the store; then a worker keeps its answers and puts the analysis back into the heap or ends it
//
// A cancelled analysis leaves the table at once; a look of it that is on its way is dropped where it is noticed, at the latest by the
// store, which takes no look of an analysis that is not open.
#ifndef ANALYZER_ENGINE_PRIVATE_H
#define ANALYZER_ENGINE_PRIVATE_H

#include <pthread.h>

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

#define LANE_LOOKS 8              // of one lane, from planning to the end of judging: what bounds memory
#define LOOK_BYTES ((size_t)64 << 20) // of its answers
#define RETRY_MS INT64_C(5000)    // a look that could not be kept is taken again

struct running;

// Analyses that read from the same sources: how many of them are at work is limited, so that others need not wait for theirs.
struct lane {
    struct lane *next;
    char key[DIGEST_HEX_LEN + 1];
    size_t members, at_work;
    struct running *first, *last; // queued
};

struct config_text { // of the analyses that have this very text
    struct config_text *next;
    char sha256[DIGEST_HEX_LEN + 1];
    char *text;
    size_t len, members;
    size_t stored; // of the members: with them the store has the text, and keeps it
};

struct running {
    struct due_node due; // first
    char id[STORE_ID_LEN + 1]; // what the table is ordered by
    struct running *behind; // in the lane
    struct lane *lane;
    struct config_text *text;
    char *canary, *file;
    char *request;    // JSON
    char *look_state; // JSON; NULL before the first look
    bool once;
    int64_t start_ms, revision;
    struct course_look look; // the next one, or the one at work
    size_t looks, planned;
    enum phase phase;
    bool gone; // not in the table any more; the look at work frees it
};

struct look_run { // a look at work
    struct work_task task; // first
    struct look_run *next;          // of those to be submitted
    struct look_run *newer, *older; // of all at work
    struct engine *engine;
    struct running *running;
    struct arena arena;
    struct cached_config *config;
    struct watch_course course;
    struct course_look at;
    struct plan plan;
    struct plan_answers answers;
    struct source **sources; // taken from the pool
    size_t source_count;
    struct fetch_batch *batch;
    struct analysis_request request; // of the analysis
    int64_t answered_us; // monotonic, when the last answer was there
    // What is being committed.
    json_t *document;
    enum engine_event_kind kind;
    enum verdict_kind verdict;
    char *look_state;
    int64_t now_ms;
    // Once the store has taken it.
    bool judged;    // it has a document: its answers are to be kept. Set with the engine's lock held
    int64_t due_ms; // of the next look
};

struct engine {
    struct engine_options options;
    struct work_queue *workers;
    struct config_cache *configs;
    struct fetcher *fetcher;  // of the driving thread, but for waking it
    struct source_pool *pool; // of the driving thread
    pthread_t driver;
    bool driving;

    pthread_mutex_t lock; // guards what follows, and all of struct running but what only its look at work looks at
    pthread_cond_t quiet; // `committing` has become 0
    pthread_cond_t wrapped_up; // a look has left at_work
    void *table;          // of struct running, a tree of <search.h>
    struct due_heap heap;
    struct lane *lanes;
    struct config_text *texts;
    struct look_run *to_submit; // newest first
    struct look_run *at_work;   // newest first
    size_t open, accepting;     // in the table; on their way into it
    size_t committing;          // answers of the store that will come
    size_t phases[PHASE_COUNT];
    bool stopping;
    struct engine_counts counts;
    struct engine_source_counts *sources;
    size_t source_count, source_cap;
    unsigned char random[640]; // for ids; what was used of it is not used again
    size_t random_left;
};

// engine_table.c; the lock is held.
struct running *engine_find(struct engine *engine, const char *id);
void engine_insert(struct engine *engine, struct running *running);
void engine_remove(struct engine *engine, struct running *running); // from table, heap and lane
void engine_phase(struct engine *engine, struct running *running, enum phase phase);
void engine_wait_for(struct engine *engine, struct running *running, int64_t due_ms); // PHASE_WAITING
struct lane *engine_lane(struct engine *engine, const char *key);                       // found or made, with one member more
struct config_text *engine_text(struct engine *engine, const char *sha256, struct view text); // the same
void engine_release(struct engine *engine, struct running *running); // frees it, and lane and text with their last member

// engine_look.c
void engine_plan_look(struct engine *engine, struct running *running); // the lock is held; puts it before a worker
void engine_judge_look(struct look_run *run);                          // its answers are there
void engine_drop_look(struct look_run *run);                           // without a trace, with the analysis if that is gone
void engine_look_again(struct look_run *run, const struct error *err); // in a while, as it could not be kept

// engine_keep.c: keeps the answers of a look whose verdict is published, where the engine has an archive. On a worker.
void engine_keep_look(const struct look_run *run);

// engine_look.c
// Ends an analysis that cannot be carried out, with the verdict "error" and no document.
void engine_give_up(struct look_run *run, const struct error *err);

// engine_accept.c: what of the watch was there before, in the analysis, or a new one. The caller finishes its state in any case. False
// with err when the state cannot be read or no schedule can be made.
bool engine_open_course(const struct engine *engine, const struct running *running, const struct canary_config *config,
                        const struct analysis_request *request, struct watch_course *ret, struct error *err);

// engine_accept.c: an analysis that the store holds; on the creating thread, before others run.
void engine_resume(struct engine *engine, const struct store_analysis *row);

// engine_drive.c
void *engine_drive(void *engine);

// engine.c
void engine_end_commit(struct engine *engine); // one answer of the store has come
void engine_publish(struct engine *engine, enum engine_event_kind kind, const char *id, const char *canary, const json_t *document, int64_t revision);
int64_t engine_now_ms(const struct engine *engine);
__attribute__((format(printf, 4, 5))) void engine_say(struct engine *engine, const char *canary, const char *id, const char *format, ...);

#endif
