// SPDX-License-Identifier: GPL-3.0-or-later
#include "evidence_text.h"

#include <math.h>

#include "base/timetext.h"

struct speaker {
    const struct plan *plan;
    const struct metric_config *metric;
    const struct metric_result *result;
    const struct evidence *evidence;
    struct arena *arena;
};

// "12.3 % higher", "5.4 times as high".
static const char *change_text(const struct speaker *s, double change) {
    if (!isfinite(change)) return "changed beyond measure";
    if (change >= 1) return arena_printf(s->arena, "%.3g times as high", 1 + change);
    if (fabs(change) < 5e-5) return "the same";
    return arena_printf(s->arena, "%.3g%% %s", fabs(change) * 100, change < 0 ? "lower" : "higher");
}

// " (9.1 to 15.6 %)", in the words of the estimate; signs only where the limits differ in theirs. "" without limits.
static const char *interval_text(const struct speaker *s) {
    const struct evidence *e = s->evidence;
    double low = 100 * e->low, high = 100 * e->high;
    if (isnan(low) || isnan(high) || !(low < high)) return "";
    if (e->estimate >= 1) {
        if (isinf(high)) return arena_printf(s->arena, " (at least %.3g times)", 1 + e->low);
        return arena_printf(s->arena, " (%.3g to %.3g times)", 1 + e->low, 1 + e->high);
    }
    if (isinf(high)) return arena_printf(s->arena, " (at least %+.3g%%)", low);
    if (high < 0) return arena_printf(s->arena, " (%.3g to %.3g%%)", -high, -low);
    return arena_printf(s->arena, low < 0 ? " (%+.3g to %+.3g%%)" : " (%.3g to %.3g%%)", low, high);
}

static const char *sure_text(const struct speaker *s) {
    static const double levels[] = {99.99, 99.9, 99, 95, 90, 50};
    double sure = 100 * (1 - s->result->p_adjusted);
    const struct evidence *e = s->evidence;
    if (e->reason != EVIDENCE_TESTED || (e->decisive >= 0 && isnan(e->parts[e->decisive].p))) return ""; // a rule, not a chance
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (sure >= levels[i]) return arena_printf(s->arena, ", %.6g%% sure", levels[i]);
    }
    return "";
}

static const char *onset_text(const struct speaker *s) {
    const struct evidence *e = s->evidence;
    int64_t start_ms, end_ms;
    struct buf time;
    if (!e->has_onset || e->onset == 0) return "";
    plan_metric_times(s->plan, s->metric, SIDE_CANARY, &start_ms, &end_ms);
    buf_init(&time, 64);
    time_format(&time, start_ms + (int64_t)e->onset * s->result->samples->columns.step_ms);
    const char *text = time.len >= 16 ? arena_printf(s->arena, ", from %.5s on", buf_text(&time) + 11) : "";
    buf_finish(&time);
    return text;
}

// The absolute tolerance with its unit: "0.01 points", "0.005 s".
static const char *absolute_text(const struct speaker *s) {
    double absolute = s->metric->tolerance.absolute;
    if (s->metric->kind == METRIC_COUNTS) return arena_printf(s->arena, "%.4g points", absolute * 100);
    const char *unit = s->metric->unit != NULL ? s->metric->unit : "";
    return arena_printf(s->arena, "%.4g%s%s", absolute, *unit != '\0' ? " " : "", unit);
}

static const char *tolerance_text(const struct speaker *s) {
    const struct tolerance_config *t = &s->metric->tolerance;
    const char *text = arena_printf(s->arena, "tolerated %.4g%%", t->relative * 100);
    return t->absolute > 0 ? arena_printf(s->arena, "%s and %s", text, absolute_text(s)) : text;
}

static double harm_of(const struct metric_config *metric) {
    return isnan(metric->tolerance.harm) ? 2 * metric->tolerance.relative : metric->tolerance.harm;
}

static bool is_down(const struct speaker *s, const struct evidence_part *part) {
    return part->decrease || s->metric->judge.direction == KAYENTA_DECREASE;
}

// A location of the battery as a relative change of the canary.
static double relative_of(const struct speaker *s, const struct evidence_part *part) {
    double theta = is_down(s, part) ? -part->estimate : part->estimate;
    return s->evidence->log_scale && part->kind != EVIDENCE_MEAN ? expm1(theta) : theta;
}

// What the part that decided found.
static const char *finding_text(const struct speaker *s) {
    const struct evidence *e = s->evidence;
    const struct evidence_part *part = e->decisive >= 0 ? &e->parts[e->decisive] : NULL;
    const char *unit = s->metric->unit != NULL ? s->metric->unit : s->metric->kind == METRIC_HISTOGRAM ? "s" : "";
    if (part == NULL) return arena_printf(s->arena, "is %s%s", change_text(s, e->estimate), interval_text(s));
    switch (part->kind) {
    case EVIDENCE_LATER:
        return arena_printf(s->arena, "is %s in the later half of the window", change_text(s, relative_of(s, part)));
    case EVIDENCE_MEAN:
        return arena_printf(s->arena, "is %s on average, though not throughout", change_text(s, relative_of(s, part)));
    case EVIDENCE_TREND:
        return arena_printf(s->arena, "drifts to %s over the window", change_text(s, relative_of(s, part)));
    case EVIDENCE_DISPERSION:
        return arena_printf(s->arena, "varies %.3g times as much as the baseline", part->estimate);
    case EVIDENCE_BURST:
        return "has a burst that the baseline lacks";
    case EVIDENCE_APPEARANCE:
        return arena_printf(s->arena, "has a value in %zu of %zu steps, the baseline in none of %zu", part->seen.active, part->seen.steps,
                            part->seen.silent);
    case EVIDENCE_WINDOW:
        return isfinite(part->estimate) ? arena_printf(s->arena, "is %.3g times the baseline's for a short time", part->estimate)
                                        : "has bad events for a short time where the baseline has none";
    case EVIDENCE_ORDER:
        return arena_printf(s->arena, "is %s than the baseline for most requests (%.3g%% of pairs)", is_down(s, part) ? "lower" : "higher",
                            100 * part->estimate);
    case EVIDENCE_TAIL:
        return arena_printf(s->arena, "has %.3g times as many requests over %.4g%s%s", part->estimate, part->edge, *unit != '\0' ? " " : "",
                            unit);
    case EVIDENCE_LOCATION:
    case EVIDENCE_COUNT:
        break;
    }
    return arena_printf(s->arena, "is %s%s", change_text(s, e->estimate), interval_text(s));
}

static const char *pass_text(const struct speaker *s) {
    const struct judge_config *judge = &s->plan->config->judge;
    const struct evidence *e = s->evidence;
    if (e->reason == EVIDENCE_IDENTICAL) return "is the same on both sides, number for number";
    if (e->reason == EVIDENCE_CONSTANT)
        return arena_printf(s->arena, "is %s all the time; %s", change_text(s, e->estimate), tolerance_text(s));
    double harm = harm_of(s->metric);
    bool excluded = (s->metric->judge.direction == KAYENTA_DECREASE || e->high < harm) &&
                    (s->metric->judge.direction == KAYENTA_INCREASE || e->low > -harm);
    const char *what = excluded ? arena_printf(s->arena, "harm of %.4g%% is excluded", 100 * harm)
                                : arena_printf(s->arena, "%s are tolerated, and harm beyond is excluded", absolute_text(s));
    return arena_printf(s->arena, "is %s%s; %s, %.6g%% sure", change_text(s, e->estimate), interval_text(s), what, judge->pass_confidence);
}

static const char *open_text(const struct speaker *s) {
    const struct evidence *e = s->evidence;
    if (e->reason == EVIDENCE_TOO_FEW) {
        bool few = (double)e->count < s->metric->min_samples;
        return few ? arena_printf(s->arena, "%zu steps with data on both sides, %.6g needed", e->count, s->metric->min_samples)
                   : "too few requests to compare";
    }
    const struct evidence_part *part = e->decisive >= 0 ? &e->parts[e->decisive] : NULL;
    bool size = part == NULL || part->kind == EVIDENCE_LOCATION || part->kind == EVIDENCE_COUNT;
    return arena_printf(s->arena, "%s; %s", finding_text(s),
                        size ? arena_printf(s->arena, "harm of %.4g%% is not excluded, nor is a change sure", 100 * harm_of(s->metric))
                             : "neither sure nor excluded");
}

// "; this window sees changes above 7%", what a pass or an open verdict is worth.
static const char *visible_text(const struct speaker *s) {
    double visible = s->evidence->visible;
    if (!isfinite(visible)) return "";
    if (visible >= 1) return arena_printf(s->arena, "; this window sees changes to %.3g times the baseline and more", 1 + visible);
    return arena_printf(s->arena, "; this window sees changes above %.3g%%", 100 * visible);
}

const char *evidence_text(const struct plan *plan, const struct metric_config *metric, const struct metric_result *result,
                          struct arena *arena) {
    struct speaker s = {plan, metric, result, result->evidence, arena};
    if (result->classification == CLASS_PASS) return arena_printf(arena, "%s%s", pass_text(&s), visible_text(&s));
    if (result->classification == CLASS_INCONCLUSIVE) return arena_printf(arena, "%s%s", open_text(&s), visible_text(&s));
    return arena_printf(arena, "%s%s%s; %s", finding_text(&s), sure_text(&s), onset_text(&s), tolerance_text(&s));
}
