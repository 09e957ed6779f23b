// SPDX-License-Identifier: GPL-3.0-or-later
// How a request reaches a receiver of the publish block: its URL, headers, and who asks. Secrets are read from their files when the
// receiver is opened and wiped when it is closed.
#ifndef EXPORTERS_RECEIVER_H
#define EXPORTERS_RECEIVER_H

#include "analyzer/publish_config.h"
#include "base/http.h"
#include "query/secret.h"

struct receiver {
    const struct publish_target *target;
    struct secret url, password, bearer;
    struct secret *signing; // target->secret_files.count of them
};

// False with err when a file cannot be read, or holds no URL where there must be one; the receiver is to be closed all the same.
bool receiver_open(struct receiver *receiver, const struct publish_target *target, struct error *err);
void receiver_close(struct receiver *receiver); // fine with zeroes

const char *receiver_url(const struct receiver *receiver);

// A path that every user of the machine can read although a secret is in it; NULL: none.
const char *receiver_open_secret(const struct receiver *receiver);

// Fills in URL and sign-in of the request. Its headers become `own` and the target's; the list is in the arena.
void receiver_apply(const struct receiver *receiver, const struct http_header *own, size_t count, struct arena *arena,
                    struct http_request *request);

#endif
