// SPDX-License-Identifier: GPL-3.0-or-later
// The alerts of a run for Alertmanager's API v2. Labels say which alert it is and stay the same from run to run; every number is in
// an annotation.
//
//   CanaryFailed        severity page: the verdict is fail
//   CanaryMetricFailed  one for each metric that made it fail: page when it is critical, else ticket
//   CanaryUndecided     severity ticket: the verdict is inconclusive or error
//
// The label failure_type is "regression" for the first two and "no_verdict" for the last, `group` what the target says.
//
// pass and marginal resolve all of them; inconclusive and error leave those of a failure to end by themselves.
#ifndef EXPORTERS_ALERT_LIST_H
#define EXPORTERS_ALERT_LIST_H

#include "analyzer/publish_config.h"
#include "run_digest.h"

enum { ALERT_LIST_MOST = 256 };

// At most ALERT_LIST_MOST alerts, firing ones first; *ret_omitted is how many metrics had no room. The caller releases the list.
json_t *alert_list(struct run_digest *digest, const struct publish_target *target, size_t *ret_omitted);

// Appends `count` alerts from the i-th on as the body of a request.
bool alert_list_body(struct buf *out, const json_t *alerts, size_t i, size_t count, struct error *err);

// "CanaryMetricFailed latency".
const char *alert_list_name(const json_t *alert, struct arena *arena);

#endif
