// SPDX-License-Identifier: GPL-3.0-or-later
// Remote write. A receiver of 1.x takes a body of 2.0 for an empty one and answers 204: only the headers that tell what was written
// prove that it was understood. Until there is such a proof what was sent as 2.0 is sent again as 1.0.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/snappy_block.h"
#include "deliver_private.h"
#include "metric_table.h"
#include "protocol_memory.h"
#include "run_series.h"

enum { SERIES_OF_A_REQUEST = 500 };

enum { WRITTEN_SAMPLES, WRITTEN_HISTOGRAMS, WRITTEN_EXEMPLARS };

static const char *const written[HTTP_KEPT] = {"X-Prometheus-Remote-Write-Samples-Written", "X-Prometheus-Remote-Write-Histograms-Written",
                                               "X-Prometheus-Remote-Write-Exemplars-Written"};

static void encode(const struct delivery *d, struct post *post, struct sending *sending) {
    struct buf raw;
    struct error *err = &sending->err;
    const struct written_series *list = &d->series[post->receiver - d->receivers];
    const struct remote_write_metric *metrics = list->metrics + (post->series - list->set.items);
    buf_init(&raw, DELIVER_MOST_BODY);
    bool ok = post->version2 ? remote_write2_encode(post->series, metrics, post->series_count, &raw, err)
                             : remote_write_encode(post->series, post->series_count, &raw, err);
    ok = ok && (!raw.failed || error_set(err, ERROR_LIMIT, "a request is larger than %zu bytes", raw.limit));
    if (ok) snappy_block_write(&post->body, (struct view){buf_text(&raw), raw.len});
    sending->over = !ok;
    buf_finish(&raw);
}

static void add_series(struct delivery *d, struct receiver *receiver, const struct series *series, size_t count, bool version2) {
    struct http_header headers[] = {
        {"Content-Encoding", "snappy"},
        {"Content-Type", version2 ? "application/x-protobuf;proto=io.prometheus.write.v2.Request" : "application/x-protobuf"},
        {"X-Prometheus-Remote-Write-Version", version2 ? "2.0.0" : "0.1.0"}};
    struct post *post = delivery_add(d, receiver, receiver->target->key);
    struct sending *sending = &d->sendings[d->count - 1];
    post->series = series;
    post->series_count = count;
    post->version2 = version2;
    encode(d, post, sending);
    if (sending->over) return;
    delivery_ready(d, post, headers, sizeof headers / sizeof headers[0]);
    for (size_t i = 0; i < HTTP_KEPT && version2; i++) sending->request.keep[i] = written[i];
}

static void make_series(struct delivery *d, const struct name_values *labels, struct written_series *list) {
    struct run_digest earlier;
    struct error err;
    series_set_init(&list->set);
    if (d->ended) {
        run_series_ended(&d->digest, labels, d->options->now_ms, &list->set);
    } else {
        run_series(&d->digest, labels, &list->set);
    }
    if (!d->ended && d->options->earlier != NULL) {
        if (run_digest_init(&earlier, d->options->earlier, NULL, 0, &err))
            run_series_ended(&earlier, labels, d->digest.report.end_ms, &list->set);
        run_digest_finish(&earlier);
    }
    list->metrics = arena_array(&d->digest.arena, list->set.count, sizeof *list->metrics);
    for (size_t i = 0; i < list->set.count; i++) {
        const struct label *name = labels_get(&list->set.items[i].labels, "__name__");
        const struct exported_metric_row *row = metric_table_find(name->value);
        list->metrics[i] = (struct remote_write_metric){REMOTE_WRITE_GAUGE, row->help, metric_table_unit(row)};
    }
}

static bool is_known_old(const struct delivery *d, const struct receiver *receiver) {
    const struct deliver_options *options = d->options;
    return options->protocols != NULL && protocol_memory_is_old(options->protocols, receiver_url(receiver), options->now_ms);
}

void deliver_series(struct delivery *d, struct receiver *receiver) {
    struct written_series *list = &d->series[receiver - d->receivers];
    bool version2 = receiver->target->protocol != REMOTE_WRITE_1 && !is_known_old(d, receiver);
    make_series(d, &receiver->target->labels, list);
    for (size_t i = 0; i < list->set.count; i += SERIES_OF_A_REQUEST) {
        size_t left = list->set.count - i, count = left < SERIES_OF_A_REQUEST ? left : SERIES_OF_A_REQUEST;
        add_series(d, receiver, &list->set.items[i], count, version2);
    }
}

// Whether the answer tells what was written, as only receivers that understood 2.0 do.
static bool is_proof(const struct sending *s) {
    return s->kept[WRITTEN_SAMPLES][0] != '\0' || s->kept[WRITTEN_HISTOGRAMS][0] != '\0' || s->kept[WRITTEN_EXEMPLARS][0] != '\0';
}

static bool is_proven(const struct delivery *d, const struct receiver *receiver, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (d->posts[i].version2 && d->posts[i].receiver == receiver && is_proof(&d->sendings[i])) return true;
    }
    return false;
}

void deliver_series_again(struct delivery *d) {
    size_t count = d->count;
    const struct receiver *told = NULL;
    for (size_t i = 0; i < count; i++) {
        struct post *post = &d->posts[i];
        const struct sending *s = &d->sendings[i];
        bool not_understood = s->delivered || s->status == 415 || s->status == 400;
        if (!post->version2 || !not_understood || is_proven(d, post->receiver, count)) continue;
        post->replaced = true;
        struct receiver *receiver = post->receiver;
        if (receiver->target->protocol == REMOTE_WRITE_2 && receiver != told)
            delivery_say(d, "%s: does not take remote write 2.0; sent again as 1.0", receiver->target->key);
        if (receiver != told && d->options->protocols != NULL && s->status != 400) // a 400 may be about what was sent
            protocol_memory_note(d->options->protocols, receiver_url(receiver), d->options->now_ms);
        told = receiver;
        add_series(d, receiver, post->series, post->series_count, false);
    }
}

size_t deliver_series_missing(const struct delivery *d, size_t i) {
    const struct post *post = &d->posts[i];
    const struct sending *s = &d->sendings[i];
    if (!post->version2 || post->replaced || s->status == 0) return 0;
    if (!s->delivered && !is_proof(s)) return 0;
    uint64_t count = strtoull(s->kept[WRITTEN_SAMPLES], NULL, 10); // absent is none
    return count < post->series_count ? post->series_count - (size_t)count : 0;
}

void deliver_series_finish(struct delivery *d) {
    for (size_t i = 0; i < d->publish->target_count; i++) series_set_finish(&d->series[i].set);
    free(d->series);
}
