// SPDX-License-Identifier: GPL-3.0-or-later
// What ships and what it costs, over weeks: one screen for those who answer for a release.
#include "dashboard_board.h"

#define DECIDED "verdict=~\"pass|marginal|fail\""

static const struct panel_value gates[] = {{0, "closed", "red"}, {1, "open", "green"}, {0, NULL, NULL}};

static const struct panel panels[] = {
    {.type = PANEL_STAT,
     .title = "Release readiness",
     .description = "Whether each canary may be promoted now: verdict, budgets, freezes, checks and approvals together.",
     .unit = "short",
     .width = 6,
     .height = 6,
     .queries = {{.expr = "min by (canary) (serin_gate_open{@canary})", .legend = "{{canary}}"}},
     .values = gates},
    {.type = PANEL_STAT,
     .title = "Pass rate, 7 days",
     .description = "Share of the analyses of the last 7 days that passed, of those that reached a verdict.",
     .unit = "percentunit",
     .width = 6,
     .height = 6,
     .trend = true,
     .queries = {{.expr = "sum(increase(serin_analyses_total{@canary,verdict=\"pass\"}[7d])) / "
                          "sum(increase(serin_analyses_total{@canary," DECIDED "}[7d]))",
                  .legend = "passed"}},
     .base = "red",
     .steps = {{0.7, "orange"}, {0.9, "green"}}},
    {.type = PANEL_STAT,
     .title = "Change fail share, 28 days",
     .description = "Share of the analyses of the last 28 days that failed, of those that reached a verdict.",
     .unit = "percentunit",
     .width = 6,
     .height = 6,
     .trend = true,
     .queries = {{.expr = "sum(increase(serin_analyses_total{@canary,verdict=\"fail\"}[28d])) / "
                          "sum(increase(serin_analyses_total{@canary," DECIDED "}[28d]))",
                  .legend = "failed"}},
     .steps = {{0.15, "orange"}, {0.3, "red"}}},
    {.type = PANEL_STAT,
     .title = "Median time to detect",
     .description =
         "From when the change of a failed canary began to the end of the window that showed it; half of the canaries took less. "
         "Turns red at 15 minutes.",
     .unit = "s",
     .width = 6,
     .height = 6,
     .queries = {{.expr = "quantile(0.5, serin_detection_seconds{@canary})", .legend = "median"}},
     .steps = {{900, "red"}}},
    {.type = PANEL_BAR_GAUGE,
     .title = "SLO attainment",
     .description = "Share of good events in the period of each objective, of the whole service.",
     .unit = "percentunit",
     .width = 12,
     .height = 8,
     .queries = {{.expr = "min by (canary, objective) (serin_objective_attainment_ratio{@canary})", .legend = "{{canary}} {{objective}}"}},
     .base = "red",
     .steps = {{0.99, "orange"}, {0.999, "green"}}},
    {.type = PANEL_BAR_GAUGE,
     .title = "Release budget used",
     .description = "What canaries used up of the error budget that a release may cost, and where they are halted. Turns red at 30%.",
     .unit = "percentunit",
     .width = 12,
     .height = 8,
     .queries = {{.expr = "max by (canary, objective) (serin_release_budget_consumed_ratio{@canary,bound=\"estimate\"})",
                  .legend = "{{canary}} {{objective}}"},
                 {.expr = "min by (canary, objective) (serin_release_budget_halt_ratio{@canary})",
                  .legend = "{{canary}} {{objective}} halts at",
                  .color = "gray",
                  .limit = true}},
     .steps = {{0.3, "red"}}},
};

void board_executive(struct board *board) {
    board_own_frame(board);
    for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) board_own_panel(board, &panels[i]);
}
