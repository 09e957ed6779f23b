// SPDX-License-Identifier: GPL-3.0-or-later
#include "objective_count.h"

#include <math.h>

#include "stats/burn_rate.h"
#include "stats/histogram_sli.h"

// Prometheus extrapolates each series on its own, so that two counts that belong together may differ by this share and an event.
static const double slack_share = 0.01, slack_events = 1;

double objective_count_value(const struct answer *answer) {
    if (answer->set.count == 0 || answer->set.items[0].count == 0) return (double)NAN;
    double value = answer->set.items[0].value[answer->set.items[0].count - 1];
    return isnan(value) ? (double)INFINITY : value; // a value that is no number is there, and impossible
}

double objective_count_slices(const struct objective_config *o, const struct objective_span *span) {
    return (double)(span->end_ms / o->slice_ms - span->start_ms / o->slice_ms);
}

// Slices without traffic are not in the answers.
static void add_empty_slices(const struct objective_config *o, const struct objective_span *span, struct objective_parts *parts) {
    struct slices_rule rule = {o->slice_method, o->empty, o->budget, o->slice_target / 100, (double)NAN};
    if (!o->sliced || o->empty == EMPTY_SLICE_IGNORED) return;
    struct slice_counts known = {isnan(parts->total) ? 0 : parts->total, isnan(parts->total) || isnan(parts->marked) ? 0 : parts->marked};
    struct slice_counts all = time_slices_fill(&rule, known, objective_count_slices(o, span));
    *parts = (struct objective_parts){all.bad, all.counted};
}

// A count of marked events that is over the total by no more than the server's extrapolation.
static double settled(double marked, double total) {
    return marked > total && marked - total <= slack_events + slack_share * total ? total : marked;
}

// Good events by the kind of the objective; a classic histogram has the bucket of its bound and that of all.
static enum stats_status find_good(const struct objective_config *o, struct objective_parts parts, struct histogram_sli *ret) {
    const double bounds[] = {o->below, (double)INFINITY}, cumulative[] = {parts.marked, parts.total};
    if (o->kind == OBJECTIVE_LATENCY && !o->native) return histogram_sli_classic(bounds, cumulative, 2, o->below, ret);
    return histogram_sli_counted(parts.marked, parts.total, ret);
}

enum objective_state objective_count_events(const struct objective_config *o, const struct objective_span *span,
                                            struct objective_parts parts, struct event_counts *ret) {
    bool marks_bad = objective_marks_bad(o);
    struct histogram_sli sli;
    *ret = (struct event_counts){(double)NAN, (double)NAN};
    add_empty_slices(o, span, &parts);
    if (isnan(parts.total)) return OBJECTIVE_ABSENT;
    if (isinf(parts.total) || parts.total < 0 || (parts.total > 0 && isinf(parts.marked))) return OBJECTIVE_INVALID;
    if (parts.total == 0) {
        *ret = (struct event_counts){0, 0};
        return OBJECTIVE_NO_TRAFFIC;
    }
    bool has_marked = !isnan(parts.marked);
    if (!has_marked && !marks_bad) return OBJECTIVE_ABSENT;
    parts.marked = has_marked ? settled(parts.marked, parts.total) : 0;
    if (marks_bad) {
        if (parts.marked < 0 || parts.marked > parts.total) return OBJECTIVE_INVALID;
        *ret = (struct event_counts){parts.marked, parts.total};
    } else {
        if (find_good(o, parts, &sli) != STATS_OK) return OBJECTIVE_INVALID;
        *ret = (struct event_counts){sli.total - sli.good, sli.total};
    }
    return has_marked || o->sliced ? OBJECTIVE_OK : OBJECTIVE_NO_ERROR_SERIES;
}

void objective_count_burn(struct event_counts counts, double budget, double factor, double alpha, struct burn_significance *ret) {
    const double nan = (double)NAN;
    *ret = (struct burn_significance){nan, nan, nan, nan, BURN_INCONCLUSIVE, false, 0};
    if (!(counts.total < 9e15)) return;
    uint64_t n = (uint64_t)fmax(1, counts.total + 0.5), k = (uint64_t)(counts.errors + 0.5);
    burn_significance(k < n ? k : n, n, budget, factor, alpha, ret);
}

void objective_count_measure(const struct planned_objective *p, const struct objective_span *span, struct objective_parts parts,
                             struct objective_count *ret) {
    const double nan = (double)NAN;
    *ret = (struct objective_count){.error_ratio = nan, .burn_rate = nan, .burn = {nan, nan, nan, nan, BURN_INCONCLUSIVE, false, 0}};
    ret->state = objective_count_events(p->config, span, parts, &ret->counts);
    if (!objective_is_known(ret->state)) return;
    ret->error_ratio = ret->counts.errors / ret->counts.total;
    ret->burn_rate = burn_rate_of(ret->counts, p->config->budget);
    objective_count_burn(ret->counts, p->config->budget, 1, p->alpha, &ret->burn);
}
