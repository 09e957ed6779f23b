// SPDX-License-Identifier: GPL-3.0-or-later
// One batch in a fetcher of its own.
#include "batch.h"

struct run {
    bool over, ok;
    struct error err;
};

static void on_over(void *user, bool ok, const struct error *err) {
    *(struct run *)user = (struct run){true, ok, *err};
}

bool fetch_run(struct fetch_job *jobs, size_t count, const struct fetch_options *options, struct error *err) {
    struct fetcher *fetcher = fetcher_create_alone(options != NULL ? options->client : NULL);
    struct run run = {0};
    fetcher_submit(fetcher, jobs, count, options, on_over, &run);
    while (!run.over) fetcher_step(fetcher, INT64_MAX);
    fetcher_destroy(fetcher);
    if (!run.ok && err != NULL) *err = run.err;
    return run.ok;
}
