// SPDX-License-Identifier: GPL-3.0-or-later
// Prometheus rules for the objectives of a config, tests for them, and an Alertmanager config to start from. Pure: the same config
// gives the same bytes.
//
// Recorded, each with the label slo (canary and objective, joined by "-"); W is a window such as 5m:
//   slo_service:errors:increaseW, slo_service:events:increaseW  counts of the whole service, or of slices of time
//   slo_service:error_ratio:rateW                               their ratio; absent traffic makes it NaN, which fires nothing
//   slo:errors:increaseW, slo:events:increaseW, slo:error_ratio:rateW
//                                                               the same kept apart by the labels that tell the sides apart
//   slo:objective:ratio, slo:error_budget:ratio, slo:time_period:days, slo:tier_factor:ratio{tier}      constants
//   slo:current_burn_rate:ratio                                 of the shortest window
//   slo:period_burn_rate:ratio, slo:period_error_budget_remaining:ratio
//                                                               of the whole period, from counts; rolling periods only
// Alerts: SLOErrorBudgetBurn for each tier, SLOCanaryBurn for the most urgent tier and the canary alone, SLOMetricAbsent.
#ifndef EXPORTERS_RULES_H
#define EXPORTERS_RULES_H

#include "analyzer/objective.h"
#include "base/buf.h"
#include "base/error.h"

// Appends a rule file; with `bare` alerts have no annotations. False with err when there is no objective, or a query cannot be made.
bool rules_yaml(const struct canary_config *config, bool bare, struct buf *out, struct error *err);

// Appends a rule file of alerts over the metrics that serin exports, for all canaries: severity page for what stands in the way of a
// release, ticket for the rest, and failure_type "regression", "budget", "no_data", "quarantine" or "tool".
bool rules_service_yaml(bool bare, struct buf *out, struct error *err);

// Appends unit tests for promtool of the rules in `rule_file`. They feed the recorded counts, so that they hold whatever the
// objectives select: each tier just over its factor, exactly at it, over it in one window only; no traffic; no data.
bool rules_test_yaml(const struct canary_config *config, const char *rule_file, struct buf *out, struct error *err);

// Appends an Alertmanager config with grouping by objective, a route per severity, and tiers that inhibit less urgent ones of the
// same objective. Its receivers notify nobody until they are filled in.
bool rules_route_yaml(const struct canary_config *config, struct buf *out, struct error *err);

#endif
