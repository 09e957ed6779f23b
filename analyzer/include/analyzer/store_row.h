// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of a store. Texts are UTF-8 and end with NUL. Times are wall clock milliseconds; the caller gives them, as a store has no clock.
// Rows that were read lie in the caller's arena; a row that a callback gets is valid during the call only.
#ifndef ANALYZER_STORE_ROW_H
#define ANALYZER_STORE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/view.h"

// The most bytes of texts; a batch with a longer one is refused.
#define STORE_ID_LEN 64        // ids of analyses
#define STORE_NAME_LEN 256     // canaries, versions, people, keys, targets, ...
#define STORE_WORD_LEN 64      // kinds, events, actions, verdicts
#define STORE_ARTEFACT_LEN 1024
#define STORE_SUBJECT_LEN 512  // of audit rows; keys of memos
#define STORE_NOTE_LEN 16384   // details of audit rows
#define STORE_ERROR_LEN 1024   // last errors of messages; longer ones are cut
#define STORE_HEADERS_LEN 65536
#define STORE_STATE_LEN ((size_t)4 << 20)    // requests, look states, memos
#define STORE_BODY_LEN ((size_t)8 << 20)     // bodies of messages, configs
#define STORE_DOCUMENT_LEN ((size_t)64 << 20) // results, documents of looks

enum store_state { STORE_OPEN, STORE_DONE, STORE_CANCELLED };

const char *store_state_name(enum store_state state); // "open", "done", "cancelled"
bool store_state_parse(const char *text, enum store_state *ret);

struct store_analysis {
    const char *id; // made by the caller, so that later ones sort behind earlier ones
    // Idempotency key, unique for the one who asked. Both NULL: no key.
    const char *key, *asked_by;
    const char *request_sha256; // digest of the request; tells a repeated request from a different one with the same key
    const char *canary;
    const char *config_name;   // NULL: the config came with the request
    const char *config_sha256; // of the text
    const char *config;        // the text; kept once however many analyses use it
    const char *request;       // JSON: variables, window, interval, correlation id, ...
    const char *version, *artefact, *created_by; // NULL: none
    int64_t created_ms, start_ms, horizon_ms;

    // What follows changes; store_batch_add_analysis() only takes look_state of it.
    enum store_state state;
    const char *look_state; // JSON: the state of the looks, with the spent alpha; NULL: none yet
    const char *verdict;    // a word of verdict.h; NULL until finished, and for most cancelled ones
    const char *result;     // JSON, schema serin.result/1; NULL as above, and with an error before the first look
    int exit_code;          // -1: none
    double score;           // NaN: none
    size_t looks;           // taken so far
    int64_t finished_ms;    // 0 while open
    int64_t updated_ms;
    int64_t revision;       // from 1, one more with each change
};

struct store_analyses {
    struct store_analysis *items;
    size_t count;
    const char *next; // cursor of the next page; NULL: this is the last one
};

struct store_look {
    const char *analysis; // id
    int64_t number, attempt; // from 1
    int64_t at_ms;
    const char *verdict;
    const char *document; // JSON; NULL: none
};

enum store_delivery { STORE_PENDING, STORE_DELIVERED, STORE_DEAD };

struct store_message {
    int64_t seq;          // given by the store; later ones are larger
    const char *id;       // unique, and the same at each attempt
    const char *analysis; // NULL: of none
    const char *target;   // names the receiver, without its secrets; messages of one target are sent in order
    const char *kind, *event;
    struct view body;
    const char *headers; // JSON, without secrets; NULL: none
    int64_t created_ms, due_ms;
    // What follows changes.
    enum store_delivery state;
    int64_t attempts;
    int status;             // HTTP status of the last attempt; 0: no answer, or no attempt yet
    const char *last_error; // NULL: none
    int64_t ended_ms;       // when it was delivered or given up; 0: it is pending
};

struct store_messages {
    struct store_message *items;
    size_t count;
    int64_t next_due_ms; // of store_due(): when the next target that is not among these is due; INT64_MAX: none is
};

struct store_audit {
    int64_t seq; // given by the store, rising
    int64_t at_ms;
    const char *who, *action, *subject;
    const char *detail; // NULL: none
};

struct store_audits {
    struct store_audit *items;
    size_t count;
};

#endif
