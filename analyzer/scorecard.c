// SPDX-License-Identifier: GPL-3.0-or-later
#include "scorecard.h"

#include <math.h>
#include <string.h>

#include "texts.h"

static const struct metric_config *config_of(const struct canary_config *config, const struct metric_result *m) {
    return &config->metrics[m->samples->metric];
}

static bool in_group(const struct metric_config *metric, const char *group) {
    for (size_t i = 0; i < metric->groups.count; i++) {
        if (strcmp(metric->groups.items[i], group) == 0) return true;
    }
    return false;
}

static size_t find_group(const struct verdict *v, const char *name) {
    size_t at = 0;
    while (at < v->group_count && strcmp(v->groups[at].name, name) != 0) at++;
    return at;
}

// The groups of the config or, without any, those that the metrics name, in the order in which they come up.
static void list_groups(const struct canary_config *config, struct verdict *v, struct arena *arena) {
    size_t most = config->group_count;
    for (size_t m = 0; m < config->metric_count; m++) most += config->metrics[m].groups.count;
    v->groups = arena_array(arena, most, sizeof *v->groups);
    for (size_t i = 0; i < config->group_count; i++)
        v->groups[v->group_count++] = (struct group_result){.name = config->groups[i].name, .weight = config->groups[i].weight};
    if (config->group_count > 0) return;
    for (size_t m = 0; m < config->metric_count; m++) {
        for (size_t i = 0; i < config->metrics[m].groups.count; i++) {
            const char *name = config->metrics[m].groups.items[i];
            if (find_group(v, name) == v->group_count) v->groups[v->group_count++] = (struct group_result){.name = name};
        }
    }
    for (size_t i = 0; i < v->group_count; i++) v->groups[i].weight = 100 / (double)v->group_count;
}

static size_t results_of(const struct verdict *v, size_t metric) {
    size_t count = 0;
    for (size_t i = 0; i < v->metric_count; i++) count += v->metrics[i].samples->metric == metric;
    return count;
}

static void give_weights(const struct canary_config *config, struct verdict *v) {
    for (size_t g = 0; g < v->group_count; g++) {
        struct group_result *group = &v->groups[g];
        size_t metrics = 0;
        for (size_t m = 0; m < config->metric_count; m++)
            metrics += !config->metrics[m].judge.muted && in_group(&config->metrics[m], group->name);
        for (size_t i = 0; i < v->metric_count; i++) {
            struct metric_result *m = &v->metrics[i];
            const struct metric_config *metric = config_of(config, m);
            if (metric->judge.muted || !in_group(metric, group->name)) continue;
            m->weight += group->weight / (double)metrics / (double)results_of(v, m->samples->metric);
            group->metrics++;
        }
    }
}

static bool failing(const struct metric_result *m) {
    return m->classification == CLASS_HIGH || m->classification == CLASS_LOW || (m->classification == CLASS_NODATA && m->fails);
}

static bool judged(const struct metric_result *m) {
    return m->classification == CLASS_PASS || failing(m);
}

static enum metric_role role_of(const struct metric_config *metric, const struct metric_result *m) {
    if (metric->judge.muted || !metric->required) return ROLE_INFORMS;
    return failing(m) ? ROLE_FAILS : judged(m) ? ROLE_PASSES : ROLE_HOLDS;
}

static void add_points(const struct canary_config *config, struct verdict *v) {
    double all = 0;
    for (size_t i = 0; i < v->metric_count; i++) {
        if (judged(&v->metrics[i])) all += v->metrics[i].weight;
    }
    v->has_score = all > 0;
    for (size_t i = 0; i < v->metric_count; i++) {
        struct metric_result *m = &v->metrics[i];
        m->role = role_of(config_of(config, m), m);
        m->points = all > 0 && m->classification == CLASS_PASS ? 100 * m->weight / all : 0;
        v->score += m->points;
    }
    for (size_t g = 0; g < v->group_count; g++) {
        size_t passing = 0, known = 0;
        for (size_t i = 0; i < v->metric_count; i++) {
            const struct metric_config *metric = config_of(config, &v->metrics[i]);
            if (metric->judge.muted || !in_group(metric, v->groups[g].name) || !judged(&v->metrics[i])) continue;
            known++;
            passing += v->metrics[i].classification == CLASS_PASS;
        }
        v->groups[g].has_data = known > 0;
        v->groups[g].score = known > 0 ? 100 * (double)passing / (double)known : 0;
    }
    v->score = fmin(v->score, 100);
}

static void give_reason(const struct metric_config *metric, const struct metric_result *m, struct verdict *v, struct arena *arena) {
    const char *what = m->classification == CLASS_NODATA ? "has no data on the canary side and must have some"
                                                         : arena_printf(arena, "is %s%s", classification_name(m->classification),
                                                                        metric->judge.critical ? " and critical" : "");
    texts_add(&v->reasons, arena, arena_printf(arena, "%s %s, so the canary fails", metric->name, what));
}

// One that fails is enough; one is told, with those that are critical before others.
static bool find_failure(const struct canary_config *config, struct verdict *v, struct arena *arena) {
    const struct metric_result *worst = NULL;
    for (size_t i = 0; i < v->metric_count; i++) {
        const struct metric_result *m = &v->metrics[i];
        if (m->role != ROLE_FAILS) continue;
        bool more = worst == NULL || (config_of(config, m)->judge.critical && !config_of(config, worst)->judge.critical);
        if (more) worst = m;
    }
    if (worst != NULL) give_reason(config_of(config, worst), worst, v, arena);
    return worst != NULL;
}

static void judge_score(const struct canary_config *config, struct verdict *v, struct arena *arena) {
    const struct judge_config *judge = &config->judge;
    v->kind = VERDICT_PASS;
    if (isnan(judge->pass)) {
        texts_add(&v->reasons, arena, "nothing that is required fails");
    } else if (!v->has_score || v->score >= judge->pass - 1e-9) {
        texts_add(&v->reasons, arena,
                  arena_printf(arena, "nothing that is required fails; score %.4g reaches %.4g", v->score, judge->pass));
    } else {
        v->kind = v->score >= judge->marginal - 1e-9 ? VERDICT_MARGINAL : VERDICT_FAIL;
        bool marginal = v->kind == VERDICT_MARGINAL;
        texts_add(&v->reasons, arena,
                  arena_printf(arena, "score %.4g is below %s %.4g", v->score, marginal ? "pass" : "marginal",
                               marginal ? judge->pass : judge->marginal));
    }
}

void scorecard_make(const struct canary_config *config, struct verdict *v, struct arena *arena) {
    list_groups(config, v, arena);
    give_weights(config, v);
    add_points(config, v);
    if (find_failure(config, v, arena)) {
        v->kind = VERDICT_FAIL;
    } else {
        judge_score(config, v, arena);
    }
}
