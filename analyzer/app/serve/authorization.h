// SPDX-License-Identifier: GPL-3.0-or-later
// What the header Authorization says. A token comes as Bearer or, of those who can only send a name and a password (browsers, hooks
// with the sign-in in their URL), as the password of Basic; the name is ignored, as a token has one of its own.
#ifndef SERVE_AUTHORIZATION_H
#define SERVE_AUTHORIZATION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/view.h"

// Whether it is of the scheme that browsers remember and send by themselves with every request. False for NULL.
bool authorization_is_basic(const char *text);

// The token in it, in the arena or in `text`. False for NULL, another scheme, and Basic that is not base64 of NAME:PASSWORD.
bool authorization_token(const char *text, struct arena *arena, struct view *ret_token);

#endif
