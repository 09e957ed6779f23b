// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>

#include "command.h"
#include "option.h"
#include "serve/tokens.h"

bool option_role(struct option_call *p, const char *value) {
    enum role role;
    p->options->role = value;
    return role_parse(view_of(value), &role) || option_bad(p, value, "read, run, gate or admin");
}

static bool make(const struct options *options, struct buf *token, struct buf *line, struct error *err) {
    enum role role = ROLE_READ;
    if (options->operand_count != 1) return error_set(err, ERROR_USAGE, "token takes one NAME; see serin token --help");
    if (options->role == NULL || !role_parse(view_of(options->role), &role))
        return error_set(err, ERROR_USAGE, "--role is missing: read, run, gate or admin");
    return token_make(options->operands[0], role, token, line, err);
}

static int run(const struct options *options, struct arena *arena) {
    struct buf token, line;
    struct error err;
    (void)arena;
    buf_init(&token, TOKEN_MOST_BYTES);
    buf_init(&line, 1024);
    bool ok = make(options, &token, &line, &err);
    if (ok) printf("%s\n%s\n", buf_text(&token), buf_text(&line));
    if (!ok) tell_error(&err);
    buf_finish(&token);
    buf_finish(&line);
    return ok ? EXIT_PASS : EXIT_USAGE;
}

const struct command cmd_token = {
    .name = "token",
    .usage = "token NAME --role ROLE",
    .summary = "make a token for serin serve, and the line of the token file that knows it",
    .details = "Prints two lines: the token, which is kept nowhere, and the line to append to the file that the key tokens names.\n"
               "The file holds only a salted hash. Several lines of one NAME are several tokens, so one can take over from another.\n",
    .options = OPTIONS_TOKEN,
    .run = run,
};
