// SPDX-License-Identifier: GPL-3.0-or-later
// What a webhook is sent: an event of Standard Webhooks, a CloudEvent, a CDEvent, or a message for Slack and those that read the same.
#ifndef EXPORTERS_WEBHOOK_BODY_H
#define EXPORTERS_WEBHOOK_BODY_H

#include "analyzer/publish_config.h"
#include "base/http.h"
#include "run_digest.h"

enum { WEBHOOK_HEADERS = 8 };

// Appends the body, one line. False when it does not fit.
bool webhook_body(struct buf *out, struct run_digest *digest, const struct publish_target *target, struct error *err);

// The content type and what the format tells in headers; returns how many. Texts live as long as the digest.
size_t webhook_headers(struct run_digest *digest, enum webhook_format format, struct http_header ret_headers[WEBHOOK_HEADERS]);

// The value of a CloudEvents header: blanks, quotes, per cents and everything outside of printable ASCII are percent-encoded.
void webhook_header_encode(struct buf *out, struct view value);

#endif
