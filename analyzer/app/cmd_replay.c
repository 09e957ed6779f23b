// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    if (!one_operand(options, &cmd_replay)) return EXIT_USAGE;
    findings_init(&findings, arena);
    json_t *result = analysis_replay(options->operands[0], arena, &findings, &err);
    int code = result != NULL ? publish(result, options) : exit_code_of(&err);
    if (result == NULL) {
        tell_findings(&findings);
        tell_error(&err);
    }
    json_decref(result);
    findings_finish(&findings);
    return code;
}

const struct command cmd_replay = {
    .name = "replay",
    .usage = "replay DIR [OPTIONS]",
    .summary = "judge a recorded run again; gives the same bytes",
    .details = "DIR was written by serin analyze --record DIR.\n",
    .options = OPTIONS_OUTPUT,
    .run = run,
};
