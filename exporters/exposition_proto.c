// SPDX-License-Identifier: GPL-3.0-or-later
// Every piece is a Family of its own: messages behind each other are read as one.
#include "exposition_proto.h"

#include <exposition.pb-c.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static char *borrow(const char *text) {
    return (char *)(uintptr_t)text; // packing only reads it
}

static void pack(struct buf *out, const Exposition__Family *family) {
    uint8_t room[1024];
    size_t len = exposition__family__get_packed_size(family);
    uint8_t *bytes = len <= sizeof room ? room : mem_alloc(len);
    buf_bytes(out, bytes, exposition__family__pack(family, bytes));
    if (bytes != room) free(bytes);
}

static Exposition__Type type_of(const char *type) {
    if (strcmp(type, "counter") == 0) return EXPOSITION__TYPE__COUNTER;
    return strcmp(type, "histogram") == 0 ? EXPOSITION__TYPE__HISTOGRAM : EXPOSITION__TYPE__GAUGE;
}

void exposition_proto_head(struct buf *out, enum exported_metric metric) {
    const struct exported_metric_row *row = &exported_metrics[metric];
    Exposition__Family family = EXPOSITION__FAMILY__INIT;
    family.name = borrow(row->name);
    family.help = borrow(row->help);
    family.has_type = true;
    family.type = type_of(row->type);
    pack(out, &family);
}

static void put_histogram(struct buf *out, Exposition__Family *family, const struct duration_histogram *from) {
    Exposition__Histogram histogram = EXPOSITION__HISTOGRAM__INIT;
    Exposition__Bucket buckets[DURATION_BUCKETS], *list[DURATION_BUCKETS];
    uint64_t count = 0;
    for (size_t i = 0; i < DURATION_BUCKETS; i++) {
        count += from->counts[i];
        exposition__bucket__init(&buckets[i]);
        buckets[i].has_cumulative_count = buckets[i].has_upper_bound = true;
        buckets[i].cumulative_count = count;
        buckets[i].upper_bound = duration_bounds_s[i];
        list[i] = &buckets[i];
    }
    histogram.has_sample_count = histogram.has_sample_sum = true;
    histogram.sample_count = count;
    histogram.sample_sum = from->sum_s;
    histogram.n_buckets = DURATION_BUCKETS;
    histogram.buckets = list;
    family->metrics[0]->histogram = &histogram;
    pack(out, family);
}

void exposition_proto_point(struct buf *out, const struct exposition_point *point) {
    const struct exported_metric_row *row = &exported_metrics[point->metric];
    Exposition__Label labels[EXPORTED_LABELS], *list[EXPORTED_LABELS];
    Exposition__Metric metric = EXPOSITION__METRIC__INIT, *metrics = &metric;
    Exposition__Value value = EXPOSITION__VALUE__INIT;
    Exposition__Family family = EXPOSITION__FAMILY__INIT;
    for (size_t i = 0; i < EXPORTED_LABELS && row->labels[i] != NULL; i++) {
        if (point->values[i] == NULL) continue;
        exposition__label__init(&labels[metric.n_labels]);
        labels[metric.n_labels].name = borrow(row->labels[i]);
        labels[metric.n_labels].value = borrow(point->values[i]);
        list[metric.n_labels] = &labels[metric.n_labels];
        metric.n_labels++;
    }
    metric.labels = list;
    family.n_metrics = 1;
    family.metrics = &metrics;
    if (point->histogram != NULL) {
        put_histogram(out, &family, point->histogram);
        return;
    }
    value.has_value = true;
    value.value = point->value;
    if (type_of(row->type) == EXPOSITION__TYPE__COUNTER)
        metric.counter = &value;
    else
        metric.gauge = &value;
    pack(out, &family);
}
