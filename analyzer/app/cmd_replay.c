// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/watch.h"
#include "command.h"

static void show_look(void *user, const json_t *result) {
    publish_look(result, user);
}

static json_t *replay(const struct options *options, struct arena *arena, struct findings *findings, struct error *err) {
    const char *dir = options->operands[0];
    struct options own = *options;
    struct watch_options watch = {.look = show_look, .user = &own};
    return watch_recorded(dir) ? watch_replay(dir, &watch, arena, findings, err) : analysis_replay(dir, arena, findings, err);
}

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    if (!one_operand(options, &cmd_replay)) return EXIT_USAGE;
    findings_init(&findings, arena);
    json_t *result = replay(options, arena, &findings, &err);
    int code = conclude(result, options, &findings, &err);
    json_decref(result);
    return code;
}

const struct command cmd_replay = {
    .name = "replay",
    .usage = "replay DIR [OPTIONS]",
    .summary = "judge a recorded run again; gives the same bytes",
    .details = "DIR was written by serin analyze --record DIR, with or without --watch.\n",
    .options = OPTIONS_OUTPUT | OPTIONS_LOOKS,
    .run = run,
};
