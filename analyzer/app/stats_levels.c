// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "stats/burn_rate.h"
#include "stats/burn_significance.h"
#include "stats/burn_windows.h"
#include "stats/error_budget.h"
#include "stats/objective.h"
#include "stats_method.h"

static struct event_counts counts_of(const struct stats_call *call) {
    return (struct event_counts){stats_number(call, "errors"), stats_number(call, "total")};
}

static double budget_of(const struct stats_call *call) {
    return objective_budget(stats_number(call, "objective"));
}

// The budget of service level methods is above 0; with other counts than these no sentence of the method can be true.
static bool check_level(const struct stats_call *call, struct stats_answer *answer) {
    if (!burn_rate_is_budget(budget_of(call))) {
        answer_say(answer, "--objective: an objective of 100%% leaves no budget to burn");
        return false;
    }
    if (stats_number(call, "errors") <= stats_number(call, "total")) return true;
    answer_say(answer, "more errors than events");
    return false;
}

static enum stats_status run_burn(const struct stats_call *call, struct stats_answer *answer) {
    struct burn_rate got;
    if (!check_level(call, answer)) return STATS_INVALID;
    enum stats_status status =
        burn_rate_measure(counts_of(call), budget_of(call), stats_number(call, "window"), stats_number(call, "period"), &got);
    answer_number(answer, "error_ratio", got.error_ratio, "");
    answer_number(answer, "sli", got.sli, "share of good events");
    answer_number(answer, "burn_rate", got.burn_rate, "error ratio by budget; at 1 the budget lasts for just the period");
    answer_number(answer, "budget_consumed", got.budget_consumed, "share of the period's budget that the window uses up");
    answer_seconds(answer, "exhaustion_s", got.exhaustion_s, "how long a full budget lasts at this rate");
    answer_number(answer, "allowed_errors", got.allowed_errors, "budget of the window's own traffic");
    if (status == STATS_OK)
        answer_say(answer, "burns %s times as fast as the budget allows; a full budget lasts %s", answer_short(answer, got.burn_rate),
                   isinf(got.exhaustion_s) ? "for ever" : answer_duration(answer, got.exhaustion_s));
    return status;
}

static const char *remaining_text(struct stats_answer *answer, double remaining) {
    if (remaining < 0) return arena_printf(answer->arena, "the budget is overspent by %s", answer_percent(answer, -remaining));
    return arena_printf(answer->arena, "%s of the budget is left", answer_percent(answer, remaining));
}

static enum stats_status budget_rolling(const struct stats_call *call, struct stats_answer *answer) {
    struct error_budget got;
    const struct stats_value *rate = stats_value(call, "rate");
    enum stats_status status = error_budget_rolling(counts_of(call), budget_of(call), stats_number(call, "period"), rate->number, &got);
    answer_number(answer, "consumed", got.consumed, "share of the budget");
    answer_number(answer, "remaining", got.remaining, "negative when overspent");
    answer_number(answer, "remaining_errors", got.remaining_errors, "in events");
    answer_seconds(answer, "remaining_outage_s", got.remaining_outage_s, "as time of total outage");
    if (rate->given) answer_seconds(answer, "exhaustion_s", got.exhaustion_s, "until nothing remains at that burn rate");
    if (status == STATS_OK)
        answer_say(answer, "%s, %s errors", remaining_text(answer, got.remaining), answer_short(answer, fabs(got.remaining_errors)));
    return status;
}

static enum stats_status budget_calendar(const struct stats_call *call, struct stats_answer *answer) {
    struct calendar_budget got;
    double elapsed = stats_number(call, "elapsed"), period = stats_number(call, "period");
    if (elapsed > period) {
        answer_say(answer, "--elapsed is longer than --period");
        return STATS_INVALID;
    }
    enum stats_status status =
        error_budget_calendar(counts_of(call), budget_of(call), period, elapsed, stats_number(call, "expected"), &got);
    answer_number(answer, "projected_total", got.projected_total, "events of the whole period");
    answer_number(answer, "remaining_so_far", got.remaining_so_far, "share left of the budget of the traffic so far");
    answer_number(answer, "remaining_projected", got.remaining_projected, "share left of the budget of the whole period");
    answer_number(answer, "elapsed", got.elapsed, "share of the period");
    answer_number(answer, "sustainable_rate", got.sustainable_rate, "burn rate of the rest that ends the period with nothing left");
    if (status == STATS_OK)
        answer_say(answer, "%s, with %s of the period to go", remaining_text(answer, got.remaining_projected),
                   answer_percent(answer, 1 - got.elapsed));
    return status;
}

static enum stats_status run_budget(const struct stats_call *call, struct stats_answer *answer) {
    bool calendar = stats_value(call, "elapsed")->given;
    if (!check_level(call, answer)) return STATS_INVALID;
    if (calendar && stats_value(call, "rate")->given) {
        answer_say(answer, "--rate is for a rolling period, --elapsed for one of the calendar");
        return STATS_INVALID;
    }
    if (!calendar && stats_value(call, "expected")->given) {
        answer_say(answer, "--expected needs --elapsed");
        return STATS_INVALID;
    }
    return calendar ? budget_calendar(call, answer) : budget_rolling(call, answer);
}

static void put_pair(double *cells, const struct burn_window_pair *pair) {
    memcpy(cells, (double[]){pair->factor, pair->long_s, pair->short_s, pair->hold_s, pair->exhaustion_s}, 5 * sizeof *cells);
}

static const char *const window_columns[] = {"factor", "long_s", "short_s", "hold_s", "exhaustion_s"};

static enum stats_status windows_by_budget(const struct stats_call *call, struct stats_answer *answer) {
    static const struct {
        double share, long_s, short_s;
    } tiers[] = {{0.02, 3600, 300}, {0.05, 21600, 1800}, {0.1, 259200, 21600}}; // SRE workbook, chapter 5
    enum { TIERS = sizeof tiers / sizeof *tiers };
    double *cells = answer_table(answer, "pairs", window_columns, 5, TIERS);
    for (size_t i = 0; i < TIERS; i++) {
        struct burn_window_pair pair;
        enum stats_status status =
            burn_windows_by_budget(tiers[i].share, tiers[i].long_s, tiers[i].short_s, stats_number(call, "period"), &pair);
        if (status != STATS_OK) return status;
        put_pair(cells + 5 * i, &pair);
    }
    answer_say(answer, "a long window uses up 2%%, 5%% and 10%% of the budget of %s at its factor",
               answer_duration(answer, stats_number(call, "period")));
    return STATS_OK;
}

static enum stats_status windows_scaled(const struct stats_call *call, struct stats_answer *answer) {
    struct burn_windows got;
    enum stats_status status = burn_windows_scaled(stats_number(call, "period"), budget_of(call), &got);
    double *cells = answer_table(answer, "pairs", window_columns, 5, BURN_WINDOWS);
    for (size_t i = 0; i < BURN_WINDOWS; i++) put_pair(cells + 5 * i, &got.pairs[i]);
    answer_seconds(answer, "absent_s", got.absent_s, "how long data may be absent");
    answer_flag(answer, "usable", got.usable, "no when a window rounds to 0");
    if (status == STATS_INVALID) answer_say(answer, "--objective: an objective of 100%% leaves no budget to burn");
    if (status == STATS_OK)
        answer_say(answer, "windows of 28 days, scaled to %s%s", answer_duration(answer, stats_number(call, "period")),
                   got.usable ? "" : ", which is too short for them");
    return status;
}

static enum stats_status run_windows(const struct stats_call *call, struct stats_answer *answer) {
    return stats_says(call, "scheme", "budget") ? windows_by_budget(call, answer) : windows_scaled(call, answer);
}

static enum stats_status run_significance(const struct stats_call *call, struct stats_answer *answer) {
    struct burn_significance got;
    const struct stats_value *confidence = stats_value(call, "confidence");
    double factor = stats_number(call, "factor");
    enum stats_status status =
        burn_significance(stats_count(call, "errors"), stats_count(call, "total"), budget_of(call), factor, confidence->complement, &got);
    if (status == STATS_INVALID) answer_say(answer, "more errors than events");
    answer_number(answer, "rate", got.rate, "burn rate as measured");
    answer_number(answer, "p_value", got.p_value, "chance of so many errors or more at a burn rate of --factor");
    answer_number(answer, "lower", got.lower, "one-sided bounds of the burn rate");
    answer_number(answer, "upper", got.upper, "");
    answer_word(answer, "verdict", burn_verdict_text(got.verdict), "");
    if (got.has_smallest) answer_count(answer, "smallest", got.smallest, "the least count of errors that would be certain");
    if (status != STATS_OK) return status;
    static const char *const words[] = {
        [BURN_INCONCLUSIVE] = "may be below or above", [BURN_OK] = "is certainly below", [BURN_BURNING] = "is certainly above"};
    answer_say(answer, "the burn rate %s %s: it is %s, between %s and %s, each bound with %s confidence", words[got.verdict],
               answer_short(answer, factor), answer_short(answer, got.rate), answer_short(answer, got.lower),
               answer_short(answer, got.upper), answer_percent(answer, confidence->number));
    return status;
}

#define OBJECTIVE                                                                                                                          \
    { "objective", ARGUMENT_OBJECTIVE, "99.9", "share of good events, in percent", NULL }
#define PERIOD                                                                                                                             \
    { "period", ARGUMENT_DURATION, "30d", "of the objective", NULL }

static const struct stats_parameter event_operands[] = {
    {"errors", ARGUMENT_NOT_NEGATIVE, NULL, "bad events; may be a fraction", NULL},
    {"total", ARGUMENT_NOT_NEGATIVE, NULL, "all events", NULL},
    {.name = NULL},
};

static const struct stats_parameter count_operands[] = {
    {"errors", ARGUMENT_COUNT, NULL, "bad events", NULL}, {"total", ARGUMENT_COUNT, NULL, "all events", NULL}, {.name = NULL}};

static const struct stats_parameter burn_options[] = {
    OBJECTIVE, {"window", ARGUMENT_DURATION, "1h", "in which the events came", NULL}, PERIOD, {.name = NULL}};

static const struct stats_parameter budget_options[] = {
    OBJECTIVE,
    PERIOD,
    {"rate", ARGUMENT_NOT_NEGATIVE, NULL, "recent burn rate, for how long the rest lasts", NULL},
    {"elapsed", ARGUMENT_DURATION, NULL, "time so far in a period of the calendar; without it the period is rolling", NULL},
    {"expected", ARGUMENT_POSITIVE, NULL, "events expected in the whole period of the calendar", NULL},
    {.name = NULL},
};

static const struct stats_parameter window_options[] = {
    PERIOD,
    OBJECTIVE,
    {"scheme", ARGUMENT_WORD, "budget", "budget: shares of the budget give factors; scaled: fixed factors, windows of the period",
     "budget|scaled"},
    {.name = NULL},
};

static const struct stats_parameter significance_options[] = {
    OBJECTIVE,
    {"factor", ARGUMENT_NOT_NEGATIVE, "1", "the burn rate in question", NULL},
    {"confidence", ARGUMENT_CHANCE, "95%", "of each bound", NULL},
    {.name = NULL},
};

const struct stats_method stats_levels[] = {
    {
        .name = "burn",
        .summary = "how fast does a window use up the error budget?",
        .definition = "  The burn rate is the error ratio by the budget, the share of events that may fail (SRE workbook, chapter 5).\n",
        .example = "burn 144 10000 --objective 99.9 --window 1h --period 30d",
        .operands = event_operands,
        .options = burn_options,
        .run = run_burn,
    },
    {
        .name = "budget",
        .summary = "what is left of an error budget, rolling or of the calendar?",
        .definition =
            "  Errors by budget times traffic, over the whole period; with --elapsed over a period that is under way, whose traffic\n"
            "  is projected unless --expected gives it.\n",
        .example = "budget 420 600000 --period 30d --elapsed 12d",
        .operands = event_operands,
        .options = budget_options,
        .run = run_budget,
    },
    {
        .name = "windows",
        .summary = "pairs of windows for burn rate alerts of a period",
        .definition = "  Scheme budget: 2% in 1h, 5% in 6h, 10% in 3d (SRE workbook, chapter 5). Scheme scaled: factors 14, 7, 2, 1 with\n"
                      "  windows of a table for 28 days.\n",
        .example = "windows --period 28d --scheme scaled",
        .options = window_options,
        .run = run_windows,
    },
    {
        .name = "significance",
        .summary = "is the budget burning for certain, or does it only seem so?",
        .definition = "  Errors are binomial under a burn of --factor; exact bounds of the burn rate, of use for a handful of requests.\n",
        .example = "significance 3 200 --objective 99.5",
        .operands = count_operands,
        .options = significance_options,
        .run = run_significance,
    },
    {.name = NULL},
};
