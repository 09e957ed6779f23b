// SPDX-License-Identifier: GPL-3.0-or-later
// Where a service keeps its analyses, looks, messages to receivers, memos and audit log. What a store has acknowledged survives a crash of
// the program and of the machine. Changes come in batches. A thread of the store commits all batches that have come since its last commit
// in one transaction, in their order; a batch that cannot be made fails alone. Reads see the last commit; they neither wait for the writer
// nor make it wait.
//
// Functions may be called on any thread unless they say otherwise. Those that fail return false with err: ERROR_IO when the store cannot be
// read or written now, ERROR_DATA when it is damaged, ERROR_USAGE for a mistake of the caller. No failure loses what was committed.
#ifndef ANALYZER_STORE_H
#define ANALYZER_STORE_H

#include "analyzer/store_batch.h"
#include "base/arena.h"

struct store;

typedef void store_lost_fn(void *user, const char *why);

struct store_options {
    bool create;        // make it when it is not there, readable by its owner only
    bool owner;         // of the one process that works on what it holds; ERROR_USAGE while another one is
    size_t readers;     // reads at a time, further ones wait; 0: 4
    size_t queue_bytes; // of batches that wait for their commit; 0: 64 MiB
    bool *ret_taken;    // set when it fails because another one is the owner; NULL: not asked
    // An owner of a shared store may lose it to another one while it cannot reach it. Called once, on a thread of the store, which writes
    // nothing any more: what is under way is the other's. NULL: nothing but errors from then on.
    store_lost_fn *lost;
    void *lost_user;
};

// Whether several servers may be started on it: one owns it, the others wait until they may.
bool store_is_shared(const char *where);

// `where` is "sqlite:PATH", a path, or "postgresql://..." as libpq reads it, without a password. Brings an older store up to date; refuses
// a newer one, and what is none. NULL with err.
struct store *store_open(const char *where, const struct store_options *options, struct error *err);

// Commits what was submitted, then closes. No other thread may use the store any more. Fine with NULL.
void store_close(struct store *store);

enum store_outcome_kind {
    STORE_COMMITTED,
    STORE_DUPLICATE, // there is an analysis with the asker's key already
    STORE_CONFLICT,  // what was to be changed is in another state, or what was to be added exists
    STORE_UNKNOWN,   // what was to be changed does not exist
    STORE_FAILED,    // the store could not write
};

struct store_outcome {
    enum store_outcome_kind kind;
    char id[STORE_ID_LEN + 1]; // DUPLICATE: of the analysis with the key. Else of the analysis that conflicts or does not exist, or ""
    bool same_request;         // DUPLICATE: that analysis was asked for by the same request (digest)
    int64_t revision;          // COMMITTED: of the last analysis that was added or changed, or 0. CONFLICT, DUPLICATE: of that analysis
    enum store_state state;    // CONFLICT, DUPLICATE: of that analysis
    struct error err;          // all kinds but COMMITTED
};

// Called once, after the commit, on the store's thread. It may submit batches but must not wait for them. The outcome is valid during the
// call.
typedef void store_done_fn(void *user, const struct store_outcome *outcome);

// Takes the batch over. True: `done` (which may be NULL) will be called. False with err: it will not, and the batch is freed; ERROR_USAGE
// for a batch that was built wrongly, ERROR_LIMIT when too much is waiting already.
bool store_submit(struct store *store, struct store_batch *batch, store_done_fn *done, void *user, struct error *err);

// Submits the batch and waits for its commit; not on the store's own thread. True when it was committed; else ret->err says why not.
bool store_submit_wait(struct store *store, struct store_batch *batch, struct store_outcome *ret);

// Whether the store can be written, by writing. For readiness; blocks, but for a few seconds only.
bool store_probe(struct store *store, int64_t now_ms, struct error *err);

struct store_counters { // since it was opened
    uint64_t commits, batches, failed; // batches in commits; batches that failed for whatever reason
    uint64_t largest_commit;           // batches
    size_t queued, queued_bytes;       // now
    bool writable;                     // the last transaction was committed
};

void store_counters(struct store *store, struct store_counters *ret);

enum store_part { STORE_CONFIG = 1, STORE_REQUEST = 2, STORE_LOOK_STATE = 4, STORE_RESULT = 8, STORE_DOCUMENTS = 15 };

// Reads an analysis into the arena; members of parts that were not asked for are NULL. *ret_found is false when there is none.
bool store_get(struct store *store, const char *id, unsigned parts, struct arena *arena, struct store_analysis *ret, bool *ret_found,
               struct error *err);

#define STORE_PAGE_MOST 500

struct store_filter { // NULL, 0: any
    const char *canary, *version, *verdict;
    const enum store_state *state;
    int64_t since_ms, until_ms; // created from since_ms on and before until_ms
    const char *cursor;         // `next` of the page before; ERROR_USAGE for anything else
    size_t limit;               // of the page; 0: 50, at most STORE_PAGE_MOST
    unsigned parts;             // as of store_get()
};

// A page of analyses, the newest first, in the arena.
bool store_list(struct store *store, const struct store_filter *filter, struct arena *arena, struct store_analyses *ret,
                struct error *err);

// Callbacks of reads, called for each row in turn; they return false to stop. They must not read from the store themselves, as a reader is
// held meanwhile.
typedef bool store_analysis_fn(void *user, const struct store_analysis *analysis);
typedef bool store_look_fn(void *user, const struct store_look *look);
typedef bool store_memo_fn(void *user, const char *key, const char *json, int64_t at_ms);
typedef bool store_pending_fn(void *user, const char *target, int64_t count);

// All open analyses, oldest first, with all their parts.
bool store_each_open(struct store *store, store_analysis_fn *each, void *user, struct error *err);

// The looks of an analysis in order; their documents are NULL unless `documents`.
bool store_each_look(struct store *store, const char *analysis, bool documents, store_look_fn *each, void *user, struct error *err);

// The document of the latest look that has one, in the arena; *ret is NULL when there is none.
bool store_last_look(struct store *store, const char *analysis, struct arena *arena, const char **ret, struct error *err);

// All memos of a kind in the order of their keys; or a single one, in the arena: *ret is NULL when there is none.
bool store_each_memo(struct store *store, const char *kind, store_memo_fn *each, void *user, struct error *err);
bool store_memo(struct store *store, const char *kind, const char *key, struct arena *arena, const char **ret, struct error *err);

struct store_due_filter {
    int64_t now_ms;
    size_t per_target, limit;   // most messages for a target, and in all; fewer when their bodies are large
    const char *const *without; // targets to leave out, such as those under way; ended by NULL. NULL: none
};

// The messages to send now: for each target whose oldest pending message is due, that one and those after it that are due too, in order.
bool store_due(struct store *store, const struct store_due_filter *filter, struct arena *arena, struct store_messages *ret,
               struct error *err);

// Messages that were given up, oldest first, from behind after_seq on; without bodies.
bool store_dead(struct store *store, int64_t after_seq, size_t limit, struct arena *arena, struct store_messages *ret, struct error *err);

// How many messages are pending for each target. Costs time for each of them, as it reads an index of all.
bool store_each_pending(struct store *store, store_pending_fn *each, void *user, struct error *err);

// Rows of the audit log, newest first, that are older than before_seq (0: the newest ones).
bool store_audit(struct store *store, int64_t before_seq, size_t limit, struct arena *arena, struct store_audits *ret, struct error *err);

struct store_counts {
    int64_t open, done, cancelled, looks, pending, delivered, dead, memos, audits, configs;
    int schema_version;
};

bool store_count(struct store *store, struct store_counts *ret, struct error *err); // reads whole indexes, so not for each request

struct store_retention { // what is kept; 0: for ever, any number. An analysis stays while a message of it is pending
    int64_t finished_ms;  // finished analyses up to this age, with their looks and delivered messages
    size_t per_canary;    // the newest finished analyses of each canary, this many
    int64_t dead_ms;      // messages that were given up, up to this age
    int64_t audit_ms;     // audit rows up to this age
};

struct store_trimmed {
    int64_t analyses, messages, audits;
    bool more; // it stopped early: the next call goes on there
};

// The kind of the memos that say which analyses store_trim() has deleted, by id. Whoever keeps more of an analysis elsewhere deletes that,
// then the memo: so nothing of it is left, however the program ends.
#define STORE_FORGOTTEN "forgotten"

// Deletes what is not to be kept any more, in steps between which other batches are committed. It stops after a few thousand rows, so that
// a stopping program need not wait long, and goes on there at the next call. What is open or pending stays. Blocks; one thread at a time.
bool store_trim(struct store *store, const struct store_retention *retention, int64_t now_ms, struct store_trimmed *ret,
                struct error *err);

// Writes a copy of the last commit to a file, whole or not at all, while the store is in use. A file of that name is replaced. Blocks.
bool store_backup(struct store *store, const char *path, struct error *err);

// Reads everything. False with ERROR_DATA and the first thing that is wrong. Blocks.
bool store_check(struct store *store, struct error *err);

#endif
