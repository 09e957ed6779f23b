// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/audit.h"

#include "base/timetext.h"

bool audit_add(const struct service *service, const char *who, const char *action, const char *subject, const char *detail,
               struct error *err) {
    struct store_batch *batch = store_batch_create();
    struct store_audit row = {.at_ms = wall_now_ms(), .who = who, .action = action, .subject = subject, .detail = detail};
    struct store_outcome outcome = {0};
    store_batch_add_audit(batch, &row);
    if (store_submit_wait(service->store, batch, &outcome)) return true;
    *err = outcome.err;
    return false;
}
