// SPDX-License-Identifier: GPL-3.0-or-later
// A verdict as the CDEvent testsuiterun.finished, the start of an analysis as testsuiterun.started. CDEvents knows pass, fail, cancel and
// error: what is neither a pass nor a fail is cancelled. The verdict in our words and its numbers are custom data. A gate that opens or
// closes is a custom event, serin-gate.
#ifndef EXPORTERS_WEBHOOK_CDEVENT_H
#define EXPORTERS_WEBHOOK_CDEVENT_H

#include "run_digest.h"

json_t *webhook_cdevent(struct run_digest *digest, const char *source, bool version4); // 0.4 or 0.5; the caller releases it

const char *webhook_cdevent_type(const struct run_digest *digest, bool version4);

#endif
