// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/trust.h"

#include <math.h>

#include "analyzer/parity_plan.h"
#include "result_number.h"

static double load_of(const struct plan *plan, const struct samples *samples) {
    double load = (double)NAN, most = 0;
    for (size_t from = 0, to; from < samples->count; from = to) {
        const struct metric_config *metric = &plan->config->metrics[samples->items[from].metric];
        double baseline = 0, canary = 0;
        for (to = from; to < samples->count && samples->items[to].metric == samples->items[from].metric; to++) {
            baseline += samples->items[to].sides[SIDE_BASELINE].total;
            canary += samples->items[to].sides[SIDE_CANARY].total;
        }
        if (metric->offset_ms > 0 || !(baseline > most)) continue;
        most = baseline;
        load = canary / baseline;
    }
    return load;
}

static int64_t newest_of(const struct series_set *set) {
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < set->count; i++) {
        const struct series *s = &set->items[i];
        if (s->count > 0 && s->time_ms[s->count - 1] > newest) newest = s->time_ms[s->count - 1];
        if (s->histogram_count > 0 && s->histograms[s->histogram_count - 1].time_ms > newest)
            newest = s->histograms[s->histogram_count - 1].time_ms;
    }
    return newest;
}

static double age_of(const struct plan *plan, const struct answer *const *answers) {
    double ages[SIDE_COUNT] = {(double)NAN, (double)NAN};
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct planned_query *q = &plan->queries[i];
        if (q->query.mode != QUERY_RAW || q->part == PART_BEFORE || q->part == PART_GUARD) continue;
        int64_t newest = newest_of(&answers[i]->set);
        if (newest != INT64_MIN) ages[q->side] = fmin(ages[q->side], ((double)q->query.end_ms - (double)newest) / 1000);
    }
    return fmax(ages[SIDE_BASELINE], ages[SIDE_CANARY]);
}

const struct trust *trust_make(const struct plan *plan, const struct samples *samples, const struct answer *const *answers,
                               struct arena *arena) {
    struct trust *trust = arena_alloc(arena, sizeof *trust);
    parity_plan_compare(plan, answers, arena, &trust->parity);
    trust->load = load_of(plan, samples);
    trust->data_age_s = age_of(plan, answers);
    return trust;
}

json_t *trust_json(const struct trust *trust) {
    if (trust == NULL) return json_null();
    json_t *root = json_object();
    json_object_set_new_nocheck(root, "parity", parity_json(&trust->parity, PARITY_MOST_LISTED));
    json_object_set_new_nocheck(root, "load", result_known(trust->load));
    json_object_set_new_nocheck(root, "data_age_s", result_known(trust->data_age_s));
    return root;
}
