// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of a batch, for the store's queue and its backends.
#ifndef ANALYZER_STORE_CHANGES_H
#define ANALYZER_STORE_CHANGES_H

#include "analyzer/store.h"

enum change_kind {
    CHANGE_ADD_ANALYSIS,
    CHANGE_ANALYSIS,
    CHANGE_ADD_LOOK,
    CHANGE_ADD_MESSAGE,
    CHANGE_ATTEMPT,
    CHANGE_REPLAY,
    CHANGE_MEMO,
    CHANGE_ADD_AUDIT,
    CHANGE_TRIM,
    CHANGE_KINDS,
};

struct change_replay {
    const char *id; // NULL: all
    int64_t due_ms;
};

struct change_memo {
    const char *kind, *key, *json;
    int64_t at_ms;
};

enum trim_phase { TRIM_OLD, TRIM_MANY, TRIM_DELIVERED, TRIM_DEAD, TRIM_AUDITS, TRIM_CONFIGS, TRIM_OVER };

struct trim_progress { // how far store_trim() has come; zeroes: the beginning
    enum trim_phase phase;
    char canary[STORE_NAME_LEN + 1]; // TRIM_MANY: the last canary that is done
    struct store_trimmed trimmed;
};

struct change_trim { // one step of store_trim()
    struct store_retention retention;
    int64_t now_ms;
    struct trim_progress before;
    struct trim_progress *after; // is filled in; must stay until the batch is done
};

struct change { // its texts lie in the batch's arena, except the text of a config
    enum change_kind kind;
    union {
        struct store_analysis analysis;
        struct store_change change;
        struct store_look look;
        struct store_message message;
        struct store_attempt attempt;
        struct change_replay replay;
        struct change_memo memo;
        struct store_audit audit;
        struct change_trim trim;
    } of;
};

struct store_batch {
    struct arena arena; // holds the batch itself too
    struct change *items;
    size_t count, cap;
    struct error err; // the first mistake; ERROR_NONE: none
    // While it waits for its commit.
    struct store_batch *next;
    store_done_fn *done;
    void *user;
};

void store_batch_trim(struct store_batch *batch, const struct change_trim *trim);

size_t store_batch_bytes(const struct store_batch *batch); // how many bytes of memory it takes

#endif
