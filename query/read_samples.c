// SPDX-License-Identifier: GPL-3.0-or-later
// The older form of an answer: one snappy block with every sample as a message of its own. Series are unpacked one at a time, so that
// only the block, its text and one series lie in memory together.
#include <string.h>

#include "base/snappy_block.h"
#include "read_private.h"

bool read_samples_feed(struct read_decoder *d, const char *data, size_t len) {
    buf_bytes(&d->body, data, len);
    d->bytes += len;
    return !d->body.failed || read_fail(d, ERROR_LIMIT, "the body is longer than the limit");
}

static bool add_sample(struct read_decoder *d, const Remote__Sample *sample) {
    struct chunk_target *t = &d->target;
    uint64_t bits;
    if (t->any && sample->timestamp <= t->last_ms) return read_fail(d, ERROR_DATA, "times do not rise");
    if (t->samples_left == 0) return read_fail(d, ERROR_LIMIT, "more samples than the limit");
    t->samples_left--;
    t->any = true;
    t->last_ms = sample->timestamp;
    memcpy(&bits, &sample->value, sizeof bits); // a stale marker is a signalling NaN: bits, no arithmetic
    if (bits != STALE_BITS || t->keep_stale) series_append(t->series, sample->timestamp, sample->value);
    return true;
}

static bool decode_series(struct read_decoder *d, size_t query, ProtobufCBinaryData data) {
    ProtobufCAllocator allocator = read_allocator(&d->scratch, data.len);
    const Remote__TimeSeries *series = remote__time_series__unpack(&allocator, data.len, data.data);
    if (series == NULL) return read_fail(d, ERROR_DATA, "a series is not a readable TimeSeries");
    if (series->n_histograms > 0) {
        d->wants_other = true;
        return read_fail(d, ERROR_DATA, "a series has native histograms, which are read as chunks or through the query API only");
    }
    size_t before = d->sets[query].count;
    if (!read_begin_series(d, query, series->labels, series->n_labels)) return false;
    if (d->sets[query].count == before) return read_fail(d, ERROR_DATA, "two series have the same labels");
    if (series->n_samples <= d->target.samples_left) series_reserve(d->target.series, series->n_samples);
    for (size_t i = 0; i < series->n_samples; i++) {
        if (!add_sample(d, series->samples[i])) return false;
    }
    d->samples = d->limits.samples - d->target.samples_left;
    return true;
}

static bool decode_response(struct read_decoder *d, const Remote__ReadResponse *response) {
    if (response->n_results != d->set_count) {
        return read_fail(d, ERROR_DATA, "the answer has %zu results for %zu queries", response->n_results, d->set_count);
    }
    for (size_t q = 0; q < response->n_results; q++) {
        const Remote__QueryResult *result = response->results[q];
        for (size_t i = 0; i < result->n_timeseries; i++) {
            if (!decode_series(d, q, result->timeseries[i])) return false;
        }
    }
    return true;
}

bool read_samples_end(struct read_decoder *d) {
    struct buf text;
    struct error err;
    buf_init(&text, (size_t)d->limits.bytes);
    bool good = snappy_block_read((struct view){buf_text(&d->body), d->body.len}, (size_t)d->limits.bytes, &text, &err);
    if (!good) read_fail(d, err.code, "%s", err.text);
    buf_finish(&d->body);
    if (good) {
        struct read_memory memory = {0};
        ProtobufCAllocator allocator = read_allocator(&memory, text.len);
        const Remote__ReadResponse *response = remote__read_response__unpack(&allocator, text.len, (const uint8_t *)buf_text(&text));
        good = response != NULL ? decode_response(d, response) : read_fail(d, ERROR_DATA, "the body is not a readable ReadResponse");
        arena_finish(&memory.arena);
    }
    buf_finish(&text);
    return good;
}
