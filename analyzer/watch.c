// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analysis_look.h"
#include "analyzer/run_archive.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "base/mem.h"
#include "base/timetext.h"
#include "run_record.h"
#include "watch_course.h"
#include "watch_look.h"

#define RECORD_NAME "watch.json"

struct watch {
    const struct watch_options *options;
    struct watch_course course;
    struct view text; // of the config
    struct plan_answers answers;
    struct arena *arena;
    const char *state_path;  // NULL: not kept
    const char *record_path; // state beside the recorded looks; NULL: not recorded, or the same file
    struct file_lock lock;   // of the state
    bool resumed;            // there were looks before this call
    struct error *err;
};

static void watch_finish(struct watch *w) {
    file_lock_drop(&w->lock);
    plan_answers_finish(&w->answers);
    look_state_finish(&w->course.state);
}

__attribute__((format(printf, 2, 3))) static void say(const struct watch *w, const char *format, ...) {
    char text[512];
    va_list args;
    if (w->options->say == NULL) return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    w->options->say(w->options->user, text);
}

__attribute__((format(printf, 2, 3))) static void warn(const struct watch *w, const char *format, ...) {
    char text[1024];
    va_list args;
    if (w->options->analysis.warn == NULL) return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    w->options->analysis.warn(w->options->analysis.user, text);
}

static int64_t now_ms(const struct watch *w) {
    return w->options->clock.now_ms(w->options->clock.user);
}

// A name that is safe in a path.
static const char *file_name(struct arena *arena, const char *canary, const char *id) {
    char *name = arena_printf(arena, "%.100s-%s.json", canary, id);
    for (char *c = name; *c != '\0'; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("-._", *c) != NULL;
        if (!plain) *c = '_';
    }
    if (name[0] == '.') name[0] = '_';
    return name;
}

static void choose_paths(struct watch *w) {
    const struct watch_options *o = w->options;
    const char *record = o->analysis.record_dir != NULL ? arena_printf(w->arena, "%s/%s", o->analysis.record_dir, RECORD_NAME) : NULL;
    char id[17];
    if (o->state_file != NULL) {
        w->state_path = o->state_file;
        w->record_path = record;
    } else if (record != NULL) {
        w->state_path = record;
    } else if (o->state_dir != NULL) {
        look_state_id(&w->course.state, o->start_ms, id);
        w->state_path = arena_printf(w->arena, "%s/%s", o->state_dir, file_name(w->arena, w->course.state.canary, id));
    }
}

static bool is_named(const struct watch_options *o) {
    return o->state_file != NULL || o->analysis.record_dir != NULL || o->start_ms != INT64_MIN;
}

static bool make_schedule(struct watch *w) {
    return watch_course_schedule(&w->course, w->state_path, w->err);
}

static bool check_start(const struct watch *w) {
    if (w->options->start_ms == INT64_MIN || w->options->start_ms == w->course.state.start_ms) return true;
    struct buf time;
    buf_init(&time, 64);
    time_format(&time, w->course.state.start_ms);
    error_set(w->err, ERROR_CONFIG, "%s is the state of a watch that began at %s; give that start or another state file", w->state_path,
              buf_text(&time));
    buf_finish(&time);
    return false;
}

// Of a watch that nobody named, only one that still has looks before it is meant.
static bool is_over(struct watch *w) {
    return w->course.state.result != NULL || now_ms(w) > watch_course_due_ms(&w->course, w->course.schedule.planned) +
                                                             (int64_t)w->course.schedule.every * w->course.schedule.step_ms;
}

static void begin_anew(struct watch *w) {
    look_state_finish(&w->course.state);
    look_state_init(&w->course.state, w->course.config, &w->options->analysis.overrides);
    w->course.state.start_ms = w->options->start_ms != INT64_MIN ? w->options->start_ms : now_ms(w);
    w->course.state.settle_ms = w->options->settle_ms;
}

// Takes up the state there is, or begins a new one.
static bool open_state(struct watch *w) {
    bool found = false;
    if (w->state_path != NULL && !look_state_read(&w->course.state, w->state_path, &found, w->err)) return false;
    if (found && (!check_start(w) || !make_schedule(w))) return false;
    w->resumed = found && (is_named(w->options) || !is_over(w));
    if (w->resumed) return true;
    begin_anew(w);
    return make_schedule(w);
}

// What cannot be kept, as err says. A state that nobody asked for is no reason to refuse the watch.
static bool cannot_keep(struct watch *w, const struct error *err) {
    bool own = w->options->state_file != NULL || w->options->analysis.record_dir != NULL;
    if (own) return error_set(w->err, err->code, "%s", err->text);
    warn(w, "the state of the watch is not kept: %s", err->text);
    w->state_path = NULL;
    return true;
}

// Two that go on with one watch would each spend the whole chance of a false fail, and lose the other's looks.
static bool claim(struct watch *w) {
    const struct watch_options *o = w->options;
    const char *dir = o->state_file != NULL ? NULL : o->analysis.record_dir != NULL ? o->analysis.record_dir : o->state_dir;
    long holder;
    struct error err;
    if (w->state_path == NULL) return true;
    const char *lock = arena_printf(w->arena, "%s.lock", w->state_path);
    if ((dir != NULL && !file_make_dir(dir, &err)) || !file_lock_take(&w->lock, lock, &holder, &err)) return cannot_keep(w, &err);
    if (holder == 0) return true;
    return error_set(w->err, ERROR_USAGE,
                     "%s: another serin (process %ld) goes on with this watch; wait for it, or give another start or state file",
                     w->state_path, holder);
}

// As open_state(), for this call alone unless the watch has ended. What the state says is read again then: another call may have gone
// on with it before this one could claim it.
static bool open_own_state(struct watch *w) {
    if (!open_state(w)) return false;
    if (w->course.state.result != NULL) return true;
    if (!claim(w)) return false;
    look_state_finish(&w->course.state);
    look_state_init(&w->course.state, w->course.config, &w->options->analysis.overrides);
    return open_state(w);
}

static bool save_first(struct watch *w) {
    struct error err;
    if (w->state_path == NULL || look_state_write(&w->course.state, w->state_path, &err)) return true;
    return cannot_keep(w, &err);
}

static bool save_record(struct watch *w) {
    const char *dir = w->options->analysis.record_dir;
    if (dir == NULL) return true;
    if (w->resumed && w->record_path != NULL && access(w->record_path, F_OK) != 0) {
        return error_set(w->err, ERROR_IO, "%s: the looks before this one were not recorded here; give the directory they are in, or none",
                         dir);
    }
    struct analysis_options options = w->options->analysis;
    options.end_ms = look_schedule_horizon_ms(&w->course.schedule);
    if (!w->resumed && !run_record_write(dir, w->text, w->course.config->file, w->course.config->judge.priors, &options, w->err))
        return false;
    return w->record_path == NULL || look_state_write(&w->course.state, w->record_path, w->err);
}

// A look that was taken must not be lost with a full disk: the verdict does not need the file.
static void save(struct watch *w) {
    const char *const paths[] = {w->state_path, w->record_path};
    struct error err;
    for (size_t i = 0; i < 2; i++) {
        if (paths[i] != NULL && !look_state_write(&w->course.state, paths[i], &err))
            warn(w, "the state of the watch is not kept: %s", err.text);
    }
}

static const char *look_dir(struct arena *arena, const char *dir, size_t number, size_t attempt) {
    char name[RUN_ARCHIVE_NAME];
    if (dir == NULL) return NULL;
    run_archive_look_name(number, attempt, name);
    return arena_printf(arena, "%s/%s", dir, name);
}

// Judges what is there at a look and adds it to the state.
static json_t *take_look(struct watch *w, const struct course_look *look, const char *record_dir) {
    struct arena arena = {0};
    struct plan plan;
    struct analysis_options options = w->options->analysis;
    json_t *result = NULL;
    options.record_dir = look_dir(&arena, record_dir, look->number, look->attempt);
    if (watch_course_plan(&w->course, look, &arena, &plan, w->err)) result = analysis_look(&plan, &w->answers, &options, &arena, w->err);
    if (result != NULL) watch_course_take(&w->course, look, result);
    arena_finish(&arena);
    return result;
}

static bool interrupted(const struct watch *w) {
    return w->options->analysis.interrupted != NULL && *w->options->analysis.interrupted != 0;
}

static bool sleep_until(const struct watch *w, int64_t wall_ms) {
    bool awake = !interrupted(w);
    while (awake && now_ms(w) < wall_ms) awake = w->options->clock.sleep_until(w->options->clock.user, wall_ms) && !interrupted(w);
    if (awake) return true;
    if (w->state_path == NULL) return error_set(w->err, ERROR_CANCELLED, "interrupted");
    return error_set(w->err, ERROR_CANCELLED, "interrupted; the same command goes on with the looks in %s", w->state_path);
}

static void say_next(const struct watch *w, const struct course_look *look) {
    struct buf time;
    buf_init(&time, 64);
    time_format(&time, look->due_ms);
    say(w, "look %zu of %zu at %s", look->number, w->course.schedule.planned, buf_text(&time));
    buf_finish(&time);
}

static bool wait_for_look(struct watch *w, struct course_look *ret) {
    const struct look_entry *last = watch_course_last(&w->course);
    size_t first = last != NULL ? last->number + 1 : 1, planned = w->course.schedule.planned;
    struct course_look look = watch_course_next(&w->course, now_ms(w));
    if (look.due_ms > now_ms(w) && (last == NULL || look.attempt > 1)) say_next(w, &look); // else the look before has told it
    if (!sleep_until(w, look.due_ms)) return false;
    watch_course_catch_up(&w->course, now_ms(w), &look);
    if (look.number == first + 1) warn(w, "look %zu of %zu is missed: its time had passed", first, planned);
    if (look.number > first + 1) warn(w, "looks %zu to %zu of %zu are missed: their time had passed", first, look.number - 1, planned);
    *ret = look;
    return true;
}

static const char *first_reason(const json_t *result) {
    const char *text = json_string_value(json_array_get(json_object_get(result, "reasons"), 0));
    return text != NULL ? text : "";
}

static void tell_look(struct watch *w, const json_t *result) {
    const struct look_entry *entry = watch_course_last(&w->course);
    if (entry->outcome != LOOK_JUDGED) {
        warn(w, "look %zu of %zu is skipped: %s", entry->number, w->course.schedule.planned, first_reason(result));
    }
    say(w, "%s", watch_text(result));
}

// Takes looks until one ends the watch.
static json_t *look_on(struct watch *w) {
    for (;;) {
        struct course_look look;
        if (!wait_for_look(w, &look)) return NULL;
        json_t *result = take_look(w, &look, w->options->analysis.record_dir);
        if (result == NULL) return NULL;
        bool final = watch_course_is_final(&w->course, result);
        if (final) w->course.state.result = json_incref(result);
        save(w);
        tell_look(w, result);
        if (w->course.failed >= w->options->max_failed)
            warn(w, "%zu look%s in a row failed, so the watch gives up", w->course.failed, w->course.failed == 1 ? "" : "s");
        if (final || w->course.failed >= w->options->max_failed) return result;
        if (w->options->look != NULL) w->options->look(w->options->user, result);
        json_decref(result);
    }
}

static json_t *verdict_again(const struct watch *w) {
    say(w, "the watch has ended already; this is its verdict");
    return json_incref(w->course.state.result);
}

static json_t *begin_looks(struct watch *w) {
    const char *recorded_dir = w->options->analysis.recorded_dir;
    if (!save_record(w) || !save_first(w) || !plan_answers_open(&w->answers, w->course.config, recorded_dir, w->err)) return NULL;
    if (w->resumed) say(w, "goes on with the watch in %s", w->state_path);
    return look_on(w);
}

json_t *watch_run(struct view text, const char *file, const struct watch_options *options, struct arena *arena, struct findings *findings,
                  struct error *err) {
    struct watch w = {.options = options, .text = text, .arena = arena, .lock = FILE_LOCK_NONE, .err = err};
    json_t *result = NULL;
    w.course.config = analysis_config(text, file, &options->analysis.overrides, arena, findings, err);
    if (w.course.config == NULL) return NULL;
    look_state_init(&w.course.state, w.course.config, &options->analysis.overrides);
    choose_paths(&w);
    if (open_own_state(&w)) result = w.course.state.result != NULL ? verdict_again(&w) : begin_looks(&w);
    watch_finish(&w);
    return result;
}

bool watch_recorded(const char *dir) {
    struct arena arena = {0};
    bool there = access(arena_printf(&arena, "%s/%s", dir, RECORD_NAME), F_OK) == 0;
    arena_finish(&arena);
    return there;
}

// A service may not have kept the answers to every look. What such a look spent, and how it ended, the state says.
static bool take_over_lost(struct watch *w, const struct look_entry *entry, const char *from) {
    struct look_entry copy = *entry;
    if (access(from, F_OK) == 0) return false;
    warn(w, "look %zu cannot be judged again, as %s is not there; it counts as watch.json says", entry->number, from);
    copy.classes = entry->classes != NULL ? mem_strdup(entry->classes) : NULL;
    look_state_add(&w->course.state, &copy);
    w->course.failed = entry->outcome == LOOK_FAILED ? w->course.failed + 1 : 0;
    return true;
}

// Looks again at all looks of a state.
static json_t *replay_looks(struct watch *w, const char *dir, const struct look_state *recorded) {
    json_t *result = NULL;
    bool open = false, lost = false;
    for (size_t i = 0; i < recorded->count; i++) {
        const struct look_entry *entry = &recorded->entries[i];
        const char *from = look_dir(w->arena, dir, entry->number, entry->attempt);
        lost = take_over_lost(w, entry, from);
        if (lost) continue;
        if (result != NULL && w->options->look != NULL) w->options->look(w->options->user, result);
        json_decref(result);
        bool opened = open ? plan_answers_reopen(&w->answers, w->course.config, from, w->err)
                           : plan_answers_open(&w->answers, w->course.config, from, w->err);
        open = true;
        struct course_look look = {.number = entry->number, .attempt = entry->attempt};
        result = opened ? take_look(w, &look, NULL) : NULL;
        if (result == NULL) return NULL;
    }
    if (result != NULL && !lost) return result;
    json_decref(result);
    error_set(w->err, ERROR_DATA, "%s/%s: the answers to the last look are not there, so it cannot be judged again", dir, RECORD_NAME);
    return NULL;
}

json_t *watch_replay(const char *dir, const struct watch_options *options, struct arena *arena, struct findings *findings,
                     struct error *err) {
    struct watch_options own = {.analysis.warn = options->analysis.warn, .look = options->look, .user = options->user};
    struct watch w = {.options = &own, .arena = arena, .lock = FILE_LOCK_NONE, .err = err};
    struct look_state recorded = {0};
    const char *file, *path = arena_printf(arena, "%s/%s", dir, RECORD_NAME);
    json_t *result = NULL;
    bool found;
    if (!run_record_read(dir, arena, &w.text, &file, &own.analysis, err)) return NULL;
    w.course.config = analysis_config(w.text, file, &own.analysis.overrides, arena, findings, err);
    if (w.course.config == NULL) return NULL;
    look_state_init(&recorded, w.course.config, &own.analysis.overrides);
    look_state_init(&w.course.state, w.course.config, &own.analysis.overrides);
    w.state_path = path;
    w.course.once = own.analysis.once;
    if (look_state_read(&recorded, path, &found, err)) {
        w.course.state.start_ms = recorded.start_ms;
        w.course.state.settle_ms = recorded.settle_ms;
        if (make_schedule(&w)) result = replay_looks(&w, dir, &recorded);
    }
    look_state_finish(&recorded);
    watch_finish(&w);
    return result;
}
