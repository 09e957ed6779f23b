// SPDX-License-Identifier: GPL-3.0-or-later
#include "live_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report_render.h"

#define MOST_BYTES ((size_t)64 << 20)

struct taker {
    struct live_part *part;
    size_t most_series;
};

static bool is_of_a_canary(const struct exported_metric_row *row) {
    return strcmp(row->type, "gauge") == 0 && row->labels[0] != NULL && strcmp(row->labels[0], "canary") == 0;
}

static void take(void *user, enum exported_metric metric, const char *const *values, double value) {
    static const enum exposition_format formats[LIVE_FORMS] = {EXPOSITION_TEXT, EXPOSITION_PROTOBUF};
    const struct taker *taker = user;
    struct live_part *part = taker->part;
    if (!is_of_a_canary(&exported_metrics[metric])) return;
    if (part->canary == NULL) part->canary = mem_strdup(values[0]);
    if (part->series >= taker->most_series) {
        part->dropped++;
        return;
    }
    part->series++;
    for (int i = 0; i < LIVE_FORMS; i++) {
        struct live_run *run = &part->runs[i][metric];
        struct buf *out = &part->bytes[i];
        if (run->len == 0) run->offset = (uint32_t)out->len;
        exposition_point(out, formats[i], &(struct exposition_point){.metric = metric, .values = values, .value = value});
        run->len = (uint32_t)out->len - run->offset;
    }
}

struct live_part *live_part_create(const json_t *result, size_t most_series, struct error *err) {
    static const struct report_style style = {.width = 80};
    struct arena arena = {0};
    struct text_out to = {.style = &style, .width = style.width, .arena = &arena};
    struct report report;
    struct buf seen; // tells series apart
    struct exposition e;
    if (!report_read(result, false, &arena, &report, err)) {
        arena_finish(&arena);
        return NULL;
    }
    struct taker taker = {mem_zero(1, sizeof *taker.part), most_series};
    for (int i = 0; i < LIVE_FORMS; i++) buf_init(&taker.part->bytes[i], MOST_BYTES);
    buf_init(&seen, MOST_BYTES);
    exposition_init(&e, &seen);
    e.sample = take;
    e.user = &taker;
    report_prom_samples(&e, &to, &report, result);
    exposition_finish(&e);
    buf_finish(&seen);
    arena_finish(&arena);
    return taker.part;
}

void live_part_destroy(struct live_part *part) {
    if (part == NULL) return;
    for (int i = 0; i < LIVE_FORMS; i++) buf_finish(&part->bytes[i]);
    free(part->canary);
    free(part);
}

struct view live_part_family(const struct live_part *part, enum exposition_format format, enum exported_metric metric) {
    int form = format == EXPOSITION_PROTOBUF ? LIVE_PROTO : LIVE_TEXT;
    const struct live_run *run = &part->runs[form][metric];
    return (struct view){buf_text(&part->bytes[form]) + run->offset, run->len};
}
