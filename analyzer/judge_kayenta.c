// SPDX-License-Identifier: GPL-3.0-or-later
#include "judge_kayenta.h"

#include "analyzer/kayenta_score.h"
#include "texts.h"

static enum classification class_of(enum kayenta_class class) {
    switch (class) {
    case KAYENTA_PASS:
        return CLASS_PASS;
    case KAYENTA_HIGH:
        return CLASS_HIGH;
    case KAYENTA_LOW:
        return CLASS_LOW;
    case KAYENTA_NODATA:
    case KAYENTA_NODATA_FAIL:
        return CLASS_NODATA;
    case KAYENTA_ERROR:
        return CLASS_ERROR;
    }
    return CLASS_ERROR;
}

// The class to score, after thresholds were judged and classes without enough samples were taken back.
static enum kayenta_class scored_class(const struct metric_result *m) {
    switch (m->classification) {
    case CLASS_PASS:
        return KAYENTA_PASS;
    case CLASS_HIGH:
        return KAYENTA_HIGH;
    case CLASS_LOW:
        return KAYENTA_LOW;
    case CLASS_ERROR:
        return KAYENTA_ERROR;
    case CLASS_INCONCLUSIVE:
        return KAYENTA_NODATA;
    case CLASS_NODATA:
        return m->fails ? KAYENTA_NODATA_FAIL : KAYENTA_NODATA;
    }
    return KAYENTA_ERROR;
}

static bool judge_metric(const struct plan *plan, struct arena *arena, struct metric_result *ret, struct error *err) {
    const struct metric_config *metric = &plan->config->metrics[ret->samples->metric];
    const struct side_samples *baseline = &ret->samples->sides[SIDE_BASELINE], *canary = &ret->samples->sides[SIDE_CANARY];
    struct kayenta_sample experiment = {canary->values, canary->count}, control = {baseline->values, baseline->count};
    if (!kayenta_classify(metric->name, experiment, control, &metric->judge, &ret->judged, err)) return false;
    ret->compared = true;
    ret->classification = class_of(ret->judged.class);
    ret->fails = ret->judged.critical && (ret->judged.class == KAYENTA_HIGH || ret->judged.class == KAYENTA_LOW);
    ret->reason = ret->judged.reason[0] != '\0' ? arena_strdup(arena, ret->judged.reason) : NULL;
    return true;
}

static bool failing(const struct metric_result *m) {
    return m->classification == CLASS_HIGH || m->classification == CLASS_LOW || (m->classification == CLASS_NODATA && m->fails);
}

static void give_reasons(const struct canary_config *config, struct verdict *v, struct arena *arena) {
    for (size_t i = 0; i < v->metric_count; i++) {
        const struct metric_result *m = &v->metrics[i];
        const struct metric_config *metric = &config->metrics[m->samples->metric];
        if (metric->judge.muted || !failing(m) || !m->fails) continue;
        texts_add(&v->reasons, arena,
                  m->classification == CLASS_NODATA ? arena_printf(arena, "%s has no data and must have some", metric->name)
                                                    : arena_printf(arena, "%s is %s and critical, so the canary fails", metric->name,
                                                                   classification_name(m->classification)));
    }
    if (v->kind == VERDICT_PASS) {
        texts_add(&v->reasons, arena, arena_printf(arena, "score %.4g reaches %.4g", v->score, config->judge.pass));
    } else if (v->reasons.count == 0) {
        texts_add(&v->reasons, arena,
                  arena_printf(arena, "score %.4g is below %s %.4g", v->score, v->kind == VERDICT_MARGINAL ? "pass" : "marginal",
                               v->kind == VERDICT_MARGINAL ? config->judge.pass : config->judge.marginal));
    }
}

static void take_groups(struct verdict *v, const struct kayenta_score *score, struct arena *arena) {
    v->groups = arena_array(arena, score->group_count, sizeof *v->groups);
    v->group_count = score->group_count;
    for (size_t i = 0; i < score->group_count; i++) {
        const struct kayenta_group_score *g = &score->groups[i];
        v->groups[i] = (struct group_result){.name = g->name, .weight = g->weight, .score = g->score, .has_data = g->has_data};
    }
}

static void count_groups(const struct canary_config *config, struct verdict *v) {
    for (size_t i = 0; i < v->metric_count; i++) {
        const struct metric_config *metric = &config->metrics[v->metrics[i].samples->metric];
        for (size_t g = 0; g < v->group_count && !metric->judge.muted; g++) {
            for (size_t k = 0; k < metric->groups.count; k++) {
                if (view_is(view_of(v->groups[g].name), metric->groups.items[k])) v->groups[g].metrics++;
            }
        }
    }
}

// Alone it makes the canary fail: a metric without data that must have some only when it is critical too.
static bool decides(const struct metric_config *metric, const struct metric_result *m) {
    return m->fails && (m->classification != CLASS_NODATA || metric->judge.critical);
}

// The score without the rule that makes it 0 when half of the metrics have no data: absent data must not fail a canary.
static double score_of_groups(const struct kayenta_score *s) {
    double sum = 0;
    for (size_t i = 0; i < s->group_count; i++) sum += (s->groups[i].has_data ? s->groups[i].score : 100) * s->groups[i].weight / 100;
    return sum;
}

// Whether the metrics that were judged, and not missing data alone, put the score below the limits.
static bool fails_by_data(const struct canary_config *config, const struct verdict *v, const struct kayenta_score *s) {
    bool any = false;
    for (size_t i = 0; i < v->metric_count; i++) {
        const struct metric_result *m = &v->metrics[i];
        const struct metric_config *metric = &config->metrics[m->samples->metric];
        if (metric->judge.muted || !failing(m)) continue;
        if (decides(metric, m)) return true;
        any = true;
    }
    return any && kayenta_round(score_of_groups(s)) < config->judge.marginal;
}

static bool score(const struct plan *plan, struct verdict *v, struct arena *arena, struct error *err) {
    const struct canary_config *config = plan->config;
    (void)err;
    struct kayenta_scored *results = arena_array(arena, v->metric_count, sizeof *results);
    struct kayenta_weight *weights = arena_array(arena, config->group_count, sizeof *weights);
    for (size_t i = 0; i < v->metric_count; i++) {
        const struct metric_result *m = &v->metrics[i];
        const struct metric_config *metric = &config->metrics[m->samples->metric];
        results[i] = (struct kayenta_scored){.class = scored_class(m),
                                             .reason = m->reason,
                                             .groups = metric->groups.items,
                                             .group_count = metric->groups.count,
                                             .critical = m->classification == CLASS_NODATA ? metric->judge.critical : m->fails,
                                             .muted = metric->judge.muted};
    }
    for (size_t i = 0; i < config->group_count; i++) weights[i] = (struct kayenta_weight){config->groups[i].name, config->groups[i].weight};
    struct kayenta_score_input input = {results, v->metric_count, weights, config->group_count, config->judge.pass, config->judge.marginal};
    struct kayenta_score s;
    kayenta_score(&input, arena, &s);
    take_groups(v, &s, arena);
    count_groups(config, v);
    v->has_score = true;
    v->score = s.score;
    v->kind = s.class == KAYENTA_SCORE_PASS ? VERDICT_PASS : s.class == KAYENTA_SCORE_MARGINAL ? VERDICT_MARGINAL : VERDICT_FAIL;
    if (v->kind == VERDICT_FAIL && !fails_by_data(config, v, &s)) v->kind = VERDICT_INCONCLUSIVE;
    give_reasons(config, v, arena);
    return true;
}

const struct judge judge_kayenta = {.name = "kayenta", .confidence = KAYENTA_CONFIDENCE, .metric = judge_metric, .score = score};
