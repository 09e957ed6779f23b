// SPDX-License-Identifier: GPL-3.0-or-later
// A batch of queries that a test gives to a fetcher, and what became of it.
#ifndef TESTS_QUERY_LOOK_H
#define TESTS_QUERY_LOOK_H

#include "played.h"
#include "query/fetcher.h"

#define FAR (mono_now_ms() + 20000) // a deadline that no test reaches

struct look { // zeroes are an empty one
    struct fetch_job jobs[2];
    struct fetch_batch *batch;
    size_t count;
    bool over, ok;
    struct error err;
    size_t place, *order; // among those that are over; a counter that they share
};

void look_add(struct look *look, const struct played *server, const char *expr, int64_t end_ms); // at most two
void look_submit(struct fetcher *fetcher, struct look *look, const struct fetch_options *options);
void look_run(struct fetcher *fetcher, struct look *look); // drives the fetcher until the look is over
void look_finish(struct look *look);

void has_value(const struct fetch_job *job, bool shared); // it was answered with PLAYED_VECTOR

#endif
