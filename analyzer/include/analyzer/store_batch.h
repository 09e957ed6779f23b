// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of a store that are made together or not at all. A batch is built by one thread and copies what it is given. Mistakes are
// latched: when a text is missing, too long or not UTF-8, store_submit() refuses the whole batch.
#ifndef ANALYZER_STORE_BATCH_H
#define ANALYZER_STORE_BATCH_H

#include "analyzer/store_row.h"
#include "base/error.h"

#define STORE_BATCH_MOST 10000 // changes

struct store_batch;

struct store_batch *store_batch_create(void);
void store_batch_destroy(struct store_batch *batch); // only when it was not submitted; fine with NULL

// Adds an analysis. STORE_DUPLICATE when the asker has used the key before. `config` may be NULL when an earlier analysis brought the text
// with that config_sha256. The text of the config is not copied: it must stay until the batch is committed or destroyed.
void store_batch_add_analysis(struct store_batch *batch, const struct store_analysis *analysis);

struct store_change { // how an open analysis is changed
    const char *id;
    int64_t revision;       // the revision that the caller knows; STORE_CONFLICT when it has another one. 0: any
    enum store_state state; // STORE_OPEN: it stays open; else it is finished for good
    size_t looks;           // taken so far; a lower number than before is ignored
    const char *look_state; // NULL: as it was
    const char *verdict;    // NULL: as it was; required when it is done
    const char *result;     // NULL: as it was
    int exit_code;          // -1: none
    double score;           // NaN: none
    int64_t at_ms;          // becomes updated_ms, and also finished_ms when it is finished
};

// STORE_CONFLICT when the analysis is not open or has another revision, STORE_UNKNOWN when there is no such analysis.
void store_batch_change(struct store_batch *batch, const struct store_change *change);

// STORE_UNKNOWN when there is no such analysis, STORE_CONFLICT when it has that look and attempt already.
void store_batch_add_look(struct store_batch *batch, const struct store_look *look);

// Adds a message that is to be sent from its due_ms on. STORE_CONFLICT when there is one with that id.
void store_batch_add_message(struct store_batch *batch, const struct store_message *message);

struct store_attempt { // what came of sending a message
    int64_t seq;
    enum store_delivery state; // STORE_PENDING: to be sent again at due_ms
    int64_t at_ms, due_ms;
    int status;        // 0: no answer
    const char *error; // NULL: none
};

// STORE_CONFLICT when the message is not pending, STORE_UNKNOWN when there is none.
void store_batch_attempt(struct store_batch *batch, const struct store_attempt *attempt);

// Makes a dead message pending again, with its attempts counted from 0; id NULL: all dead ones. STORE_UNKNOWN when no dead message has that
// id.
void store_batch_replay(struct store_batch *batch, const char *id, int64_t due_ms);

// Sets the memo of that kind and key; json NULL: deletes it.
void store_batch_memo(struct store_batch *batch, const char *kind, const char *key, const char *json, int64_t at_ms);

void store_batch_add_audit(struct store_batch *batch, const struct store_audit *audit); // its seq is ignored

#endif
