// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/gate_watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/freeze.h"
#include "analyzer/gate.h"
#include "analyzer/publish_config.h"
#include "api/exports.h"
#include "api/named_config.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "base/timetext.h"

#define EVERY_MS INT64_C(60000)
#define SOURCES_MS INT64_C(10000) // for all queries of a gate
#define SETTLED_MS INT64_C(60000) // sources are asked for values of that long ago, when late samples are there

enum { THREADS = 2, MOST_FREEZES_TEXT = 1 << 20 };

struct watched { // a canary whose config names events of gates
    struct watched *next;
    char *canary;
    char sha256[65];
    bool there;   // in the catalog
    bool wanted;  // a webhook of its config asks for events of gates
    bool at_work; // its gate is being asked
    bool again;   // and is to be asked again at once, as something has happened meanwhile
    bool failed;  // the gate could not be asked the last time, which was logged
    int64_t due_mono_ms;
};

struct gate_watch {
    const struct service *service;
    pthread_t threads[THREADS];
    size_t thread_count;
    // Of the thread that calls gate_watch_refresh().
    int64_t read_ms;      // when the catalog that was taken over was read
    char *freezes;        // ids of the active ones, one a line; to notice a change
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t more;
    struct watched *items;
    bool closing;
};

// Which canaries are watched.

static bool names_gate(const struct publish_target *target) {
    for (size_t i = 0; i < target->on.count; i++) {
        if (strncmp(target->on.items[i], "gate_", 5) == 0) return true;
    }
    return false;
}

// A quick look at the text: most configs do not name these events, and parsing all of them takes long.
static bool may_want_gate(struct view text) {
    static const char word[] = "gate_";
    for (size_t i = 0; i + sizeof word - 1 <= text.len; i++) {
        const char *at = memchr(text.ptr + i, word[0], text.len - i - (sizeof word - 2));
        if (at == NULL) return false;
        i = (size_t)(at - text.ptr);
        if (memcmp(at, word, sizeof word - 1) == 0) return true;
    }
    return false;
}

static bool wants_gate(const struct catalog_entry *entry) {
    struct arena arena = {0};
    struct canary_config config = {0};
    struct config_overrides overrides;
    struct findings findings;
    bool wants = false;
    config_overrides_init(&overrides);
    findings_init(&findings, &arena);
    config_read(entry->text, entry->file, &overrides, &arena, &findings,
                &config); // errors do not matter here: the targets are read even when a variable is missing
    for (size_t i = 0; config.publish != NULL && i < config.publish->target_count; i++)
        wants = wants || names_gate(&config.publish->targets[i]);
    findings_finish(&findings);
    arena_finish(&arena);
    return wants;
}

// The lock is held.
static struct watched *find(struct gate_watch *w, const char *canary) {
    struct watched *item = w->items;
    while (item != NULL && strcmp(item->canary, canary) != 0) item = item->next;
    return item;
}

static void take_entry(struct gate_watch *w, const struct catalog_entry *entry) {
    pthread_mutex_lock(&w->lock);
    struct watched *item = find(w, entry->name);
    if (item == NULL) {
        item = mem_zero(1, sizeof *item);
        item->canary = mem_strdup(entry->name);
        item->next = w->items;
        w->items = item;
    }
    item->there = true;
    bool same = strcmp(item->sha256, entry->sha256) == 0;
    pthread_mutex_unlock(&w->lock);
    if (same) return;
    bool wanted = wants_gate(entry);
    pthread_mutex_lock(&w->lock);
    memcpy(item->sha256, entry->sha256, sizeof item->sha256);
    item->wanted = wanted;
    item->again = item->at_work;
    item->due_mono_ms = 0;
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
}

static void free_item(struct watched *item) {
    free(item->canary);
    free(item);
}

static void drop_missing(struct gate_watch *w) {
    pthread_mutex_lock(&w->lock);
    for (struct watched **at = &w->items; *at != NULL;) {
        struct watched *item = *at;
        if (item->there || item->at_work) {
            at = &item->next;
            continue;
        }
        *at = item->next;
        free_item(item);
    }
    pthread_mutex_unlock(&w->lock);
}

static void read_catalog(struct gate_watch *w) {
    const struct catalog_view *view = catalog_take(w->service->catalog);
    if (view->read_ms != w->read_ms) {
        pthread_mutex_lock(&w->lock);
        for (struct watched *item = w->items; item != NULL; item = item->next) item->there = false;
        pthread_mutex_unlock(&w->lock);
        for (size_t i = 0; i < view->count; i++) {
            if (may_want_gate(view->entries[i]->text)) take_entry(w, view->entries[i]);
        }
        drop_missing(w);
        w->read_ms = view->read_ms;
    }
    catalog_release(w->service->catalog, view);
}

static bool watches_any(struct gate_watch *w) {
    bool any = false;
    pthread_mutex_lock(&w->lock);
    for (const struct watched *item = w->items; item != NULL; item = item->next) any = any || item->wanted;
    pthread_mutex_unlock(&w->lock);
    return any;
}

// Freezes are set and lifted by commands too, and end by time, so they are compared with what was seen last.
static void read_freezes(struct gate_watch *w, int64_t now_ms) {
    struct arena arena = {0};
    struct freezes freezes = {0};
    struct error err;
    struct buf text;
    buf_init(&text, MOST_FREEZES_TEXT);
    if (!freeze_list(w->service->state_dir, &arena, &freezes, &err)) buf_str(&text, "?");
    for (size_t i = 0; i < freezes.count; i++) {
        if (freeze_is_active(&freezes.items[i], now_ms)) buf_printf(&text, "%s\n", freezes.items[i].id);
    }
    bool same = w->freezes != NULL && strcmp(w->freezes, buf_text(&text)) == 0;
    free(w->freezes);
    w->freezes = mem_strdup(buf_text(&text));
    buf_finish(&text);
    arena_finish(&arena);
    if (!same) gate_watch_note(w, NULL);
}

void gate_watch_refresh(struct gate_watch *w, int64_t now_ms) {
    read_catalog(w);
    if (watches_any(w)) read_freezes(w, now_ms);
}

void gate_watch_note(struct gate_watch *w, const char *canary) {
    pthread_mutex_lock(&w->lock);
    for (struct watched *item = w->items; item != NULL; item = item->next) {
        if (canary != NULL && strcmp(item->canary, canary) != 0) continue;
        item->due_mono_ms = 0;
        item->again = item->at_work;
    }
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
}

// Asking gates.

// The canary's config, with the variables of that analysis. NULL with err.
static const struct canary_config *read_config(const struct service *service, const struct store_analysis *row, struct arena *arena,
                                               struct error *err) {
    struct named_config *named = named_config_of(service, row->canary, arena);
    struct canary_config *config = arena_alloc(arena, sizeof *config);
    struct analysis_request request;
    struct findings findings;
    if (named == NULL) {
        error_set(err, ERROR_CONFIG, "its config is gone");
        return NULL;
    }
    json_t *json = row->request != NULL ? json_loads(row->request, 0, NULL) : NULL;
    bool ok = analysis_request_read(json, arena, &request, err);
    json_decref(json);
    findings_init(&findings, arena);
    if (ok && !config_read(named->text, named->file, &request.overrides, arena, &findings, config))
        ok = error_set(err, ERROR_CONFIG, "its config cannot be used: %s", findings.count > 0 ? findings.items[0].text : "");
    findings_finish(&findings);
    return ok ? config : NULL;
}

static bool ask(struct gate_watch *w, const struct store_analysis *row, struct arena *arena, struct error *err) {
    const struct service *service = w->service;
    const struct canary_config *config = read_config(service, row, arena, err);
    if (config == NULL) return false;
    json_t *result = row->result != NULL ? json_loads(row->result, 0, NULL) : NULL;
    struct gate_options options = {.at_ms = wall_now_ms() - SETTLED_MS,
                                   .now_ms = wall_now_ms(),
                                   .result = result,
                                   .state = service->state_dir,
                                   .deadline_ms = SOURCES_MS};
    json_t *document = gate_run(config, &options, arena, err);
    json_decref(result);
    bool ok = document != NULL && courier_gate(service->courier, row->canary, row->id, document, err);
    if (document != NULL) exports_gate(service->exports, document);
    json_decref(document);
    return ok;
}

// Asks the gate with the verdict of the last decided analysis; does nothing for a canary that has none.
static bool look(struct gate_watch *w, const char *canary, struct error *err) {
    enum store_state done = STORE_DONE;
    struct store_filter filter = {.canary = canary, .state = &done, .limit = 1, .parts = STORE_RESULT | STORE_REQUEST};
    struct store_analyses page = {0};
    struct arena arena = {0};
    bool ok = store_list(w->service->store, &filter, &arena, &page, err) && (page.count == 0 || ask(w, &page.items[0], &arena, err));
    arena_finish(&arena);
    return ok;
}

static void tell(const char *canary, const char *text) {
    struct log_line line;
    log_begin(&line, LOG_LEVEL_WARN, "gate");
    log_text(&line, "canary", canary);
    log_text(&line, "error", text);
    log_end(&line);
}

// Waits for an item that is due; NULL when the threads are to end. The lock is held.
static struct watched *next(struct gate_watch *w) {
    while (!w->closing) {
        int64_t now_ms = mono_now_ms(), next_ms = now_ms + EVERY_MS;
        for (struct watched *item = w->items; item != NULL; item = item->next) {
            if (!item->wanted || item->at_work) continue;
            if (item->due_mono_ms <= now_ms) return item;
            if (item->due_mono_ms < next_ms) next_ms = item->due_mono_ms;
        }
        struct timespec until = {.tv_sec = (time_t)(next_ms / 1000), .tv_nsec = (long)(next_ms % 1000) * 1000000};
        pthread_cond_timedwait(&w->more, &w->lock, &until);
    }
    return NULL;
}

static void *work(void *argument) {
    struct gate_watch *w = argument;
    struct watched *item;
    pthread_mutex_lock(&w->lock);
    while ((item = next(w)) != NULL) {
        struct error err = {0};
        item->at_work = true;
        pthread_mutex_unlock(&w->lock);
        bool ok = look(w, item->canary, &err);
        if (!ok && !item->failed) tell(item->canary, err.text);
        item->failed = !ok; // only the thread at work on the item uses it
        pthread_mutex_lock(&w->lock);
        item->at_work = false;
        item->due_mono_ms = item->again ? 0 : mono_now_ms() + EVERY_MS;
        item->again = false;
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct gate_watch *gate_watch_start(const struct service *service, struct error *err) {
    struct gate_watch *w = mem_zero(1, sizeof *w);
    w->service = service;
    pthread_mutex_init(&w->lock, NULL);
    thread_cond_init(&w->more);
    while (w->thread_count < THREADS && thread_start(&w->threads[w->thread_count], work, w, err)) w->thread_count++;
    if (w->thread_count == THREADS) return w;
    gate_watch_stop(w);
    gate_watch_destroy(w);
    return NULL;
}

void gate_watch_stop(struct gate_watch *w) {
    if (w == NULL) return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < w->thread_count; i++) pthread_join(w->threads[i], NULL);
    w->thread_count = 0;
}

void gate_watch_destroy(struct gate_watch *w) {
    if (w == NULL) return;
    while (w->items != NULL) {
        struct watched *item = w->items;
        w->items = item->next;
        free_item(item);
    }
    pthread_cond_destroy(&w->more);
    pthread_mutex_destroy(&w->lock);
    free(w->freezes);
    free(w);
}
