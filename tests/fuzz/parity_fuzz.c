// SPDX-License-Identifier: GPL-3.0-or-later
// Two answers of the query API, a zero byte between them, as the telemetry of both sides. What the gaps cost is what the score lacks, the
// sides may be swapped, and an answer is like itself.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/parity.h"
#include "query/decode.h"

#define START_MS INT64_C(1735689600000)
#define END_MS INT64_C(1735691400000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool decode(const char *body, size_t size, struct series_set *set) {
    const struct decode_limits limits = {.bytes = 1 << 20, .samples = 100000, .series = 10000, .string_bytes = 10000};
    struct decode_result result;
    struct decoder *decoder = decoder_create(200, "application/json", &limits, set);
    decoder_feed(decoder, body, size);
    decoder_end(decoder, &result);
    decoder_destroy(decoder);
    return result.outcome == DECODE_OK;
}

static double compare(const struct series_set *baseline, const struct series_set *canary, int64_t step_ms) {
    struct arena arena = {0};
    struct parity parity;
    struct texts apart = {0};
    double lost = 0;
    struct parity_probe probe = {.metric = "m", .step_ms = step_ms, .sides = {{baseline, START_MS, END_MS}, {canary, START_MS, END_MS}}};
    parity_compare(&probe, 1, &apart, &arena, &parity);
    for (size_t i = 0; i < parity.gap_count; i++) lost += parity.gaps[i].impact;
    double score = parity.score;
    if (!isnan(score) && (score < 0 || score > 100 || fabs(100 - lost - score) > 1e-5)) abort();
    if (isnan(score) && parity.gap_count > 0) abort();
    json_decref(parity_json(&parity, PARITY_MOST_LISTED));
    arena_finish(&arena);
    return score;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *body = (const char *)data, *split = size > 0 ? memchr(body, '\0', size) : NULL;
    struct series_set sets[SIDE_COUNT];
    if (split == NULL) return 0;
    size_t first = (size_t)(split - body);
    for (int side = 0; side < SIDE_COUNT; side++) series_set_init(&sets[side]);
    if (decode(body, first, &sets[0]) && decode(split + 1, size - first - 1, &sets[1])) {
        for (int64_t step_ms = 0; step_ms <= 15000; step_ms += 15000) {
            double score = compare(&sets[0], &sets[1], step_ms), swapped = compare(&sets[1], &sets[0], step_ms);
            double alike = compare(&sets[0], &sets[0], step_ms);
            if (isnan(score) != isnan(swapped) || fabs(score - swapped) > 1e-5) abort();
            if (!isnan(alike) && alike < 100) abort();
        }
    }
    for (int side = 0; side < SIDE_COUNT; side++) series_set_finish(&sets[side]);
    return 0;
}
