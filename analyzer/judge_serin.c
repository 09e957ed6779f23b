// SPDX-License-Identifier: GPL-3.0-or-later
// Metrics up to four are each judged at the level alpha. From five on they share the level of five by Holm's correction, and
// none gets a looser one than alone. A critical metric is judged alone always: others must not take its level away.
#include "judge_serin.h"

#include <math.h>

#include "analyzer/counts_evidence.h"
#include "analyzer/histogram_evidence.h"
#include "analyzer/judge_settings.h"
#include "analyzer/series_evidence.h"
#include "evidence_text.h"
#include "scorecard.h"
#include "stats/p_adjust.h"
#include "texts.h"
#include "where.h"

static const struct metric_config *config_of(const struct plan *plan, const struct metric_result *m) {
    return &plan->config->metrics[m->samples->metric];
}

void judge_serin_evidence(const struct metric_config *metric, const struct step_columns *c, const struct evidence_settings *settings,
                          struct arena *scratch, struct evidence *ret) {
    const struct series_columns series = {c->values[SIDE_BASELINE], c->values[SIDE_CANARY], c->steps,
                                          c->before[SIDE_BASELINE], c->before[SIDE_CANARY], c->before_steps};
    const struct count_columns counts = {
        {c->bad[SIDE_BASELINE], c->total[SIDE_BASELINE]}, {c->bad[SIDE_CANARY], c->total[SIDE_CANARY]}, c->steps};
    const struct histogram_columns buckets = {c->bounds, c->buckets, c->rows[SIDE_BASELINE], c->rows[SIDE_CANARY], c->steps};
    switch (metric->kind) {
    case METRIC_COUNTS:
        counts_evidence_make(&counts, settings, scratch, ret);
        break;
    case METRIC_HISTOGRAM:
        histogram_evidence_make(&buckets, settings, scratch, ret);
        break;
    case METRIC_SERIES:
    case METRIC_THRESHOLD:
        series_evidence_make(&series, settings, scratch, ret);
        break;
    }
}

static void lacks(const struct metric_config *metric, enum side side, struct arena *arena, struct metric_result *ret) {
    bool other = ret->samples->columns.seen[SIDE_BASELINE];
    ret->classification = CLASS_NODATA;
    ret->fails = side == SIDE_CANARY && other && metric->judge.must_have_data;
    ret->reason = arena_printf(arena, "no samples on %s",
                               side == SIDE_BASELINE ? "the baseline side"
                               : other               ? "the canary side"
                                                     : "either side");
}

// Steps of the whole window.
static size_t horizon(const struct plan *plan, const struct step_columns *c) {
    if (plan->look == NULL) return c->steps;
    size_t steps = (size_t)((plan->look->horizon_ms - plan->start_ms) / c->step_ms);
    return steps > c->steps ? steps : c->steps;
}

static bool judge_metric(const struct plan *plan, struct arena *arena, struct metric_result *ret, struct error *err) {
    const struct metric_config *metric = config_of(plan, ret);
    const struct step_columns *columns = &ret->samples->columns;
    struct evidence_settings settings;
    judge_settings(&plan->config->judge, metric, &settings);
    settings.alpha = judge_plan_alpha(plan);
    settings.fresh = plan->look != NULL ? plan->look->fresh : 1;
    settings.beta = judge_plan_beta(plan);
    settings.horizon = horizon(plan, columns);
    ret->p_adjusted = ret->minutes = (double)NAN;
    if (!evidence_settings_check(&settings, err)) return false;
    if (!columns->seen[SIDE_CANARY] || !columns->seen[SIDE_BASELINE]) {
        lacks(metric, columns->seen[SIDE_CANARY] ? SIDE_BASELINE : SIDE_CANARY, arena, ret);
        return true;
    }
    if (metric->kind == METRIC_HISTOGRAM && columns->buckets < 2) {
        ret->classification = CLASS_ERROR;
        ret->reason = "the buckets of the two sides have no border in common";
        return true;
    }
    struct arena scratch = {0};
    struct evidence *evidence = arena_alloc(arena, sizeof *evidence);
    judge_serin_evidence(metric, columns, &settings, &scratch, evidence);
    arena_finish(&scratch);
    ret->evidence = evidence;
    ret->classification = CLASS_INCONCLUSIVE; // until all metrics are known
    return true;
}

// Metrics that share the level: all that count for the verdict, but for the critical ones.
static bool shares_level(const struct metric_config *metric, const struct metric_result *m) {
    return m->evidence != NULL && metric->required && !metric->judge.muted && !metric->judge.critical;
}

static void share_level(const struct plan *plan, struct verdict *v, struct arena *arena) {
    size_t count = 0;
    double *p = arena_array(arena, v->metric_count, sizeof *p),
           *scratch = arena_array(arena, p_adjust_scratch(v->metric_count), sizeof *scratch);
    for (size_t i = 0; i < v->metric_count; i++) {
        struct metric_result *m = &v->metrics[i];
        if (m->evidence == NULL) continue;
        m->p_adjusted = m->evidence->p;
        m->family = 1;
        if (shares_level(config_of(plan, m), m)) p[count++] = m->evidence->p;
    }
    if (count < JUDGE_FAMILY || p_adjust(P_ADJUST_HOLM, p, count, scratch, p) != STATS_OK) return;
    for (size_t i = 0, k = 0; i < v->metric_count; i++) {
        struct metric_result *m = &v->metrics[i];
        if (!shares_level(config_of(plan, m), m)) continue;
        m->p_adjusted = fmax(p[k++] / JUDGE_FAMILY, m->evidence->p);
        m->family = count;
    }
}

// A fail by more is high, by less is low, whatever part of the battery it comes from.
static bool is_low(const struct metric_config *metric, const struct evidence *e) {
    if (e->decisive < 0) return e->estimate < 0;
    return metric->judge.direction == KAYENTA_DECREASE || e->parts[e->decisive].decrease;
}

static void classify(const struct metric_config *metric, double alpha, struct metric_result *m) {
    const struct evidence *e = m->evidence;
    if (m->p_adjusted < alpha) {
        m->classification = is_low(metric, e) ? CLASS_LOW : CLASS_HIGH;
        m->fails = metric->required;
    } else {
        m->classification = e->passes ? CLASS_PASS : CLASS_INCONCLUSIVE;
    }
}

// Steps until a decision is expected: a fail when the estimate is beyond what is tolerated, else a pass.
// Of several looks none passes before the window ends unless told to, and the last one fails what an early one leaves open.
static double minutes_left(const struct plan *plan, const struct metric_config *metric, const struct metric_result *m) {
    const struct evidence *e = m->evidence;
    const struct step_columns *c = &m->samples->columns;
    double bad = metric->judge.direction == KAYENTA_DECREASE ? -e->estimate
                 : metric->judge.direction == KAYENTA_EITHER ? fabs(e->estimate)
                                                             : e->estimate;
    bool fails = bad > metric->tolerance.relative;
    double steps = fails ? e->steps_to_fail : e->steps_to_pass, whole = (double)horizon(plan, c);
    if (plan->look != NULL && !isnan(steps)) steps = fails || plan->config->judge.early_pass ? fmin(steps, whole) : fmax(steps, whole);
    if (e->reason == EVIDENCE_TOO_FEW && e->count > 0) steps = metric->min_samples * (double)c->steps / (double)e->count;
    double minutes = ceil((steps - (double)c->steps) * (double)c->step_ms / 60000);
    return minutes > 0 && minutes < 1e9 ? minutes : (double)NAN;
}

// What would decide, in few words: the reason of the metric has the numbers.
static void tell_missing(const struct metric_config *metric, const struct metric_result *m, struct verdict *v, struct arena *arena) {
    const char *text = "not sure either way";
    if (m->evidence == NULL) {
        text = arena_printf(arena, "%s; check the query and the labels of the scope", m->reason);
    } else if (m->evidence->reason == EVIDENCE_TOO_FEW) {
        text = m->reason;
    }
    if (!isnan(m->minutes)) {
        text = arena_printf(arena, "%s; needs about %.0f more minute%s", text, m->minutes, m->minutes > 1 ? "s" : "");
    } else if (m->evidence != NULL) {
        text = arena_printf(arena, "%s; a longer window decides", text);
    }
    texts_add(&v->missing, arena, arena_printf(arena, "%s: %s", metric->name, text));
}

static bool score(const struct plan *plan, struct verdict *v, struct arena *arena, struct error *err) {
    (void)err;
    share_level(plan, v, arena);
    for (size_t i = 0; i < v->metric_count; i++) {
        struct metric_result *m = &v->metrics[i];
        const struct metric_config *metric = config_of(plan, m);
        if (m->evidence == NULL) continue;
        classify(metric, judge_plan_alpha(plan), m);
        m->reason = evidence_text(plan, metric, m, arena);
        if (m->classification == CLASS_INCONCLUSIVE) m->minutes = minutes_left(plan, metric, m);
    }
    scorecard_make(plan->config, v, arena);
    for (size_t i = 0; i < v->metric_count; i++) {
        const struct metric_result *m = &v->metrics[i];
        const struct metric_config *metric = config_of(plan, m);
        if (m->role == ROLE_HOLDS && metric->kind != METRIC_THRESHOLD && m->classification != CLASS_ERROR)
            tell_missing(metric, m, v, arena);
    }
    where_find(plan, v, arena);
    return true;
}

const struct judge judge_serin = {.name = "serin", .looks_for_data = true, .metric = judge_metric, .score = score};
