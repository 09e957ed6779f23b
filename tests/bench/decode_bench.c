// SPDX-License-Identifier: GPL-3.0-or-later
// The decoder against jansson, against finding every tuple, and decimals against strtod. Candidates alternate in one
// run and their results are compared, so only ratios are printed. --quick: few rounds.
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "query/decimal.h"
#include "query/decode.h"
#include "stopwatch.h"

#define PIECE_BYTES ((size_t)16384)
#define ROUNDS_MAX 31
#define VALUES 20000
#define EXTRA_LIMIT_KIB 1024

static uint64_t seed = 42;
static volatile uint64_t sink; // keeps results alive

static uint64_t next_random(void) { // xorshift64*
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 0x2545F4914F6CDD1Du;
}

static bool report(const char *name, double ratio, bool at_least, double bar) {
    bool good = at_least ? ratio >= bar : ratio <= bar;
    printf("%s ratio %.2f (must be %s %g)%s\n", name, ratio, at_least ? ">=" : "<=", bar, good ? "" : " FAILED");
    return good;
}

// What servers send: full precision, integers, three decimals, n/60, and a few special ones.
static void add_value(struct buf *body) {
    uint64_t r = next_random(), kind = r % 100;
    double unit = (double)(next_random() >> 11) * 0x1p-53;
    if (kind < 35) {
        buf_printf(body, "%.17g", unit * 100);
    } else if (kind < 60) {
        buf_printf(body, "%" PRIu64, next_random() % 100000);
    } else if (kind < 80) {
        buf_printf(body, "%.3f", unit * 1000);
    } else if (kind < 97) {
        buf_printf(body, "%.16g", (double)(next_random() % 6000) / 60);
    } else {
        buf_str(body, kind == 97 ? "NaN" : kind == 98 ? "+Inf" : "1.5e-07");
    }
}

static void add_points(struct buf *body, size_t from, size_t count, bool millis) {
    for (size_t i = from; i < from + count; i++) {
        buf_printf(body, "%s[%" PRIu64 "%s,\"", i > 0 ? "," : "", UINT64_C(1735689600) + i * 15, millis ? ".137" : "");
        add_value(body);
        buf_str(body, "\"]");
    }
}

static void add_head(struct buf *body, size_t series) {
    buf_printf(body, "%s{\"metric\":{\"__name__\":\"http_requests_total\",\"job\":\"checkout\",\"pod\":\"checkout-%zu\"},\"values\":[",
               series > 0 ? "," : "", series);
}

static const char document_head[] = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[";
static const char document_tail[] = "]}}";

static void make_body(struct buf *body, size_t bytes) {
    buf_init(body, bytes * 2 + PIECE_BYTES * 10);
    buf_str(body, document_head);
    for (size_t series = 0; body->len < bytes; series++) {
        add_head(body, series);
        add_points(body, 0, 1440, series % 2 == 1);
        buf_str(body, "]}");
    }
    buf_str(body, document_tail);
}

static void die(const char *text) {
    fprintf(stderr, "bench_decode: %s\n", text);
    exit(1);
}

static void run_decoder(const struct buf *body, struct series_set *set) {
    struct decode_result result;
    series_set_init(set);
    struct decoder *decoder = decoder_create(200, "application/json", NULL, set);
    for (size_t at = 0; at < body->len; at += PIECE_BYTES) {
        size_t left = body->len - at;
        decoder_feed(decoder, body->data + at, left < PIECE_BYTES ? left : PIECE_BYTES);
    }
    decoder_end(decoder, &result);
    decoder_destroy(decoder);
    if (result.outcome != DECODE_OK) die(result.err.text);
}

static void run_jansson(const struct buf *body, struct series_set *set) {
    series_set_init(set);
    json_t *root = json_loadb(body->data, body->len, 0, NULL);
    const json_t *result = json_object_get(json_object_get(root, "data"), "result");
    for (size_t i = 0; i < json_array_size(result); i++) {
        const json_t *item = json_array_get(result, i), *values = json_object_get(item, "values");
        struct series *series = series_set_add(set);
        for (size_t k = 0; k < json_array_size(values); k++) {
            const json_t *point = json_array_get(values, k);
            int64_t time_ms = (int64_t)llround(json_number_value(json_array_get(point, 0)) * 1000);
            series_append(series, time_ms, strtod(json_string_value(json_array_get(point, 1)), NULL));
        }
    }
    json_decref(root);
}

static void check_equal(const struct series_set *a, const struct series_set *b) {
    if (a->count != b->count) die("other number of series than jansson");
    for (size_t i = 0; i < a->count; i++) {
        const struct series *x = &a->items[i], *y = &b->items[i];
        if (x->count != y->count) die("other number of samples than jansson");
        for (size_t k = 0; k < x->count; k++) {
            bool same = x->value[k] == y->value[k] || (isnan(x->value[k]) && isnan(y->value[k]));
            if (x->time_ms[k] != y->time_ms[k] || !same) die("other samples than jansson");
        }
    }
}

static size_t find_tuples(const struct buf *body) {
    size_t count = 0;
    const char *p = body->data, *end = body->data + body->len;
    while ((p = memchr(p, '[', (size_t)(end - p))) != NULL) {
        count++;
        p++;
    }
    return count;
}

static bool bench_parse(int rounds) {
    struct buf body;
    make_body(&body, (size_t)1 << 20);
    double own[ROUNDS_MAX], jansson[ROUNDS_MAX], scan[ROUNDS_MAX];
    for (int round = 0; round < rounds; round++) {
        struct series_set a, b;
        double t0 = seconds();
        run_decoder(&body, &a);
        double t1 = seconds();
        run_jansson(&body, &b);
        double t2 = seconds();
        sink += find_tuples(&body);
        double t3 = seconds();
        check_equal(&a, &b);
        series_set_finish(&a);
        series_set_finish(&b);
        own[round] = t1 - t0;
        jansson[round] = t2 - t1;
        scan[round] = t3 - t2;
    }
    double mine = median(own, (size_t)rounds);
    printf("decoder: %.0f MB/s on a mixed matrix of %.2f MB\n", (double)body.len / mine / 1e6, (double)body.len / 1e6);
    bool good = report("P1", median(jansson, (size_t)rounds) / mine, true, 15);
    puts("P2 skipped: yyjson and simdjson are not used here");
    good = report("P3", mine / median(scan, (size_t)rounds), false, 5) && good;
    buf_finish(&body);
    return good;
}

static long peak_kib(void) {
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long peak = -1;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) peak = strtol(line + 6, NULL, 10);
    }
    if (file != NULL) fclose(file);
    return peak;
}

static void feed(struct decoder *decoder, struct buf *text) {
    for (size_t at = 0; at < text->len; at += PIECE_BYTES) {
        size_t left = text->len - at;
        decoder_feed(decoder, text->data + at, left < PIECE_BYTES ? left : PIECE_BYTES);
    }
    buf_clear(text);
}

// In a process of its own: decodes `bytes` of body that is made while it is fed; returns the KiB beyond the columns.
static long measure_peak(size_t bytes, size_t points) {
    struct buf text;
    buf_init(&text, 4 * PIECE_BYTES);
    buf_repeat(&text, ' ', 3 * PIECE_BYTES);
    buf_clear(&text);
    struct series_set set;
    struct decode_result result;
    series_set_init(&set);
    long before = peak_kib();
    struct decoder *decoder = decoder_create(200, "application/json", NULL, &set);
    buf_str(&text, document_head);
    size_t fed = 0, samples = 0;
    for (size_t series = 0; fed < bytes; series++) {
        add_head(&text, series);
        for (size_t from = 0; from < points && fed < bytes; from += 500) {
            add_points(&text, from, 500, false);
            fed += text.len;
            feed(decoder, &text);
        }
        buf_str(&text, "]}");
    }
    buf_str(&text, document_tail);
    feed(decoder, &text);
    decoder_end(decoder, &result);
    decoder_destroy(decoder);
    if (result.outcome != DECODE_OK) die(result.err.text);
    for (size_t i = 0; i < set.count; i++) samples += set.items[i].count;
    return peak_kib() - before - (long)(samples * (sizeof(int64_t) + sizeof(double)) / 1024);
}

static bool bench_memory(size_t points) {
    int ends[2];
    if (pipe(ends) != 0) die("no pipe");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        long extra = measure_peak((size_t)100 << 20, points);
        ssize_t written = write(ends[1], &extra, sizeof extra);
        _exit(written == (ssize_t)sizeof extra ? 0 : 1);
    }
    long extra = -1;
    close(ends[1]);
    ssize_t got = child > 0 ? read(ends[0], &extra, sizeof extra) : -1;
    close(ends[0]);
    waitpid(child, NULL, 0);
    bool good = got == (ssize_t)sizeof extra && extra <= EXTRA_LIMIT_KIB;
    printf("P4 extra %ld KiB beyond the columns of a 100 MiB body, up to %zu points a series (must be <= %d)%s\n", extra, points,
           EXTRA_LIMIT_KIB, good ? "" : " FAILED");
    return good;
}

static double time_values(char (*texts)[32], const size_t *lengths, bool own, double *ret) {
    double start = seconds();
    for (size_t i = 0; i < VALUES; i++) {
        if (own) {
            if (!decimal_parse(texts[i], lengths[i], &ret[i])) die("a decimal was refused");
        } else {
            ret[i] = strtod(texts[i], NULL);
        }
    }
    return seconds() - start;
}

static bool bench_decimal(int rounds) {
    char(*texts)[32] = mem_zero(VALUES, sizeof *texts);
    double *a = mem_zero(VALUES, sizeof *a), *b = mem_zero(VALUES, sizeof *b);
    size_t *lengths = mem_zero(VALUES, sizeof *lengths);
    double own[ROUNDS_MAX], peer[ROUNDS_MAX];
    for (size_t i = 0; i < VALUES; i++) {
        snprintf(texts[i], sizeof texts[i], "%.17g", (double)(next_random() >> 11) * 0x1p-53 * 1000);
        lengths[i] = strlen(texts[i]);
    }
    for (int round = 0; round < rounds; round++) {
        own[round] = time_values(texts, lengths, true, a);
        peer[round] = time_values(texts, lengths, false, b);
        if (memcmp(a, b, VALUES * sizeof *a) != 0) die("other doubles than strtod");
    }
    free(texts);
    free(lengths);
    free(a);
    free(b);
    return report("P5", median(peer, (size_t)rounds) / median(own, (size_t)rounds), true, 4);
}

static void random_decimal(char *text, size_t size) {
    uint64_t r = next_random(), bits = next_random();
    double value;
    memcpy(&value, &bits, sizeof value);
    int exponent = (int)(next_random() % 700) - 350;
    switch (r % 4) {
    case 0:
        snprintf(text, size, "%.*g", 15 + (int)(r >> 8 & 3), isfinite(value) ? value : 1.5);
        break;
    case 1:
        snprintf(text, size, "%" PRIu64 "e%d", bits, exponent);
        break;
    case 2:
        snprintf(text, size, "%" PRIu64 ".%" PRIu64, bits % 100000, next_random());
        break;
    default:
        snprintf(text, size, "0.%0*" PRIu64, 17 + (int)(r >> 8 & 15), bits % UINT64_C(100000000000000000));
        break;
    }
}

static bool compare_decimals(long count) {
    long differences = 0;
    for (long i = 0; i < count; i++) {
        char text[64];
        random_decimal(text, sizeof text);
        double own = 0, peer = strtod(text, NULL);
        if (decimal_parse(text, strlen(text), &own) && memcmp(&own, &peer, sizeof own) == 0) continue;
        if (differences++ < 5) printf("  %s: %.17g, strtod %.17g\n", text, own, peer);
    }
    printf("P5 differences from strtod %ld over %ld strings (must be 0)%s\n", differences, count, differences == 0 ? "" : " FAILED");
    return differences == 0;
}

int main(int argc, char **argv) {
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    int rounds = quick ? 5 : 21;
    bool good = bench_memory(10000); // first: later heap use would hide what the decoder needs
    good = bench_memory(SIZE_MAX / 2) && good;
    good = bench_parse(rounds) && good;
    good = bench_decimal(rounds) && good;
    good = compare_decimals(quick ? 200000 : 10000000) && good;
    return good ? 0 : 1;
}
