// SPDX-License-Identifier: GPL-3.0-or-later
// The decoder's insides, shared by its files: decode.c (the answer as a whole), decode_result.c (what each JSON event means where
// it stands), decode_envelope.c (around the data), decode_metadata.c (data that are no result), decode_values.c (samples, the hot path).
#ifndef QUERY_DECODE_PRIVATE_H
#define QUERY_DECODE_PRIVATE_H

#include "json_lexer.h"
#include "query/decode.h"
#include "query/read_decoder.h"

// Samples wait here until their series ends, so that columns are allocated once and fit exactly. A range query gives
// at most 11,001 points a series; longer raw series spill into columns that double.
// The stage itself begins small: most series of a canary have 60 to 240 points.
#define STAGE_SAMPLES ((size_t)16384)
#define STAGE_FIRST ((size_t)128)
#define PREFIX_BYTES 800

// What an open container is. PLACE_SKIP: well-formed JSON that nobody asked for.
enum place {
    PLACE_TOP,
    PLACE_SKIP,
    PLACE_ENVELOPE,
    PLACE_TEXTS, // warnings, infos
    PLACE_DATA,
    PLACE_RESULT,
    PLACE_SERIES,
    PLACE_METRIC,
    PLACE_SAMPLES,
    PLACE_SAMPLE,
    PLACE_HISTOGRAM_SAMPLES,
    PLACE_HISTOGRAM_SAMPLE,
    PLACE_HISTOGRAM,
    PLACE_BUCKETS,
    PLACE_BUCKET,
    PLACE_METADATA, // the first of decode_metadata.c's; all from here on are
    PLACE_NAMES = PLACE_METADATA,
    PLACE_LABEL_SETS,
    PLACE_LABEL_SET,
    PLACE_DESCRIBED, // metric name to list
    PLACE_DESCRIPTIONS,
    PLACE_DESCRIPTION,
    PLACE_EXEMPLAR_SERIES_LIST,
    PLACE_EXEMPLAR_SERIES,
    PLACE_EXEMPLARS,
    PLACE_EXEMPLAR,
    PLACE_EXEMPLAR_LABELS,
    PLACE_COUNT,
};

enum field {
    FIELD_UNKNOWN,
    FIELD_STATUS,
    FIELD_DATA,
    FIELD_ERROR_TYPE,
    FIELD_ERROR,
    FIELD_WARNINGS,
    FIELD_INFOS,
    FIELD_PARTIAL,
    FIELD_RESULT_TYPE,
    FIELD_RESULT,
    FIELD_METRIC,
    FIELD_VALUE,
    FIELD_VALUES,
    FIELD_HISTOGRAM,
    FIELD_HISTOGRAMS,
    FIELD_COUNT,
    FIELD_SUM,
    FIELD_BUCKETS,
    FIELD_SERIES_LABELS,
    FIELD_EXEMPLARS,
    FIELD_LABELS,
    FIELD_TIMESTAMP,
    FIELD_TYPE,
    FIELD_HELP,
    FIELD_UNIT,
};

struct frame {
    enum place place;
    enum field field; // of the last key
    uint64_t count;   // values before the current one
};

enum status { STATUS_NONE, STATUS_SUCCESS, STATUS_ERROR };
enum data_shape { DATA_NONE, DATA_QUERY, DATA_LIST, DATA_NULL };
enum result_shape { SHAPE_NONE, SHAPE_EMPTY, SHAPE_POINT, SHAPE_VECTOR, SHAPE_MATRIX };

struct decoder {
    int http_status;
    bool type_is_json; // the content type says JSON, or there is none
    bool allow_metadata;
    enum decode_expect expect;
    struct decode_limits limits;
    char content_type[128];
    struct series_set *set;
    struct read_decoder *read; // NULL unless this is an answer of remote read; nothing below is used then
    struct json_lexer json;
    struct frame frames[JSON_DEPTH_MAX + 1];
    uint64_t bytes;  // of body before the current piece
    uint64_t offset; // of the current event
    char prefix[PREFIX_BYTES];
    size_t prefix_len;

    bool failed;      // err says why
    bool no_envelope; // failed because this is no answer of a query API
    struct error err;
    struct error data_err; // wrong data; counts only when status turns out to be success

    enum status status;
    unsigned seen; // bits of enum field, of the envelope and of data
    char error_type[64], error_text[1024];
    enum data_shape data_shape;
    enum result_shape result_shape;
    struct text_list *texts;

    int64_t point_ms; // scalar or string result
    struct view point_text;

    unsigned series_seen; // bits of enum field
    struct label *labels;
    size_t label_count, label_cap;
    uint64_t samples; // stored in finished stages and histograms
    int64_t *stage_ms;
    double *stage_value;
    size_t stage_cap; // STAGE_FIRST to STAGE_SAMPLES
    size_t staged;
    int64_t last_ms; // of the current series' floats
    int64_t sample_ms;
    double sample_value;

    struct histogram histogram;
    unsigned histogram_seen;
    struct bucket bucket;
    struct bucket *buckets;
    size_t bucket_count, bucket_cap;

    struct view name;            // of the metric that is described
    struct label description[4]; // __name__, help, type, unit
    struct exemplar exemplar;
    unsigned exemplar_seen; // bits of enum field
};

// decode.c: the answer cannot be used. Returns false.
bool decoder_fail(struct decoder *d, enum error_code code, const char *reason);

// decode_result.c
bool decode_event(struct decoder *d, enum json_event event);
bool decode_wrong_data(struct decoder *d, const char *reason); // false only when that already decides

bool decode_label_name(struct decoder *d);   // a key of an object of labels
bool decode_label_value(struct decoder *d, enum json_event event);
struct labels decode_labels(struct decoder *d); // those between the braces, sorted
bool decode_add_series(struct decoder *d);
struct view decode_keep_text(struct decoder *d);

// decode_envelope.c: the values of these places, and of keys that stand in several of them.
bool decode_top(struct decoder *d, enum json_event event);
bool decode_envelope(struct decoder *d, enum json_event event);
bool decode_texts(struct decoder *d, enum json_event event);
bool decode_texts_key(struct decoder *d, enum json_event event, enum field field); // warnings and infos, which Thanos also puts into data
bool decode_partial(struct decoder *d, enum json_event event);

// decode_metadata.c: answers about labels, series, metrics and exemplars.
bool decode_metadata_data(struct decoder *d, enum json_event event); // what `data` begins with
bool decode_metadata_key(struct decoder *d, enum place place);       // false: not one of its own
bool decode_metadata_value(struct decoder *d, enum place place, enum json_event event);
bool decode_metadata_end(struct decoder *d, enum place place);

// decode_values.c
const char *decode_samples(struct decoder *d, const char *p, const char *end); // whole samples at p; returns where it stopped
bool decode_add_sample(struct decoder *d, int64_t time_ms, double value);
void decode_end_samples(struct decoder *d);
bool decode_count_samples(struct decoder *d, uint64_t more);
bool decode_time_ms(struct view number, int64_t *ret_ms); // JSON number of seconds, rounded; false outside int64

static inline struct series *decode_series(struct decoder *d) {
    return &d->set->items[d->set->count - 1];
}

static inline unsigned decode_bit(enum field field) {
    return 1u << field;
}

static inline bool decode_is_scalar(enum json_event event) {
    return event != JSON_OBJECT && event != JSON_ARRAY;
}

// Opens a container of the wanted kind, or complains.
static inline bool decode_enter(struct decoder *d, enum json_event event, enum json_event want, enum place place, const char *reason) {
    if (event != want) return decode_wrong_data(d, reason);
    d->frames[d->json.depth].place = place;
    return true;
}

#endif
