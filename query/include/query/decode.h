// SPDX-License-Identifier: GPL-3.0-or-later
// Decoder of answers of Prometheus-compatible servers, a push parser: feed it the body in pieces of any size as they arrive.
// JSON of the query API goes straight into the columns of the set, and so does streamed remote read, frame by frame; see
// read_decoder.h for the latter.
#ifndef QUERY_DECODE_H
#define QUERY_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "query/series.h"

struct decode_limits { // 0 means the default
    uint64_t bytes;        // decoded bytes of body; 1 GiB
    uint64_t samples;      // over all series; 50,000,000
    uint64_t series;       // 1,000,000
    uint64_t string_bytes; // one string; 1 MiB
};

enum decode_outcome {
    DECODE_OK,         // the set is whole
    DECODE_API_ERROR,  // a well-formed error envelope: see error_type and error_text
    DECODE_HTTP_ERROR, // no usable JSON, or a status that decides alone
    DECODE_BROKEN,     // must not be used: malformed, cut off, over a limit; see err
    DECODE_INCOMPLETE, // well-formed, but the server says that data is missing; not set by the decoder itself
};

struct decode_result {
    enum decode_outcome outcome;
    char error_type[64];   // DECODE_API_ERROR
    char error_text[1024];
    bool wants_other;      // DECODE_BROKEN only because serin cannot read this form of it: another protocol may do
    struct error err;      // every outcome but DECODE_OK: one line with byte offset and reason
};

struct decoder;

struct decode_limits decode_limits_or_default(const struct decode_limits *limits); // NULL: all defaults

// http_status and content_type (may be NULL) come from the answer's head. The decoder fills *set, which must be
// initialised, stays the caller's, and is to be used only after DECODE_OK.
struct decoder *decoder_create(int http_status, const char *content_type, const struct decode_limits *limits, struct series_set *set);
void decoder_destroy(struct decoder *decoder);

// Takes answers about labels, series and metadata too: data is then a list, or an object without resultType and result,
// which is only checked to be well-formed; the set's type stays RESULT_NONE. Unless this is called they are refused,
// so that a query never ends in nothing. To be called before the first feed.
void decoder_allow_metadata(struct decoder *decoder);

enum decode_expect {
    EXPECT_RESULT,    // of a query
    EXPECT_NAMES,     // of labels, or values of a label
    EXPECT_SERIES,    // label sets
    EXPECT_METADATA,  // type, help and unit of metrics
    EXPECT_EXEMPLARS,
};

// What the answer is about, when not EXPECT_RESULT: anything else is then refused. The set's type tells where it is; names, label sets
// and descriptions count as series, exemplars as samples. To be called before the first feed.
void decoder_expect(struct decoder *decoder, enum decode_expect expect);

// Refuses a body of status 200 that is no answer of remote read, such as JSON. To be called before the first feed.
void decoder_require_read(struct decoder *decoder);

// Whether a body with this Content-Encoding (NULL: none) is JSON text once the HTTP library is through with it: none, identity,
// gzip and deflate are; others were never asked for. False with err filled in.
bool decode_check_encoding(const char *content_encoding, struct error *err);

// False when the answer cannot become usable any more: the transfer may be stopped.
bool decoder_feed(struct decoder *decoder, const char *data, size_t len);

// Ends the body. Checks that the document is complete, label sets are distinct and times rise strictly.
void decoder_end(struct decoder *decoder, struct decode_result *ret);

#endif
