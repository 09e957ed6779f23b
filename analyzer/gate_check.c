// SPDX-License-Identifier: GPL-3.0-or-later
#include "gate_check.h"

#include <math.h>

#include "analyzer/objective_eval.h"
#include "base/timetext.h"
#include "placeholder.h"

#define MOST_QUERY_BYTES ((size_t)1 << 20)
#define MOST_LABEL_BYTES ((size_t)300)
#define CLOCKS_DIFFER_S 60.0 // a time may lie so far ahead

bool gate_check_query(const struct canary_config *config, const struct gate_check *check, struct arena *arena, const char **ret,
                      struct error *err) {
    struct buf scope, out;
    buf_init(&scope, MOST_QUERY_BYTES);
    buf_init(&out, MOST_QUERY_BYTES);
    placeholder_scope(&scope, &config->scopes[SIDE_CANARY]);
    int64_t window_ms = config->window.length_ms - config->window.warmup_ms;
    struct placeholder_context context = {buf_text(&scope), window_ms > 0 ? window_ms : 0, config->window.step_ms};
    bool ok = placeholder_expand(&out, view_of(check->query), &config->vars, &context, err);
    if (ok) *ret = arena_strdup(arena, buf_text(&out));
    buf_finish(&scope);
    buf_finish(&out);
    return ok;
}

struct query gate_check_plan(const struct gate_check *check, const char *text, int64_t at_ms) {
    bool raw = check->fresh_ms > 0;
    return (struct query){
        .expr = text, .mode = raw ? QUERY_RAW : QUERY_INSTANT, .start_ms = raw ? at_ms - check->fresh_ms : at_ms, .end_ms = at_ms};
}

static const char *duration(struct arena *arena, double seconds) {
    struct buf text;
    buf_init(&text, 64);
    duration_format(&text, (int64_t)(fmin(seconds, 1e11) * 1000));
    const char *copy = arena_strdup(arena, buf_text(&text));
    buf_finish(&text);
    return copy;
}

static const char *rule(const struct gate_check *check, struct arena *arena) {
    const struct limits *l = &check->limits;
    if (check->max_age_ms > 0) return arena_printf(arena, "at most %s old", duration(arena, (double)check->max_age_ms / 1000));
    if (l->has_min && l->has_max) return arena_printf(arena, "%g to %g", l->min, l->max);
    return l->has_min ? arena_printf(arena, "at least %g", l->min) : arena_printf(arena, "at most %g", l->max);
}

static enum gate_state judge_value(const struct gate_check *check, double value, int64_t at_ms) {
    const struct limits *l = &check->limits;
    double age_s = (double)at_ms / 1000 - value;
    if (!isfinite(value)) return GATE_UNKNOWN;
    if (check->max_age_ms == 0) return (!l->has_min || value >= l->min) && (!l->has_max || value <= l->max) ? GATE_OPEN : GATE_CLOSED;
    if (age_s < -CLOCKS_DIFFER_S) return GATE_UNKNOWN;
    return age_s <= (double)check->max_age_ms / 1000 ? GATE_OPEN : GATE_CLOSED;
}

static const char *describe(const struct gate_check *check, double value, const struct series *series, int64_t at_ms, struct arena *arena) {
    struct buf labels;
    double age_s = (double)at_ms / 1000 - value;
    buf_init(&labels, MOST_LABEL_BYTES);
    if (series->labels.count > 0) labels_format(&labels, &series->labels);
    const char *of = labels.len > 0 && !labels.failed ? arena_printf(arena, " of %s", buf_text(&labels)) : "";
    buf_finish(&labels);
    if (!isfinite(value)) return arena_printf(arena, "the value%s is %s", of, isnan(value) ? "not a number" : "infinite");
    if (check->max_age_ms == 0) return arena_printf(arena, "%.6g%s, %s", value, of, rule(check, arena));
    if (age_s < -CLOCKS_DIFFER_S) return arena_printf(arena, "the time%s lies ahead; is it in seconds?", of);
    return arena_printf(arena, "%s old%s, %s", duration(arena, age_s > 0 ? floor(age_s) : 0), of, rule(check, arena));
}

// The last sample of every series counts, and the worst of them decides.
static bool find_worst(const struct gate_check *check, const struct series_set *set, int64_t at_ms, size_t *ret_at, enum gate_state *ret) {
    bool found = false;
    for (size_t i = 0; i < set->count; i++) {
        const struct series *s = &set->items[i];
        if (s->count == 0) continue;
        enum gate_state state = judge_value(check, s->value[s->count - 1], at_ms);
        if (found && state <= *ret) continue;
        *ret = state;
        *ret_at = i;
        found = true;
    }
    return found;
}

void gate_check_judge(const struct gate_check *check, const struct answer *answer, int64_t at_ms, struct gate_items *items) {
    struct arena *arena = items->arena;
    struct gate_item item = {.kind = "check", .name = check->name, .state = GATE_ERROR, .informs = !check->required};
    size_t worst = 0;
    if (!objective_answer_is_good(answer)) {
        item.text = arena_printf(arena, "source %s: %s", check->source, answer->result.err.text);
        item.opens = "a usable answer of the source";
    } else if (!find_worst(check, &answer->set, at_ms, &worst, &item.state)) {
        item.state = GATE_UNKNOWN;
        const char *since =
            check->fresh_ms > 0 ? arena_printf(arena, " of the last %s", duration(arena, (double)check->fresh_ms / 1000)) : "";
        item.text = arena_printf(arena, "no sample%s, %s", since, rule(check, arena));
        item.opens = "data; where none means zero, the query can say so with \"or vector(0)\"";
    } else {
        const struct series *s = &answer->set.items[worst];
        item.has_value = true;
        item.value = s->value[s->count - 1];
        item.text = describe(check, item.value, s, at_ms, arena);
        if (item.state != GATE_OPEN) item.opens = arena_printf(arena, "a value %s", rule(check, arena));
        if (item.state != GATE_OPEN && check->max_age_ms > 0) item.opens = arena_printf(arena, "data %s", rule(check, arena));
    }
    gate_items_add(items, item);
}
