// SPDX-License-Identifier: GPL-3.0-or-later
// A result is rendered before the lock is taken, as a struct live_part; under the lock a page is only put together from the parts. A page
// that was handed out lives as long as somebody has a reference to it.
#include "exporters/live.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "live_engine.h"
#include "live_part.h"

#define MOST_PAGE ((size_t)256 << 20)

enum drop { DROP_SERIES, DROP_CANARIES, DROP_SERVICE, DROPS };

static const char *const drop_names[DROPS] = {"series", "canaries", "service"};

struct shared_page {
    struct live_page page; // first: the same address
    atomic_size_t refs;
    struct buf bytes;
};

struct live {
    struct live_options options;
    pthread_mutex_t mutex;    // guards all below
    struct live_part **parts; // one a canary, sorted by its name
    size_t part_count, part_cap;
    size_t series;       // of all parts
    int64_t earliest_ms; // when the first part's retention is over; INT64_MAX: none
    struct live_engine engine;
    struct arena engine_texts;
    uint64_t dropped[DROPS];
    struct shared_page *pages[EXPOSITION_FORMATS]; // NULL: to be made when somebody asks
};

struct live *live_create(const struct live_options *options) {
    struct live *live = mem_zero(1, sizeof *live);
    if (options != NULL) live->options = *options;
    if (live->options.retention_ms == 0) live->options.retention_ms = LIVE_RETENTION_MS;
    if (live->options.most_canaries == 0) live->options.most_canaries = LIVE_MOST_CANARIES;
    if (live->options.most_series == 0) live->options.most_series = LIVE_MOST_SERIES;
    live->earliest_ms = INT64_MAX;
    pthread_mutex_init(&live->mutex, NULL);
    return live;
}

void live_page_unref(const struct live_page *page) {
    struct shared_page *shared = (struct shared_page *)(uintptr_t)page;
    if (shared == NULL || atomic_fetch_sub(&shared->refs, 1) > 1) return;
    buf_finish(&shared->bytes);
    free(shared);
}

static void drop_pages(struct live *live) {
    for (int i = 0; i < EXPOSITION_FORMATS; i++) {
        if (live->pages[i] != NULL) live_page_unref(&live->pages[i]->page);
        live->pages[i] = NULL;
    }
}

void live_destroy(struct live *live) {
    if (live == NULL) return;
    drop_pages(live);
    for (size_t i = 0; i < live->part_count; i++) live_part_destroy(live->parts[i]);
    free(live->parts);
    arena_finish(&live->engine_texts);
    pthread_mutex_destroy(&live->mutex);
    free(live);
}

// The place of the canary's part, or where it would be inserted.
static size_t place_of(const struct live *live, const char *canary, bool *ret_found) {
    size_t low = 0, high = live->part_count;
    *ret_found = false;
    while (low < high && !*ret_found) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(live->parts[middle]->canary, canary);
        *ret_found = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static void note_change(struct live *live) {
    live->earliest_ms = INT64_MAX;
    for (size_t i = 0; i < live->part_count; i++) {
        if (live->parts[i]->until_ms < live->earliest_ms) live->earliest_ms = live->parts[i]->until_ms;
    }
    drop_pages(live);
}

static void remove_part(struct live *live, size_t at) {
    live->series -= live->parts[at]->series;
    live_part_destroy(live->parts[at]);
    live->part_count--;
    memmove(&live->parts[at], &live->parts[at + 1], (live->part_count - at) * sizeof *live->parts);
}

static void expire(struct live *live, int64_t now_ms) {
    size_t before = live->part_count;
    if (now_ms < live->earliest_ms) return;
    for (size_t i = live->part_count; i-- > 0;) {
        if (live->parts[i]->until_ms <= now_ms) remove_part(live, i);
    }
    if (live->part_count != before) note_change(live);
}

static void insert_part(struct live *live, size_t at, struct live_part *part) {
    mem_grow((void **)&live->parts, &live->part_cap, live->part_count, sizeof *live->parts);
    memmove(&live->parts[at + 1], &live->parts[at], (live->part_count - at) * sizeof *live->parts);
    live->parts[at] = part;
    live->part_count++;
    live->series += part->series;
}

// Takes the part, or destroys it where there is no room.
static void place_part(struct live *live, struct live_part *part) {
    bool found;
    size_t at = place_of(live, part->canary, &found);
    if (found) remove_part(live, at);
    live->dropped[DROP_SERIES] += part->dropped;
    if (live->part_count < live->options.most_canaries && live->series + part->series <= LIVE_MOST_TOTAL) {
        insert_part(live, at, part);
    } else {
        live->dropped[DROP_CANARIES] += part->series;
        live_part_destroy(part);
    }
    note_change(live);
}

bool live_result(struct live *live, const json_t *result, int64_t now_ms, struct error *err) {
    struct live_part *part = live_part_create(result, live->options.most_series, err);
    if (part == NULL) return false;
    part->until_ms = now_ms + live->options.retention_ms;
    pthread_mutex_lock(&live->mutex);
    expire(live, now_ms);
    place_part(live, part);
    pthread_mutex_unlock(&live->mutex);
    return true;
}

void live_forget(struct live *live, const char *canary) {
    bool found;
    struct arena arena = {0};
    const char *label = live_label(&arena, canary);
    pthread_mutex_lock(&live->mutex);
    size_t at = place_of(live, label, &found);
    if (found) {
        remove_part(live, at);
        note_change(live);
    }
    pthread_mutex_unlock(&live->mutex);
    arena_finish(&arena);
}

void live_engine_set(struct live *live, const struct live_engine *engine) {
    struct arena texts = {0};
    struct live_engine copy;
    size_t dropped = live_engine_copy(&texts, engine, &copy);
    pthread_mutex_lock(&live->mutex);
    struct arena old = live->engine_texts;
    live->engine = copy;
    live->engine_texts = texts;
    if (dropped > live->dropped[DROP_SERVICE]) live->dropped[DROP_SERVICE] = dropped;
    drop_pages(live);
    pthread_mutex_unlock(&live->mutex);
    arena_finish(&old);
}

static void put_own(struct buf *out, enum exposition_format format, const struct live *live, enum exported_metric metric) {
    const char *values[EXPORTED_LABELS] = {NULL};
    struct exposition_point point = {.metric = metric, .values = values, .value = (double)live->series};
    if (metric == EXPORTED_SERIES) exposition_point(out, format, &point);
    for (int i = 0; i < DROPS && metric == EXPORTED_SERIES_DROPPED; i++) {
        values[0] = drop_names[i];
        point.value = (double)live->dropped[i];
        exposition_point(out, format, &point);
    }
}

// Appends the head and all samples of a family; nothing when there are none.
static void put_family(struct buf *out, enum exposition_format format, const struct live *live, enum exported_metric metric) {
    size_t start = out->len;
    exposition_head(out, format, metric);
    size_t head = out->len;
    for (size_t i = 0; i < live->part_count; i++) {
        struct view samples = live_part_family(live->parts[i], format, metric);
        buf_bytes(out, samples.ptr, samples.len);
    }
    live_engine_family(out, format, &live->engine, metric);
    put_own(out, format, live, metric);
    if (out->len == head) out->len = start;
}

static struct shared_page *make_page(const struct live *live, enum exposition_format format) {
    struct shared_page *shared = mem_zero(1, sizeof *shared);
    struct buf family;
    buf_init(&shared->bytes, MOST_PAGE);
    buf_init(&family, MOST_PAGE);
    for (int i = 0; i < EXPORTED_COUNT; i++) {
        if (format != EXPOSITION_PROTOBUF) {
            put_family(&shared->bytes, format, live, (enum exported_metric)i);
            continue;
        }
        buf_clear(&family);
        put_family(&family, format, live, (enum exported_metric)i);
        if (family.len > 0) exposition_delimit(&shared->bytes, (struct view){family.data, family.len});
    }
    exposition_end(&shared->bytes, format);
    buf_finish(&family);
    shared->page = (struct live_page){buf_text(&shared->bytes), shared->bytes.len, format};
    atomic_init(&shared->refs, 1);
    return shared;
}

const struct live_page *live_page(struct live *live, enum exposition_format format, int64_t now_ms) {
    pthread_mutex_lock(&live->mutex);
    expire(live, now_ms);
    if (live->pages[format] == NULL) live->pages[format] = make_page(live, format);
    struct shared_page *shared = live->pages[format];
    atomic_fetch_add(&shared->refs, 1);
    pthread_mutex_unlock(&live->mutex);
    return &shared->page;
}
