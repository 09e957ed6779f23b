// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of budgets and burn rates. What is not defined, or has no data, is null.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conform.h"
#include "stats/burn_detection.h"
#include "stats/burn_rate.h"
#include "stats/burn_tiers.h"
#include "stats/burn_windows.h"
#include "stats/canary_budget.h"
#include "stats/error_budget.h"
#include "stats/low_traffic.h"
#include "stats/objective.h"
#include "stats/time_slices.h"

static double number_of(const json_t *inputs, const char *name) {
    return conform_double(inputs, name, (double)NAN);
}

static json_t *number_json(double value) {
    return isnan(value) ? json_null() : conform_real(value);
}

static const char *status_text(enum stats_status status) {
    if (status == STATS_NODATA) return "no_data";
    return status == STATS_OK || status == STATS_DEGENERATE ? "ok" : "invalid";
}

static double budget_of(const json_t *inputs) {
    return objective_budget(number_of(inputs, "objective_percent"));
}

static struct event_counts counts_of(const json_t *inputs) {
    return (struct event_counts){number_of(inputs, "errors"), number_of(inputs, "total")};
}

static json_t *burn_rate(const json_t *inputs, struct error *err) {
    (void)err;
    struct burn_rate got;
    enum stats_status status =
        burn_rate_measure(counts_of(inputs), budget_of(inputs), number_of(inputs, "window_s"), number_of(inputs, "period_s"), &got);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "status", status_text(status), "error_ratio", number_json(got.error_ratio),
                     "sli", number_json(got.sli), "burn_rate", number_json(got.burn_rate), "budget_consumed_ratio",
                     number_json(got.budget_consumed), "time_to_exhaustion_s", number_json(got.exhaustion_s), "allowed_errors",
                     number_json(got.allowed_errors));
}

static json_t *budget_rolling(const json_t *inputs, struct error *err) {
    (void)err;
    struct error_budget got;
    enum stats_status status = error_budget_rolling(counts_of(inputs), budget_of(inputs), number_of(inputs, "period_s"),
                                                    number_of(inputs, "current_burn_rate"), &got);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "status", status_text(status), "consumed_ratio", number_json(got.consumed),
                     "remaining_ratio", number_json(got.remaining), "remaining_errors", number_json(got.remaining_errors),
                     "remaining_downtime_s", number_json(got.remaining_outage_s), "time_to_exhaustion_s", number_json(got.exhaustion_s));
}

static json_t *budget_calendar(const json_t *inputs, struct error *err) {
    (void)err;
    struct calendar_budget got;
    enum stats_status status = error_budget_calendar(counts_of(inputs), budget_of(inputs), number_of(inputs, "period_s"),
                                                     number_of(inputs, "elapsed_s"), number_of(inputs, "expected_total"), &got);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "status", status_text(status), "projected_total", number_json(got.projected_total),
                     "remaining_ratio_so_far", number_json(got.remaining_so_far), "remaining_ratio_projected",
                     number_json(got.remaining_projected), "elapsed_ratio", number_json(got.elapsed), "sustainable_burn_rate_rest",
                     number_json(got.sustainable_rate));
}

static json_t *pair_json(const struct burn_window_pair *pair, const char *name, const char *severity) {
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "tier", conform_text_or_null(name), "severity", conform_text_or_null(severity),
                     "long_s", number_json(pair->long_s), "short_s", number_json(pair->short_s), "for_s", number_json(pair->hold_s),
                     "factor", number_json(pair->factor), "exhaustion_s", number_json(pair->exhaustion_s));
}

static json_t *windows_by_budget(const json_t *inputs) {
    const json_t *tiers = json_object_get(inputs, "tiers");
    json_t *list = json_array();
    enum stats_status status = STATS_OK;
    for (size_t i = 0; i < json_array_size(tiers); i++) {
        const json_t *tier = json_array_get(tiers, i);
        struct burn_window_pair pair;
        enum stats_status one = burn_windows_by_budget(number_of(tier, "budget_percent") / 100, number_of(tier, "long_s"),
                                                       number_of(tier, "short_s"), number_of(inputs, "period_s"), &pair);
        if (one != STATS_OK) status = one;
        json_array_append_new(list, pair_json(&pair, conform_text(tier, "tier"), conform_text(tier, "severity")));
    }
    return json_pack("{s:s, s:o, s:b}", "status", status_text(status), "tiers", list, "valid", status == STATS_OK);
}

static json_t *windows_scaled(const json_t *inputs) {
    static const char *const names[BURN_WINDOWS] = {"fast", "medium", "slow", "long_term"};
    struct burn_windows got;
    enum stats_status status = burn_windows_scaled(number_of(inputs, "period_s"), budget_of(inputs), &got);
    json_t *list = json_array();
    for (size_t i = 0; i < BURN_WINDOWS; i++)
        json_array_append_new(list, pair_json(&got.pairs[i], names[i], i < BURN_WINDOWS / 2 ? "critical" : "warning"));
    return json_pack("{s:s, s:o, s:o, s:b}", "status", status_text(status), "tiers", list, "absent_for_s", number_json(got.absent_s),
                     "valid", status == STATS_OK && got.usable);
}

static json_t *windows(const json_t *inputs, struct error *err) {
    const char *scheme = conform_text(inputs, "scheme");
    if (scheme != NULL && strcmp(scheme, "by_budget") == 0) return windows_by_budget(inputs);
    if (scheme != NULL && strcmp(scheme, "pyrra") == 0) return windows_scaled(inputs);
    error_set(err, ERROR_DATA, "unknown scheme of windows");
    return NULL;
}

static struct event_counts window_counts(const json_t *list, double window_s) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *window = json_array_get(list, i);
        if (number_of(window, "window_s") == window_s) return counts_of(window);
    }
    return (struct event_counts){(double)NAN, (double)NAN};
}

static int severity_of(const json_t *tier) {
    const char *name = conform_text(tier, "severity");
    return name != NULL && (strcmp(name, "page") == 0 || strcmp(name, "critical") == 0) ? 0 : 1;
}

static json_t *tier_states(const json_t *inputs, struct burn_tier *tiers, struct burn_tier_state *states, size_t count) {
    const json_t *list = json_object_get(inputs, "tiers"), *counts = json_object_get(inputs, "windows");
    json_t *out = json_array();
    size_t worst;
    for (size_t i = 0; i < count; i++) {
        const json_t *tier = json_array_get(list, i);
        tiers[i] = (struct burn_tier){number_of(tier, "factor"), severity_of(tier), window_counts(counts, number_of(tier, "long_s")),
                                      window_counts(counts, number_of(tier, "short_s"))};
    }
    enum stats_status status = burn_tiers_decide(tiers, count, budget_of(inputs), states, &worst);
    for (size_t i = 0; i < count; i++) {
        const char *name = conform_text(json_array_get(list, i), "tier");
        json_array_append_new(out, json_pack("{s:o, s:o, s:o, s:b}", "tier", conform_text_or_null(name), "long_burn_rate",
                                             number_json(states[i].long_rate), "short_burn_rate", number_json(states[i].short_rate),
                                             "firing", states[i].fires));
    }
    const char *verdict = worst < count ? conform_text(json_array_get(list, worst), "severity") : NULL;
    return json_pack("{s:s, s:o, s:o}", "status", status_text(status), "tiers", out, "verdict", conform_text_or_null(verdict));
}

static json_t *mwmbr(const json_t *inputs, struct error *err) {
    (void)err;
    size_t count = json_array_size(json_object_get(inputs, "tiers"));
    struct burn_tier *tiers = mem_zero(count + 1, sizeof *tiers);
    struct burn_tier_state *states = mem_zero(count + 1, sizeof *states);
    json_t *out = tier_states(inputs, tiers, states, count);
    free(tiers);
    free(states);
    return out;
}

static json_t *detection(const json_t *inputs, struct error *err) {
    (void)err;
    struct burn_detection got;
    enum stats_status status =
        burn_detection_times(number_of(inputs, "error_ratio"), budget_of(inputs), number_of(inputs, "factor"), number_of(inputs, "long_s"),
                             number_of(inputs, "short_s"), number_of(inputs, "period_s"), &got);
    return json_pack("{s:s, s:b, s:o, s:o, s:o}", "status", status_text(status), "detects", got.detects, "detect_after_s",
                     number_json(got.detect_after_s), "reset_after_s", number_json(got.reset_after_s), "budget_spent_at_detection_ratio",
                     number_json(got.budget_spent));
}

static json_t *canary_json(enum stats_status status, const struct canary_budget *got) {
    json_t *out = json_pack("{s:s, s:b}", "status", status_text(status), "halt", got->halts);
    const struct {
        const char *name;
        double value;
    } rows[] = {
        {"canary_burn_rate", got->canary_rate},
        {"baseline_burn_rate", got->baseline_rate},
        {"service_burn_rate", got->service_rate},
        {"excess_errors", got->excess_errors},
        {"canary_budget_ratio", got->canary_share},
        {"excess_budget_ratio", got->excess_share},
        {"canary_share_of_errors", got->share_of_errors},
        {"canary_share_of_traffic", got->share_of_traffic},
        {"release_budget_ratio", got->release_share},
        {"projected_burn_rate_full", got->projected_rate},
        {"projected_exhaustion_s", got->projected_exhaustion_s},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) json_object_set_new(out, rows[i].name, number_json(rows[i].value));
    return out;
}

static json_t *canary_budget(const json_t *inputs, struct error *err) {
    (void)err;
    struct canary_costs costs = {
        .canary = {number_of(inputs, "canary_errors"), number_of(inputs, "canary_total")},
        .baseline = {number_of(inputs, "baseline_errors"), number_of(inputs, "baseline_total")},
        .budget = budget_of(inputs),
        .period_s = number_of(inputs, "period_s"),
        .period_total = number_of(inputs, "period_total"),
        .release_total = number_of(inputs, "release_total"),
        .remaining_before = number_of(inputs, "remaining_ratio_before"),
        .halt_ratio = number_of(inputs, "halt_ratio"),
    };
    struct canary_budget got;
    enum stats_status status = canary_budget_assess(&costs, &got);
    return canary_json(status, &got);
}

static json_t *volume_weighted(const json_t *inputs) {
    struct low_traffic_weighted got;
    enum stats_status status = low_traffic_weigh(counts_of(inputs), budget_of(inputs), number_of(inputs, "window_s"),
                                                 number_of(inputs, "period_s"), number_of(inputs, "period_total"), &got);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "status", status_text(status), "correction", number_json(got.correction),
                     "raw_burn_rate", number_json(got.raw_rate), "corrected_ratio", number_json(got.ratio), "corrected_burn_rate",
                     number_json(got.rate), "budget_consumed_ratio", number_json(got.budget_consumed));
}

static json_t *constant_budget(const json_t *inputs) {
    struct low_traffic_constant got;
    enum stats_status status = low_traffic_constant_budget(counts_of(inputs), budget_of(inputs), number_of(inputs, "budget_fraction"),
                                                           number_of(inputs, "period_total"), &got);
    return json_pack("{s:s, s:o, s:o, s:o, s:b}", "status", status_text(status), "threshold_ratio", number_json(got.threshold_ratio),
                     "threshold_errors", number_json(got.threshold_errors), "error_ratio", number_json(got.error_ratio), "firing",
                     got.fires);
}

static json_t *min_failures(const json_t *inputs) {
    struct low_traffic_guarded got;
    enum stats_status status =
        low_traffic_guard(counts_of(inputs), budget_of(inputs), number_of(inputs, "factor"), number_of(inputs, "min_failures"), &got);
    return json_pack("{s:s, s:o, s:b, s:b}", "status", status_text(status), "burn_rate", number_json(got.burn_rate), "naive_firing",
                     got.naive_fires, "firing", got.fires);
}

static json_t *naive_min_requests(const json_t *inputs) {
    double least = low_traffic_least_requests(budget_of(inputs), number_of(inputs, "factor"));
    return json_pack("{s:o}", "min_requests", number_json(least));
}

static json_t *low_traffic(const json_t *inputs, struct error *err) {
    static const struct {
        const char *method;
        json_t *(*run)(const json_t *inputs);
    } methods[] = {{"volume_weighted", volume_weighted},
                   {"constant_budget", constant_budget},
                   {"min_failures", min_failures},
                   {"naive_min_requests", naive_min_requests}};
    const char *method = conform_text(inputs, "method");
    for (size_t i = 0; method != NULL && i < sizeof methods / sizeof *methods; i++) {
        if (strcmp(method, methods[i].method) == 0) return methods[i].run(inputs);
    }
    error_set(err, ERROR_DATA, "unknown correction for low traffic");
    return NULL;
}

// The place of a text in a list of `count`; -1 when it is not there.
static int find_text(const char *text, const char *const *list, int count) {
    for (int i = 0; text != NULL && i < count; i++) {
        if (strcmp(text, list[i]) == 0) return i;
    }
    return -1;
}

static bool read_rule(const json_t *inputs, struct slices_rule *ret, struct error *err) {
    static const char *const methods[] = {"Occurrences", "Timeslices", "RatioTimeslices"}; // in the order of the enums
    static const char *const empties[] = {"ignore", "good", "bad"};
    const char *empty = conform_text(inputs, "empty_slice");
    int method = find_text(conform_text(inputs, "method"), methods, 3), kind = find_text(empty != NULL ? empty : "ignore", empties, 3);
    if (method < 0 || kind < 0) return error_set(err, ERROR_DATA, "unknown method of slices");
    *ret = (struct slices_rule){(enum slices_method)method, (enum empty_slice)kind, budget_of(inputs),
                                number_of(inputs, "timeslice_target"), number_of(inputs, "period_slices")};
    return true;
}

static double item_number(const json_t *list, size_t i) {
    double value;
    return conform_number(json_array_get(list, i), &value) ? value : (double)NAN;
}

static json_t *timeslices(const json_t *inputs, struct error *err) {
    const json_t *slices = json_object_get(inputs, "slices");
    size_t count = json_array_size(slices);
    struct slices_rule rule;
    struct time_slices got;
    if (!read_rule(inputs, &rule, err)) return NULL;
    double *good = mem_zero(2 * count + 1, sizeof *good), *total = good + count;
    for (size_t i = 0; i < count; i++) {
        good[i] = item_number(json_array_get(slices, i), 0);
        total[i] = item_number(json_array_get(slices, i), 1);
    }
    enum stats_status status = time_slices_judge(&rule, good, total, count, &got);
    free(good);
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "status", status_text(status), "sli", number_json(got.sli), "consumed_ratio",
                     number_json(got.consumed), "remaining_ratio", number_json(got.remaining), "bad_slices", number_json(got.bad_slices));
}

const struct conform_kind conform_slo[] = {
    {"slo.burn_rate", burn_rate},
    {"slo.budget_rolling", budget_rolling},
    {"slo.budget_calendar", budget_calendar},
    {"slo.windows", windows},
    {"slo.mwmbr", mwmbr},
    {"slo.detection", detection},
    {"slo.canary_budget", canary_budget},
    {"slo.low_traffic", low_traffic},
    {"slo.timeslices", timeslices},
    {NULL, NULL},
};
