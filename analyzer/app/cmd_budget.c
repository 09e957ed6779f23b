// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    struct view text;
    struct analysis_options analysis = {.overrides = options->overrides,
                                        .budget = true,
                                        .suggest = options->suggest,
                                        .release_start_ms = options->release_start_ms,
                                        .recorded_dir = options->recorded_dir,
                                        .record_dir = options->record_dir,
                                        .deadline_ms = options->deadline_ms,
                                        .warn = tell_warning,
                                        .interrupted = watch_interrupts()};
    if (!one_operand(options, &cmd_budget)) return EXIT_USAGE;
    if (!read_config_file(options->operands[0], arena, &text, &err) || !window_end(options, &analysis.end_ms, &err)) {
        tell_error(&err);
        return exit_code_of(&err);
    }
    findings_init(&findings, arena);
    json_t *document = analysis_run(text, options->operands[0], &analysis, arena, &findings, &err);
    int code = conclude(document, options, &findings, &err);
    json_decref(document);
    return code;
}

const struct command cmd_budget = {
    .name = "budget",
    .usage = "budget CONFIG [OPTIONS]",
    .summary = "tell what is left of the error budgets, how fast they burn, and what a release has cost",
    .details = "CONFIG is a canary config with objectives. The exit code is 0 when every budget allows to go on, 5 when one does not, 4\n"
               "when it cannot be told.\n",
    .options = OPTIONS_CONFIG | OPTIONS_BUDGET | OPTIONS_SOURCE | OPTIONS_OUTPUT,
    .run = run,
};
