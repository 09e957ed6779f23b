// SPDX-License-Identifier: GPL-3.0-or-later
// Who changed what, kept in the store.
#ifndef API_AUDIT_H
#define API_AUDIT_H

#include "api/service.h"

// Adds a row and waits until it is committed, so only on a clerk or an envoy. `detail` may be NULL. False with err when the store fails.
bool audit_add(const struct service *service, const char *who, const char *action, const char *subject, const char *detail,
               struct error *err);

#endif
