// SPDX-License-Identifier: GPL-3.0-or-later
// What shells and man know of the program, made from the tables of commands and options. Pure.
#ifndef APP_COMPLETION_H
#define APP_COMPLETION_H

#include "command.h"

struct command_list {
    const struct command *const *items;
    size_t count;
};

struct command_list all_commands(void); // the table of main.c

// The script that completes commands, options and formats in "bash", "zsh" or "fish"; false for another shell.
bool completion_write(const char *shell, struct command_list commands, struct buf *out);

// The manual page, for man. `exit_codes` is the text that the help shows.
void manual_write(struct command_list commands, const char *exit_codes, struct buf *out);

#endif
