// SPDX-License-Identifier: GPL-3.0-or-later
// An OAuth2 access token from client credentials (RFC 6749, sections 4.4 and 2.3.1): when one is wanted, how it is asked for, and what
// the answer means. Sends nothing itself; the clock is an argument.
#ifndef QUERY_TOKEN_H
#define QUERY_TOKEN_H

#include "base/http.h"
#include "query/source.h"
#include "secret.h"

struct token {
    const struct source_oauth2 *settings;
    struct secret client_secret;
    char *user, *password;   // of the request being built, percent-encoded
    char *text;              // NULL: none
    int64_t refresh_mono_ms; // when a new one is wanted; INT64_MAX when the server told no lifetime
    bool in_form;            // the server wants the client's id and secret in the form instead of in the header
    bool settled;            // it is known which of the two it wants
};

void token_init(struct token *token, const struct source_oauth2 *settings);
void token_finish(struct token *token);

bool token_wanted(const struct token *token, int64_t now_mono_ms);
void token_drop(struct token *token);

// Adds url, method, body and client authentication to a request. What *ret borrows stays valid until the next call.
bool token_request(struct token *token, struct buf *body, struct http_request *ret, struct error *err);

// Takes the token out of the answer. False with err when there is none; *ret_again when the other place for the client's secret
// is still to be tried.
bool token_answer(struct token *token, int http_status, struct view body, int64_t now_mono_ms, bool *ret_again, struct error *err);

#endif
