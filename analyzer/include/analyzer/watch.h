// SPDX-License-Identifier: GPL-3.0-or-later
// Several looks at one window while it fills. The window begins at a start and ends at its horizon; every interval one look judges what
// is there so far, at a level that lets all looks together fail a good canary no more often than a single one would. A fail is final
// at once, a pass is given at the horizon only. A look whose source fails or whose guard is broken is skipped and spends nothing.
//
// The state of a watch is a file, so that the same call goes on where a killed one was: looks that counted are kept, and those whose
// time has passed are missed, never made up for.
#ifndef ANALYZER_WATCH_H
#define ANALYZER_WATCH_H

#include "analyzer/analysis.h"

struct watch_clock { // wall time, so that tests need not wait
    int64_t (*now_ms)(void *user);
    bool (*sleep_until)(void *user, int64_t wall_ms); // may return early; false: interrupted
    void *user;
};

struct watch_options {
    struct analysis_options analysis; // end_ms is not used; record_dir gets a directory a look, and the state
    struct watch_clock clock;
    int64_t start_ms;       // of the window, warm-up included; INT64_MIN: now
    int64_t settle_ms;      // a look waits that long for late samples
    size_t max_failed;      // looks in a row whose source failed, after which the watch gives up
    const char *state_file; // NULL: watch.json in the record directory, else a file in state_dir
    const char *state_dir;  // NULL: no state is kept without a file
    // Called with the document of each look but the one that watch_run() returns. May be NULL.
    void (*look)(void *user, const json_t *result);
    void (*say)(void *user, const char *text); // how it goes, a line each; may be NULL
    void *user;                                // for both
};

#define WATCH_MAX_FAILED 3

// Looks until the canary fails or the window ends. Returns the document of the last look, which the caller releases; its verdict is
// "error" when the watch gave up. NULL with err as of analysis_run(), and ERROR_CANCELLED when interrupted: then the state is kept.
//
// A watch that has ended gives its document again, without looking, when the caller names it: by state_file, record_dir or start_ms.
// Without any of these one that has ended, or whose window is over, makes room for a new one.
json_t *watch_run(struct view text, const char *file, const struct watch_options *options, struct arena *arena, struct findings *findings,
                  struct error *err);

bool watch_recorded(const char *dir); // whether the directory holds a recorded watch

// Judges all recorded looks again; documents are the same bytes. A look whose answers are missing counts as the state says, with a
// warning. Of the options look, warn and their users are used.
json_t *watch_replay(const char *dir, const struct watch_options *options, struct arena *arena, struct findings *findings,
                     struct error *err);

#endif
