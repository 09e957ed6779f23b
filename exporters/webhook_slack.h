// SPDX-License-Identifier: GPL-3.0-or-later
// A message for Slack, Mattermost and others that read the same.
#ifndef EXPORTERS_WEBHOOK_SLACK_H
#define EXPORTERS_WEBHOOK_SLACK_H

#include "analyzer/publish_config.h"
#include "run_digest.h"

json_t *webhook_slack(struct run_digest *digest, const struct publish_target *target); // the caller releases it

#endif
