// SPDX-License-Identifier: GPL-3.0-or-later
// One line of the index of recorded answers, see query/recorded.h. Private to query.
#ifndef QUERY_RECORD_LINE_H
#define QUERY_RECORD_LINE_H

#include <jansson.h>

#include "query/source.h"

struct record_line {
    const char *source;
    const struct query *query;  // NULL: the server's version
    const struct query *whole;  // that `query` is a piece of, else NULL
    const char *content_type;
    const char *file;           // of the body; "" without
    const struct answer *answer;
    bool with_error;            // the body alone does not tell how it ended
};

json_t *record_line(const struct record_line *line); // the caller releases it; NULL when a text is not UTF-8

#endif
