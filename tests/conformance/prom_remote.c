// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded answers of remote read, fed in pieces as a transfer gives them, in the canonical text form with stale markers and the bits of
// each value; and the encoder of remote write 1.0.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "conform.h"
#include "exporters/remote_write_encode.h"
#include "query/histogram.h"
#include "query/read_decoder.h"

#define PIECE_BYTES 4096
#define MOST_CANONICAL ((size_t)256 << 20)

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void put_buckets(struct buf *out, const char *name, const struct index_bucket *buckets, size_t count) {
    buf_printf(out, " %s=", name);
    for (size_t i = 0; i < count; i++) buf_printf(out, "%s%" PRId32 ":%.17g", i > 0 ? "," : "", buckets[i].index, buckets[i].count);
}

static void put_histogram(struct buf *out, const struct histogram *h) {
    buf_printf(out, "H %" PRId64, h->time_ms);
    if (bits_of(h->sum) == STALE_BITS) {
        buf_str(out, " stale\n");
        return;
    }
    buf_printf(out, " count=%.17g zero=%.17g sum=%016" PRIx64, h->count, h->native->zero_count, bits_of(h->sum));
    put_buckets(out, "pos", h->native->positive, h->native->positive_count);
    put_buckets(out, "neg", h->native->negative, h->native->negative_count);
    buf_char(out, '\n');
}

static void put_series(struct buf *out, struct series *series, const json_t *query) {
    series_clip(series, conform_integer(query, "start_ms", INT64_MIN), conform_integer(query, "end_ms", INT64_MAX));
    buf_str(out, "S ");
    labels_format(out, &series->labels);
    buf_char(out, '\n');
    // In the order of time, as chunks have them.
    for (size_t f = 0, h = 0; f < series->count || h < series->histogram_count;) {
        bool is_float = h == series->histogram_count || (f < series->count && series->time_ms[f] < series->histograms[h].time_ms);
        if (is_float) {
            buf_printf(out, "F %" PRId64 " %016" PRIx64 "\n", series->time_ms[f], bits_of(series->value[f]));
            f++;
        } else {
            put_histogram(out, &series->histograms[h++]);
        }
    }
}

static json_t *canonical(struct series_set *sets, size_t count, const json_t *queries) {
    struct buf out;
    buf_init(&out, MOST_CANONICAL);
    for (size_t q = 0; q < count; q++) {
        buf_printf(&out, "Q %zu\n", q);
        for (size_t i = 0; i < sets[q].count; i++) put_series(&out, &sets[q].items[i], json_array_get(queries, q));
    }
    json_t *text = json_stringn(buf_text(&out), out.len);
    buf_finish(&out);
    return text;
}

static bool feed_file(struct read_decoder *decoder, const char *path, struct error *err) {
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    if (file == NULL) return error_set(err, ERROR_IO, "cannot open %s", path != NULL ? path : "a case without file");
    char piece[PIECE_BYTES];
    for (size_t len; (len = fread(piece, 1, sizeof piece, file)) > 0;) {
        if (!read_decoder_feed(decoder, piece, len)) break;
    }
    fclose(file);
    return true;
}

// An answer to a known request that was good for some frames and then broke has an outcome of its own in the cases.
static json_t *read_file(enum read_form form, const json_t *inputs, struct error *err) {
    const json_t *queries = json_object_get(json_object_get(inputs, "request"), "queries");
    size_t count = queries != NULL ? json_array_size(queries) : 1;
    struct series_set *sets = mem_zero(count + 1, sizeof *sets);
    struct read_decoder *decoder = read_decoder_create(form, NULL, sets, count);
    struct decode_result result;
    json_t *out = NULL;
    read_decoder_keep_stale(decoder);
    if (feed_file(decoder, conform_text(inputs, "file"), err)) {
        read_decoder_end(decoder, &result);
        if (result.outcome == DECODE_OK) {
            out = json_pack("{s:s, s:o}", "outcome", "ok", "canonical", canonical(sets, count, queries));
        } else {
            bool good_once = queries != NULL && read_decoder_frames(decoder) > 0;
            out = json_pack("{s:s, s:s}", "outcome", good_once ? "stream_error" : "clear_error", "error", result.err.text);
        }
    }
    read_decoder_destroy(decoder);
    for (size_t i = 0; i < count; i++) series_set_finish(&sets[i]);
    free(sets);
    return out;
}

static json_t *prom_remote_read(const json_t *inputs, struct error *err) {
    const json_t *http = json_object_get(inputs, "http");
    int status = (int)conform_integer(http, "status", 0);
    enum read_form form = read_form_of(conform_text(http, "content_type"));
    if (status == 200 && form != READ_NONE) return read_file(form, inputs, err);
    struct series_set set;
    struct decode_result result;
    series_set_init(&set);
    struct decoder *decoder = decoder_create(status, conform_text(http, "content_type"), NULL, &set);
    decoder_require_read(decoder);
    decoder_end(decoder, &result);
    decoder_destroy(decoder);
    series_set_finish(&set);
    const char *outcome = result.outcome == DECODE_HTTP_ERROR ? "http_error" : "clear_error";
    return json_pack("{s:s, s:s}", "outcome", outcome, "error", result.err.text);
}

static void take_series(const json_t *json, struct series *series, struct arena *arena) {
    json_t *labels = json_object_get(json, "labels"), *value;
    const char *name;
    series->labels.items = arena_array(arena, json_object_size(labels), sizeof *series->labels.items);
    json_object_foreach(labels, name, value) {
        series->labels.items[series->labels.count++] = (struct label){view_of(name), {json_string_value(value), json_string_length(value)}};
    }
    json_t *samples = json_object_get(json, "samples");
    for (size_t i = 0; i < json_array_size(samples); i++) {
        const json_t *sample = json_array_get(samples, i);
        const char *hex = json_string_value(json_array_get(sample, 1));
        uint64_t bits = strtoull(hex != NULL ? hex : "", NULL, 16);
        double number;
        memcpy(&number, &bits, sizeof number);
        series_append(series, json_integer_value(json_array_get(sample, 0)), number);
    }
}

static json_t *prom_remote_write_encode(const json_t *inputs, struct error *err) {
    const json_t *list = json_object_get(inputs, "series");
    size_t count = json_array_size(list);
    struct arena arena = {0};
    struct series *series = mem_zero(count + 1, sizeof *series);
    struct buf bytes, hex;
    buf_init(&bytes, MOST_CANONICAL);
    buf_init(&hex, 2 * MOST_CANONICAL);
    for (size_t i = 0; i < count; i++) take_series(json_array_get(list, i), &series[i], &arena);
    json_t *out = NULL;
    if (remote_write_encode(series, count, &bytes, err)) {
        for (size_t i = 0; i < bytes.len; i++) buf_printf(&hex, "%02x", (unsigned)(unsigned char)bytes.data[i]);
        out = json_pack("{s:s}", "proto_hex", buf_text(&hex));
    }
    for (size_t i = 0; i < count; i++) {
        free(series[i].time_ms);
        free(series[i].value);
    }
    free(series);
    buf_finish(&bytes);
    buf_finish(&hex);
    arena_finish(&arena);
    return out;
}

const struct conform_kind conform_prom_remote[] = {
    {"prom.remote_read", prom_remote_read},
    {"prom.remote_write_encode", prom_remote_write_encode},
    {NULL, NULL},
};
