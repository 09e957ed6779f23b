// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/read_decoder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "read_private.h"

#define STREAM_MESSAGE "prometheus.ChunkedReadResponse"

// A message takes more memory than its bytes did: a label of 8 bytes becomes 120.
#define SCRATCH_RATIO 24
#define SCRATCH_LEAST ((size_t)65536)

// The value of the parameter `proto`, empty when there is none.
static struct view message_of(const char *parameters) {
    for (const char *p = strchr(parameters, ';'); p != NULL; p = strchr(p, ';')) {
        p += 1 + strspn(p + 1, " \t");
        if (strncasecmp(p, "proto=", 6) != 0) continue;
        p += 6;
        size_t quote = *p == '"';
        return (struct view){p + quote, strcspn(p + quote, "\"; \t")};
    }
    return (struct view){"", 0};
}

enum read_form read_form_of(const char *content_type) {
    if (content_type == NULL) return READ_NONE;
    const char *type = content_type + strspn(content_type, " \t");
    struct view name = {type, strcspn(type, "; \t")}, message = message_of(type);
    if (name.len == 22 && strncasecmp(name.ptr, "application/x-protobuf", 22) == 0) {
        return message.len == 0 || view_is(message, "prometheus.ReadResponse") ? READ_SAMPLES : READ_NONE;
    }
    bool stream = name.len == 31 && strncasecmp(name.ptr, "application/x-streamed-protobuf", 31) == 0;
    return stream && view_is(message, STREAM_MESSAGE) ? READ_STREAM : READ_NONE;
}

struct read_decoder *read_decoder_create(enum read_form form, const struct decode_limits *limits, struct series_set *sets, size_t count) {
    struct read_decoder *d = mem_zero(1, sizeof *d);
    d->form = form;
    d->limits = decode_limits_or_default(limits);
    d->sets = sets;
    d->set_count = count;
    for (size_t i = 0; i < count; i++) sets[i].type = RESULT_MATRIX;
    buf_init(&d->body, (size_t)d->limits.bytes);
    return d;
}

void read_decoder_destroy(struct read_decoder *decoder) {
    if (decoder == NULL) return;
    buf_finish(&decoder->body);
    arena_finish(&decoder->scratch.arena);
    free(decoder);
}

void read_decoder_keep_stale(struct read_decoder *decoder) {
    decoder->keep_stale = true;
}

uint64_t read_decoder_frames(const struct read_decoder *decoder) {
    return decoder->frames;
}

bool read_fail(struct read_decoder *d, enum error_code code, const char *format, ...) {
    char reason[512];
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof reason, format, list);
    va_end(list);
    d->failed = true;
    unsigned long long offset = d->offset, frames = d->frames;
    if (d->form == READ_SAMPLES) return error_set(&d->err, code, "byte %llu: %s", offset, reason);
    return error_set(&d->err, code, "byte %llu, after %llu good frames: %s", offset, frames, reason);
}

static void *scratch_alloc(void *data, size_t size) {
    struct read_memory *memory = data;
    if (size > memory->limit || memory->arena.used > memory->limit - size) return NULL;
    return arena_alloc(&memory->arena, size);
}

static void scratch_free(void *data, void *memory) {
    (void)data;
    (void)memory;
}

ProtobufCAllocator read_allocator(struct read_memory *memory, size_t len) {
    arena_finish(&memory->arena);
    memory->limit = SCRATCH_LEAST + SCRATCH_RATIO * len;
    return (ProtobufCAllocator){scratch_alloc, scratch_free, memory};
}

// Borrows the texts of the message.
static bool borrow_labels(struct read_decoder *d, Remote__Label *const *from, size_t count, struct labels *ret) {
    *ret = (struct labels){arena_array(&d->scratch.arena, count, sizeof *ret->items), count};
    for (size_t i = 0; i < count; i++) {
        struct label *label = &ret->items[i];
        label->name = (struct view){(const char *)from[i]->name.data, from[i]->name.len};
        label->value = (struct view){(const char *)from[i]->value.data, from[i]->value.len};
        if (label->name.len == 0) return read_fail(d, ERROR_DATA, "a label without a name");
        if (label->name.len > d->limits.string_bytes || label->value.len > d->limits.string_bytes) {
            return read_fail(d, ERROR_LIMIT, "a label is longer than the limit");
        }
        if (!utf8_is_valid(label->name) || !utf8_is_valid(label->value)) return read_fail(d, ERROR_DATA, "a label is not valid UTF-8");
    }
    labels_sort(ret);
    for (size_t i = 1; i < count; i++) {
        struct view a = ret->items[i - 1].name, b = ret->items[i].name;
        if (view_same(a, b)) return read_fail(d, ERROR_DATA, "a series has a label twice");
    }
    return true;
}

static struct view copy_text(struct arena *arena, struct view text) {
    return (struct view){arena_strndup(arena, text.ptr != NULL ? text.ptr : "", text.len), text.len};
}

bool read_begin_series(struct read_decoder *d, size_t query, Remote__Label *const *labels, size_t count) {
    struct series_set *set = &d->sets[query];
    struct labels borrowed;
    if (!borrow_labels(d, labels, count, &borrowed)) return false;
    d->target.samples_left = d->limits.samples - d->samples;
    if (d->query == query && set->count > 0 && labels_compare(&set->items[set->count - 1].labels, &borrowed) == 0) return true;
    if (d->series == d->limits.series) return read_fail(d, ERROR_LIMIT, "more series than the limit");
    d->series++;
    d->query = query;
    struct series *series = series_set_add(set);
    series->labels = (struct labels){arena_array(&set->arena, count, sizeof *series->labels.items), count};
    for (size_t i = 0; i < count; i++) {
        series->labels.items[i].name = copy_text(&set->arena, borrowed.items[i].name);
        series->labels.items[i].value = copy_text(&set->arena, borrowed.items[i].value);
    }
    d->target =
        (struct chunk_target){.series = series, .arena = &set->arena, .samples_left = d->target.samples_left, .keep_stale = d->keep_stale};
    return true;
}

bool read_decoder_feed(struct read_decoder *decoder, const char *data, size_t len) {
    if (decoder->failed) return false;
    return decoder->form == READ_STREAM ? read_stream_feed(decoder, data, len) : read_samples_feed(decoder, data, len);
}

void read_decoder_end(struct read_decoder *decoder, struct decode_result *ret) {
    struct read_decoder *d = decoder;
    *ret = (struct decode_result){.outcome = DECODE_OK};
    bool good = !d->failed && (d->form == READ_STREAM ? read_stream_end(d) : read_samples_end(d));
    for (size_t i = 0; good && i < d->set_count; i++) {
        good = series_set_distinct(&d->sets[i]) || read_fail(d, ERROR_DATA, "a series comes back after another one began");
    }
    if (good) return;
    ret->outcome = DECODE_BROKEN;
    ret->wants_other = d->wants_other;
    ret->err = d->err;
}
