// SPDX-License-Identifier: GPL-3.0-or-later
// A source that reads from a fake server on loopback.
#ifndef TESTS_QUERY_PLAYED_H
#define TESTS_QUERY_PLAYED_H

#include "fake_server.h"
#include "query/source.h"

// A good answer: one series with the value 2.385.
#define PLAYED_VECTOR                                                                                                                             \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":\"b\"},\"value\":[1735689600,\"2.385\"]}]" \
    "}}"

struct played {
    struct fake_server *server;
    struct source *source; // of the name "prod"
    char *url;             // the source borrows it
};

// The server plays the script, as fake_server_start() says; the source asks it below `path` ("" for none). The url in `settings` is not
// looked at. The test fails when the source cannot be made.
struct played played_start(const struct fake_answer *script, size_t count, struct source_settings settings, const char *path);
void played_finish(struct played *played);

// Asks one query; the caller finishes the answer. The test fails when the run itself fails.
struct answer played_ask(struct source *source, const struct query *query, int64_t deadline_ms);

void has_text(const char *text, const char *part); // the test fails when the part is not in the text

#endif
