// SPDX-License-Identifier: GPL-3.0-or-later
// What a webhook is sent: an event of Standard Webhooks, a CloudEvent, or a message for Slack and those that read the same.
#ifndef EXPORTERS_WEBHOOK_BODY_H
#define EXPORTERS_WEBHOOK_BODY_H

#include "analyzer/publish_config.h"
#include "run_digest.h"

const char *webhook_content_type(enum webhook_format format);

// Appends the body, one line. False when it does not fit.
bool webhook_body(struct buf *out, struct run_digest *digest, enum webhook_format format, struct error *err);

#endif
