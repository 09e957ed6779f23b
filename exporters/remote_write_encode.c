// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporters/remote_write_encode.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "remote_write_labels.h"

static ProtobufCBinaryData borrow(struct view text) {
    return (ProtobufCBinaryData){text.len, (uint8_t *)(uintptr_t)text.ptr}; // packing only reads it
}

static bool pack_labels(const struct labels *from, struct arena *arena, Remote__TimeSeries *to, struct error *err) {
    struct labels kept;
    if (!remote_write_labels(from, arena, &kept, err)) return false;
    to->labels = arena_array(arena, kept.count, sizeof(Remote__Label *));
    for (size_t i = 0; i < kept.count; i++) {
        Remote__Label *label = arena_alloc(arena, sizeof *label);
        remote__label__init(label);
        label->has_name = label->has_value = true;
        label->name = borrow(kept.items[i].name);
        label->value = borrow(kept.items[i].value);
        to->labels[to->n_labels++] = label;
    }
    return true;
}

bool remote_write_encode(const struct series *series, size_t count, struct buf *out, struct error *err) {
    struct arena arena = {0};
    Remote__WriteRequest request = REMOTE__WRITE_REQUEST__INIT;
    request.timeseries = arena_array(&arena, count, sizeof(Remote__TimeSeries *));
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        Remote__TimeSeries *to = arena_alloc(&arena, sizeof *to);
        remote__time_series__init(to);
        request.timeseries[request.n_timeseries++] = to;
        good =
            pack_labels(&series[i].labels, &arena, to, err) && remote_write_samples(&series[i], &arena, &to->samples, &to->n_samples, err);
        if (!good) error_prefix(err, "series %zu", i + 1);
    }
    if (good) {
        size_t len = remote__write_request__get_packed_size(&request);
        uint8_t *bytes = mem_alloc(len);
        buf_bytes(out, bytes, remote__write_request__pack(&request, bytes));
        free(bytes);
    }
    arena_finish(&arena);
    return good;
}
