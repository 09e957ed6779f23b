// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote.h"

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    (void)arena;
    if (!one_operand(options, &cmd_wait)) return EXIT_USAGE;
    if (options->remote.server == NULL) {
        error_set(&err, ERROR_USAGE, "wait needs --server, the URL of a serin serve");
        tell_error(&err);
        return EXIT_USAGE;
    }
    struct remote *remote = remote_open(&options->remote, &err);
    if (remote == NULL) tell_error(&err);
    int code = remote != NULL ? remote_finish(remote, options->operands[0], options) : EXIT_USAGE;
    remote_close(remote);
    return code;
}

const struct command cmd_wait = {
    .name = "wait",
    .usage = "wait ID --server URL [OPTIONS]",
    .summary = "wait for the verdict of an analysis that a serin serve carries out; the exit code is the verdict",
    .details =
        "ID is what serin analyze --server printed. The report is that of serin analyze. A server that is away for less than a minute is\n"
        "waited for. Over --timeout the exit code is 4.\n",
    .options = OPTIONS_OUTPUT | OPTIONS_REMOTE | OPTIONS_REMOTE_WAIT,
    .run = run,
};
