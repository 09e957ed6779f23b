// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/analysis_request.h"

#include <math.h>
#include <string.h>

#include "base/json_print.h"
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
    void (*print)(struct buf *out, const struct analysis_request *request, const struct member *m); // nothing when it was not given
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

static void print_text(struct buf *out, const char *text) {
    json_print_text(out, view_of(text));
}

static void print_name(struct buf *out, const char *name) {
    if (out->len > 0 && out->data[out->len - 1] != '{') buf_char(out, ',');
    print_text(out, name);
    buf_char(out, ':');
}

static void print_string(struct buf *out, const struct analysis_request *request, const struct member *m) {
    const char *const *text = const_field(request, m);
    if (*text == NULL) return;
    print_name(out, m->name);
    print_text(out, *text);
}

static bool read_config(struct reading *r, const struct member *m, const json_t *value) {
    size_t len = json_string_length(value);
    if (!json_is_string(value) || len == 0 || len > MOST_CONFIG) return wrong(r, m, "the text of a canary config, at most 8 MiB");
    r->request->config = (struct view){arena_strndup(r->arena, json_string_value(value), len), len};
    return true;
}

// The store keeps the text of a config by its digest, and the key beside the request.
static void print_nothing(struct buf *out, const struct analysis_request *request, const struct member *m) {
    (void)out;
    (void)request;
    (void)m;
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

static void print_vars(struct buf *out, const struct analysis_request *request, const struct member *m) {
    const struct name_values *vars = const_field(request, m);
    if (vars->count == 0) return;
    print_name(out, m->name);
    buf_char(out, '{');
    for (size_t i = 0; i < vars->count; i++) {
        print_name(out, vars->items[i].name);
        print_text(out, vars->items[i].value);
    }
    buf_char(out, '}');
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

static void print_time(struct buf *out, const struct analysis_request *request, const struct member *m) {
    const int64_t *ms = const_field(request, m);
    if (*ms == INT64_MIN) return;
    print_name(out, m->name);
    buf_char(out, '"');
    time_format(out, *ms);
    buf_char(out, '"');
}

static bool read_duration(struct reading *r, const struct member *m, const json_t *value) {
    int64_t *ms = field(r->request, m);
    bool good = json_is_string(value) && duration_parse((struct view){json_string_value(value), json_string_length(value)}, ms) && *ms > 0;
    return good || wrong(r, m, "a duration above 0, such as 30m");
}

static void print_duration(struct buf *out, const struct analysis_request *request, const struct member *m) {
    const int64_t *ms = const_field(request, m);
    if (*ms <= 0) return;
    print_name(out, m->name);
    buf_char(out, '"');
    duration_format(out, *ms);
    buf_char(out, '"');
}

static bool read_score(struct reading *r, const struct member *m, const json_t *value) {
    double *score = field(r->request, m);
    *score = json_number_value(value);
    return (json_is_number(value) && *score >= 0 && *score <= 100) || wrong(r, m, "a score between 0 and 100");
}

static void print_score(struct buf *out, const struct analysis_request *request, const struct member *m) {
    const double *score = const_field(request, m);
    if (isnan(*score)) return;
    print_name(out, m->name);
    buf_double(out, *score);
}

static bool read_looks(struct reading *r, const struct member *m, const json_t *value) {
    const char *word = json_string_value(value);
    if (word == NULL || (strcmp(word, "interval") != 0 && strcmp(word, "once") != 0)) return wrong(r, m, "\"interval\" or \"once\"");
    r->request->once = strcmp(word, "once") == 0;
    return true;
}

static void print_looks(struct buf *out, const struct analysis_request *request, const struct member *m) {
    print_name(out, m->name);
    print_text(out, request->once ? "once" : "interval");
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

static void print_sides(struct buf *out, const struct analysis_request *request, const struct member *m) {
    const char *const *sides = request->overrides.sides;
    if (sides[SIDE_BASELINE] == NULL && sides[SIDE_CANARY] == NULL) return;
    print_name(out, m->name);
    buf_char(out, '{');
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (sides[side] == NULL) continue;
        print_name(out, side_name((enum side)side));
        print_text(out, sides[side]);
    }
    buf_char(out, '}');
}

static const struct member members[] = {
    {"canary", read_name, print_string, offsetof(struct analysis_request, canary)},
    {"config", read_config, print_nothing, 0},
    {"vars", read_vars, print_vars, offsetof(struct analysis_request, overrides.vars)},
    {"start", read_time, print_time, offsetof(struct analysis_request, start_ms)},
    {"end", read_time, print_time, offsetof(struct analysis_request, end_ms)},
    {"length", read_duration, print_duration, offsetof(struct analysis_request, overrides.length_ms)},
    {"step", read_duration, print_duration, offsetof(struct analysis_request, overrides.step_ms)},
    {"looks", read_looks, print_looks, 0},
    {"pass", read_score, print_score, offsetof(struct analysis_request, overrides.pass)},
    {"marginal", read_score, print_score, offsetof(struct analysis_request, overrides.marginal)},
    {"url", read_text, print_string, offsetof(struct analysis_request, overrides.url)},
    {"sides", read_sides, print_sides, 0},
    {"version", read_name, print_string, offsetof(struct analysis_request, version)},
    {"artefact", read_text, print_string, offsetof(struct analysis_request, artefact)},
    {"correlation_id", read_name, print_string, offsetof(struct analysis_request, correlation)},
    {"idempotency_key", read_name, print_nothing, offsetof(struct analysis_request, key)},
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

void analysis_request_print(struct buf *out, const struct analysis_request *request) {
    buf_char(out, '{');
    for (size_t i = 0; i < MEMBER_COUNT; i++) members[i].print(out, request, &members[i]);
    buf_char(out, '}');
}
