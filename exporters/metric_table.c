// SPDX-License-Identifier: GPL-3.0-or-later
// Labels are bounded by the configuration: never an id of a run, a version, a query. What differs from run to run is a value.
#include "metric_table.h"

#include <string.h>

#define METRIC "canary", "metric", "tags"
#define UNIT "of the metric"

const struct exported_metric_row exported_metrics[EXPORTED_COUNT] = {
    [EXPORTED_BUILD_INFO] = {"serin_build_info", "gauge", "", "Version of serin; always 1.", {"version"}},
    [EXPORTED_VERDICT] =
        {"serin_verdict", "gauge", "", "Verdict of the last analysis: 1 for the verdict reached, 0 for the others.", {"canary", "verdict"}},
    [EXPORTED_SCORE] = {"serin_score", "gauge", "0 to 100", "Score of the last analysis; absent when nothing was judged.", {"canary"}},
    [EXPORTED_SCORE_THRESHOLD] =
        {"serin_score_threshold", "gauge", "0 to 100", "Scores to reach; absent when the score gates nothing.", {"canary", "threshold"}},
    [EXPORTED_EXIT_CODE] = {"serin_exit_code", "gauge", "", "Exit code that belongs to the verdict.", {"canary"}},
    [EXPORTED_FINAL] =
        {"serin_analysis_final", "gauge", "", "1 when the analysis has ended, 0 when the values are of its latest look.", {"canary"}},
    [EXPORTED_START] = {"serin_analysis_start_timestamp_seconds", "gauge", "seconds", "Begin of the last analysis's window.", {"canary"}},
    [EXPORTED_END] = {"serin_analysis_end_timestamp_seconds", "gauge", "seconds", "End of the last analysis's window.", {"canary"}},
    [EXPORTED_GROUP_SCORE] = {"serin_group_score", "gauge", "0 to 100", "Score of a group; absent without data.", {"canary", "group"}},
    [EXPORTED_GROUP_WEIGHT] = {"serin_group_weight", "gauge", "", "Weight of a group as configured.", {"canary", "group"}},
    [EXPORTED_GUARD] = {"serin_guard_ok", "gauge", "", "Whether a guard holds: 1 or 0.", {"canary", "guard", "side"}},
    [EXPORTED_PARITY] = {"serin_parity_score",
                         "gauge",
                         "0 to 100",
                         "How alike the telemetry of both sides was; absent when no metric could be compared.",
                         {"canary"}},
    [EXPORTED_PARITY_GAPS] = {"serin_parity_gaps", "gauge", "", "In how much the telemetry of both sides differed.", {"canary"}},
    [EXPORTED_METRICS] = {"serin_metrics", "gauge", "", "Metrics of the last analysis by classification.", {"canary", "class"}},
    [EXPORTED_METRIC_INFO] = {"serin_metric_info",
                              "gauge",
                              "",
                              "What a metric is; always 1. A metric of several groups has one series for each.",
                              {METRIC, "group", "kind", "direction", "criticality", "unit"}},
    [EXPORTED_METRIC_CLASS] =
        {"serin_metric_class", "gauge", "", "Classification of a metric: 1 for the one it has, 0 for the others.", {METRIC, "class"}},
    [EXPORTED_METRIC_FAILING] =
        {"serin_metric_failing", "gauge", "", "1 when a metric speaks against the canary and the verdict hangs on it, else 0.", {METRIC}},
    [EXPORTED_METRIC_RATIO] = {"serin_metric_ratio", "gauge", "ratio", "Mean of the canary by mean of the baseline.", {METRIC}},
    [EXPORTED_METRIC_CHANGE] = {"serin_metric_change_ratio",
                                "gauge",
                                "ratio",
                                "Relative change of the canary, 0.1 for 10% more: estimate and limits (judge serin).",
                                {METRIC, "bound"}},
    [EXPORTED_METRIC_SHIFT] =
        {"serin_metric_shift", "gauge", UNIT, "Shift from baseline to canary: estimate and limits of its interval.", {METRIC, "bound"}},
    [EXPORTED_METRIC_EFFECT] = {"serin_metric_effect_size", "gauge", "", "Effect size by the measure of the judge.", {METRIC, "measure"}},
    [EXPORTED_METRIC_A12] =
        {"serin_metric_a12", "gauge", "ratio", "Chance that a value of the canary exceeds one of the baseline (judge serin).", {METRIC}},
    [EXPORTED_METRIC_P] = {"serin_metric_pvalue",
                           "gauge",
                           "ratio",
                           "Smallest level at which a metric fails, corrected for the number of metrics (judge serin).",
                           {METRIC}},
    [EXPORTED_METRIC_LEVEL] =
        {"serin_metric_alpha", "gauge", "ratio", "Level below which the p-value fails a metric (judge serin).", {METRIC}},
    [EXPORTED_METRIC_TOLERANCE] = {"serin_metric_tolerance",
                                   "gauge",
                                   "ratio, or " UNIT,
                                   "What is tolerated: relative, absolute, and the relative change that is harm (judge serin).",
                                   {METRIC, "tolerance"}},
    [EXPORTED_METRIC_LIMIT] = {"serin_metric_limit", "gauge", UNIT, "Limits of a threshold.", {METRIC, "bound"}},
    [EXPORTED_METRIC_SAMPLES] = {"serin_metric_samples", "gauge", "", "Samples that were compared.", {METRIC, "side"}},
    [EXPORTED_METRIC_LOCATION] = {"serin_metric_location",
                                  "gauge",
                                  UNIT,
                                  "Where a side lies: mean, least and most value, standard deviation.",
                                  {METRIC, "side", "stat"}},
    [EXPORTED_METRIC_SINCE] = {"serin_metric_change_start_timestamp_seconds",
                               "gauge",
                               "seconds",
                               "When the change of a failing metric began, where that is known (judge serin).",
                               {METRIC}},
    [EXPORTED_DETECTION] = {"serin_detection_seconds",
                            "gauge",
                            "seconds",
                            "From when the first change of a failed canary began to the end of the window that showed it (judge serin).",
                            {"canary"}},
    [EXPORTED_OBJECTIVE_TARGET] = {"serin_objective_target_ratio", "gauge", "ratio", "Target of an objective.", {"canary", "objective"}},
    [EXPORTED_OBJECTIVE_ATTAINMENT] = {"serin_objective_attainment_ratio",
                                       "gauge",
                                       "ratio",
                                       "Share of good events in the objective's period, of the whole service.",
                                       {"canary", "objective"}},
    [EXPORTED_OBJECTIVE_BUDGET] = {"serin_objective_budget_remaining_ratio",
                                   "gauge",
                                   "ratio",
                                   "Share of the error budget that is left in the period; negative when it is overspent.",
                                   {"canary", "objective"}},
    [EXPORTED_OBJECTIVE_EXHAUSTION] = {"serin_objective_exhaustion_seconds",
                                       "gauge",
                                       "seconds",
                                       "Time until the budget is used up at the recent burn rate; +Inf when it never is.",
                                       {"canary", "objective"}},
    [EXPORTED_OBJECTIVE_GATE] = {"serin_objective_gate",
                                 "gauge",
                                 "",
                                 "Gate of an objective: 1 for the state it is in, 0 for the others.",
                                 {"canary", "objective", "state"}},
    [EXPORTED_BURN_RATE] = {"serin_burn_rate",
                            "gauge",
                            "",
                            "Burn rate over a window, estimate and limits: 1 uses up the budget within the period.",
                            {"canary", "objective", "side", "window", "bound"}},
    [EXPORTED_RELEASE_BUDGET] = {"serin_release_budget_consumed_ratio",
                                 "gauge",
                                 "ratio",
                                 "Share of the release budget that the canary used: estimate and limits.",
                                 {"canary", "objective", "bound"}},
    [EXPORTED_RELEASE_HALT] = {"serin_release_budget_halt_ratio",
                               "gauge",
                               "ratio",
                               "Share of the release budget at which the canary is halted.",
                               {"canary", "objective"}},
    [EXPORTED_GATE_OPEN] = {"serin_gate_open", "gauge", "", "Whether a canary may be promoted: 1 or 0.", {"canary"}},
    [EXPORTED_GATE_WAIT] =
        {"serin_gate_wait_seconds", "gauge", "seconds", "Time from the end of the judged window until the gate was asked.", {"canary"}},
    [EXPORTED_FREEZE] = {"serin_freeze_active", "gauge", "", "1 for every freeze that keeps canaries from being promoted.", {"freeze"}},
    [EXPORTED_CHECK] =
        {"serin_external_check_value", "gauge", "of the check", "Value that decided an external check of a gate.", {"canary", "check"}},
    [EXPORTED_ANALYSES] = {"serin_analyses_total", "counter", "", "Analyses by verdict.", {"canary", "verdict"}},
    [EXPORTED_ANALYSES_OPEN] = {"serin_analyses_open", "gauge", "", "Analyses that have begun and are not decided yet.", {NULL}},
    [EXPORTED_LOOKS] = {"serin_looks_total", "counter", "", "Looks of all analyses.", {NULL}},
    [EXPORTED_LOOKS_MISSED] =
        {"serin_looks_missed_total", "counter", "", "Looks that were due and not taken, because earlier ones took too long.", {NULL}},
    [EXPORTED_PUBLISH_SECONDS] = {"serin_publish_delay_seconds",
                                  "histogram",
                                  "seconds",
                                  "Time from the last answer of a look until it was judged, kept and published.",
                                  {NULL}},
    [EXPORTED_QUERIES] = {"serin_source_queries_total", "counter", "", "Queries sent to a source.", {"source"}},
    [EXPORTED_QUERY_TRIES] = {"serin_source_query_tries_total", "counter", "", "Requests made for queries, retries included.", {"source"}},
    [EXPORTED_QUERY_RETRIES] = {"serin_source_query_retries_total", "counter", "", "Requests that repeated a failed one.", {"source"}},
    [EXPORTED_QUERY_FAILURES] =
        {"serin_source_query_failures_total", "counter", "", "Queries without a usable answer, by what went wrong.", {"source", "outcome"}},
    [EXPORTED_QUERY_THROTTLED] =
        {"serin_source_query_throttled_total", "counter", "", "Answers that asked for patience (429).", {"source"}},
    [EXPORTED_QUERY_REFUSED] =
        {"serin_source_query_refused_total", "counter", "", "Queries not sent because the source had failed too often.", {"source"}},
    [EXPORTED_QUERY_HEDGED] =
        {"serin_source_query_hedged_total", "counter", "", "Second requests for queries that were not answered soon enough.", {"source"}},
    [EXPORTED_QUERY_SHARED] =
        {"serin_source_query_shared_total", "counter", "", "Queries that took the answer of an equal one.", {"source"}},
    [EXPORTED_RECEIVED] = {"serin_source_received_bytes_total", "counter", "bytes", "Bytes of answers received.", {"source"}},
    [EXPORTED_QUERY_DURATION] =
        {"serin_query_longest_seconds", "gauge", "seconds", "Time of the longest query of the last analysis.", {"canary"}},
    [EXPORTED_QUERY_SECONDS] =
        {"serin_query_duration_seconds", "histogram", "seconds", "Time of queries, from the first try to the whole answer.", {"source"}},
    [EXPORTED_DELIVERIES] =
        {"serin_deliveries_total", "counter", "", "Messages for a receiver by what became of them.", {"target", "outcome"}},
    [EXPORTED_DELIVERIES_WAITING] = {"serin_deliveries_waiting", "gauge", "", "Messages that a receiver has not taken yet.", {"target"}},
    [EXPORTED_SUPPRESSED] =
        {"serin_notifications_suppressed_total", "counter", "", "Messages that were not sent because they were not wanted.", {"reason"}},
    [EXPORTED_HTTP_REQUESTS] = {"serin_http_requests_total", "counter", "", "Requests answered.", {"route", "code"}},
    [EXPORTED_HTTP_REJECTED] =
        {"serin_http_rejected_total", "counter", "", "Connections and requests turned away before any route.", {"reason"}},
    [EXPORTED_HTTP_IN_FLIGHT] = {"serin_http_in_flight", "gauge", "", "Requests that are being answered.", {NULL}},
    [EXPORTED_STORE_COMMITS] = {"serin_store_commits_total", "counter", "", "Transactions that the store wrote.", {NULL}},
    [EXPORTED_EVIDENCE_BYTES] = {"serin_evidence_bytes", "gauge", "bytes", "Room on the disk that the answers to looks take.", {NULL}},
    [EXPORTED_EVIDENCE_LOOKS] = {"serin_evidence_looks", "gauge", "", "Looks whose answers are kept.", {NULL}},
    [EXPORTED_EVIDENCE_LOST] = {"serin_evidence_lost_total",
                                "counter",
                                "",
                                "Looks whose answers could not be kept: there was no room, or too many of them.",
                                {NULL}},
    [EXPORTED_SERIES] = {"serin_exported_series", "gauge", "", "Series of the last analyses of all canaries on this page.", {NULL}},
    [EXPORTED_SERIES_DROPPED] = {"serin_exported_series_dropped_total",
                                 "counter",
                                 "",
                                 "Series of analyses that were left out: too many of one canary, or too many canaries.",
                                 {"reason"}},
    [EXPORTED_PROCESS_START] = {"process_start_time_seconds", "gauge", "seconds", "When the process began.", {NULL}},
    [EXPORTED_PROCESS_CPU] = {"process_cpu_seconds_total", "counter", "seconds", "Processor time used, of user and system.", {NULL}},
    [EXPORTED_PROCESS_MEMORY] = {"process_resident_memory_bytes", "gauge", "bytes", "Memory in use.", {NULL}},
    [EXPORTED_PROCESS_FILES] = {"process_open_fds", "gauge", "", "Open file descriptors.", {NULL}},
    [EXPORTED_PROCESS_MOST_FILES] = {"process_max_fds", "gauge", "", "Most file descriptors that may be open.", {NULL}},
};

const char *metric_table_unit(const struct exported_metric_row *row) {
    struct view name = view_of(row->name);
    size_t len = strlen(row->unit);
    if (strcmp(row->type, "counter") == 0) name.len -= strlen("_total");
    bool ends = len > 0 && name.len > len && name.ptr[name.len - len - 1] == '_' && memcmp(name.ptr + name.len - len, row->unit, len) == 0;
    return ends ? row->unit : "";
}

const struct exported_metric_row *metric_table_find(struct view name) {
    for (size_t i = 0; i < EXPORTED_COUNT; i++) {
        if (view_is(name, exported_metrics[i].name)) return &exported_metrics[i];
    }
    return NULL;
}

void metric_table_docs(struct buf *out) {
    buf_str(
        out,
        "# Exported metrics\n\nWritten by `--output prom=FILE` and served by a service at `/metrics`. This page is made from the table in\n"
        "`exporters/metric_table.c`.\n\n"
        "Labels are bounded by the configuration: no id of a run, version of a service or query is ever one. `tags` is absent for a\n"
        "metric without label combinations. A value that is not known has no series. In a file of `--output prom` counters count the\n"
        "one run that wrote it, and what only a service knows is absent: looks, gates, freezes, deliveries, requests, its process.\n\n"
        "A service shows the last analysis of each canary for a day, unless its config is taken away, and the last answer of its gate as\n"
        "long; while an analysis is under way its latest look, but for looks whose source failed: `serin_analysis_final` is 0 then, and\n"
        "no verdict is `pass`. `serin_analysis_end_timestamp_seconds` tells how old\n"
        "the values are, as samples carry no time: so a server sees when a series ends. At most 1,000 canaries and 10,000 series of one\n"
        "are shown, 100,000 in all; `serin_exported_series_dropped_total` counts what was left out. The page is text 0.0.4, OpenMetrics\n"
        "1.0 or delimited protobuf, as the scraper's `Accept` asks for. In OpenMetrics `serin_analyses_total` has the id of the last\n"
        "analysis as an exemplar, `analysis_id`.\n\n"
        "| name | type | unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < EXPORTED_COUNT; i++) {
        const struct exported_metric_row *row = &exported_metrics[i];
        buf_printf(out, "| `%s` | %s | %s | ", row->name, row->type, row->unit);
        for (size_t k = 0; k < EXPORTED_LABELS && row->labels[k] != NULL; k++) buf_printf(out, "%s`%s`", k > 0 ? ", " : "", row->labels[k]);
        buf_printf(out, " | %s |\n", row->help);
    }
}
