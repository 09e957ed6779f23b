// SPDX-License-Identifier: GPL-3.0-or-later
// A body that was decoded in pieces of one size, and the words that such bodies are made of.
#ifndef TESTS_QUERY_DECODED_H
#define TESTS_QUERY_DECODED_H

#include "query/decode.h"

#define HEAD "{\"status\":\"success\",\"data\":{\"resultType\":"
#define SERIES HEAD "\"matrix\",\"result\":[{\"metric\":{\"job\":\"a\"},\"values\":["
#define TAIL "]}]}}"
#define POINT(text) SERIES text TAIL
#define VECTOR(text) HEAD "\"vector\",\"result\":[" text "]}}"
#define HISTOGRAM(text) VECTOR("{\"metric\":{},\"histogram\":[5," text "]}")

struct decoded {
    struct decode_result result;
    struct series_set set;
    struct buf canonical; // of a good answer
};

#define DECODED_PIECES 4
extern const size_t decoded_pieces[DECODED_PIECES]; // sizes of pieces: whole, large, small, one byte

// `type` and `limits` may be NULL.
void decoded_make(struct decoded *ret, int status, const char *type, struct view body, size_t piece, const struct decode_limits *limits,
                  bool metadata);
void decoded_finish(struct decoded *decoded);

const char *outcome_name(enum decode_outcome outcome); // as fixtures have it

struct body {
    int status;
    const char *type;
    const char *text;
    const char *want; // canonical text of a good answer, a part of the reason else
};

#endif
