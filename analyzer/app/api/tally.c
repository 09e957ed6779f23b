// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/tally.h"

#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/store_row.h"
#include "analyzer/verdict.h"
#include "base/mem.h"

#define MOST_ROWS LIVE_MOST_COUNTS // of one kind; what would need more is not counted

enum tally_kind { TALLY_VERDICT, TALLY_GATE, TALLY_CHECK };
#define TALLY_KINDS 3

struct tally_row {
    struct tally_row *next; // of its kind
    enum tally_kind kind;
    const char *first, *second; // canary, and verdict or name of the check; second is "" for gates
    uint64_t count;             // of verdicts; for gates 1: open
    double value;               // of checks
    char id[STORE_ID_LEN + 1];  // of the last analysis that was counted
    int64_t at_ms;              // of the last change
    bool gone;                  // the config of the canary is: not exported
};

struct tally {
    pthread_mutex_t lock; // guards what follows
    struct arena arena;   // rows and their texts: they only grow in number, up to a bound
    void *tree;           // by kind and texts, of <search.h>
    struct tally_row *rows[TALLY_KINDS];
    size_t counts[TALLY_KINDS];
};

static int by_key(const void *a, const void *b) {
    const struct tally_row *x = a, *y = b;
    int order = x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->first, y->first);
    return order != 0 ? order : strcmp(x->second, y->second);
}

struct tally *tally_create(void) {
    struct tally *tally = mem_zero(1, sizeof *tally);
    pthread_mutex_init(&tally->lock, NULL);
    return tally;
}

void tally_destroy(struct tally *tally) {
    if (tally == NULL) return;
    for (int kind = 0; kind < TALLY_KINDS; kind++) {
        for (struct tally_row *row = tally->rows[kind]; row != NULL; row = row->next) tdelete(row, &tally->tree, by_key);
    }
    pthread_mutex_destroy(&tally->lock);
    arena_finish(&tally->arena);
    free(tally);
}

// Makes the row when there is none; NULL when there are too many. The lock is held.
static struct tally_row *row_of(struct tally *tally, enum tally_kind kind, const char *first, const char *second) {
    struct tally_row key = {.kind = kind, .first = first, .second = second};
    void *found = tfind(&key, &tally->tree, by_key);
    if (found != NULL) return *(struct tally_row **)found;
    if (tally->counts[kind] == MOST_ROWS) return NULL;
    struct tally_row *row = arena_alloc(&tally->arena, sizeof *row);
    *row = (struct tally_row){.next = tally->rows[kind],
                              .kind = kind,
                              .first = arena_strdup(&tally->arena, first),
                              .second = arena_strdup(&tally->arena, second)};
    if (tsearch(row, &tally->tree, by_key) == NULL) return NULL;
    tally->rows[kind] = row;
    tally->counts[kind]++;
    return row;
}

void tally_verdict(struct tally *tally, const char *canary, const char *verdict, const char *id, int64_t now_ms) {
    pthread_mutex_lock(&tally->lock);
    struct tally_row *row = row_of(tally, TALLY_VERDICT, canary, verdict);
    if (row != NULL) {
        row->count++;
        row->at_ms = now_ms;
        row->gone = false;
        memset(row->id, 0, sizeof row->id);
        memcpy(row->id, id, strnlen(id, STORE_ID_LEN));
    }
    pthread_mutex_unlock(&tally->lock);
}

void tally_know(struct tally *tally, const char *canary) {
    pthread_mutex_lock(&tally->lock);
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        struct tally_row *row = row_of(tally, TALLY_VERDICT, canary, verdict_name((enum verdict_kind)i));
        if (row != NULL) row->gone = false;
    }
    pthread_mutex_unlock(&tally->lock);
}

static const char *text_of(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void set_value(struct tally_row *row, uint64_t count, double value, int64_t now_ms) {
    if (row == NULL) return;
    row->count = count;
    row->value = value;
    row->at_ms = now_ms;
    row->gone = false;
}

void tally_gate(struct tally *tally, const json_t *document, int64_t now_ms) {
    const char *canary = text_of(document, "canary");
    const json_t *items = json_object_get(document, "items");
    pthread_mutex_lock(&tally->lock);
    set_value(row_of(tally, TALLY_GATE, canary, ""), strcmp(text_of(document, "gate"), "open") == 0, 0, now_ms);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i), *value = json_object_get(item, "value");
        if (strcmp(text_of(item, "kind"), "check") != 0 || !json_is_number(value)) continue;
        set_value(row_of(tally, TALLY_CHECK, canary, text_of(item, "name")), 0, json_number_value(value), now_ms);
    }
    pthread_mutex_unlock(&tally->lock);
}

void tally_forget(struct tally *tally, const char *canary) {
    pthread_mutex_lock(&tally->lock);
    for (int kind = 0; kind < TALLY_KINDS; kind++) {
        for (struct tally_row *row = tally->rows[kind]; row != NULL; row = row->next)
            row->gone = row->gone || strcmp(row->first, canary) == 0;
    }
    pthread_mutex_unlock(&tally->lock);
}

// Counters must not vanish, so verdicts are shown for as long as the process runs.
static bool is_shown(const struct tally_row *row, int64_t now_ms) {
    return !row->gone && (row->kind == TALLY_VERDICT || now_ms - row->at_ms < LIVE_RETENTION_MS);
}

static struct live_counts copy_counts(const struct tally *tally, enum tally_kind kind, int64_t now_ms, struct arena *arena) {
    struct live_count *items = arena_array(arena, tally->counts[kind] + 1, sizeof *items);
    size_t count = 0;
    for (const struct tally_row *row = tally->rows[kind]; row != NULL; row = row->next) {
        if (!is_shown(row, now_ms)) continue;
        items[count++] = (struct live_count){.first = arena_strdup(arena, row->first),
                                             .second = row->second[0] != '\0' ? arena_strdup(arena, row->second) : NULL,
                                             .count = row->count,
                                             .analysis_id = row->id[0] != '\0' ? arena_strdup(arena, row->id) : NULL,
                                             .analysis_ms = row->at_ms};
    }
    return (struct live_counts){items, count};
}

static void copy_checks(const struct tally *tally, int64_t now_ms, struct arena *arena, struct live_engine *ret) {
    struct live_check *items = arena_array(arena, tally->counts[TALLY_CHECK] + 1, sizeof *items);
    size_t count = 0;
    for (const struct tally_row *row = tally->rows[TALLY_CHECK]; row != NULL; row = row->next) {
        if (!is_shown(row, now_ms)) continue;
        items[count++] = (struct live_check){arena_strdup(arena, row->first), arena_strdup(arena, row->second), row->value};
    }
    ret->checks = items;
    ret->check_count = count;
}

void tally_fill(struct tally *tally, int64_t now_ms, struct arena *arena, struct live_engine *ret) {
    pthread_mutex_lock(&tally->lock);
    ret->analyses = copy_counts(tally, TALLY_VERDICT, now_ms, arena);
    ret->gates = copy_counts(tally, TALLY_GATE, now_ms, arena);
    copy_checks(tally, now_ms, arena, ret);
    pthread_mutex_unlock(&tally->lock);
}
