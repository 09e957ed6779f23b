// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/authorization.h"

#include <nettle/base64.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static const char bearer[] = "Bearer ", basic[] = "Basic ";

// What follows the name of the scheme; NULL when it is another one.
static const char *after_scheme(const char *text, const char *scheme) {
    size_t len = strlen(scheme);
    if (text == NULL || strncasecmp(text, scheme, len) != 0) return NULL;
    return text + len + strspn(text + len, " ");
}

bool authorization_is_basic(const char *text) {
    return after_scheme(text, basic) != NULL;
}

static bool read_password(const char *text, struct arena *arena, struct view *ret_token) {
    struct base64_decode_ctx state;
    size_t text_len = strlen(text), len = BASE64_DECODE_LENGTH(text_len);
    char *pair = arena_alloc(arena, len + 1);
    base64_decode_init(&state);
    if (base64_decode_update(&state, &len, (uint8_t *)pair, text_len, text) == 0 || base64_decode_final(&state) == 0) return false;
    const char *colon = memchr(pair, ':', len);
    if (colon == NULL) return false;
    *ret_token = (struct view){colon + 1, len - (size_t)(colon + 1 - pair)};
    return true;
}

bool authorization_token(const char *text, struct arena *arena, struct view *ret_token) {
    const char *token = after_scheme(text, bearer), *pair = after_scheme(text, basic);
    if (token != NULL) *ret_token = view_of(token);
    return token != NULL || (pair != NULL && read_password(pair, arena, ret_token));
}
