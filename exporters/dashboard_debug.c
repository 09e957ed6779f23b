// SPDX-License-Identifier: GPL-3.0-or-later
// Every number of a canary's metrics over time, and how serin itself does: for those who want to know why.
#include "dashboard_board.h"

#define METRIC "{@canary,metric=~\"$metric\"}"
#define METRIC_AND(matcher) "{@canary,metric=~\"$metric\"," matcher "}"
#define OF_METRIC "max by (canary, metric, tags) "
#define NAME "{{metric}} {{tags}}"
#define BASELINE "#7b98b5"
#define CANARY "#a26ad8"

static const struct panel_value classes[] = {
    {1, "pass", "green"},  {2, "high", "red"},          {3, "low", "dark-red"}, {4, "inconclusive", "blue"},
    {5, "nodata", "gray"}, {6, "error", "dark-purple"}, {0, NULL, NULL}};

static const struct panel_value guards[] = {{0, "broken", "red"}, {1, "holds", "green"}, {0, NULL, NULL}};

static const struct panel
    panels
        [] =
            {
                {.type = PANEL_STATE_TIMELINE,
                 .title = "Classification of each metric",
                 .description = "How each metric was classified over time.",
                 .unit = "short",
                 .width = 24,
                 .height = 8,
                 .queries =
                     {{.expr = OF_METRIC "(serin_metric_class" METRIC_AND("class=\"pass\"") " or 2 * serin_metric_class" METRIC_AND("class="
                                                                                                                                    "\"high"
                                                                                                                                    "\"") " or 3 * serin_metric_class" METRIC_AND(
                           "class=\"low\"") " or 4 * serin_metric_class" METRIC_AND("class=\"inconclusive\"") " or 5 * "
                                                                                                              "serin_metric_"
                                                                                                              "class" METRIC_AND("class="
                                                                                                                                 "\"nodata"
                                                                                                                                 "\"") " or"
                                                                                                                                       " 6 "
                                                                                                                                       "* "
                                                                                                                                       "ser"
                                                                                                                                       "in_"
                                                                                                                                       "met"
                                                                                                                                       "ric"
                                                                                                                                       "_cl"
                                                                                                                                       "as"
                                                                                                                                       "s" METRIC_AND("class=\"error\"") ")",
                       .legend = "{{canary}} " NAME}},
                 .values = classes},
                {.type = PANEL_TIME_SERIES,
                 .title = "Baseline and canary",
                 .description = "Mean of both sides of each metric in the window that was judged, in the metric's own unit.",
                 .unit = "short",
                 .width = 12,
                 .height = 9,
                 .queries = {{.expr = OF_METRIC "(serin_metric_location" METRIC_AND("side=\"baseline\",stat=\"mean\"") ")",
                              .legend = NAME " baseline",
                              .color = BASELINE},
                             {.expr = OF_METRIC "(serin_metric_location" METRIC_AND("side=\"canary\",stat=\"mean\"") ")",
                              .legend = NAME " canary",
                              .color = CANARY}}},
                {.type = PANEL_TIME_SERIES,
                 .title = "Change and tolerance",
                 .description =
                     "Relative change of the canary with its interval, and what is tolerated: a metric fails when the whole interval "
                     "lies beyond.",
                 .unit = "percentunit",
                 .width = 12,
                 .height = 9,
                 .queries = {{.expr = OF_METRIC "(serin_metric_change_ratio" METRIC_AND("bound=\"estimate\"") ")", .legend = NAME},
                             {.expr = OF_METRIC "(serin_metric_change_ratio" METRIC_AND("bound=\"lower\"") ")", .legend = NAME " at least"},
                             {.expr = OF_METRIC "(serin_metric_change_ratio" METRIC_AND("bound=\"upper\"") ")", .legend = NAME " at most"},
                             {.expr = OF_METRIC "(serin_metric_tolerance" METRIC_AND("tolerance=\"relative\"") ")",
                              .legend = NAME " tolerated",
                              .color = "orange",
                              .limit = true},
                             {.expr = OF_METRIC "(serin_metric_tolerance" METRIC_AND("tolerance=\"harm\"") ")",
                              .legend = NAME " harm",
                              .color = "red",
                              .limit = true}}},
                {.type = PANEL_TIME_SERIES,
                 .title = "Effect size",
                 .description = "Effect size of each metric by the measure of the judge.",
                 .unit = "short",
                 .width = 8,
                 .height = 8,
                 .queries = {{.expr = "max by (canary, metric, tags, measure) (serin_metric_effect_size" METRIC ")",
                              .legend = NAME " {{measure}}"}}},
                {.type = PANEL_TIME_SERIES,
                 .title = "Canary larger than baseline",
                 .description = "Chance that a value of the canary exceeds one of the baseline (A12): a half when the sides do not differ.",
                 .unit = "percentunit",
                 .width = 8,
                 .height = 8,
                 .queries = {{.expr = OF_METRIC "(serin_metric_a12" METRIC ")", .legend = NAME}}},
                {.type = PANEL_TIME_SERIES,
                 .title = "p value",
                 .description =
                     "Smallest level at which each metric fails, corrected for the number of metrics, and the level below which it does. "
                     "The scale is logarithmic.",
                 .unit = "sci",
                 .width = 8,
                 .height = 8,
                 .logarithmic = true,
                 .queries = {{.expr = OF_METRIC "(serin_metric_pvalue" METRIC ")", .legend = NAME},
                             {.expr = OF_METRIC "(serin_metric_alpha" METRIC ")", .legend = NAME " level", .color = "red", .limit = true}}},
                {.type = PANEL_TIME_SERIES,
                 .title = "Samples",
                 .description = "Samples of each side that were compared. Few of them are why a verdict is inconclusive.",
                 .unit = "short",
                 .width = 8,
                 .height = 8,
                 .queries = {{.expr = OF_METRIC "(serin_metric_samples" METRIC_AND("side=\"baseline\"") ")",
                              .legend = NAME " baseline",
                              .color = BASELINE},
                             {.expr = OF_METRIC "(serin_metric_samples" METRIC_AND("side=\"canary\"") ")",
                              .legend = NAME " canary",
                              .color = CANARY}}},
                {.type = PANEL_TIME_SERIES,
                 .title = "Group scores",
                 .description = "Score of each group of metrics.",
                 .unit = "short",
                 .width = 8,
                 .height = 8,
                 .queries = {{.expr = "max by (canary, group) (serin_group_score{@canary})", .legend = "{{canary}} {{group}}"}}},
                {.type = PANEL_STATE_TIMELINE,
                 .title = "Guards",
                 .description = "Conditions without which no verdict counts, such as enough traffic.",
                 .unit = "short",
                 .width = 8,
                 .height = 8,
                 .queries = {{.expr = "min by (canary, guard, side) (serin_guard_ok{@canary})", .legend = "{{canary}} {{guard}} {{side}}"}},
                 .values = guards},
                {.type = PANEL_TIME_SERIES,
                 .title = "Longest query",
                 .description = "Time of the longest query of the last analysis of each canary.",
                 .unit = "s",
                 .width = 8,
                 .height = 8,
                 .queries = {{.expr = "max by (canary) (serin_query_longest_seconds{@canary})", .legend = "{{canary}}"}}},
                {.type = PANEL_TIME_SERIES,
                 .title = "Queries",
                 .description =
                     "Queries a second to each source, and answers that asked for patience or were refused because a source failed too "
                     "often.",
                 .unit = "reqps",
                 .width = 8,
                 .height = 8,
                 .queries = {{.expr = "sum by (source) (rate(serin_source_queries_total{@engine}[$__rate_interval]))",
                              .legend = "{{source}}"},
                             {.expr = "sum by (source) (rate(serin_source_query_retries_total{@engine}[$__rate_interval]))",
                              .legend = "{{source}} retries"},
                             {.expr = "sum by (source) (rate(serin_source_query_throttled_total{@engine}[$__rate_interval]))",
                              .legend = "{{source}} throttled"},
                             {.expr = "sum by (source) (rate(serin_source_query_refused_total{@engine}[$__rate_interval]))",
                              .legend = "{{source}} refused"}}},
                {.type = PANEL_TIME_SERIES,
                 .title = "Failed queries",
                 .description = "Queries without a usable answer within 15 minutes, by source and by what went wrong.",
                 .unit = "short",
                 .width = 8,
                 .height = 8,
                 .queries = {{.expr = "sum by (source, outcome) (increase(serin_source_query_failures_total{@engine}[15m]))",
                              .legend = "{{source}} {{outcome}}"}}},
};

void board_debug(struct board *board) {
    board_own_frame(board);
    board_label_variable(board, "metric", "Metric", "serin_metric_info{@canary}");
    for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) board_own_panel(board, &panels[i]);
}
