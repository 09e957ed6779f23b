// SPDX-License-Identifier: GPL-3.0-or-later
// serin analyze --watch: the clock, the place of the state, and where looks are told.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/watch.h"
#include "base/timetext.h"
#include "command.h"

#define NAP_MS INT64_C(200) // how late an interruption or a clock that was set may be seen

static int64_t now(void *user) {
    (void)user;
    return wall_now_ms();
}

static bool nap(void *user, int64_t wall_ms) {
    (void)user;
    int64_t left = wall_ms - wall_now_ms();
    if (left > NAP_MS) left = NAP_MS;
    if (left > 0) nanosleep(&(struct timespec){.tv_nsec = (long)left * 1000000}, NULL);
    return true; // watch_run() looks for the interruption
}

static void show_line(void *user, const char *text) {
    (void)user;
    fprintf(stderr, "%s\n", text);
}

static void show_look(void *user, const json_t *result) {
    publish_look(result, user);
}

// NULL without a home.
static const char *state_dir(struct arena *arena) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state != NULL && state[0] == '/') return arena_printf(arena, "%s/serin", state);
    return home != NULL && home[0] == '/' ? arena_printf(arena, "%s/.local/state/serin", home) : NULL;
}

int watch_command(struct view text, const struct options *options, const struct analysis_options *analysis, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    struct options own = *options;
    struct watch_options watch = {.analysis = *analysis,
                                  .clock = {now, nap, NULL},
                                  .start_ms = options->start_ms,
                                  .settle_ms = SETTLE_MS,
                                  .max_failed = options->looks.max_failed > 0 ? options->looks.max_failed : WATCH_MAX_FAILED,
                                  .state_file = options->looks.state_file,
                                  .state_dir = state_dir(arena),
                                  .look = show_look,
                                  .say = isatty(STDERR_FILENO) ? show_line : NULL,
                                  .user = &own};
    findings_init(&findings, arena);
    json_t *result = watch_run(text, options->operands[0], &watch, arena, &findings, &err);
    int code = conclude(result, options, &findings, &err);
    if (result != NULL) tell_receivers(text, options, result, arena);
    json_decref(result);
    return code;
}
