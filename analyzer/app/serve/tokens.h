// SPDX-License-Identifier: GPL-3.0-or-later
// Bearer tokens. A token is NAME.SECRET, where SECRET is 256 random bits; the file keeps NAME ROLE sha256:SALT:HEX, one a line, where
// HEX is SHA-256 of SALT followed by the token. With so many random bits a slow hash would add nothing.
// The same name on several lines means several tokens, so that one can be replaced by another without a gap.
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
    struct allowance requests; // of who looked it up
};

struct tokens;

// Reads a file. NULL with err (file and line): unreadable, open to be written by others, a malformed line, no token at all.
struct tokens *tokens_load(const char *path, struct error *err);
struct tokens *tokens_parse(struct view text, const char *path, struct error *err); // the same of a text
void tokens_destroy(struct tokens *tokens);                                         // fine with NULL

// Whether the file may have changed since it was read: looks at its status, at most once a second.
bool tokens_stale(struct tokens *tokens, int64_t now_mono_ms);

// NULL when the token is none of them. Takes as long for a wrong secret as for the right one.
struct token *tokens_find(struct tokens *tokens, struct view token);

// Makes a token and the line to put into the file, each without newline; the caller shows the token once. False with err for a name
// that is not 1 to 64 letters, digits, - or _.
bool token_make(const char *name, enum role role, struct buf *token, struct buf *line, struct error *err);

#endif
