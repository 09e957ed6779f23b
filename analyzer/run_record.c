// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define MOST_CONFIG_BYTES ((size_t)8 << 20)
#define FORMAT 1
#define PRIORS "priors.yaml"

static bool write_file(const char *dir, const char *name, struct view text, struct error *err) {
    struct buf path;
    buf_init(&path, 4096);
    buf_printf(&path, "%s/%s", dir, name);
    bool ok = !path.failed ? file_write(buf_text(&path), text, err) : error_set(err, ERROR_IO, "%s: path too long", dir);
    buf_finish(&path);
    return ok;
}

json_t *run_record_options(const struct config_overrides *o) {
    json_t *root = json_object(), *vars = json_object();
    for (size_t i = 0; i < o->vars.count; i++) json_object_set_new(vars, o->vars.items[i].name, json_string(o->vars.items[i].value));
    json_object_set_new(root, "vars", vars);
    if (o->url != NULL) json_object_set_new(root, "url", json_string(o->url));
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (o->sides[side] != NULL) json_object_set_new(root, side_name((enum side)side), json_string(o->sides[side]));
    }
    if (!isnan(o->pass)) json_object_set_new(root, "pass", json_real(o->pass));
    if (!isnan(o->marginal)) json_object_set_new(root, "marginal", json_real(o->marginal));
    if (o->length_ms > 0) json_object_set_new(root, "length_ms", json_integer(o->length_ms));
    if (o->step_ms > 0) json_object_set_new(root, "step_ms", json_integer(o->step_ms));
    return root;
}

static json_t *run_json(const char *file, const struct analysis_options *o) {
    json_t *root = json_object(), *options = run_record_options(&o->overrides);
    json_object_set_new(root, "format", json_integer(FORMAT));
    json_object_set_new(root, "file", json_string(file));
    json_object_set_new(root, "end_ms", json_integer(o->end_ms));
    if (o->once) json_object_set_new(root, "once", json_true());
    if (o->budget) json_object_set_new(root, "budget", json_true());
    if (o->suggest) json_object_set_new(root, "suggest", json_true());
    if (o->release_start_ms != 0) json_object_set_new(root, "release_start_ms", json_integer(o->release_start_ms));
    json_object_update(root, options);
    json_decref(options);
    return root;
}

// The bytes of the file, so that the run is judged alike when that has changed.
static bool write_priors(const char *dir, const char *priors, struct error *err) {
    struct arena arena = {0};
    struct view text;
    if (priors == NULL) return true;
    bool ok = file_read(priors, MOST_CONFIG_BYTES, &arena, &text, err) && write_file(dir, PRIORS, text, err);
    arena_finish(&arena);
    return ok;
}

char *run_record_text(const char *file, const struct analysis_options *options) {
    json_t *root = run_json(file, options);
    char *text = json_dumps(root, JSON_INDENT(2));
    json_decref(root);
    return text;
}

bool run_record_write(const char *dir, struct view text, const char *file, const char *priors, const struct analysis_options *options,
                      struct error *err) {
    struct buf path;
    buf_init(&path, 4096);
    buf_printf(&path, "%s/run.json", dir);
    bool taken = access(buf_text(&path), F_OK) == 0;
    buf_finish(&path);
    if (taken) return error_set(err, ERROR_IO, "%s holds a recorded run already; record into another directory", dir);
    char *json = run_record_text(file, options);
    bool ok = file_make_dir(dir, err) && write_file(dir, "canary.yaml", text, err) && write_priors(dir, priors, err) &&
              write_file(dir, "run.json", view_of(json), err);
    free(json);
    return ok;
}

static const char *copy_text(const json_t *root, const char *key, struct arena *arena) {
    return arena_strdup(arena, json_string_value(json_object_get(root, key)));
}

static double number_or_nan(const json_t *root, const char *key) {
    const json_t *value = json_object_get(root, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static void read_options(const json_t *root, struct arena *arena, struct analysis_options *o) {
    json_t *vars = json_object_get(root, "vars"), *value;
    const char *name;
    o->overrides.vars.items = arena_array(arena, json_object_size(vars), sizeof *o->overrides.vars.items);
    json_object_foreach(vars, name, value) {
        const char *text = json_string_value(value);
        o->overrides.vars.items[o->overrides.vars.count++] =
            (struct name_value){arena_strdup(arena, name), arena_strdup(arena, text ? text : ""), {0, 0}};
    }
    o->end_ms = json_integer_value(json_object_get(root, "end_ms"));
    o->once = json_is_true(json_object_get(root, "once"));
    o->budget = json_is_true(json_object_get(root, "budget"));
    o->suggest = json_is_true(json_object_get(root, "suggest"));
    o->release_start_ms = json_integer_value(json_object_get(root, "release_start_ms"));
    o->overrides.url = copy_text(root, "url", arena);
    for (int side = 0; side < SIDE_COUNT; side++) o->overrides.sides[side] = copy_text(root, side_name((enum side)side), arena);
    o->overrides.pass = number_or_nan(root, "pass");
    o->overrides.marginal = number_or_nan(root, "marginal");
    o->overrides.length_ms = json_integer_value(json_object_get(root, "length_ms"));
    o->overrides.step_ms = json_integer_value(json_object_get(root, "step_ms"));
}

bool run_record_read(const char *dir, struct arena *arena, struct view *ret_text, const char **ret_file, struct analysis_options *ret,
                     struct error *err) {
    struct view json;
    if (!file_read(arena_printf(arena, "%s/run.json", dir), MOST_CONFIG_BYTES, arena, &json, err)) return false;
    if (!file_read(arena_printf(arena, "%s/canary.yaml", dir), MOST_CONFIG_BYTES, arena, ret_text, err)) return false;
    json_error_t problem;
    json_t *root = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) return error_set(err, ERROR_DATA, "%s/run.json:%d:%d: %s", dir, problem.line, problem.column, problem.text);
    bool ok = json_integer_value(json_object_get(root, "format")) == FORMAT && json_is_integer(json_object_get(root, "end_ms")) &&
              json_is_string(json_object_get(root, "file"));
    if (ok) {
        read_options(root, arena, ret);
        *ret_file = copy_text(root, "file", arena);
        const char *priors = arena_printf(arena, "%s/" PRIORS, dir);
        if (access(priors, F_OK) == 0) ret->overrides.priors = priors;
    } else {
        error_set(err, ERROR_DATA, "%s/run.json: not the record of a run (format %d with file and end_ms)", dir, FORMAT);
    }
    json_decref(root);
    return ok;
}
