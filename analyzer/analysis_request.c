// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/analysis_request.h"

#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "base/timetext.h"

#define MOST_TEXT ((size_t)1024)
#define MOST_NAME ((size_t)256)
#define MOST_CONFIG ((size_t)8 << 20)
#define MOST_VARS ((size_t)256)

struct reading {
    struct arena *arena;
    struct analysis_request *request;
    struct error *err;
};

struct member {
    const char *name;
    bool (*read)(struct reading *r, const struct member *m, const json_t *value);
    json_t *(*write)(const struct analysis_request *request, const struct member *m); // NULL when it was not given
    size_t offset;
};

static bool wrong(struct reading *r, const struct member *m, const char *expected) {
    return error_set(r->err, ERROR_USAGE, "%s: expected %s", m->name, expected);
}

static void *field(struct analysis_request *request, const struct member *m) {
    return (char *)request + m->offset;
}

static const void *const_field(const struct analysis_request *request, const struct member *m) {
    return (const char *)request + m->offset;
}

// Control characters have no place in names that end up in logs and headers.
static bool is_plain(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) return false;
    }
    return len > 0 && len <= MOST_TEXT;
}

static bool copy_text(struct reading *r, const json_t *value, const char **ret) {
    if (!json_is_string(value) || !is_plain(json_string_value(value), json_string_length(value))) return false;
    *ret = arena_strndup(r->arena, json_string_value(value), json_string_length(value));
    return true;
}

static bool read_text(struct reading *r, const struct member *m, const json_t *value) {
    return copy_text(r, value, field(r->request, m)) || wrong(r, m, "a text of 1 to 1024 bytes without control characters");
}

static bool read_name(struct reading *r, const struct member *m, const json_t *value) {
    return (json_string_length(value) <= MOST_NAME && copy_text(r, value, field(r->request, m))) ||
           wrong(r, m, "a text of 1 to 256 bytes without control characters");
}

static json_t *write_text(const struct analysis_request *request, const struct member *m) {
    const char *const *text = const_field(request, m);
    return *text != NULL ? json_string(*text) : NULL;
}

static bool read_config(struct reading *r, const struct member *m, const json_t *value) {
    size_t len = json_string_length(value);
    if (!json_is_string(value) || len == 0 || len > MOST_CONFIG) return wrong(r, m, "the text of a canary config, at most 8 MiB");
    r->request->config = (struct view){arena_strndup(r->arena, json_string_value(value), len), len};
    return true;
}

// The store keeps the text by its digest.
static json_t *write_nothing(const struct analysis_request *request, const struct member *m) {
    (void)request;
    (void)m;
    return NULL;
}

// Jansson's iterators want an object that may be written to; they do not.
static json_t *readable(const json_t *object) {
    return (json_t *)(uintptr_t)object;
}

static bool read_vars(struct reading *r, const struct member *m, const json_t *value) {
    struct name_values *vars = field(r->request, m);
    size_t count = json_object_size(value);
    if (!json_is_object(value) || count > MOST_VARS) return wrong(r, m, "an object of at most 256 texts");
    vars->items = arena_array(r->arena, count + 1, sizeof *vars->items);
    json_t *text;
    const char *name;
    bool good = true;
    json_object_foreach(readable(value), name, text) {
        struct name_value *item = &vars->items[vars->count++];
        good = good && is_plain(name, strlen(name)) && copy_text(r, text, &item->value);
        item->name = arena_strdup(r->arena, name);
    }
    return good || wrong(r, m, "texts of 1 to 1024 bytes without control characters");
}

static json_t *write_vars(const struct analysis_request *request, const struct member *m) {
    const struct name_values *vars = const_field(request, m);
    if (vars->count == 0) return NULL;
    json_t *object = json_object();
    for (size_t i = 0; i < vars->count; i++) json_object_set_new(object, vars->items[i].name, json_string(vars->items[i].value));
    return object;
}

static bool read_time(struct reading *r, const struct member *m, const json_t *value) {
    int64_t *ms = field(r->request, m);
    if (json_is_integer(value) && json_integer_value(value) > 0 && json_integer_value(value) < INT64_C(1) << 40) {
        *ms = json_integer_value(value) * 1000;
        return true;
    }
    bool good = json_is_string(value) && time_parse((struct view){json_string_value(value), json_string_length(value)}, ms) && *ms > 0;
    return good || wrong(r, m, "a time, such as 2025-01-01T12:00:00Z, or Unix seconds");
}

static json_t *write_time(const struct analysis_request *request, const struct member *m) {
    const int64_t *ms = const_field(request, m);
    if (*ms == INT64_MIN) return NULL;
    struct buf text;
    buf_init(&text, 64);
    time_format(&text, *ms);
    json_t *value = json_string(buf_text(&text));
    buf_finish(&text);
    return value;
}

static bool read_duration(struct reading *r, const struct member *m, const json_t *value) {
    int64_t *ms = field(r->request, m);
    bool good = json_is_string(value) && duration_parse((struct view){json_string_value(value), json_string_length(value)}, ms) && *ms > 0;
    return good || wrong(r, m, "a duration above 0, such as 30m");
}

static json_t *write_duration(const struct analysis_request *request, const struct member *m) {
    const int64_t *ms = const_field(request, m);
    if (*ms <= 0) return NULL;
    struct buf text;
    buf_init(&text, 64);
    duration_format(&text, *ms);
    json_t *value = json_string(buf_text(&text));
    buf_finish(&text);
    return value;
}

static bool read_score(struct reading *r, const struct member *m, const json_t *value) {
    double *score = field(r->request, m);
    *score = json_number_value(value);
    return (json_is_number(value) && *score >= 0 && *score <= 100) || wrong(r, m, "a score between 0 and 100");
}

static json_t *write_score(const struct analysis_request *request, const struct member *m) {
    const double *score = const_field(request, m);
    return isnan(*score) ? NULL : json_real(*score);
}

static bool read_looks(struct reading *r, const struct member *m, const json_t *value) {
    const char *word = json_string_value(value);
    if (word == NULL || (strcmp(word, "interval") != 0 && strcmp(word, "once") != 0)) return wrong(r, m, "\"interval\" or \"once\"");
    r->request->once = strcmp(word, "once") == 0;
    return true;
}

static json_t *write_looks(const struct analysis_request *request, const struct member *m) {
    (void)m;
    return json_string(request->once ? "once" : "interval");
}

static bool read_sides(struct reading *r, const struct member *m, const json_t *value) {
    size_t known = 0;
    for (int side = 0; side < SIDE_COUNT; side++) {
        const json_t *text = json_object_get(value, side_name((enum side)side));
        if (text == NULL) continue;
        if (!copy_text(r, text, &r->request->overrides.sides[side])) return wrong(r, m, "texts, such as \"scope=shop,location=eu\"");
        known++;
    }
    return (json_is_object(value) && known == json_object_size(value)) || wrong(r, m, "an object with baseline and canary");
}

static json_t *write_sides(const struct analysis_request *request, const struct member *m) {
    (void)m;
    json_t *object = json_object();
    for (int side = 0; side < SIDE_COUNT; side++) {
        const char *text = request->overrides.sides[side];
        if (text != NULL) json_object_set_new(object, side_name((enum side)side), json_string(text));
    }
    if (json_object_size(object) > 0) return object;
    json_decref(object);
    return NULL;
}

static const struct member members[] = {
    {"canary", read_name, write_text, offsetof(struct analysis_request, canary)},
    {"config", read_config, write_nothing, 0},
    {"vars", read_vars, write_vars, offsetof(struct analysis_request, overrides.vars)},
    {"start", read_time, write_time, offsetof(struct analysis_request, start_ms)},
    {"end", read_time, write_time, offsetof(struct analysis_request, end_ms)},
    {"length", read_duration, write_duration, offsetof(struct analysis_request, overrides.length_ms)},
    {"step", read_duration, write_duration, offsetof(struct analysis_request, overrides.step_ms)},
    {"looks", read_looks, write_looks, 0},
    {"pass", read_score, write_score, offsetof(struct analysis_request, overrides.pass)},
    {"marginal", read_score, write_score, offsetof(struct analysis_request, overrides.marginal)},
    {"url", read_text, write_text, offsetof(struct analysis_request, overrides.url)},
    {"sides", read_sides, write_sides, 0},
    {"version", read_name, write_text, offsetof(struct analysis_request, version)},
    {"artefact", read_text, write_text, offsetof(struct analysis_request, artefact)},
    {"correlation_id", read_name, write_text, offsetof(struct analysis_request, correlation)},
    {"idempotency_key", read_name, write_nothing, offsetof(struct analysis_request, key)},
};

#define MEMBER_COUNT (sizeof members / sizeof members[0])

static const struct member *find_member(const char *name) {
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        if (strcmp(members[i].name, name) == 0) return &members[i];
    }
    return NULL;
}

static bool read_member(struct reading *r, const char *name, const json_t *value) {
    const struct member *m = find_member(name);
    const char *names[MEMBER_COUNT];
    if (m != NULL) return m->read(r, m, value);
    for (size_t i = 0; i < MEMBER_COUNT; i++) names[i] = members[i].name;
    const char *near = nearest_word(view_of(name), names, MEMBER_COUNT);
    return near != NULL ? error_set(r->err, ERROR_USAGE, "%.100s: no such member; did you mean %s?", name, near)
                        : error_set(r->err, ERROR_USAGE, "%.100s: no such member", name);
}

bool analysis_request_read(const json_t *json, struct arena *arena, struct analysis_request *ret, struct error *err) {
    struct analysis_request request = {.start_ms = INT64_MIN, .end_ms = INT64_MIN};
    struct reading r = {arena, &request, err};
    config_overrides_init(&request.overrides);
    if (!json_is_object(json)) return error_set(err, ERROR_USAGE, "expected an object that names a canary");
    request.once = json_object_get(json, "end") != NULL;
    json_t *value;
    const char *name;
    bool good = true;
    json_object_foreach(readable(json), name, value) {
        good = good && read_member(&r, name, value);
    }
    if (!good) return false;
    if (request.canary != NULL && request.config.ptr != NULL)
        return error_set(err, ERROR_USAGE, "config: give canary, the name of a config, or config, the text of one, not both");
    bool windowed = request.start_ms != INT64_MIN && request.end_ms != INT64_MIN;
    if (windowed && request.end_ms <= request.start_ms) return error_set(err, ERROR_USAGE, "end: must be after start");
    if (windowed && request.overrides.length_ms > 0)
        return error_set(err, ERROR_USAGE, "length: follows from start and end; give two of the three");
    *ret = request;
    return true;
}

json_t *analysis_request_json(const struct analysis_request *request) {
    json_t *root = json_object();
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        json_t *value = members[i].write(request, &members[i]);
        if (value != NULL) json_object_set_new(root, members[i].name, value);
    }
    return root;
}
