// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch_look.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge_settings.h"
#include "analyzer/verdict.h"
#include "base/mem.h"
#include "result_number.h"

static bool spends(const struct canary_config *config) {
    return strcmp(config->judge.name, "serin") == 0;
}

struct look_level watch_level(const struct canary_config *config, double chance, const struct look_schedule *schedule,
                              const struct look_state *state, size_t number) {
    if (!spends(config)) return (struct look_level){(double)NAN, (double)NAN, 1};
    size_t *at = mem_zero(state->count + 1, sizeof *at), count = 0;
    struct look_level *levels = mem_zero(state->count + 1, sizeof *levels);
    for (size_t i = 0; i < state->count; i++) {
        if (state->entries[i].outcome == LOOK_JUDGED) at[count++] = look_schedule_steps(schedule, state->entries[i].number);
    }
    at[count++] = look_schedule_steps(schedule, number);
    look_levels(config->judge.spending, chance, at, count, schedule->steps, levels);
    struct look_level level = levels[count - 1];
    free(levels);
    free(at);
    return level;
}

static const char *member(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

enum look_outcome watch_outcome(const json_t *result) {
    const json_t *guards = json_object_get(result, "guards");
    if (strcmp(member(result, "verdict"), verdict_name(VERDICT_ERROR)) == 0) return LOOK_FAILED;
    for (size_t i = 0; i < json_array_size(guards); i++) {
        if (strcmp(member(json_array_get(guards, i), "state"), guard_state_name(GUARD_BROKEN)) == 0) return LOOK_GUARDED;
    }
    return LOOK_JUDGED;
}

bool watch_is_final(const struct look_schedule *schedule, const json_t *result, const struct look_entry *entry) {
    if (entry->outcome == LOOK_FAILED) return false;
    const char *verdict = member(result, "verdict"); // of early looks none says pass unless it may
    return entry->number == schedule->planned || strcmp(verdict, verdict_name(VERDICT_FAIL)) == 0 ||
           strcmp(verdict, verdict_name(VERDICT_PASS)) == 0;
}

static const struct look_entry *entry_of(const struct look_state *state, size_t number) {
    for (size_t i = state->count; i-- > 0;) {
        if (state->entries[i].number == number) return &state->entries[i];
    }
    return NULL;
}

static json_t *skipped(const struct look_schedule *schedule, const struct look_state *state) {
    json_t *list = json_array();
    for (size_t number = 1; number <= state->entries[state->count - 1].number; number++) {
        const struct look_entry *entry = entry_of(state, number);
        if (entry != NULL && entry->outcome == LOOK_JUDGED) continue;
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "look", json_integer((json_int_t)number));
        json_object_set_new_nocheck(item, "at", result_instant(look_schedule_end_ms(schedule, number)));
        json_object_set_new_nocheck(item, "reason", json_string(entry != NULL ? look_outcome_name(entry->outcome) : "missed"));
        json_array_append_new(list, item);
    }
    return list;
}

// Every look until now, the missed ones too.
static json_t *history(const struct look_schedule *schedule, const struct look_state *state) {
    json_t *root = json_object(), *list = json_array();
    for (size_t number = 1; number <= state->entries[state->count - 1].number; number++) {
        const struct look_entry *entry = entry_of(state, number);
        json_t *item = json_object();
        json_object_set_new_nocheck(item, "look", json_integer((json_int_t)number));
        json_object_set_new_nocheck(item, "at", result_instant(look_schedule_end_ms(schedule, number)));
        json_object_set_new_nocheck(item, "outcome", json_string(entry != NULL ? look_outcome_name(entry->outcome) : "missed"));
        json_object_set_new_nocheck(item, "verdict", entry != NULL ? json_string(entry->verdict) : json_null());
        json_object_set_new_nocheck(item, "classes", json_string(entry != NULL && entry->classes != NULL ? entry->classes : ""));
        json_array_append_new(list, item);
    }
    json_object_set_new_nocheck(root, "metrics", json_deep_copy(state->metrics)); // which grows with later looks
    json_object_set_new_nocheck(root, "looks", list);
    return root;
}

static double spent_by(const struct look_state *state) {
    double spent = 0;
    for (size_t i = 0; i < state->count; i++) {
        if (state->entries[i].outcome == LOOK_JUDGED) spent = state->entries[i].spent;
    }
    return spent;
}

static void print_percent(struct buf *out, double share) {
    if (share > 0 && share < 1e-5) {
        buf_str(out, "under 0.001 %");
    } else {
        buf_printf(out, "%.2g %%", share * 100);
    }
}

// The time of day, as looks are hours apart at most; seconds only where they say something.
static void print_clock(struct buf *out, int64_t ms) {
    int64_t second = ms / 1000 % 86400;
    buf_printf(out, "%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60));
    if (second % 60 != 0) buf_printf(out, ":%02d", (int)(second % 60));
    buf_char(out, 'Z');
}

struct facts { // of a look, once told in numbers and once in a sentence
    const struct look_entry *entry;
    size_t planned, skipped;
    double level, spent; // NaN: no claim
    bool final;
    int64_t next_ms; // 0: none
};

static json_t *sentence(const struct facts *f) {
    struct buf out;
    buf_init(&out, 512);
    buf_printf(&out, "look %zu of %zu", f->entry->number, f->planned);
    if (!isnan(f->level)) {
        buf_str(&out, "; ");
        print_percent(&out, f->spent);
        buf_str(&out, " of ");
        print_percent(&out, f->level);
        buf_str(&out, " alpha spent");
    }
    if (f->skipped > 0) buf_printf(&out, "; %zu skipped", f->skipped);
    if (f->final) {
        buf_str(&out, "; the last one");
    } else if (f->next_ms > 0) {
        buf_str(&out, "; next at ");
        print_clock(&out, f->next_ms);
    }
    json_t *text = json_string(buf_text(&out));
    buf_finish(&out);
    return text;
}

void watch_describe(json_t *result, const struct canary_config *config, const struct look_schedule *schedule,
                    const struct look_state *state) {
    const struct look_entry *entry = &state->entries[state->count - 1];
    json_t *looks = json_object(), *omitted = skipped(schedule, state);
    struct facts f = {.entry = entry,
                      .planned = schedule->planned,
                      .skipped = json_array_size(omitted),
                      .level = spends(config) ? judge_alpha(&config->judge) : (double)NAN,
                      .spent = spends(config) ? spent_by(state) : (double)NAN,
                      .final = watch_is_final(schedule, result, entry)};
    if (!f.final && entry->number < schedule->planned) f.next_ms = look_schedule_end_ms(schedule, entry->number + 1) + state->settle_ms;
    json_object_set_new_nocheck(looks, "planned", json_integer((json_int_t)schedule->planned));
    json_object_set_new_nocheck(looks, "look", json_integer((json_int_t)entry->number));
    json_object_set_new_nocheck(looks, "attempt", json_integer((json_int_t)entry->attempt));
    json_object_set_new_nocheck(looks, "at", result_instant(look_schedule_end_ms(schedule, entry->number)));
    json_object_set_new_nocheck(looks, "horizon", result_instant(look_schedule_horizon_ms(schedule)));
    json_object_set_new_nocheck(looks, "fraction",
                                result_number((double)look_schedule_steps(schedule, entry->number) / (double)schedule->steps));
    json_object_set_new_nocheck(looks, "outcome", json_string(look_outcome_name(entry->outcome)));
    json_object_set_new_nocheck(looks, "spending", spends(config) ? json_string(spending_name(config->judge.spending)) : json_null());
    json_object_set_new_nocheck(looks, "level", result_known(f.level));
    json_object_set_new_nocheck(looks, "alpha", entry->outcome == LOOK_JUDGED ? result_known(entry->alpha) : json_null());
    json_object_set_new_nocheck(looks, "spent", result_known(f.spent));
    json_object_set_new_nocheck(looks, "beta", entry->outcome == LOOK_JUDGED ? result_known(entry->beta) : json_null());
    json_object_set_new_nocheck(looks, "skipped", omitted);
    json_object_set_new_nocheck(looks, "history", history(schedule, state));
    json_object_set_new_nocheck(looks, "final", json_boolean(f.final));
    json_object_set_new_nocheck(looks, "next_at", f.next_ms > 0 ? result_instant(f.next_ms) : json_null());
    json_object_set_new_nocheck(looks, "text", sentence(&f));
    json_object_set_new_nocheck(result, "looks", looks);
}

const char *watch_text(const json_t *result) {
    return member(json_object_get(result, "looks"), "text");
}
