// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of a store that are made together or not at all. A batch is built by one thread and holds deep copies of all it is given.
// It is latched: a text that is too long or not UTF-8, or a missing one, is told by store_submit(), and nothing of the batch is done.
#ifndef ANALYZER_STORE_BATCH_H
#define ANALYZER_STORE_BATCH_H

#include "analyzer/store_row.h"
#include "base/error.h"

#define STORE_BATCH_MOST 10000 // changes

struct store_batch;

struct store_batch *store_batch_create(void);
void store_batch_destroy(struct store_batch *batch); // of one that was not submitted; fine with NULL

// STORE_DUPLICATE when the asker's key is taken. `config` NULL: an earlier analysis brought the text of config_sha256; with it,
// config_sha256 must be its digest. It alone is not copied, and is to stay until the batch is done with.
void store_batch_add_analysis(struct store_batch *batch, const struct store_analysis *analysis);

struct store_change { // of an open analysis
    const char *id;
    int64_t revision;       // that the caller saw; another one is STORE_CONFLICT. 0: any
    enum store_state state; // STORE_OPEN: it goes on; else it is finished, once and for all
    size_t looks;           // taken so far; never less than before
    const char *look_state; // NULL: as it was
    const char *verdict;    // NULL: as it was; needed when done
    const char *result;     // NULL: as it was
    int exit_code;          // -1: none
    double score;           // NaN: none
    int64_t at_ms;          // becomes updated_ms, and finished_ms when it is finished
};

// STORE_CONFLICT when the analysis is not open or has another revision, STORE_UNKNOWN when there is none.
void store_batch_change(struct store_batch *batch, const struct store_change *change);

// STORE_UNKNOWN when there is no such analysis, STORE_CONFLICT when it has that look.
void store_batch_add_look(struct store_batch *batch, const struct store_look *look);

// Pending from its due_ms on. STORE_CONFLICT when there is one with that id.
void store_batch_add_message(struct store_batch *batch, const struct store_message *message);

struct store_attempt { // at sending a message
    int64_t seq;
    enum store_delivery state; // STORE_PENDING: again at due_ms
    int64_t at_ms, due_ms;
    int status;        // 0: no answer
    const char *error; // NULL: none
};

// STORE_CONFLICT when the message is not pending, STORE_UNKNOWN when there is none.
void store_batch_attempt(struct store_batch *batch, const struct store_attempt *attempt);

// Makes a dead message pending again, with its attempts counted from 0; id NULL: all of them. STORE_UNKNOWN when no dead one has that id.
void store_batch_replay(struct store_batch *batch, const char *id, int64_t due_ms);

// Sets what is remembered under kind and key; json NULL: forgets it.
void store_batch_memo(struct store_batch *batch, const char *kind, const char *key, const char *json, int64_t at_ms);

void store_batch_add_audit(struct store_batch *batch, const struct store_audit *audit); // seq is not looked at

#endif
