// SPDX-License-Identifier: GPL-3.0-or-later
// The looks of one watch, one after another, without waiting and without files: which one is next, what it may spend, what its document
// means for those after it. A command that waits and a service that has a thousand of them go through the same course.
#ifndef ANALYZER_WATCH_COURSE_H
#define ANALYZER_WATCH_COURSE_H

#include "look_schedule.h"
#include "look_state.h"

struct watch_course {
    const struct canary_config *config; // borrowed
    bool once;                          // one look, at the end of the window; else as window.interval asks
    double lateness;                    // from 0 to below 1: the share of what a look may come late, see watch_course_due_ms()
    struct look_schedule schedule;
    struct look_state state; // finish it with look_state_finish()
    size_t failed;           // looks in a row whose source failed
};

struct course_look {
    size_t number, attempt; // from 1; more than one attempt only at the end of the window
    int64_t due_ms;
};

// Makes the schedule of a state that has its start. False with err (ERROR_CONFIG) as of look_schedule_make(); ERROR_DATA when the state,
// which is of `where`, holds looks that are not on it.
bool watch_course_schedule(struct watch_course *course, const char *where, struct error *err);

const struct look_entry *watch_course_last(const struct watch_course *course); // NULL before the first look

// The end of the look's data, time for late samples, and the lateness: the looks of many watches end at the same multiples of a step, and
// are better not taken at once. A look may be late by three quarters of a step and a minute; the last one, that somebody waits for, by no
// more than a tenth of the time for late samples. What it judges stays the same.
int64_t watch_course_due_ms(const struct watch_course *course, size_t number);

// The look to take next: the last of those that are due, else the first to come. Data of the whole window are there to stay, so at
// its end a look that failed is tried again, an interval later.
struct course_look watch_course_next(const struct watch_course *course, int64_t now_ms);

// Moves on to the last look that is due by now; those between are missed, never made up for.
void watch_course_catch_up(const struct watch_course *course, int64_t now_ms, struct course_look *look);

// The plan of a look, with the level that those before it leave to it. Lives in the arena.
bool watch_course_plan(const struct watch_course *course, const struct course_look *look, struct arena *arena, struct plan *ret, struct error *err);

// Adds a look to the state, by its document, and `looks` to the document.
void watch_course_take(struct watch_course *course, const struct course_look *look, json_t *result);

// Whether the document of the look taken last is the verdict of the watch.
bool watch_course_is_final(const struct watch_course *course, const json_t *result);

#endif
