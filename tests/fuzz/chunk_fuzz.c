// SPDX-License-Identifier: GPL-3.0-or-later
// The first byte is the encoding, the rest the chunk. What is decoded must be in the order of time and within the limit.
#include <stdlib.h>

#include "chunk.h"
#include "query/histogram.h"

#define MOST_SAMPLES 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    struct series_set set;
    const char *reason = NULL;
    series_set_init(&set);
    struct series *series = series_set_add(&set);
    struct chunk_target target = {.series = series, .arena = &set.arena, .samples_left = MOST_SAMPLES};
    bool good = chunk_decode(data[0], (struct view){(const char *)data + 1, size - 1}, &target, &reason);
    if (good != (reason == NULL) || series->count + series->histogram_count > MOST_SAMPLES) abort();
    for (size_t i = 1; good && i < series->count; i++) {
        if (series->time_ms[i] <= series->time_ms[i - 1]) abort();
    }
    for (size_t i = 0; good && i < series->histogram_count; i++) {
        const struct histogram *h = &series->histograms[i];
        if (i > 0 && h->time_ms <= series->histograms[i - 1].time_ms) abort();
        if (!histogram_is_schema(h->native->schema)) abort();
    }
    series_set_finish(&set);
    return 0;
}
