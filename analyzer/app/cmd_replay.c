// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/watch.h"
#include "command.h"
#include "unpacked_run.h"

static void show_look(void *user, const json_t *result) {
    publish_look(result, user);
}

static json_t *replay(const char *dir, const struct options *options, struct arena *arena, struct findings *findings, struct error *err) {
    struct options own = *options;
    struct watch_options watch = {.analysis.warn = tell_warning, .look = show_look, .user = &own};
    return watch_recorded(dir) ? watch_replay(dir, &watch, arena, findings, err) : analysis_replay(dir, arena, findings, err);
}

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    if (!one_operand(options, &cmd_replay)) return EXIT_USAGE;
    findings_init(&findings, arena);
    const char *dir = options->operands[0], *unpacked = NULL;
    if (unpacked_run_is_file(dir)) dir = unpacked = unpacked_run_make(dir, arena, &err);
    json_t *result = dir != NULL ? replay(dir, options, arena, &findings, &err) : NULL;
    unpacked_run_delete(unpacked);
    int code = conclude(result, options, &findings, &err);
    json_decref(result);
    return code;
}

const struct command cmd_replay = {
    .name = "replay",
    .usage = "replay DIR|FILE [OPTIONS]",
    .summary = "judge a recorded run again; gives the same bytes",
    .details = "DIR was written by serin analyze --record DIR, with or without --watch. FILE is the evidence that a service gives of an\n"
               "analysis, a tar archive; - is standard input.\n",
    .options = OPTIONS_OUTPUT | OPTIONS_LOOKS,
    .run = run,
};
