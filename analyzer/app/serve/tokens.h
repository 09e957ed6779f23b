// SPDX-License-Identifier: GPL-3.0-or-later
// Bearer tokens. A token is NAME.SECRET, where SECRET is 256 random bits. The token file has a line NAME ROLE sha256:SALT:HEX for each,
// where HEX is SHA-256 of SALT followed by the token; with so many random bits a slow hash would add nothing. A name on several lines means
// several tokens, so that one can be replaced without a gap.
#ifndef SERVE_TOKENS_H
#define SERVE_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/view.h"
#include "serve/allowance.h"
#include "serve/role.h"

#define TOKEN_MOST_NAME 64
#define TOKEN_MOST_BYTES ((size_t)256)

struct token {
    const char *name;
    enum role role;
    const char *salt;
    char digest[65];
    struct allowance requests; // that its owner may still make
};

struct tokens;

// Reads a token file. NULL with err (file and line) when it is unreadable, writable by others, malformed, or has no token.
struct tokens *tokens_load(const char *path, struct error *err);
struct tokens *tokens_parse(struct view text, const char *path, struct error *err); // the same for a text
void tokens_destroy(struct tokens *tokens);                                         // fine with NULL

// Whether the file may have changed since it was read, by its status; that is looked at no more than once a second.
bool tokens_stale(struct tokens *tokens, int64_t now_mono_ms);

// NULL when the token is not among them. Takes as long for a wrong secret as for the right one.
struct token *tokens_find(struct tokens *tokens, struct view token);

// Makes a token, and the line for the token file, both without newline. False with err for a name that is not 1 to 64 letters, digits, -
// or _.
bool token_make(const char *name, enum role role, struct buf *token, struct buf *line, struct error *err);

#endif
