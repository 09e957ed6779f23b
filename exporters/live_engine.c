// SPDX-License-Identifier: GPL-3.0-or-later
// Renders struct live_engine. Three tables say which of its members is which metric.
#include "live_engine.h"

#include <stdlib.h>
#include <string.h>

#include "text_style.h"

enum { MOST_LABEL = 128 }; // columns of a label's value

static const struct list_row {
    enum exported_metric metric;
    size_t offset; // of the struct live_counts
} list_rows[] = {
    {EXPORTED_GATE_OPEN, offsetof(struct live_engine, gates)},
    {EXPORTED_FREEZE, offsetof(struct live_engine, freezes)},
    {EXPORTED_ANALYSES, offsetof(struct live_engine, analyses)},
    {EXPORTED_QUERY_FAILURES, offsetof(struct live_engine, query_failures)},
    {EXPORTED_DELIVERIES, offsetof(struct live_engine, deliveries)},
    {EXPORTED_DELIVERIES_WAITING, offsetof(struct live_engine, waiting)},
    {EXPORTED_SUPPRESSED, offsetof(struct live_engine, suppressed)},
    {EXPORTED_HTTP_REQUESTS, offsetof(struct live_engine, http_requests)},
    {EXPORTED_HTTP_REJECTED, offsetof(struct live_engine, http_rejected)},
};

enum { LISTS = sizeof list_rows / sizeof list_rows[0] };

static const struct number_row {
    enum exported_metric metric;
    size_t offset; // of the uint64_t
    bool optional; // 0 is not known
} number_rows[] = {
    {EXPORTED_ANALYSES_OPEN, offsetof(struct live_engine, analyses_open), false},
    {EXPORTED_LOOKS, offsetof(struct live_engine, looks), false},
    {EXPORTED_LOOKS_MISSED, offsetof(struct live_engine, looks_missed), false},
    {EXPORTED_HTTP_IN_FLIGHT, offsetof(struct live_engine, http_in_flight), false},
    {EXPORTED_STORE_COMMITS, offsetof(struct live_engine, store_commits), false},
    {EXPORTED_PROCESS_MEMORY, offsetof(struct live_engine, process.resident_bytes), true},
    {EXPORTED_PROCESS_FILES, offsetof(struct live_engine, process.open_files), true},
    {EXPORTED_PROCESS_MOST_FILES, offsetof(struct live_engine, process.most_files), true},
};

static const struct source_row {
    enum exported_metric metric;
    size_t offset; // of the uint64_t in struct live_source
} source_rows[] = {
    {EXPORTED_QUERIES, offsetof(struct live_source, queries)},       {EXPORTED_QUERY_TRIES, offsetof(struct live_source, tries)},
    {EXPORTED_QUERY_RETRIES, offsetof(struct live_source, retries)}, {EXPORTED_QUERY_THROTTLED, offsetof(struct live_source, throttled)},
    {EXPORTED_QUERY_REFUSED, offsetof(struct live_source, refused)}, {EXPORTED_QUERY_SHARED, offsetof(struct live_source, shared)},
    {EXPORTED_QUERY_HEDGED, offsetof(struct live_source, hedged)},   {EXPORTED_RECEIVED, offsetof(struct live_source, bytes)},
};

static uint64_t number_at(const void *base, size_t offset) {
    uint64_t number;
    memcpy(&number, (const char *)base + offset, sizeof number);
    return number;
}

static bool is_plain(const char *text) {
    size_t len = 0;
    for (; text[len] >= ' ' && text[len] <= '~'; len++) {
        if (len >= MOST_LABEL) return false;
    }
    return text[len] == '\0';
}

const char *live_label(struct arena *arena, const char *text) {
    static const struct report_style style = {.width = 80};
    if (text == NULL || is_plain(text)) return arena_strdup(arena, text);
    const struct text_out to = {.style = &style, .arena = arena};
    return text_cut(&to, text_clean(arena, text, strlen(text), false), MOST_LABEL);
}

static int compare_text(const char *a, const char *b) {
    if (a == NULL || b == NULL) return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int compare_counts(const void *a, const void *b) {
    const struct live_count *x = a, *y = b;
    int first = compare_text(x->first, y->first);
    return first != 0 ? first : compare_text(x->second, y->second);
}

static int compare_sources(const void *a, const void *b) {
    return strcmp(((const struct live_source *)a)->name, ((const struct live_source *)b)->name);
}

static size_t copy_counts(struct arena *arena, const struct live_counts *from, struct live_counts *to) {
    size_t count = from->count < LIVE_MOST_COUNTS ? from->count : LIVE_MOST_COUNTS, used = 0;
    struct live_count *items = arena_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = from->items[i];
        items[i].first = live_label(arena, items[i].first);
        items[i].second = live_label(arena, items[i].second);
        items[i].analysis_id = live_label(arena, items[i].analysis_id);
    }
    if (count > 1) qsort(items, count, sizeof *items, compare_counts);
    for (size_t i = 0; i < count; i++) {
        if (used > 0 && compare_counts(&items[i], &items[used - 1]) == 0)
            items[used - 1].count += items[i].count;
        else
            items[used++] = items[i];
    }
    *to = (struct live_counts){items, used};
    return from->count - count;
}

static size_t copy_sources(struct arena *arena, const struct live_engine *from, struct live_engine *to) {
    size_t count = from->source_count < LIVE_MOST_COUNTS ? from->source_count : LIVE_MOST_COUNTS, used = 0;
    struct live_source *sources = arena_array(arena, count, sizeof *sources);
    for (size_t i = 0; i < count; i++) {
        sources[i] = from->sources[i];
        sources[i].name = live_label(arena, sources[i].name);
    }
    if (count > 1) qsort(sources, count, sizeof *sources, compare_sources);
    for (size_t i = 0; i < count; i++) {
        if (used == 0 || compare_sources(&sources[i], &sources[used - 1]) != 0) sources[used++] = sources[i];
    }
    to->sources = sources;
    to->source_count = used;
    return from->source_count - used;
}

static int compare_checks(const void *a, const void *b) {
    const struct live_check *x = a, *y = b;
    int canary = compare_text(x->canary, y->canary);
    return canary != 0 ? canary : compare_text(x->check, y->check);
}

static size_t copy_checks(struct arena *arena, const struct live_engine *from, struct live_engine *to) {
    size_t count = from->check_count < LIVE_MOST_COUNTS ? from->check_count : LIVE_MOST_COUNTS, used = 0;
    struct live_check *checks = arena_array(arena, count, sizeof *checks);
    for (size_t i = 0; i < count; i++)
        checks[i] =
            (struct live_check){live_label(arena, from->checks[i].canary), live_label(arena, from->checks[i].check), from->checks[i].value};
    if (count > 1) qsort(checks, count, sizeof *checks, compare_checks);
    for (size_t i = 0; i < count; i++) {
        if (used == 0 || compare_checks(&checks[i], &checks[used - 1]) != 0) checks[used++] = checks[i];
    }
    to->checks = checks;
    to->check_count = used;
    return from->check_count - used;
}

size_t live_engine_copy(struct arena *arena, const struct live_engine *from, struct live_engine *ret_copy) {
    *ret_copy = *from;
    ret_copy->version = live_label(arena, from->version);
    size_t dropped = copy_sources(arena, from, ret_copy) + copy_checks(arena, from, ret_copy);
    for (size_t i = 0; i < LISTS; i++) {
        struct live_counts list;
        memcpy(&list, (const char *)from + list_rows[i].offset, sizeof list);
        dropped += copy_counts(arena, &list, &list);
        memcpy((char *)ret_copy + list_rows[i].offset, &list, sizeof list);
    }
    return dropped;
}

static void put(struct buf *out, enum exposition_format format, enum exported_metric metric, const char *label, double value) {
    const char *values[EXPORTED_LABELS] = {label};
    exposition_point(out, format, &(struct exposition_point){.metric = metric, .values = values, .value = value});
}

static void put_list(struct buf *out, enum exposition_format format, enum exported_metric metric, const struct live_counts *list) {
    for (size_t i = 0; i < list->count; i++) {
        const struct live_count *item = &list->items[i];
        const char *values[EXPORTED_LABELS] = {item->first, item->second};
        struct exposition_point point = {.metric = metric, .values = values, .value = (double)item->count};
        point.analysis_id = item->analysis_id;
        point.analysis_ms = item->analysis_ms;
        exposition_point(out, format, &point);
    }
}

static void put_delays(struct buf *out, enum exposition_format format, const struct live_engine *engine) {
    const char *values[EXPORTED_LABELS] = {NULL};
    exposition_point(out, format,
                     &(struct exposition_point){.metric = EXPORTED_PUBLISH_SECONDS, .values = values, .histogram = &engine->delays});
}

static void put_durations(struct buf *out, enum exposition_format format, const struct live_engine *engine) {
    for (size_t i = 0; i < engine->source_count; i++) {
        const char *values[EXPORTED_LABELS] = {engine->sources[i].name};
        struct exposition_point point = {.metric = EXPORTED_QUERY_SECONDS, .values = values};
        point.histogram = &engine->sources[i].durations;
        exposition_point(out, format, &point);
    }
}

static void put_sources(struct buf *out, enum exposition_format format, const struct live_engine *engine, const struct source_row *row) {
    for (size_t i = 0; i < engine->source_count; i++)
        put(out, format, row->metric, engine->sources[i].name, (double)number_at(&engine->sources[i], row->offset));
}

static void put_checks(struct buf *out, enum exposition_format format, const struct live_engine *engine) {
    for (size_t i = 0; i < engine->check_count; i++) {
        const char *values[EXPORTED_LABELS] = {engine->checks[i].canary, engine->checks[i].check};
        exposition_point(out, format,
                         &(struct exposition_point){.metric = EXPORTED_CHECK, .values = values, .value = engine->checks[i].value});
    }
}

static void put_evidence(struct buf *out, enum exposition_format format, const struct live_engine *engine, enum exported_metric metric) {
    if (metric == EXPORTED_EVIDENCE_BYTES) put(out, format, metric, NULL, (double)engine->evidence_bytes);
    if (metric == EXPORTED_EVIDENCE_LOOKS) put(out, format, metric, NULL, (double)engine->evidence_looks);
    if (metric == EXPORTED_EVIDENCE_LOST) put(out, format, metric, NULL, (double)engine->evidence_lost);
}

void live_engine_family(struct buf *out, enum exposition_format format, const struct live_engine *engine, enum exported_metric metric) {
    for (size_t i = 0; i < LISTS; i++) {
        struct live_counts list;
        if (list_rows[i].metric != metric) continue;
        memcpy(&list, (const char *)engine + list_rows[i].offset, sizeof list);
        put_list(out, format, metric, &list);
    }
    for (size_t i = 0; i < sizeof number_rows / sizeof number_rows[0]; i++) {
        if (number_rows[i].metric != metric) continue;
        uint64_t number = number_at(engine, number_rows[i].offset);
        if (number > 0 || !number_rows[i].optional) put(out, format, metric, NULL, (double)number);
    }
    for (size_t i = 0; i < sizeof source_rows / sizeof source_rows[0]; i++) {
        if (source_rows[i].metric == metric) put_sources(out, format, engine, &source_rows[i]);
    }
    if (engine->keeps_evidence) put_evidence(out, format, engine, metric);
    if (metric == EXPORTED_CHECK) put_checks(out, format, engine);
    if (metric == EXPORTED_PUBLISH_SECONDS) put_delays(out, format, engine);
    if (metric == EXPORTED_QUERY_SECONDS) put_durations(out, format, engine);
    if (metric == EXPORTED_BUILD_INFO && engine->version != NULL) put(out, format, metric, engine->version, 1);
    if (metric == EXPORTED_PROCESS_CPU && engine->process.cpu_s > 0) put(out, format, metric, NULL, engine->process.cpu_s);
    if (metric == EXPORTED_PROCESS_START && engine->process_start_ms > 0)
        put(out, format, metric, NULL, (double)engine->process_start_ms / 1000);
}
