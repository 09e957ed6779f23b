// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>

#include "completion.h"

static int run(const struct options *options, struct arena *arena) {
    struct buf out;
    struct error err = {0};
    (void)arena;
    buf_init(&out, (size_t)1 << 20);
    if (options->operand_count != 1) {
        error_set(&err, ERROR_USAGE, "completion takes one shell: bash, zsh or fish");
    } else if (!completion_write(options->operands[0], all_commands(), &out)) {
        error_set(&err, ERROR_USAGE, "expected bash, zsh or fish, found %s", options->operands[0]);
    } else {
        fputs(buf_text(&out), stdout);
        if (fflush(stdout) != 0) error_set(&err, ERROR_USAGE, "the script cannot be written");
    }
    if (err.code != ERROR_NONE) tell_error(&err);
    buf_finish(&out);
    return err.code == ERROR_NONE ? EXIT_PASS : EXIT_USAGE;
}

const struct command cmd_completion = {
    .name = "completion",
    .usage = "completion bash|zsh|fish",
    .summary = "write the script by which a shell completes commands and options",
    .details = "Where there is no package that installs it:\n\n"
               "  bash  . <(serin completion bash)          in ~/.bashrc\n"
               "  zsh   . <(serin completion zsh)           in ~/.zshrc, after compinit\n"
               "  fish  serin completion fish | source      in ~/.config/fish/config.fish\n",
    .options = 0,
    .run = run,
};
