// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts over what serin exports, for those who scrape it. A page is for what stands in the way of a release, a ticket for what can wait:
// no data, quarantined metrics, and troubles of serin's own tools.
#include <stddef.h>
#include <string.h>

#include "exporters/rules.h"
#include "yaml_text.h"

#define CANARY "max by (job, canary) "
#define METRIC "max by (job, canary, metric, tags) "
#define FINAL " == 1 and " CANARY "(serin_analysis_final) == 1"
#define OF_INFO "on (job, canary, metric, tags) serin_metric_info"

static const struct alert_row {
    const char *alert, *severity, *failure_type;
    const char *wait; // "5m"; NULL: at once
    const char *expr, *summary, *description;
} rows[] = {
    {"SerinCanaryFailed", "page", "regression", NULL, CANARY "(serin_verdict{verdict=\"fail\"})" FINAL,
     "{{ $labels.canary }} failed its canary analysis", "The last analysis that was decided found a regression. Do not promote."},
    {"SerinMetricFailed", "page", "regression", NULL, METRIC "(serin_metric_failing) == 1 and " OF_INFO "{criticality=\"critical\"}",
     "{{ $labels.canary }}: {{ $labels.metric }} fails, and is critical", "A critical metric fails the canary at any score."},
    {"SerinMetricFailed", "ticket", "regression", NULL, METRIC "(serin_metric_failing) == 1 unless " OF_INFO "{criticality=\"critical\"}",
     "{{ $labels.canary }}: {{ $labels.metric }} fails", "A metric speaks against the canary."},
    {"SerinReleaseBudgetHalted", "page", "budget", NULL,
     "max by (job, canary, objective) (serin_release_budget_consumed_ratio{bound=\"lower\"}) > "
     "max by (job, canary, objective) (serin_release_budget_halt_ratio)",
     "{{ $labels.canary }} has used up its release budget of {{ $labels.objective }}",
     "Even by its lower bound the canary is over halt_at."},
    {"SerinBudgetSpent", "ticket", "budget", NULL, "min by (job, canary, objective) (serin_objective_budget_remaining_ratio) <= 0",
     "{{ $labels.canary }}: nothing is left of the error budget of {{ $labels.objective }}", "Gates that ask this budget are closed."},
    {"SerinCanaryUndecided", "ticket", "no_data", NULL, CANARY "(serin_verdict{verdict=\"inconclusive\"})" FINAL,
     "{{ $labels.canary }} was not decided", "Too few data, or a guard that does not hold. The result says what is missing."},
    {"SerinMetricNoData", "ticket", "no_data", "15m", METRIC "(serin_metric_class{class=\"nodata\"}) == 1",
     "{{ $labels.canary }}: {{ $labels.metric }} has no data", "Is there traffic, and is the query right?"},
    {"SerinMetricQuarantined", "ticket", "quarantine", NULL,
     METRIC "(serin_metric_class{class=~\"high|low\"}) == 1 and " OF_INFO "{criticality=\"informs\"}",
     "{{ $labels.canary }}: {{ $labels.metric }} would fail, and only informs",
     "It is quarantined or not required, so the verdict does not hang on it."},
    {"SerinAnalysisFailed", "ticket", "tool", NULL, CANARY "(serin_verdict{verdict=\"error\"})" FINAL,
     "{{ $labels.canary }} could not be analysed",
     "A source or the config made the analysis end in an error. That says nothing of the canary."},
    {"SerinSourceFailing", "ticket", "tool", "5m", "sum by (job, source) (increase(serin_source_query_failures_total[15m])) > 0",
     "queries to {{ $labels.source }} fail", "Analyses that need this source have no verdict."},
    {"SerinLooksMissed", "ticket", "tool", NULL, "sum by (job) (increase(serin_looks_missed_total[15m])) > 0", "looks are taken too late",
     "Looks were due before earlier ones had ended: sources are slow, or there is too little of the machine."},
    {"SerinEvidenceLost", "ticket", "tool", NULL, "sum by (job) (increase(serin_evidence_lost_total[15m])) > 0",
     "answers to looks are not kept", "Verdicts are given all the same, but cannot be recomputed. Make room on the disk, or see the log."},
    {"SerinDeliveriesWaiting", "ticket", "tool", "15m", "sum by (job, target) (serin_deliveries_waiting) > 0",
     "{{ $labels.target }} does not take what it is sent", "Messages wait, and are tried for a day."},
    {"SerinDeliveriesLost", "ticket", "tool", NULL,
     "sum by (job, target) (increase(serin_deliveries_total{outcome=~\"refused|partial|dropped\"}[15m])) > 0",
     "{{ $labels.target }} did not get what it was sent", "A receiver refused, or values were let go. serin store dead lists messages."},
};

static void line(struct buf *out, const char *key, const char *value) {
    buf_printf(out, "%s: ", key);
    yaml_text(out, value);
    buf_char(out, '\n');
}

bool rules_service_yaml(bool bare, struct buf *out, struct error *err) {
    buf_str(out, "# Alerts over what serin exports, made by serin rules.\ngroups:\n  - name: serin\n    rules:\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct alert_row *row = &rows[i];
        line(out, "      - alert", row->alert);
        line(out, "        expr", row->expr);
        if (row->wait != NULL) line(out, "        for", row->wait);
        buf_printf(out, "        labels: {severity: %s, failure_type: %s}\n", row->severity, row->failure_type);
        if (bare) continue;
        buf_str(out, "        annotations:\n");
        line(out, "          summary", row->summary);
        line(out, "          description", row->description);
    }
    return !out->failed || error_set(err, ERROR_LIMIT, "the rules are larger than %zu bytes", out->limit);
}
