// SPDX-License-Identifier: GPL-3.0-or-later
// Time series as a source delivered them: label sets and columns of samples.
// A series_set owns everything in it; labels and texts live in its arena, sample columns on the heap.
#ifndef QUERY_SERIES_H
#define QUERY_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/view.h"

struct label {
    struct view name, value; // UTF-8, opaque; valid as long as the set
};

struct labels {
    struct label *items; // sorted bytewise by name, no name twice
    size_t count;
};

// One bucket of a native histogram as the query API gives it.
struct bucket {
    int rule;           // borders: 0 open left, 1 open right, 2 both open, 3 both closed
    double left, right; // may be infinite
    double count;       // may be fractional
};

struct histogram {
    int64_t time_ms;
    double count, sum; // sum may be NaN or infinite
    struct bucket *buckets; // empty ones left out
    size_t bucket_count;
    const struct native_buckets *native; // by index, see histogram.h; NULL when the source gave borders only
};

// A sample with these bits (a signalling NaN: compare as integers) says that the series ended. Answers do not hold it.
#define STALE_BITS UINT64_C(0x7ff0000000000002)

static inline bool series_is_stale(const double *value) {
    uint64_t bits;
    memcpy(&bits, value, sizeof bits);
    return bits == STALE_BITS;
}

struct series {
    struct labels labels;
    int64_t *time_ms; // strictly rising; `count` of them
    double *value;    // NaN and infinities are kept
    size_t count, cap;
    struct histogram *histograms; // in time order, buckets in the set's arena
    size_t histogram_count, histogram_cap;
};

enum result_type {
    RESULT_NONE,
    RESULT_MATRIX,
    RESULT_VECTOR,
    RESULT_SCALAR,
    RESULT_STRING,
    RESULT_NAMES,     // of labels, or values of one: in `names`
    RESULT_SERIES,    // series without samples
    RESULT_METADATA,  // the same with the labels __name__, help, type, unit
    RESULT_EXEMPLARS, // the same, and `exemplars`
};

struct exemplar {
    size_t series; // index in the set
    struct labels labels;
    double value;
    int64_t time_ms;
};

struct text_list {
    struct view *items;
    size_t count, cap;
};

struct series_set {
    struct arena arena;
    enum result_type type;
    struct series *items; // RESULT_SCALAR is one series without labels and with one sample
    size_t count, cap;
    struct view string;   // RESULT_STRING
    int64_t string_time_ms;
    struct text_list names;
    struct exemplar *exemplars; // in the order of their series
    size_t exemplar_count, exemplar_cap;
    struct text_list warnings, infos; // as the server sent them, data.warnings of Thanos included
    bool partial;                     // the server said that data is missing (isPartial: true)
};

void series_set_init(struct series_set *set);
void series_set_finish(struct series_set *set); // fine with NULL or zeroes
size_t series_set_held(const struct series_set *set); // bytes that it has from the heap

struct series *series_set_add(struct series_set *set); // zeroed; valid until the next add
void series_append(struct series *series, int64_t time_ms, double value);
void series_reserve(struct series *series, size_t more); // room in both columns for that many samples
void series_append_histogram(struct series *series, const struct histogram *histogram);
void series_clip(struct series *series, int64_t start_ms, int64_t end_ms); // drops samples outside [start, end]

void labels_sort(struct labels *labels);
int labels_compare(const struct labels *a, const struct labels *b); // bytewise, for sorting sets
bool series_set_distinct(const struct series_set *set); // no two series have the same labels
const struct series **series_set_sorted(const struct series_set *set, struct arena *arena); // by labels, labels_compare()
const struct label *labels_get(const struct labels *labels, const char *name); // NULL when absent

// {a="x",b="y"} with backslash, double quote and line feed escaped.
void labels_format(struct buf *buf, const struct labels *labels);

// The text form that the conformance cases call canonical: S, F, H, B and T lines.
void series_set_canonical(struct buf *buf, const struct series_set *set);

#endif
