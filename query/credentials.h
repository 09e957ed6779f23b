// SPDX-License-Identifier: GPL-3.0-or-later
// How requests to a source say who asks: headers, user and password, tokens, signatures, certificates. Secrets come from files and are
// looked at again for each request.
#ifndef QUERY_CREDENTIALS_H
#define QUERY_CREDENTIALS_H

#include "source_ops.h"
#include "token.h"

struct credentials {
    const struct source_settings *settings;
    struct secret password, bearer, aws_secret, aws_session;
    struct secret *header_files; // settings->header_file_count of them
    struct token token;
    char *aws_sigv4;             // NULL: no signature
    struct http_header *headers; // Content-Type first, so that a request without a body can leave it out
    size_t header_count;
};

// Whether the settings can go together; sends and reads nothing.
bool credentials_check(const struct source_settings *settings, struct error *err);

void credentials_init(struct credentials *credentials, const struct source_settings *settings);
void credentials_finish(struct credentials *credentials);

// Reads secret files that have changed; tells the source of those that everybody can read.
bool credentials_refresh(struct credentials *credentials, struct source *source, struct error *err);

// Fills in what the request says about who asks, and how TLS and proxies are used. Borrows from the credentials until they are
// refreshed again.
void credentials_apply(const struct credentials *credentials, struct http_request *request);

// The same for the request of a token, which goes to another server: neither headers nor certificate of the source go there.
bool credentials_token_request(struct credentials *credentials, struct buf *body, struct http_request *ret, struct error *err);

#endif
