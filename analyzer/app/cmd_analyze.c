// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "remote.h"

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    struct view text;
    struct analysis_options analysis = {.overrides = options->overrides,
                                        .recorded_dir = options->recorded_dir,
                                        .record_dir = options->record_dir,
                                        .deadline_ms = options->deadline_ms,
                                        .progress = progress_teller(),
                                        .warn = tell_warning,
                                        .interrupted = watch_interrupts()};
    if (!one_operand(options, &cmd_analyze)) return EXIT_USAGE;
    if (options->remote.server != NULL) return remote_analyze(options, arena);
    bool watch = options->looks.watch;
    if (!read_config_file(options->operands[0], arena, &text, &err) || (!watch && !window_end(options, &analysis.end_ms, &err))) {
        tell_error(&err);
        return exit_code_of(&err);
    }
    if (watch) return watch_command(text, options, &analysis, arena);
    findings_init(&findings, arena);
    json_t *result = analysis_run(text, options->operands[0], &analysis, arena, &findings, &err);
    int code = conclude(result, options, &findings, &err);
    if (result != NULL) tell_receivers(text, options, result, arena);
    json_decref(result);
    return code;
}

const struct command cmd_analyze = {
    .name = "analyze",
    .usage = "analyze CONFIG [OPTIONS] | analyze CONFIG|NAME --server URL [--wait] [OPTIONS]",
    .summary = "query both sides, judge them, print the report; the exit code is the verdict",
    .details = "CONFIG is a canary config (YAML or JSON) or a Kayenta canary config; - is standard input.\n"
               "With --watch the window begins at --start and every interval one look is taken: a fail ends it at once, a pass needs the\n"
               "whole window. The same command goes on after an interruption.\n",
    .options = OPTIONS_CONFIG | OPTIONS_WINDOW | OPTIONS_SOURCE | OPTIONS_OUTPUT | OPTIONS_WATCH | OPTIONS_LOOKS | OPTIONS_REMOTE |
               OPTIONS_REMOTE_START | OPTIONS_REMOTE_WAIT,
    .run = run,
};
