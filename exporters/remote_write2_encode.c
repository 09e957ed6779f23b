// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <string.h>
#include <write2.pb-c.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/mem.h"
#include "exporters/remote_write_encode.h"
#include "remote_write_labels.h"

struct symbols { // every text once, in the order of first use; the first is ""
    struct arena *arena;
    ProtobufCBinaryData *items;
    size_t count, cap;
    uint32_t *slots;   // by hash: index + 1, 0 is free
    size_t slot_count; // a power of two, over twice the count
};

static size_t slot_of(const struct symbols *symbols, struct view text) {
    size_t slot = (size_t)hash_bytes(HASH_START, text.ptr, text.len) & (symbols->slot_count - 1);
    while (symbols->slots[slot] > 0) {
        const ProtobufCBinaryData *found = &symbols->items[symbols->slots[slot] - 1];
        if (found->len == text.len && memcmp(found->data, text.ptr, text.len) == 0) break;
        slot = (slot + 1) & (symbols->slot_count - 1);
    }
    return slot;
}

static void make_room(struct symbols *symbols) {
    if (2 * symbols->count < symbols->slot_count) return;
    symbols->slot_count = symbols->slot_count > 0 ? 2 * symbols->slot_count : 256;
    free(symbols->slots);
    symbols->slots = mem_zero(symbols->slot_count, sizeof *symbols->slots);
    for (size_t i = 0; i < symbols->count; i++) {
        const ProtobufCBinaryData *item = &symbols->items[i];
        symbols->slots[slot_of(symbols, (struct view){(const char *)item->data, item->len})] = (uint32_t)i + 1;
    }
}

static uint32_t symbol(struct symbols *symbols, struct view text) {
    make_room(symbols);
    size_t slot = slot_of(symbols, text);
    if (symbols->slots[slot] == 0) {
        mem_grow((void **)&symbols->items, &symbols->cap, symbols->count, sizeof *symbols->items);
        symbols->items[symbols->count++] = (ProtobufCBinaryData){text.len, (uint8_t *)(uintptr_t)text.ptr}; // packing only reads it
        symbols->slots[slot] = (uint32_t)symbols->count;
    }
    return symbols->slots[slot] - 1;
}

static bool add_labels(struct symbols *symbols, const struct labels *from, Write2__TimeSeries *to, struct error *err) {
    struct labels kept;
    if (!remote_write_labels(from, symbols->arena, &kept, err)) return false;
    to->labels_refs = arena_array(symbols->arena, 2 * kept.count, sizeof *to->labels_refs);
    for (size_t i = 0; i < kept.count; i++) {
        to->labels_refs[to->n_labels_refs++] = symbol(symbols, kept.items[i].name);
        to->labels_refs[to->n_labels_refs++] = symbol(symbols, kept.items[i].value);
    }
    return true;
}

static void add_metadata(struct symbols *symbols, const struct remote_write_metric *metric, Write2__TimeSeries *to) {
    static const Write2__Type types[] = {WRITE2__TYPE__UNSPECIFIED, WRITE2__TYPE__COUNTER, WRITE2__TYPE__GAUGE};
    to->metadata = arena_alloc(symbols->arena, sizeof *to->metadata);
    write2__metadata__init(to->metadata);
    to->metadata->type = types[metric->type];
    to->metadata->has_type = metric->type != REMOTE_WRITE_UNSPECIFIED;
    to->metadata->help_ref = symbol(symbols, view_of(metric->help));
    to->metadata->has_help_ref = to->metadata->help_ref != 0;
    to->metadata->unit_ref = symbol(symbols, view_of(metric->unit));
    to->metadata->has_unit_ref = to->metadata->unit_ref != 0;
}

static void pack(struct symbols *symbols, Write2__Request *request, struct buf *out) {
    request->n_symbols = symbols->count;
    request->symbols = symbols->items;
    size_t len = write2__request__get_packed_size(request);
    uint8_t *bytes = mem_alloc(len);
    buf_bytes(out, bytes, write2__request__pack(request, bytes));
    free(bytes);
}

bool remote_write2_encode(const struct series *series, const struct remote_write_metric *metrics, size_t count, struct buf *out,
                          struct error *err) {
    struct arena arena = {0};
    struct symbols symbols = {.arena = &arena};
    Write2__Request request = WRITE2__REQUEST__INIT;
    request.timeseries = arena_array(&arena, count, sizeof(Write2__TimeSeries *));
    bool good = true;
    symbol(&symbols, view_of(""));
    for (size_t i = 0; i < count && good; i++) {
        Write2__TimeSeries *to = arena_alloc(&arena, sizeof *to);
        write2__time_series__init(to);
        request.timeseries[request.n_timeseries++] = to;
        good =
            add_labels(&symbols, &series[i].labels, to, err) && remote_write_samples(&series[i], &arena, &to->samples, &to->n_samples, err);
        if (good) add_metadata(&symbols, &metrics[i], to);
        if (!good) error_prefix(err, "series %zu", i + 1);
    }
    if (good) pack(&symbols, &request, out);
    free(symbols.items);
    free(symbols.slots);
    arena_finish(&arena);
    return good;
}
