// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/verdict.h"

#include <math.h>
#include <string.h>

#include "guard.h"
#include "judge_threshold.h"
#include "texts.h"

#define MOST_FAILURES 5 // told one by one

const char *classification_name(enum classification classification) {
    static const char *const names[] = {"pass", "high", "low", "inconclusive", "nodata", "error"};
    return names[classification];
}

static const char *const verdict_names[VERDICT_COUNT] = {"pass", "marginal", "fail", "inconclusive", "error"};

const char *verdict_name(enum verdict_kind verdict) {
    return verdict_names[verdict];
}

bool verdict_parse(const char *text, enum verdict_kind *ret) {
    for (size_t i = 0; text != NULL && i < VERDICT_COUNT; i++) {
        if (strcmp(text, verdict_names[i]) != 0) continue;
        *ret = (enum verdict_kind)i;
        return true;
    }
    return false;
}

const char *guard_state_name(enum guard_state state) {
    static const char *const names[] = {"ok", "broken", "caps"};
    return names[state];
}

const char *metric_role_name(enum metric_role role) {
    static const char *const names[] = {"informs", "passes", "fails", "holds"};
    return names[role];
}

int verdict_exit_code(enum verdict_kind verdict) {
    static const int codes[] = {EXIT_PASS, EXIT_MARGINAL, EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_SOURCE};
    return codes[verdict];
}

// Samples that say something: with gaps read as zero every sample does.
static size_t usable(const struct metric_config *metric, const struct side_samples *column) {
    size_t count = 0;
    for (size_t i = 0; i < column->count; i++) {
        if (metric->judge.nan_strategy == KAYENTA_NAN_REPLACE || !isnan(column->values[i])) count++;
    }
    return count;
}

static enum side first_side(const struct metric_config *metric) {
    return metric->kind == METRIC_THRESHOLD ? SIDE_CANARY : SIDE_BASELINE;
}

static bool lacks_data(const struct metric_config *metric, const struct metric_result *result) {
    for (int side = (int)first_side(metric); side < SIDE_COUNT; side++) {
        if (usable(metric, &result->samples->sides[side]) == 0) return true;
    }
    return result->classification == CLASS_NODATA;
}

// No classification of a test stands on fewer samples than the metric asks for.
static void require_samples(const struct plan *plan, const struct metric_config *metric, struct arena *arena, struct verdict *verdict,
                            struct metric_result *result) {
    for (int side = (int)first_side(metric); side < SIDE_COUNT; side++) {
        size_t count = usable(metric, &result->samples->sides[side]);
        if ((double)count >= metric->min_samples) continue;
        bool none = count == 0;
        if (result->classification != CLASS_NODATA || none) result->classification = none ? CLASS_NODATA : CLASS_INCONCLUSIVE;
        result->fails = false;
        result->reason =
            arena_printf(arena, "%zu samples on the %s side, %g needed", count, side_name((enum side)side), metric->min_samples);
        if (metric->judge.muted || !metric->required) continue;
        double window_min = (double)(plan->end_ms - plan->start_ms) / 60000.0;
        const char *hint = none ? "check the query and the labels of the scope"
                                : arena_printf(arena, "about %.0f more minutes at this rate",
                                               ceil(window_min * (metric->min_samples / (double)count - 1)));
        texts_add(&verdict->missing, arena, arena_printf(arena, "%s: %s; %s", metric->name, result->reason, hint));
    }
}

static bool judge_metrics(const struct plan *plan, const struct judge *judge, const struct samples *samples, struct arena *arena,
                          struct verdict *ret, struct error *err) {
    ret->metrics = arena_array(arena, samples->count, sizeof *ret->metrics);
    ret->metric_count = samples->count;
    for (size_t i = 0; i < samples->count; i++) {
        const struct metric_config *metric = &plan->config->metrics[samples->items[i].metric];
        struct metric_result *result = &ret->metrics[i];
        *result = (struct metric_result){.samples = &samples->items[i]};
        if (metric->kind == METRIC_THRESHOLD) {
            threshold_classify(metric, arena, result);
        } else if (!judge->metric(plan, arena, result, err)) {
            return error_prefix(err, "metric %s", metric->name);
        }
        if (judge->looks_for_data && metric->kind != METRIC_THRESHOLD) continue;
        if (metric->judge.must_have_data && lacks_data(metric, result)) {
            result->classification = CLASS_NODATA;
            result->fails = true;
            if (result->reason == NULL) result->reason = "no samples, and the metric must have data";
            continue;
        }
        require_samples(plan, metric, arena, ret, result);
    }
    return true;
}

static bool inconclusive(enum classification c) {
    return c == CLASS_INCONCLUSIVE || c == CLASS_NODATA || c == CLASS_ERROR;
}

// What to mend, of parity with the gap that costs most.
static const char *broken_text(const struct verdict *v, const struct guard_result *result, struct arena *arena) {
    const char *text = arena_printf(arena, "guard %s: %s", result->guard->name, result->text);
    if (result->guard->query != NULL || v->trust->parity.gap_count == 0) return text;
    const struct parity_gap *gap = &v->trust->parity.gaps[0];
    return arena_printf(arena, "%s; most of it in %s: %s", text, gap->metric, gap->text);
}

// A failure stands whatever is missing; a pass stands only when nothing is.
static void be_careful(const struct plan *plan, struct arena *arena, struct verdict *v) {
    size_t broken = 0, open = 0;
    for (size_t i = 0; i < v->guard_count; i++) {
        if (v->guards[i].state == GUARD_OK) continue;
        broken += v->guards[i].state == GUARD_BROKEN;
        texts_add(&v->missing, arena, broken_text(v, &v->guards[i], arena));
    }
    for (size_t i = 0; i < v->metric_count; i++) {
        const struct metric_result *m = &v->metrics[i];
        const struct metric_config *config = &plan->config->metrics[m->samples->metric];
        if (config->judge.muted || !config->required || !inconclusive(m->classification) || (m->classification == CLASS_NODATA && m->fails))
            continue;
        open++;
        if (m->classification == CLASS_ERROR) {
            texts_add(&v->missing, arena, arena_printf(arena, "%s: the judge could not compute a result from these samples", config->name));
        }
    }
    if (broken > 0) {
        v->kind = VERDICT_INCONCLUSIVE;
        texts_clear(&v->reasons);
        texts_add(&v->reasons, arena,
                  arena_printf(arena, "%zu guard%s broken, so no verdict counts", broken, broken == 1 ? " is" : "s are"));
    } else if (open > 0 && v->kind != VERDICT_FAIL) {
        v->kind = VERDICT_INCONCLUSIVE;
        texts_clear(&v->reasons);
        bool told = judge_find(plan->config->judge.name)->looks_for_data;
        texts_add(&v->reasons, arena,
                  told ? "nothing that is required fails, but not all of it passes"
                       : arena_printf(arena, "%zu of %zu metrics could not be judged", open, v->metric_count));
    }
}

// What weakens the verdict without making it worthless.
static void cap(struct arena *arena, struct verdict *v) {
    for (size_t i = 0; i < v->guard_count; i++) {
        if (v->guards[i].state != GUARD_CAPS || v->kind != VERDICT_PASS) continue;
        v->kind = VERDICT_MARGINAL;
        texts_add(&v->reasons, arena,
                  arena_printf(arena, "the guard %s is broken, so the verdict is marginal at most", v->guards[i].guard->name));
    }
}

// The longest wait of the metrics that hold the verdict back; NaN when one of them or a guard needs something else than time.
static double minutes_to_wait(const struct verdict *v) {
    double most = (double)NAN;
    for (size_t i = 0; i < v->guard_count; i++) {
        if (v->guards[i].state == GUARD_BROKEN) return (double)NAN;
    }
    for (size_t i = 0; i < v->metric_count; i++) {
        if (v->metrics[i].role != ROLE_HOLDS) continue;
        if (!(v->metrics[i].minutes > 0)) return (double)NAN;
        most = fmax(most, v->metrics[i].minutes);
    }
    return most;
}

static void say_how_to_decide(struct arena *arena, struct verdict *v) {
    double minutes = minutes_to_wait(v);
    if (isnan(minutes)) {
        texts_add(&v->next, arena, "keep the canary as it is, supply what is missing, then analyze again");
    } else {
        texts_add(&v->next, arena,
                  arena_printf(arena, "keep the canary as it is and analyze a window of about %.0f more minute%s", minutes,
                               minutes > 1 ? "s" : ""));
    }
}

static bool is_early(const struct plan *plan) {
    return plan->look != NULL && plan->end_ms < plan->look->horizon_ms;
}

// Slow leaks and late steps come at the end, so no early look lets a canary pass unless the config says so.
static void wait_for_horizon(const struct plan *plan, struct arena *arena, struct verdict *v) {
    if (!is_early(plan) || (v->kind != VERDICT_PASS && v->kind != VERDICT_MARGINAL)) return;
    if (v->kind == VERDICT_PASS && plan->config->judge.early_pass) return;
    v->kind = VERDICT_INCONCLUSIVE;
    texts_clear(&v->reasons);
    texts_add(&v->reasons, arena,
              arena_printf(arena, "look %zu of %zu finds nothing that fails the canary; only the last one lets it pass", plan->look->number,
                           plan->look->planned));
}

void verdict_say_next(const struct plan *plan, struct arena *arena, struct verdict *v) {
    texts_clear(&v->next);
    if (is_early(plan) && (v->kind == VERDICT_INCONCLUSIVE || v->kind == VERDICT_ERROR)) {
        texts_add(&v->next, arena, "keep the canary as it is until the next look");
        return;
    }
    switch (v->kind) {
    case VERDICT_PASS:
        texts_add(&v->next, arena, "promote the canary");
        break;
    case VERDICT_MARGINAL:
        texts_add(&v->next, arena, "let a person decide, or wait for a longer window");
        break;
    case VERDICT_FAIL:
        texts_add(&v->next, arena, "roll the canary back");
        break;
    case VERDICT_INCONCLUSIVE:
        say_how_to_decide(arena, v);
        break;
    case VERDICT_ERROR:
        texts_add(&v->next, arena, "mend the source or the query, then analyze again; the canary was not judged");
        break;
    }
}

bool verdict_make(const struct plan *plan, const struct samples *samples, const struct answer *const *answers, struct arena *arena,
                  struct verdict *ret, struct error *err) {
    const struct judge *judge = judge_find(plan->config->judge.name);
    *ret = (struct verdict){0};
    if (judge == NULL) return error_set(err, ERROR_CONFIG, "there is no judge called %s", plan->config->judge.name);
    if (!judge_metrics(plan, judge, samples, arena, ret, err) || !judge->score(plan, ret, arena, err)) return false;
    guard_check(plan, samples, answers, arena, ret);
    be_careful(plan, arena, ret);
    cap(arena, ret);
    wait_for_horizon(plan, arena, ret);
    verdict_say_next(plan, arena, ret);
    return true;
}

static bool good(const struct answer *answer) {
    return answer->http_status != 0 && answer->result.outcome == DECODE_OK;
}

bool verdict_of_failures(const struct plan *plan, const struct answer *const *answers, struct arena *arena, struct verdict *ret) {
    size_t failed = 0;
    *ret = (struct verdict){.kind = VERDICT_ERROR};
    for (size_t q = 0; q < plan->query_count; q++) {
        const struct planned_query *planned = &plan->queries[q];
        if (good(answers[q])) continue;
        failed++;
        if (failed > MOST_FAILURES) continue;
        texts_add(&ret->missing, arena,
                  arena_printf(arena, "%s, %s side, source %s: %s", plan_owner_name(plan, planned), side_name(planned->side),
                               planned->source, answers[q]->result.err.text));
    }
    if (failed == 0) return false;
    if (failed > MOST_FAILURES)
        texts_add(&ret->missing, arena, arena_printf(arena, "and %zu more queries that failed", failed - MOST_FAILURES));
    texts_add(&ret->reasons, arena, arena_printf(arena, "%zu of %zu queries failed, so nothing was judged", failed, plan->query_count));
    verdict_say_next(plan, arena, ret);
    return true;
}
