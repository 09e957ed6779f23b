// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/exports.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/freeze.h"
#include "api/tally.h"
#include "api/view_value.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "exporters/courier.h"

#define MOST_WAITING 4096          // analyses that wait to be read, at most half of them for a look; further ones are passed over
#define SCRAPED_MS INT64_C(600000) // a format that nobody scraped for that long is not rendered ahead

struct exports {
    struct store *store;
    const char *version;
    struct live *live;
    struct tally *tally;
    int64_t start_ms;
    _Atomic int64_t asked_ms[EXPOSITION_FORMATS]; // when each format was scraped last
    pthread_mutex_t lock;                         // guards what follows
    char (*waiting)[STORE_ID_LEN + 1];            // ids of analyses to be read at the next refresh
    size_t waiting_count, waiting_cap;
};

struct exports *exports_create(struct store *store, const char *version) {
    struct exports *exports = mem_zero(1, sizeof *exports);
    exports->store = store;
    exports->version = version;
    exports->live = live_create(NULL);
    exports->tally = tally_create();
    pthread_mutex_init(&exports->lock, NULL);
    return exports;
}

void exports_destroy(struct exports *exports) {
    if (exports == NULL) return;
    live_destroy(exports->live);
    tally_destroy(exports->tally);
    pthread_mutex_destroy(&exports->lock);
    free(exports->waiting);
    free(exports);
}

static void add_waiting(struct exports *exports, const char *id, size_t most) {
    pthread_mutex_lock(&exports->lock);
    if (exports->waiting_count < most) {
        mem_grow((void **)&exports->waiting, &exports->waiting_cap, exports->waiting_count, sizeof *exports->waiting);
        char *place = exports->waiting[exports->waiting_count++];
        memset(place, 0, STORE_ID_LEN + 1);
        memcpy(place, id, strnlen(id, STORE_ID_LEN));
    }
    pthread_mutex_unlock(&exports->lock);
}

void exports_verdict(struct exports *exports, const char *canary, const char *id, const char *verdict, int64_t now_ms) {
    tally_verdict(exports->tally, canary, verdict, id, now_ms);
    add_waiting(exports, id, MOST_WAITING);
}

void exports_change(struct exports *exports, const char *id) {
    add_waiting(exports, id, MOST_WAITING / 2);
}

void exports_gate(struct exports *exports, const json_t *document) {
    tally_gate(exports->tally, document, wall_now_ms());
}

void exports_know(struct exports *exports, const struct catalog_view *view) {
    for (size_t i = 0; i < view->count; i++) tally_know(exports->tally, view->entries[i]->name);
}

void exports_forget(struct exports *exports, const char *canary) {
    tally_forget(exports->tally, canary);
    live_forget(exports->live, canary);
}

static void take_document(struct exports *exports, const char *document, bool ended, int64_t at_ms) {
    json_t *result = document != NULL ? json_loads(document, 0, NULL) : NULL;
    json_t *looks = json_object_get(result, "looks");
    const char *outcome = json_string_value(json_object_get(looks, "outcome"));
    bool failed = outcome != NULL && strcmp(outcome, "failed") == 0;
    struct error err = {0};
    if (ended)
        json_object_set_new(looks, "final",
                            json_true()); // the document of the last look does not know that the analysis was given up after it
    // A look whose source failed says nothing of the canary, so what is exported of it stays; the counts of failed queries show the
    // failure.
    if (result != NULL && (ended || !failed) && !live_result(exports->live, result, at_ms, &err))
        log_event(LOG_LEVEL_ERROR, "metrics", "error", err.text);
    json_decref(result);
}

static bool take_result(struct exports *exports, const char *id) {
    struct arena arena = {0};
    struct store_analysis row;
    struct error err = {0};
    bool found = false;
    bool read = store_get(exports->store, id, STORE_RESULT, &arena, &row, &found, &err) && found && row.result != NULL;
    if (read) take_document(exports, row.result, true, row.finished_ms);
    arena_finish(&arena);
    return read;
}

// An analysis that ended with an error before its first look has no document. One is made, so that the verdict of the analysis before it
// does not stay.
static void take_error(struct exports *exports, const struct store_analysis *row) {
    static const char *const lists[] = {"reasons", "missing", "next",   "notices", "scopes",
                                        "groups",  "metrics", "guards", "queries", "sources"};
    json_t *result =
        json_pack("{s:s,s:s,s:s,s:n,s:n,s:s,s:i,s:n,s:{s:s,s:n,s:n},s:{s:n,s:s},s:{s:o,s:o,s:i},s:{},s:{}}", "schema", "serin.result/1",
                  "id", row->id, "canary", row->canary, "owner", "runbook", "verdict", "error", "exit_code", row->exit_code, "score",
                  "judge", "name", "none", "pass", "marginal", "config", "file", "sha256", row->config_sha256, "window", "start",
                  view_time(row->start_ms), "end", view_time(row->horizon_ms), "step_s", 1, "variables", "timings");
    struct error err = {0};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) json_object_set_new(result, lists[i], json_array());
    if (!live_result(exports->live, result, row->finished_ms, &err)) log_event(LOG_LEVEL_ERROR, "metrics", "error", err.text);
    json_decref(result);
}

// The analysis was cancelled: the decided one before it is exported again.
static void take_earlier(struct exports *exports, const char *canary) {
    enum store_state done = STORE_DONE;
    struct store_filter filter = {.canary = canary, .state = &done};
    struct arena arena = {0};
    struct store_analyses rows = {0};
    struct error err = {0};
    bool taken = false, listed = store_list(exports->store, &filter, &arena, &rows, &err);
    for (size_t i = 0; i < rows.count && !taken; i++) taken = take_result(exports, rows.items[i].id);
    if (listed && !taken) live_forget(exports->live, canary);
    arena_finish(&arena);
}

static void take_analysis(struct exports *exports, const char *id) {
    struct arena arena = {0};
    struct store_analysis row;
    struct error err = {0};
    const char *look = NULL;
    bool found = false, read = store_get(exports->store, id, STORE_RESULT, &arena, &row, &found, &err) && found;
    if (read && row.state == STORE_OPEN) {
        if (store_last_look(exports->store, id, &arena, &look, &err)) take_document(exports, look, false, row.updated_ms);
    } else if (read && row.result != NULL) {
        take_document(exports, row.result, true, row.finished_ms);
    } else if (read && row.state == STORE_DONE) {
        take_error(exports, &row);
    } else if (read) {
        take_earlier(exports, row.canary);
    }
    if (err.text[0] != '\0') log_event(LOG_LEVEL_ERROR, "metrics", "error", err.text);
    arena_finish(&arena);
}

static void read_waiting(struct exports *exports) {
    pthread_mutex_lock(&exports->lock);
    char(*ids)[STORE_ID_LEN + 1] = exports->waiting;
    size_t count = exports->waiting_count;
    exports->waiting = NULL;
    exports->waiting_count = exports->waiting_cap = 0;
    pthread_mutex_unlock(&exports->lock);
    for (size_t i = 0; i < count; i++) take_analysis(exports, ids[i]);
    free(ids);
}

// Whether the analysis is exported after a start: not when its config was deleted. One whose config came with the request always is.
static bool is_told(const struct catalog_view *view, const struct store_analysis *row) {
    return row->config_name == NULL || catalog_find(view, row->canary) != NULL;
}

static bool is_among(const struct store_analyses *rows, const char *canary) {
    for (size_t i = 0; i < rows->count; i++) {
        if (strcmp(rows->items[i].canary, canary) == 0) return true;
    }
    return false;
}

// The analyses that were started since then, and the last one of each config, however old.
static bool restore(struct exports *exports, enum store_state state, const struct catalog_view *view, int64_t since_ms, struct arena *arena,
                    struct error *err) {
    struct store_filter filter = {.state = &state, .since_ms = since_ms, .limit = STORE_PAGE_MOST};
    struct store_analyses recent = {0}, last = {0};
    if (!store_list(exports->store, &filter, arena, &recent, err)) return false;
    for (size_t i = 0; i < view->count && recent.next != NULL; i++) {
        filter.canary = view->entries[i]->name;
        filter.limit = 1;
        if (is_among(&recent, filter.canary)) continue;
        if (!store_list(exports->store, &filter, arena, &last, err)) return false;
        if (last.count > 0) take_analysis(exports, last.items[0].id);
    }
    for (size_t i = recent.count; i > 0; i--) { // the newest last: it takes the place of the others
        if (is_told(view, &recent.items[i - 1])) take_analysis(exports, recent.items[i - 1].id);
    }
    return true;
}

void exports_restore(struct exports *exports, const struct catalog_view *view, int64_t now_ms) {
    struct arena arena = {0};
    struct error err = {0};
    exports->start_ms = now_ms;
    exports_know(exports, view);
    if (!restore(exports, STORE_DONE, view, now_ms - LIVE_RETENTION_MS, &arena, &err) ||
        !restore(exports, STORE_OPEN, view, now_ms - LIVE_RETENTION_MS, &arena, &err))
        log_event(LOG_LEVEL_ERROR, "metrics", "error", err.text);
    arena_finish(&arena);
}

// The counts of the parts.

struct source_list {
    struct live_source *items;
    struct live_count *failures;
    size_t count, cap, failure_count, failure_cap;
};

static void add_source(void *user, const struct engine_source_counts *counts) {
    struct source_list *list = user;
    const struct source_counters *c = &counts->counters;
    mem_grow((void **)&list->items, &list->cap, list->count, sizeof *list->items);
    list->items[list->count++] = (struct live_source){.name = mem_strdup(counts->name),
                                                      .queries = c->queries,
                                                      .tries = c->tries,
                                                      .retries = c->retries,
                                                      .throttled = c->throttled,
                                                      .refused = c->refused,
                                                      .hedged = c->hedged,
                                                      .shared = c->shared,
                                                      .bytes = c->bytes,
                                                      .durations = counts->durations};
    const char *name = list->items[list->count - 1].name;
    for (size_t i = 0; i < ENGINE_OUTCOMES && counts->failures[i].outcome != NULL; i++) {
        mem_grow((void **)&list->failures, &list->failure_cap, list->failure_count, sizeof *list->failures);
        list->failures[list->failure_count++] =
            (struct live_count){.first = name, .second = counts->failures[i].outcome, .count = counts->failures[i].count};
    }
}

static void free_sources(struct source_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        union {
            const char *name;
            void *memory;
        } own = {list->items[i].name};
        free(own.memory);
    }
    free(list->items);
    free(list->failures);
}

struct delivery_list {
    struct arena *arena;
    struct live_count *deliveries, *suppressed, *waiting;
    size_t delivery_count, delivery_cap, suppressed_count, suppressed_cap, waiting_count, waiting_cap;
};

static void add_delivery(void *user, const struct courier_count *count) {
    struct delivery_list *list = user;
    const char *target = arena_strdup(list->arena, count->target);
    if (strcmp(count->outcome, "suppressed") == 0) {
        mem_grow((void **)&list->suppressed, &list->suppressed_cap, list->suppressed_count, sizeof *list->suppressed);
        list->suppressed[list->suppressed_count++] = (struct live_count){.first = target, .count = count->count};
        return;
    }
    mem_grow((void **)&list->deliveries, &list->delivery_cap, list->delivery_count, sizeof *list->deliveries);
    list->deliveries[list->delivery_count++] =
        (struct live_count){.first = target, .second = arena_strdup(list->arena, count->outcome), .count = count->count};
}

static void add_waiting_messages(void *user, const char *target, uint64_t count) {
    struct delivery_list *list = user;
    size_t i = 0;
    while (i < list->waiting_count && strcmp(list->waiting[i].first, target) != 0) i++;
    if (i == list->waiting_count) {
        mem_grow((void **)&list->waiting, &list->waiting_cap, list->waiting_count, sizeof *list->waiting);
        list->waiting[list->waiting_count++] = (struct live_count){.first = arena_strdup(list->arena, target)};
    }
    list->waiting[i].count += count;
}

static struct live_counts route_counts(const struct listener *listener, struct arena *arena) {
    static const char *const codes[] = {"gone", "1xx", "2xx", "3xx", "4xx", "5xx"};
    size_t routes = listener_route_count(listener) + 1, count = 0;
    struct live_count *items = arena_array(arena, routes * 6, sizeof *items);
    for (size_t i = 0; i < routes; i++) {
        const struct route *route;
        struct route_counts counts;
        listener_route_counts(listener, i, &route, &counts);
        const char *name = route == NULL ? "none" : arena_printf(arena, "%s %s", route->method, route->path);
        for (size_t k = 0; k < 6; k++) {
            if (counts.by_class[k] > 0)
                items[count++] = (struct live_count){.first = name, .second = codes[k], .count = counts.by_class[k]};
        }
    }
    return (struct live_counts){items, count};
}

static struct live_counts rejected_counts(const struct listener_counts *counts, struct arena *arena) {
    struct live_count *items = arena_array(arena, REFUSAL_COUNT, sizeof *items);
    for (size_t i = 0; i < REFUSAL_COUNT; i++)
        items[i] = (struct live_count){.first = listener_refusal_names[i], .count = counts->refused[i]};
    return (struct live_counts){items, REFUSAL_COUNT};
}

static struct live_counts freeze_counts(const char *state_dir, int64_t now_ms, struct arena *arena) {
    struct freezes freezes = {0};
    struct error err;
    if (!freeze_list(state_dir, arena, &freezes, &err)) return (struct live_counts){0};
    struct live_count *items = arena_array(arena, freezes.count + 1, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < freezes.count; i++) {
        if (freeze_is_active(&freezes.items[i], now_ms)) items[count++] = (struct live_count){.first = freezes.items[i].id, .count = 1};
    }
    return (struct live_counts){items, count};
}

static void set_engine(struct exports *exports, const struct exports_from *from, int64_t now_ms) {
    struct arena arena = {0};
    struct engine_counts engine;
    struct listener_counts listener;
    struct store_counters store;
    struct run_archive_counts evidence = {0};
    struct source_list sources = {0};
    struct delivery_list told = {.arena = &arena};
    courier_counts(from->courier, add_delivery, &told);
    courier_waiting(from->courier, add_waiting_messages, &told);
    engine_counts(from->engine, &engine);
    engine_sources(from->engine, add_source, &sources);
    listener_counts(from->listener, &listener);
    store_counters(exports->store, &store);
    if (from->archive != NULL) run_archive_counts(from->archive, &evidence);
    struct live_engine live = {.version = exports->version,
                               .freezes = freeze_counts(from->state_dir, now_ms, &arena),
                               .analyses_open = engine.open,
                               .looks = engine.looks,
                               .looks_missed = engine.looks_missed,
                               .delays = engine.delays,
                               .sources = sources.items,
                               .source_count = sources.count,
                               .query_failures = {sources.failures, sources.failure_count},
                               .deliveries = {told.deliveries, told.delivery_count},
                               .waiting = {told.waiting, told.waiting_count},
                               .suppressed = {told.suppressed, told.suppressed_count},
                               .http_requests = route_counts(from->listener, &arena),
                               .http_rejected = rejected_counts(&listener, &arena),
                               .http_in_flight = listener.in_flight,
                               .store_commits = store.commits,
                               .keeps_evidence = from->archive != NULL,
                               .evidence_bytes = evidence.bytes,
                               .evidence_looks = evidence.looks,
                               .evidence_lost = engine.evidence_lost,
                               .process_start_ms = exports->start_ms,
                               .process = process_usage_read()};
    tally_fill(exports->tally, now_ms, &arena, &live);
    live_engine_set(exports->live, &live);
    free_sources(&sources);
    free(told.deliveries);
    free(told.suppressed);
    free(told.waiting);
    arena_finish(&arena);
}

void exports_refresh(struct exports *exports, const struct exports_from *from, int64_t now_ms) {
    read_waiting(exports);
    set_engine(exports, from, now_ms);
    for (int format = 0; format < EXPOSITION_FORMATS; format++) {
        if (now_ms - atomic_load(&exports->asked_ms[format]) < SCRAPED_MS)
            live_page_unref(live_page(exports->live, (enum exposition_format)format, now_ms));
    }
}

const struct live_page *exports_page(struct exports *exports, enum exposition_format format, int64_t now_ms) {
    atomic_store(&exports->asked_ms[format], now_ms);
    return live_page(exports->live, format, now_ms);
}
