// SPDX-License-Identifier: GPL-3.0-or-later
#include "objective_verdict.h"

#include "texts.h"

static bool guards_hold(const struct verdict *verdict) {
    for (size_t i = 0; i < verdict->guard_count; i++) {
        if (verdict->guards[i].state == GUARD_BROKEN) return false;
    }
    return true;
}

// The first reason of another kind of verdict replaces those of the kind before.
static void turn(struct verdict *verdict, enum verdict_kind kind, struct arena *arena, const char *reason) {
    if (verdict->kind != kind) texts_clear(&verdict->reasons);
    verdict->kind = kind;
    texts_add(&verdict->reasons, arena, reason);
}

static void join(const struct objective_result *result, struct arena *arena, struct verdict *verdict) {
    const struct objective_release *release = &result->release;
    if (!release->present || release->gate == OBJECTIVE_OPEN) return;
    const char *text = arena_printf(arena, "objective %s: %s", result->plan->config->name, release->reason);
    if (release->gate == OBJECTIVE_CLOSED && guards_hold(verdict)) {
        turn(verdict, VERDICT_FAIL, arena, text);
        return;
    }
    if (release->gate == OBJECTIVE_HOLD) {
        text = arena_printf(arena, "%s; even without an error about %.0f requests of the canary are needed", text, release->least_requests);
        texts_add(&verdict->missing, arena, text);
    }
    if (verdict->kind == VERDICT_PASS || verdict->kind == VERDICT_MARGINAL)
        turn(verdict, VERDICT_INCONCLUSIVE, arena,
             arena_printf(arena, "objective %s cannot let the canary pass", result->plan->config->name));
}

void objective_verdict_join(const struct plan *plan, const struct objective_results *results, struct arena *arena,
                            struct verdict *verdict) {
    for (size_t i = 0; i < results->count; i++) join(&results->items[i], arena, verdict);
    verdict_say_next(plan, arena, verdict);
}

bool objective_verdict_of_failures(const struct plan *plan, const struct answer *const *answers, bool failed, struct arena *arena,
                                   struct verdict *verdict) {
    struct texts texts;
    size_t count = objective_failures(plan->objectives, answers, arena, &texts);
    if (count == 0) return failed;
    if (!failed) *verdict = (struct verdict){.kind = VERDICT_ERROR};
    for (size_t i = 0; i < texts.count; i++) texts_add(&verdict->missing, arena, texts.items[i]);
    texts_add(&verdict->reasons, arena,
              arena_printf(arena, "%zu of %zu queries of objectives failed, so nothing was judged", count, plan->objectives->query_count));
    verdict_say_next(plan, arena, verdict);
    return true;
}
