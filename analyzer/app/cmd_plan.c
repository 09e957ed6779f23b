// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>

#include "command.h"

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    struct view text;
    struct canary_config config;
    struct plan plan;
    struct buf out;
    int64_t end_ms;
    int code = EXIT_PASS;
    if (!one_operand(options, &cmd_plan)) return EXIT_USAGE;
    findings_init(&findings, arena);
    buf_init(&out, (size_t)64 << 20);
    if (!read_config_file(options->operands[0], arena, &text, &err) || !window_end(options, &end_ms, &err)) {
        tell_error(&err);
        code = exit_code_of(&err);
    } else if (!config_read(text, options->operands[0], &options->overrides, arena, &findings, &config)) {
        tell_findings(&findings);
        code = EXIT_USAGE;
    } else if (!plan_build(&config, end_ms, arena, &plan, &err)) {
        tell_error(&err);
        code = exit_code_of(&err);
    } else {
        plan_print(&plan, &out);
        fputs(buf_text(&out), stdout);
    }
    buf_finish(&out);
    findings_finish(&findings);
    return code;
}

const struct command cmd_plan = {
    .name = "plan",
    .usage = "plan CONFIG [OPTIONS]",
    .summary = "print every query of both sides with its times; nothing is sent",
    .details = "CONFIG is as for serin analyze.\n",
    .options = OPTIONS_CONFIG | OPTIONS_WINDOW,
    .run = run,
};
