// SPDX-License-Identifier: GPL-3.0-or-later
// How the answers to a look are kept: while it is judged and before the store has its verdict, so that a service that is killed leaves no
// verdict without them. What cannot be kept holds up no look.
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
    look_record_add_run(&out, run->config->config, (struct view){r->text->text, r->text->len}, &options, engine_now_ms(run->engine));
    bool ok = out.failed ? error_set(err, ERROR_LIMIT, "the config is too large")
                         : run_archive_keep(archive, r->id, "run", (struct view){buf_text(&out), out.len}, err);
    buf_finish(&out);
    return ok;
}

static bool keep_look(struct look_run *run, const char *name, struct view entries, struct error *err) {
    run->kept = keep_run(run, err) && run_archive_keep(run->engine->options.archive, run->running->id, name, entries, err);
    return run->kept;
}

// A full disk concerns every look: it is told once, and that it is over. Those that were too large by themselves are told one by one.
static void tell_not_kept(struct look_run *run, const struct error *err, bool by_itself) {
    struct engine *e = run->engine;
    pthread_mutex_lock(&e->lock);
    e->counts.evidence_lost++;
    bool tell = by_itself || e->kept_none == 0;
    if (!by_itself) e->kept_none++;
    pthread_mutex_unlock(&e->lock);
    if (tell)
        engine_say(e, run->running->canary, run->running->id, "the answers to look %zu are not kept%s: %s", run->at.number,
                   by_itself ? "" : ", nor those to further looks", err->text);
}

static void tell_kept(struct look_run *run) {
    struct engine *e = run->engine;
    pthread_mutex_lock(&e->lock);
    uint64_t none = e->kept_none;
    e->kept_none = 0;
    pthread_mutex_unlock(&e->lock);
    if (none > 0)
        engine_say(e, run->running->canary, run->running->id, "answers are kept again, those to %llu look%s were not",
                   (unsigned long long)none, none == 1 ? "" : "s");
}

void engine_keep_look(struct look_run *run) {
    char name[RUN_ARCHIVE_NAME];
    struct error err;
    struct buf out;
    if (run->engine->options.archive == NULL) return;
    run_archive_look_name(run->at.number, run->at.attempt, name);
    buf_init(&out, MOST_LOOK_BYTES);
    if (!look_record_add(&out, name, &run->answers, engine_now_ms(run->engine), &err)) {
        tell_not_kept(run, &err, true);
    } else if (!keep_look(run, name, (struct view){buf_text(&out), out.len}, &err)) {
        tell_not_kept(run, &err, false);
    } else {
        tell_kept(run);
    }
    buf_finish(&out);
}

void engine_drop_kept(struct look_run *run) {
    char name[RUN_ARCHIVE_NAME];
    if (!run->kept) return;
    run_archive_look_name(run->at.number, run->at.attempt, name);
    run_archive_drop(run->engine->options.archive, run->running->id, name);
    run->kept = false;
}
