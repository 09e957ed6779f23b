// SPDX-License-Identifier: GPL-3.0-or-later
// Signatures of Standard Webhooks 1.0: "v1," and the base64 of HMAC-SHA256 over id.timestamp.body. Pure.
#ifndef EXPORTERS_WEBHOOK_SIGN_H
#define EXPORTERS_WEBHOOK_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/view.h"

// Appends the signature, after a blank when there is something already: during a rotation a message carries one for each secret.
// False (ERROR_CONFIG) when the secret is not "whsec_" and the base64 of 24 to 64 bytes; the error does not hold it.
bool webhook_sign(struct buf *out, const char *secret, const char *id, int64_t time_s, struct view body, struct error *err);

#endif
