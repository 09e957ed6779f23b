// SPDX-License-Identifier: GPL-3.0-or-later
// An answer that can be read is written down as a body that reads back the same.
#include <stdlib.h>
#include <string.h>

#include "query/transcript.h"

#define LIMIT ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(const char *body, size_t size, struct answer *ret) {
    const struct decode_limits limits = {.samples = 100000, .series = 10000, .string_bytes = 10000};
    *ret = (struct answer){.http_status = 200, .pieces = 1};
    series_set_init(&ret->set);
    struct decoder *decoder = decoder_create(200, "application/json", &limits, &ret->set);
    decoder_feed(decoder, body, size);
    decoder_end(decoder, &ret->result);
    decoder_destroy(decoder);
}

static void check_same(const struct series_set *a, const struct series_set *b) {
    struct buf x, y;
    buf_init(&x, LIMIT);
    buf_init(&y, LIMIT);
    series_set_canonical(&x, a);
    series_set_canonical(&y, b);
    if (strcmp(buf_text(&x), buf_text(&y)) != 0 || a->partial != b->partial || a->warnings.count != b->warnings.count) abort();
    buf_finish(&x);
    buf_finish(&y);
}

static void write_down(struct fetch_job *job) {
    struct buf index, body;
    struct error err;
    struct answer again;
    buf_init(&index, LIMIT);
    buf_init(&body, LIMIT);
    if (!transcript_answer(&index, &body, job, "00001.body", &err)) abort();
    decode(buf_text(&body), body.len, &again);
    if (again.result.outcome != DECODE_OK) abort();
    check_same(&job->answer.set, &again.set);
    answer_finish(&again);
    buf_finish(&index);
    buf_finish(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct source *source;
    struct error err;
    if (source == NULL) source = source_create_prometheus("main", &(struct source_settings){.url = "http://127.0.0.1:1"}, &err);
    struct fetch_job job = {.source = source, .query = {.expr = "up"}};
    decode((const char *)data, size, &job.answer);
    if (job.answer.result.outcome == DECODE_OK) write_down(&job);
    answer_finish(&job.answer);
    return 0;
}
