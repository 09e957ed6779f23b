// SPDX-License-Identifier: GPL-3.0-or-later
// An engine over a store in a file and a fake server on loopback that answers every query with the same samples. Its clock jumps: after
// each look it is made to be time for the next one.
#ifndef TESTS_ANALYZER_ENGINE_STAGE_H
#define TESTS_ANALYZER_ENGINE_STAGE_H

#include <pthread.h>
#include <stdatomic.h>

#include "../query/fake_server.h"
#include "analyzer/engine.h"

#define STAGE_START_MS INT64_C(1735689600000)
#define STAGE_MINUTE_MS INT64_C(60000)
#define STAGE_MOST_EVENTS 64

struct seen {
    enum engine_event_kind kind;
    char id[STORE_ID_LEN + 1];
    int64_t looks;
};

struct stage {
    char dir[64];
    struct buf body; // what the server gives to every query
    struct fake_answer answer;
    struct fake_server *server;
    struct store *store;
    struct run_archive *archive; // NULL in most tests
    struct engine *engine;
    _Atomic int64_t now_ms;
    _Atomic bool hold;    // the clock stays where it is after a look
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t changed;
    struct seen events[STAGE_MOST_EVENTS];
    size_t event_count;
    struct engine_answer answered;
    size_t answers;
};

void stage_begin(struct stage *stage, int delay_ms); // before each answer of the server
void stage_end(struct stage *stage);

void stage_open(struct stage *stage); // store and engine, as stage_begin() does
void stage_close(struct stage *stage);

void stage_await(struct stage *stage, const char *id, enum engine_event_kind kind, size_t count); // `id` NULL: of any analysis
struct engine_answer stage_await_answer(struct stage *stage, size_t count);
engine_answer_fn stage_answered; // counts an answer; `user` is the stage

const char *stage_config(int port); // the text of a config that asks that port; valid until the next call
struct engine_submission stage_submission(struct stage *stage, bool once, const char *key);
struct engine_answer stage_ask(struct stage *stage, bool once, const char *key); // submits and waits for the answer
struct store_analysis stage_row(struct stage *stage, const char *id, struct arena *arena);

#endif
