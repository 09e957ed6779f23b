// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "decode_private.h"
#include "query/decimal.h"

#define DEFAULT_BYTES (UINT64_C(1) << 30)
#define DEFAULT_SAMPLES UINT64_C(50000000)
#define DEFAULT_SERIES UINT64_C(1000000)
#define DEFAULT_STRING_BYTES (UINT64_C(1) << 20)
#define KEYS_MAX 1000000 // of all objects open at a time; metadata answers have one a metric
#define HTTP_OK 200
#define HTTP_NO_CONTENT 204

// application/json, or any type that ends in +json; parameters do not matter.
static bool is_json_type(const char *content_type) {
    if (content_type == NULL) return true;
    const char *type = content_type + strspn(content_type, " \t");
    size_t len = strcspn(type, "; \t");
    return (len == 16 && strncasecmp(type, "application/json", len) == 0) || (len == 9 && strncasecmp(type, "text/json", len) == 0) ||
           (len > 5 && strncasecmp(type + len - 5, "+json", 5) == 0);
}

bool decode_check_encoding(const char *content_encoding, struct error *err) {
    static const char *const known[] = {"", "identity", "gzip", "x-gzip", "deflate"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (content_encoding == NULL || strcasecmp(content_encoding, known[i]) == 0) return true;
    }
    return error_set(err, ERROR_DATA, "the body has Content-Encoding \"%.60s\", which was not asked for", content_encoding);
}

static uint64_t limit_or(uint64_t limit, uint64_t standard) {
    return limit > 0 ? limit : standard;
}

struct decode_limits decode_limits_or_default(const struct decode_limits *limits) {
    static const struct decode_limits none = {0};
    const struct decode_limits *l = limits != NULL ? limits : &none;
    return (struct decode_limits){.bytes = limit_or(l->bytes, DEFAULT_BYTES),
                                  .samples = limit_or(l->samples, DEFAULT_SAMPLES),
                                  .series = limit_or(l->series, DEFAULT_SERIES),
                                  .string_bytes = limit_or(l->string_bytes, DEFAULT_STRING_BYTES)};
}

static void refuse_type(struct decoder *d, const char *content_type, const char *instead) {
    d->failed = true;
    error_set(&d->err, ERROR_DATA, "byte 0: the content type is \"%.100s\", not %s", content_type, instead);
}

struct decoder *decoder_create(int http_status, const char *content_type, const struct decode_limits *limits, struct series_set *set) {
    struct decoder *d = mem_zero(1, sizeof *d);
    d->limits = decode_limits_or_default(limits);
    d->http_status = http_status;
    d->type_is_json = is_json_type(content_type);
    d->set = set;
    snprintf(d->content_type, sizeof d->content_type, "%s", content_type != NULL ? content_type : "");
    enum read_form form = http_status == HTTP_OK ? read_form_of(content_type) : READ_NONE;
    if (form != READ_NONE) d->read = read_decoder_create(form, limits, set, 1);
    json_lexer_init(&d->json, (size_t)d->limits.string_bytes, KEYS_MAX);
    d->stage_cap = STAGE_FIRST;
    d->stage_ms = mem_alloc(d->stage_cap * sizeof *d->stage_ms);
    d->stage_value = mem_alloc(d->stage_cap * sizeof *d->stage_value);
    if (http_status == HTTP_OK && !d->type_is_json && form == READ_NONE) refuse_type(d, content_type, "JSON");
    return d;
}

void decoder_destroy(struct decoder *decoder) {
    if (decoder == NULL) return;
    read_decoder_destroy(decoder->read);
    json_lexer_finish(&decoder->json);
    free(decoder->labels);
    free(decoder->buckets);
    free(decoder->stage_ms);
    free(decoder->stage_value);
    free(decoder);
}

void decoder_allow_metadata(struct decoder *decoder) {
    decoder->allow_metadata = true;
}

void decoder_expect(struct decoder *decoder, enum decode_expect expect) {
    decoder->expect = expect;
}

void decoder_require_read(struct decoder *decoder) {
    if (decoder->http_status == HTTP_OK && decoder->read == NULL) refuse_type(decoder, decoder->content_type, "one of remote read");
}

bool decoder_fail(struct decoder *d, enum error_code code, const char *reason) {
    d->failed = true;
    return error_set(&d->err, code, "byte %llu: %s", (unsigned long long)d->offset, reason);
}

// What is shown of a body that is no answer of the query API.
static void keep_prefix(struct decoder *d, const char *data, size_t len) {
    for (size_t i = 0; i < len && d->prefix_len < PREFIX_BYTES - 1; i++) {
        char c = data[i];
        bool shown = (unsigned char)c >= 0x20 && (unsigned char)c < 0x7F;
        d->prefix[d->prefix_len++] = shown ? c : ' ';
    }
}

static bool feed_json(struct decoder *d, const char *data, size_t len) {
    const char *p = data, *end = data + len;
    while (p < end) {
        bool between = d->json.state == JSON_AFTER_VALUE || d->json.state == JSON_AT_FIRST_ITEM;
        if (between && d->frames[d->json.depth].place == PLACE_SAMPLES) p = decode_samples(d, p, end);
        enum json_event event = json_next(&d->json, &p, end);
        d->offset = d->bytes + (uint64_t)(p - data);
        if (event == JSON_FAILED) {
            return decoder_fail(d, d->json.over_limit ? ERROR_LIMIT : ERROR_DATA, d->json.reason);
        }
        if (event != JSON_MORE && !decode_event(d, event)) return false;
    }
    return true;
}

bool decoder_feed(struct decoder *decoder, const char *data, size_t len) {
    struct decoder *d = decoder;
    if (d->read != NULL) return read_decoder_feed(d->read, data, len);
    keep_prefix(d, data, len);
    if (d->failed || d->http_status == HTTP_NO_CONTENT) return false;
    uint64_t left = d->limits.bytes - d->bytes;
    size_t part = len < left ? len : (size_t)left;
    bool good = feed_json(d, data, part);
    d->bytes += part;
    if (!good || part == len) return good;
    d->offset = d->limits.bytes;
    return decoder_fail(d, ERROR_LIMIT, "the body is longer than the limit");
}

static bool check_shape(struct decoder *d) {
    enum result_type type = d->set->type;
    enum result_shape shape = d->result_shape;
    if ((d->seen & (1u << FIELD_RESULT_TYPE)) == 0) return decoder_fail(d, ERROR_DATA, "data has no resultType");
    if ((d->seen & (1u << FIELD_RESULT)) == 0) return decoder_fail(d, ERROR_DATA, "data has no result");
    if (type == RESULT_SCALAR || type == RESULT_STRING) {
        return shape == SHAPE_POINT || decoder_fail(d, ERROR_DATA, "a scalar or string result is not a list of time and value");
    }
    enum result_shape want = type == RESULT_MATRIX ? SHAPE_MATRIX : SHAPE_VECTOR;
    return shape == want || shape == SHAPE_EMPTY || decoder_fail(d, ERROR_DATA, "the result is not what resultType says");
}

static bool take_point(struct decoder *d) {
    struct series_set *set = d->set;
    if (set->type == RESULT_STRING) {
        set->string = d->point_text;
        set->string_time_ms = d->point_ms;
    } else if (set->type == RESULT_SCALAR) {
        double value;
        if (!decimal_parse(d->point_text.ptr, d->point_text.len, &value)) {
            return decoder_fail(d, ERROR_DATA, "the value of a scalar is not a decimal number in quotes");
        }
        series_append(series_set_add(set), d->point_ms, value);
    }
    return true;
}

static bool check_data(struct decoder *d) {
    bool query = d->data_shape == DATA_QUERY && (d->seen & (1u << FIELD_RESULT_TYPE | 1u << FIELD_RESULT)) != 0;
    if (d->data_shape == DATA_NONE) return decoder_fail(d, ERROR_DATA, "status is success, but there is no data");
    if (d->expect != EXPECT_RESULT) return true;
    if (!query && d->allow_metadata) return true;
    if (d->data_shape == DATA_LIST) return decoder_fail(d, ERROR_DATA, "data is a list, not the result of a query");
    return check_shape(d) && take_point(d) &&
           (series_set_distinct(d->set) || decoder_fail(d, ERROR_DATA, "two series have the same labels"));
}

// Everything that can only be said of the whole document.
static bool check_document(struct decoder *d) {
    if (d->bytes == 0) {
        d->no_envelope = true;
        return decoder_fail(d, ERROR_DATA, "the body is empty");
    }
    d->offset = d->bytes;
    if (d->json.state != JSON_AT_END) return decoder_fail(d, ERROR_DATA, "the document is cut off");
    if (d->status == STATUS_NONE) {
        d->no_envelope = true;
        return decoder_fail(d, ERROR_DATA, "the document has no status");
    }
    if (d->status == STATUS_SUCCESS) return d->http_status != HTTP_OK || check_data(d);
    unsigned need = 1u << FIELD_ERROR | 1u << FIELD_ERROR_TYPE;
    return (d->seen & need) == need || decoder_fail(d, ERROR_DATA, "status is error, but errorType or error is missing");
}

static void http_error(struct decoder *d, struct decode_result *ret) {
    ret->outcome = DECODE_HTTP_ERROR;
    if (d->prefix_len > 0) {
        // Plain text is for people and says what to do, such as the limits of Mimir; of a page the beginning is enough.
        int most = strncasecmp(d->content_type, "text/plain", 10) == 0 ? PREFIX_BYTES : 160;
        error_set(&ret->err, ERROR_SOURCE, "HTTP status %d with a body that begins %.*s", d->http_status, most, d->prefix);
    } else {
        error_set(&ret->err, ERROR_SOURCE, "HTTP status %d without a body", d->http_status);
    }
}

void decoder_end(struct decoder *decoder, struct decode_result *ret) {
    struct decoder *d = decoder;
    *ret = (struct decode_result){.outcome = DECODE_OK};
    if (d->read != NULL) {
        read_decoder_end(d->read, ret);
        return;
    }
    if (d->http_status == HTTP_NO_CONTENT) {
        http_error(d, ret);
        return;
    }
    bool good = !d->failed && check_document(d);
    if (good && d->status == STATUS_ERROR) {
        ret->outcome = DECODE_API_ERROR;
        memcpy(ret->error_type, d->error_type, sizeof ret->error_type);
        memcpy(ret->error_text, d->error_text, sizeof ret->error_text);
        error_set(&ret->err, ERROR_API, "HTTP status %d, %s: %.900s", d->http_status, d->error_type, d->error_text);
        return;
    }
    if (good && d->http_status == HTTP_OK) return;
    bool opened = d->frames[0].count > 0; // the body begins as an object
    bool text = !d->type_is_json || d->no_envelope || !opened;
    if (d->http_status != HTTP_OK && (good || text)) {
        http_error(d, ret);
        return;
    }
    ret->outcome = DECODE_BROKEN;
    ret->err = d->err;
}
