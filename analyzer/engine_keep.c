// SPDX-License-Identifier: GPL-3.0-or-later
// Keeping the answers to a look in the archive: on a worker and after the look is published, so that it delays no verdict.
#include <string.h>

#include "engine_private.h"
#include "look_record.h"

#define MOST_LOOK_BYTES ((size_t)8 << 20)
#define MOST_RUN_BYTES ((size_t)24 << 20) // config, options and priors: at most 8 MiB each

static bool keep_run(const struct look_run *run, struct error *err) {
    const struct running *r = run->running;
    struct run_archive *archive = run->engine->options.archive;
    struct analysis_options options = {
        .overrides = run->request.overrides, .end_ms = look_schedule_horizon_ms(&run->course.schedule), .once = r->once};
    struct buf out;
    if (run_archive_holds(archive, r->id, "run")) return true;
    buf_init(&out, MOST_RUN_BYTES);
    look_record_add_run(&out, run->config->config, (struct view){r->text->text, r->text->len}, &options, run->now_ms);
    bool ok = out.failed ? error_set(err, ERROR_LIMIT, "the config is too large")
                         : run_archive_keep(archive, r->id, "run", (struct view){buf_text(&out), out.len}, err);
    buf_finish(&out);
    return ok;
}

static bool keep_look(const struct look_run *run, struct error *err) {
    char name[RUN_ARCHIVE_NAME];
    struct buf out;
    run_archive_look_name(run->at.number, run->at.attempt, name);
    buf_init(&out, MOST_LOOK_BYTES);
    bool ok = look_record_add(&out, name, &run->answers, run->now_ms, err) &&
              run_archive_keep(run->engine->options.archive, run->running->id, name, (struct view){buf_text(&out), out.len}, err);
    buf_finish(&out);
    return ok;
}

static bool is_being_kept(const struct engine *e, const char *id) {
    for (const struct look_run *run = e->at_work; run != NULL; run = run->older) {
        if (run->judged && strcmp(run->running->id, id) == 0) return true;
    }
    return false;
}

void engine_await_kept(struct engine *e, const char *id) {
    pthread_mutex_lock(&e->lock);
    while (is_being_kept(e, id)) pthread_cond_wait(&e->wrapped_up, &e->lock);
    pthread_mutex_unlock(&e->lock);
}

void engine_keep_look(const struct look_run *run) {
    struct engine *e = run->engine;
    struct error err;
    if (e->options.archive == NULL || !run->judged || (keep_run(run, &err) && keep_look(run, &err))) return;
    engine_say(e, run->running->canary, run->running->id, "the answers to look %zu are not kept: %s", run->at.number, err.text);
}
