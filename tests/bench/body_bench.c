// SPDX-License-Identifier: GPL-3.0-or-later
// Decodes recorded bodies again and again, in pieces as a transfer gives them, and prints what a sample takes. The bodies alternate in
// one run, so that their ratio says more than their times. Usage: bench_body CONTENT_TYPE FILE [CONTENT_TYPE FILE]...
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "query/decode.h"
#include "stopwatch.h"

#define MOST_BODY_BYTES ((size_t)1 << 30)
#define PIECE_BYTES 16384
#define ROUNDS 21

struct body {
    const char *content_type;
    struct view bytes;
    size_t samples;
    double seconds[ROUNDS];
};

static bool decode(struct body *body, double *ret_seconds) {
    struct series_set set;
    struct decode_result result;
    series_set_init(&set);
    double begin = seconds();
    struct decoder *decoder = decoder_create(200, body->content_type, NULL, &set);
    for (size_t at = 0; at < body->bytes.len; at += PIECE_BYTES) {
        size_t left = body->bytes.len - at;
        if (!decoder_feed(decoder, body->bytes.ptr + at, left < PIECE_BYTES ? left : PIECE_BYTES)) break;
    }
    decoder_end(decoder, &result);
    *ret_seconds = seconds() - begin;
    decoder_destroy(decoder);
    body->samples = 0;
    for (size_t i = 0; i < set.count; i++) body->samples += set.items[i].count + set.items[i].histogram_count;
    if (result.outcome != DECODE_OK) fprintf(stderr, "%s\n", result.err.text);
    series_set_finish(&set);
    return result.outcome == DECODE_OK;
}

int main(int argc, char **argv) {
    struct arena arena = {0};
    struct error err;
    size_t count = argc > 2 ? (size_t)(argc - 1) / 2 : 0;
    struct body *bodies = arena_array(&arena, count, sizeof *bodies);
    bool good = count > 0;
    if (!good) fprintf(stderr, "usage: %s CONTENT_TYPE FILE [CONTENT_TYPE FILE]...\n", argv[0]);
    for (size_t i = 0; i < count && good; i++) {
        bodies[i].content_type = argv[1 + 2 * i];
        good = file_read(argv[2 + 2 * i], MOST_BODY_BYTES, &arena, &bodies[i].bytes, &err);
        if (!good) fprintf(stderr, "%s\n", err.text);
    }
    for (size_t round = 0; round < ROUNDS && good; round++) {
        for (size_t i = 0; i < count && good; i++) good = decode(&bodies[i], &bodies[i].seconds[round]);
    }
    for (size_t i = 0; i < count && good; i++) {
        struct body *b = &bodies[i];
        double typical = median(b->seconds, ROUNDS);
        printf("%-32.32s %9zu samples %10zu bytes %6.2f bytes/sample %8.2f ns/sample %7.0f MB/s\n", b->content_type, b->samples,
               b->bytes.len, (double)b->bytes.len / (double)b->samples, typical * 1e9 / (double)b->samples,
               (double)b->bytes.len / typical / 1e6);
    }
    arena_finish(&arena);
    return good ? 0 : 1;
}
