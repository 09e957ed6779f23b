// SPDX-License-Identifier: GPL-3.0-or-later
#include "guard.h"

#include <math.h>

static bool within(const struct guard_config *guard, double value) {
    return !isnan(value) && (!guard->limits.has_min || value >= guard->limits.min) &&
           (!guard->limits.has_max || value <= guard->limits.max);
}

struct tally {
    size_t held, seen;
    double sum;
};

static struct tally count_series(const struct guard_config *guard, const struct series *series) {
    struct tally t = {0};
    for (size_t i = 0; i < series->count; i++) {
        if (within(guard, series->value[i])) t.held++;
        if (!isfinite(series->value[i])) continue;
        t.seen++;
        t.sum += series->value[i];
    }
    return t;
}

static struct tally worst_of(const struct guard_config *guard, const struct series_set *set) {
    struct tally worst = {0};
    for (size_t i = 0; i < set->count; i++) {
        struct tally t = count_series(guard, &set->items[i]);
        if (i == 0 || t.held < worst.held) worst = t;
    }
    return worst;
}

static const char *bounds(const struct guard_config *guard, struct arena *arena) {
    if (guard->limits.has_min && guard->limits.has_max) return arena_printf(arena, "%g to %g", guard->limits.min, guard->limits.max);
    return guard->limits.has_min ? arena_printf(arena, "at least %g", guard->limits.min)
                                 : arena_printf(arena, "at most %g", guard->limits.max);
}

static enum guard_state state_of(const struct guard_config *guard, bool holds) {
    return holds ? GUARD_OK : guard->caps ? GUARD_CAPS : GUARD_BROKEN;
}

static void check_one(const struct guard_config *guard, size_t steps, const struct series_set *set, struct arena *arena,
                      struct guard_result *result) {
    struct tally t = worst_of(guard, set);
    double share = steps > 0 ? 100.0 * (double)t.held / (double)steps : 0;
    bool ok = share >= guard->share;
    result->state = state_of(guard, ok);
    result->value = t.seen > 0 ? t.sum / (double)t.seen : (double)NAN;
    if (t.seen == 0) {
        result->text = arena_printf(arena, "no data on the %s side, %s needed", side_name(result->side), bounds(guard, arena));
    } else if (ok) {
        result->text = arena_printf(arena, "%s side %.3g on average (%s)", side_name(result->side), result->value, bounds(guard, arena));
    } else {
        result->text = arena_printf(arena, "%s side %.3g on average; %s needed on %g%% of the steps, held on %.3g%%",
                                    side_name(result->side), result->value, bounds(guard, arena), guard->share, share);
    }
}

static void check_parity(const struct guard_config *guard, const struct parity *parity, struct arena *arena, struct guard_result *result) {
    bool ok = parity->score >= guard->limits.min;
    double shown = floor(parity->score * 10) / 10; // never up to what is asked for
    *result = (struct guard_result){.guard = guard, .side = SIDE_CANARY, .state = state_of(guard, ok), .value = parity->score};
    if (isnan(parity->score)) {
        result->text = arena_printf(arena, "no metric has data on either side, parity of at least %g needed", guard->limits.min);
    } else if (ok) {
        result->text = arena_printf(arena, "parity %g of 100 (at least %g)", shown, guard->limits.min);
    } else {
        result->text = arena_printf(arena, "parity %g of 100, at least %g needed", shown, guard->limits.min);
    }
}

void guard_check(const struct plan *plan, const struct samples *samples, const struct answer *const *answers, struct arena *arena,
                 struct verdict *verdict) {
    const struct canary_config *config = plan->config;
    size_t steps = (size_t)((plan->end_ms - plan->start_ms) / config->window.step_ms) + 1;
    verdict->guards = arena_array(arena, plan->query_count + config->guard_count, sizeof *verdict->guards);
    for (size_t g = 0; g < config->guard_count; g++) {
        const struct guard_config *guard = &config->guards[g];
        if (guard->query == NULL) {
            if (verdict->trust == NULL) verdict->trust = trust_make(plan, samples, answers, arena);
            check_parity(guard, &verdict->trust->parity, arena, &verdict->guards[verdict->guard_count++]);
        }
        for (size_t q = 0; q < plan->query_count; q++) {
            if (plan->queries[q].part != PART_GUARD || plan->queries[q].owner != g) continue;
            struct guard_result *result = &verdict->guards[verdict->guard_count++];
            *result = (struct guard_result){.guard = guard, .side = plan->queries[q].side};
            check_one(guard, steps, &answers[q]->set, arena, result);
        }
    }
}
