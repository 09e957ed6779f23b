// SPDX-License-Identifier: GPL-3.0-or-later
#include "look.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/timetext.h"

static void on_over(void *user, bool ok, const struct error *err) {
    struct look *look = user;
    assert_false(look->over);
    look->over = true;
    look->ok = ok;
    look->err = *err;
    if (look->order != NULL) look->place = (*look->order)++;
}

void look_add(struct look *look, const struct played *server, const char *expr, int64_t end_ms) {
    look->jobs[look->count++] =
        (struct fetch_job){.source = server->source, .query = {.expr = expr, .mode = QUERY_INSTANT, .end_ms = end_ms}};
}

void look_submit(struct fetcher *fetcher, struct look *look, const struct fetch_options *options) {
    look->batch = fetcher_submit(fetcher, look->jobs, look->count, options, on_over, look);
}

void look_run(struct fetcher *fetcher, struct look *look) {
    int64_t until = FAR;
    while (!look->over && mono_now_ms() < until) fetcher_step(fetcher, until);
    assert_true(look->over);
}

void has_value(const struct fetch_job *job, bool shared) {
    if (job->answer.result.outcome != DECODE_OK) fail_msg("%s", job->answer.result.err.text);
    assert_true(job->answer.set.items[0].value[0] == 2.385);
    assert_int_equal(job->answer.shared, shared);
}

void look_finish(struct look *look) {
    for (size_t i = 0; i < look->count; i++) answer_finish(&look->jobs[i].answer);
}
