// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of Kayenta's multi-interval analysis.
#include "analyzer/kayenta_standalone.h"

#include <stdlib.h>
#include <string.h>

#include "base/timetext.h"
#include "conform.h"

static bool read_time(const json_t *json, int64_t *ret_ms, bool *ret_given, struct error *err) {
    *ret_given = json_is_string(json);
    if (!*ret_given) return true;
    return time_parse(view_of(json_string_value(json)), ret_ms) || error_set(err, ERROR_DATA, "not a time: %s", json_string_value(json));
}

// Times stand in the inputs or in the first scope of their list.
static const json_t *find(const json_t *inputs, const char *const *names) {
    const json_t *request = json_object_get(inputs, "request");
    const json_t *from = json_is_object(request) ? request : inputs;
    const json_t *found = conform_any(inputs, names);
    if (found == NULL) found = conform_any(from, names);
    if (found == NULL) found = conform_any(json_array_get(json_object_get(from, "scopes"), 0), names);
    if (found == NULL) found = conform_any(json_object_get(inputs, "scope"), names);
    return found;
}

static int64_t integer(const json_t *inputs, const char *name, int64_t otherwise) {
    const char *const names[] = {name, NULL};
    double value;
    return conform_number(find(inputs, names), &value) ? (int64_t)value : otherwise;
}

static bool read_schedule(const json_t *inputs, struct kayenta_schedule *ret, struct error *err) {
    static const char *const nows[] = {"now", NULL}, *const starts[] = {"start", "startTimeIso", NULL},
                             *const ends[] = {"end", "endTimeIso", NULL};
    static const char *const lifetimes[] = {"lifetimeDurationMins", "lifetimeMins", NULL};
    const json_t *lifetime = find(inputs, lifetimes);
    bool given;
    *ret = (struct kayenta_schedule){
        .begin_after_mins = integer(inputs, "beginAfterMins", 0),
        .lookback_mins = integer(inputs, "lookbackMins", 0),
        .has_lifetime = lifetime != NULL,
        .lifetime_mins = json_is_number(lifetime) ? (int64_t)json_number_value(lifetime) : 0,
    };
    return read_time(find(inputs, nows), &ret->now_ms, &given, err) &&
           read_time(find(inputs, starts), &ret->start_ms, &ret->has_start, err) &&
           read_time(find(inputs, ends), &ret->end_ms, &ret->has_end, err);
}

static json_t *lifetime(const json_t *inputs, struct error *err) {
    struct kayenta_schedule schedule;
    int64_t mins;
    if (!read_schedule(inputs, &schedule, err) || !kayenta_lifetime(&schedule, &mins, err)) return NULL;
    int64_t interval = kayenta_interval(mins, integer(inputs, "analysisIntervalMins", 0));
    return json_pack("{s:I, s:I}", "lifetimeMins", (json_int_t)mins, "intervalMins", (json_int_t)interval);
}

static json_t *time_json(int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    time_format(&text, ms);
    json_t *json = json_string(buf_text(&text));
    buf_finish(&text);
    return json;
}

static int64_t interval_of(const json_t *inputs, const struct kayenta_schedule *schedule) {
    int64_t lifetime = 0;
    bool known = kayenta_lifetime(schedule, &lifetime, NULL);
    int64_t asked = integer(inputs, "intervalMins", integer(inputs, "analysisIntervalMins", 0));
    return asked == 0 && known ? lifetime : asked;
}

static json_t *window(const json_t *inputs, struct error *err) {
    const json_t *numbers = json_object_get(inputs, "judgements");
    struct kayenta_schedule schedule;
    if (!read_schedule(inputs, &schedule, err)) return NULL;
    json_t *windows = json_array();
    for (size_t i = 0; i < json_array_size(numbers); i++) {
        int64_t judgement = (int64_t)json_number_value(json_array_get(numbers, i));
        struct kayenta_window window = kayenta_window(&schedule, interval_of(inputs, &schedule), judgement);
        json_array_append_new(windows, json_pack("{s:I, s:o, s:o}", "judgement", (json_int_t)judgement, "start", time_json(window.start_ms),
                                                 "end", time_json(window.end_ms)));
    }
    return json_pack("{s:o}", "windows", windows);
}

static json_t *text_of(const json_t *object, const char *name) {
    json_t *found = json_object_get(object, name);
    return found != NULL ? json_incref(found) : json_null();
}

static json_t *side_json(const json_t *scope, const char *name, const char *location, struct kayenta_window window, int64_t step) {
    json_t *params = json_object_get(scope, "extendedScopeParams");
    return json_pack("{s:o, s:o, s:o, s:o, s:I, s:O?}", "scope", text_of(scope, name), "location", text_of(scope, location), "start",
                     time_json(window.start_ms), "end", time_json(window.end_ms), "step", (json_int_t)step, "extendedScopeParams", params);
}

// Both sides of each scope for one judgement; times and step come from the first scope, the offset is each one's own.
static json_t *scopes(const json_t *inputs, struct error *err) {
    static const char *const lists[] = {"scopes", NULL};
    const json_t *scopes = find(inputs, lists);
    struct kayenta_schedule schedule;
    if (!read_schedule(inputs, &schedule, err)) return NULL;
    int64_t judgement = integer(inputs, "judgement", integer(inputs, "interval", 1));
    struct kayenta_window window = kayenta_window(&schedule, interval_of(inputs, &schedule), judgement);
    int64_t step = conform_integer(json_array_get(scopes, 0), "step", integer(inputs, "step", 60));
    json_t *out = json_object();
    for (size_t i = 0; i < json_array_size(scopes); i++) {
        const json_t *scope = json_array_get(scopes, i);
        const char *name = conform_text(scope, "scopeName");
        struct kayenta_window back = kayenta_window_back(window, conform_integer(scope, "controlOffsetInMinutes", 0));
        json_object_set_new(out, name != NULL ? name : "default",
                            json_pack("{s:o, s:o}", "controlScope", side_json(scope, "controlScope", "controlLocation", back, step),
                                      "experimentScope", side_json(scope, "experimentScope", "experimentLocation", window, step)));
    }
    struct kayenta_window back = kayenta_window_back(window, integer(inputs, "controlOffsetInMinutes", 0));
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "scopes", out, "controlStart", time_json(back.start_ms), "controlEnd",
                     time_json(back.end_ms), "experimentStart", time_json(window.start_ms), "experimentEnd", time_json(window.end_ms));
}

static bool read_threshold(const json_t *inputs, const char *const *names, double *ret) {
    const json_t *found = conform_any(inputs, names);
    return conform_number(found != NULL ? found : conform_any(json_object_get(inputs, "thresholds"), names), ret);
}

static json_t *aggregate(const json_t *inputs, struct error *err) {
    static const char *const marginals[] = {"marginal", "marginalThreshold", NULL}, *const passes[] = {"passThreshold", "pass", NULL};
    static const char *const lists[] = {"scores", "canaryScores", NULL}, *const finals[] = {"finalScore", "score", NULL};
    struct conform_numbers scores;
    double marginal, pass, last;
    bool has_marginal = read_threshold(inputs, marginals, &marginal), has_pass = read_threshold(inputs, passes, &pass);
    if (!conform_numbers(conform_any(inputs, lists), &scores)) {
        free(scores.values);
        error_set(err, ERROR_DATA, "a score is not a number");
        return NULL;
    }
    const double *used = scores.values;
    size_t count = scores.count;
    if (conform_number(conform_any(inputs, finals), &last)) {
        used = &last;
        count = 1;
    }
    struct kayenta_outcome outcome;
    kayenta_aggregate(used, count, has_marginal ? &marginal : NULL, has_pass ? &pass : NULL, &outcome);
    json_t *out = json_pack("{s:b, s:s, s:o}", "didPassThresholds", outcome.passed, "canaryScoreMessage", outcome.message, "canaryScores",
                            conform_reals(used, count));
    free(scores.values);
    return out;
}

const struct conform_kind conform_kayenta_standalone[] = {
    {"standalone.lifetime", lifetime},
    {"standalone.window", window},
    {"standalone.scopes", scopes},
    {"standalone.aggregate", aggregate},
    {NULL, NULL},
};
