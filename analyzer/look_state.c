// SPDX-License-Identifier: GPL-3.0-or-later
#include "look_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/look_levels.h"
#include "analyzer/verdict.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "look_classes.h"
#include "run_record.h"

#define SCHEMA "serin.watch/1"
#define MOST_STATE_BYTES ((size_t)256 << 20)
#define MOST_ENTRIES (2 * MOST_LOOKS)

static const char *const outcome_names[] = {"judged", "guard", "failed"};

const char *look_outcome_name(enum look_outcome outcome) {
    return outcome_names[outcome];
}

void look_state_init(struct look_state *state, const struct canary_config *config, const struct config_overrides *overrides) {
    *state = (struct look_state){
        .canary = config->name, .sha256 = config->sha256, .options = run_record_options(overrides), .metrics = json_array()};
    const char *priors = config->judge.priors_sha256; // with others the looks would not be of one watch
    if (priors[0] != '\0') json_object_set_new_nocheck(state->options, "priors_sha256", json_string(priors));
}

void look_state_finish(struct look_state *state) {
    json_decref(state->options);
    json_decref(state->result);
    json_decref(state->metrics);
    for (size_t i = 0; i < state->count; i++) free(state->entries[i].classes);
    free(state->entries);
    *state = (struct look_state){0};
}

void look_state_add(struct look_state *state, const struct look_entry *entry) {
    void *items = state->entries;
    mem_grow(&items, &state->cap, state->count, sizeof *entry);
    state->entries = items;
    state->entries[state->count++] = *entry;
}

static json_t *known(double value) {
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *entry_json(const struct look_entry *entry) {
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "look", json_integer((json_int_t)entry->number));
    json_object_set_new_nocheck(item, "attempt", json_integer((json_int_t)entry->attempt));
    json_object_set_new_nocheck(item, "outcome", json_string(look_outcome_name(entry->outcome)));
    json_object_set_new_nocheck(item, "verdict", json_string(entry->verdict));
    json_object_set_new_nocheck(item, "alpha", known(entry->alpha));
    json_object_set_new_nocheck(item, "spent", known(entry->spent));
    json_object_set_new_nocheck(item, "beta", known(entry->beta));
    if (entry->classes != NULL) json_object_set_new_nocheck(item, "classes", json_string(entry->classes));
    return item;
}

char *look_state_text(const struct look_state *state, size_t flags) {
    json_t *root = json_object(), *looks = json_array();
    for (size_t i = 0; i < state->count; i++) json_array_append_new(looks, entry_json(&state->entries[i]));
    json_object_set_new_nocheck(root, "schema", json_string(SCHEMA));
    json_object_set_new_nocheck(root, "canary", json_string(state->canary));
    json_object_set_new_nocheck(root, "config_sha256", json_string(state->sha256));
    json_object_set(root, "options", state->options);
    json_object_set_new_nocheck(root, "start_ms", json_integer(state->start_ms));
    json_object_set_new_nocheck(root, "settle_ms", json_integer(state->settle_ms));
    json_object_set(root, "metrics", state->metrics);
    json_object_set_new_nocheck(root, "looks", looks);
    json_object_set(root, "result", state->result != NULL ? state->result : json_null());
    char *text = json_dumps(root, flags);
    json_decref(root);
    return text;
}

bool look_state_write(const struct look_state *state, const char *path, struct error *err) {
    char *text = look_state_text(state, JSON_INDENT(2));
    bool ok = text != NULL ? file_write(path, view_of(text), err) : error_set(err, ERROR_DATA, "%s: the state is not UTF-8", path);
    free(text);
    return ok;
}

static double number_of(const json_t *item, const char *key) {
    const json_t *value = json_object_get(item, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static bool verdict_of(const json_t *item, enum verdict_kind *ret) {
    return verdict_parse(json_string_value(json_object_get(item, "verdict")), ret);
}

static bool read_entry(const struct look_state *state, const json_t *item, struct look_entry *ret) {
    const char *outcome = json_string_value(json_object_get(item, "outcome"));
    const char *classes = json_string_value(json_object_get(item, "classes"));
    json_int_t number = json_integer_value(json_object_get(item, "look")), attempt = json_integer_value(json_object_get(item, "attempt"));
    const struct look_entry *before = state->count > 0 ? &state->entries[state->count - 1] : NULL;
    enum verdict_kind kind;
    size_t i = 0;
    while (outcome != NULL && i < 3 && strcmp(outcome, outcome_names[i]) != 0) i++;
    if (outcome == NULL || i == 3 || number < 1 || number > (json_int_t)MOST_LOOKS || attempt < 1 || !verdict_of(item, &kind)) return false;
    *ret = (struct look_entry){.number = (size_t)number,
                               .attempt = (size_t)attempt,
                               .outcome = (enum look_outcome)i,
                               .verdict = verdict_name(kind),
                               .alpha = number_of(item, "alpha"),
                               .spent = number_of(item, "spent"),
                               .beta = number_of(item, "beta")};
    bool again = before != NULL && ret->number == before->number && ret->attempt == before->attempt + 1 && before->outcome == LOOK_FAILED;
    bool first = attempt == 1 && (before == NULL || ret->number > before->number);
    if (classes != NULL && !look_classes_check(classes, json_array_size(state->metrics))) return false;
    if (again || first) ret->classes = mem_strdup(classes);
    return again || first;
}

// Names that letters stand for; states of older versions have none.
static bool read_metrics(struct look_state *state, const json_t *root, const char *path, struct error *err) {
    const json_t *names = json_object_get(root, "metrics");
    bool ok = names == NULL || (json_is_array(names) && json_array_size(names) <= LOOK_CLASSES_MOST);
    for (size_t i = 0; ok && i < json_array_size(names); i++) {
        ok = json_is_string(json_array_get(names, i));
        if (ok) json_array_append(state->metrics, json_array_get(names, i));
    }
    return ok || error_set(err, ERROR_DATA, "%s: metrics: no list of names", path);
}

static bool read_entries(struct look_state *state, const json_t *root, const char *path, struct error *err) {
    const json_t *looks = json_object_get(root, "looks");
    if (!json_is_array(looks) || json_array_size(looks) > MOST_ENTRIES)
        return error_set(err, ERROR_DATA, "%s: looks: no list of looks", path);
    for (size_t i = 0; i < json_array_size(looks); i++) {
        struct look_entry entry;
        if (!read_entry(state, json_array_get(looks, i), &entry)) return error_set(err, ERROR_DATA, "%s: looks[%zu]: not a look", path, i);
        look_state_add(state, &entry);
    }
    return true;
}

static const char *plain(const json_t *value) {
    return json_is_string(value) ? json_string_value(value) : value == NULL ? "not set" : "another value";
}

// Which of two sets of options differ, by the first one that does.
static bool same_options(const json_t *there, const json_t *here, const char *path, struct error *err) {
    const json_t *sets[2][2] = {{json_object_get(there, "vars"), json_object_get(here, "vars")}, {there, here}};
    for (int s = 0; s < 2; s++) {
        for (int turn = 0; turn < 2; turn++) {
            const char *key;
            json_t *value, *keys = json_deep_copy(sets[s][turn]); // iterators want a tree that may be written to
            bool same = true;
            json_object_foreach(keys, key, value) {
                const json_t *a = json_object_get(sets[s][0], key), *b = json_object_get(sets[s][1], key);
                if (json_equal(a, b)) continue;
                same = error_set(err, ERROR_CONFIG, "%s is the state of another watch: %s is %s there and %s here", path, key, plain(a),
                                 plain(b));
                break;
            }
            json_decref(keys);
            if (!same) return false;
        }
    }
    return true;
}

static bool check_owner(const struct look_state *state, const json_t *root, const char *path, struct error *err) {
    const char *schema = json_string_value(json_object_get(root, "schema")),
               *sha256 = json_string_value(json_object_get(root, "config_sha256"));
    if (schema == NULL || strcmp(schema, SCHEMA) != 0 || sha256 == NULL) {
        return error_set(err, ERROR_DATA, "%s: not the state of a watch (schema " SCHEMA ")", path);
    }
    if (strcmp(sha256, state->sha256) != 0) {
        return error_set(err, ERROR_CONFIG, "%s is the state of a watch with another config (SHA-256 %.16s, and %.16s here)", path, sha256,
                         state->sha256);
    }
    return same_options(json_object_get(root, "options"), state->options, path, err);
}

// A document that is to be given again must say what it says.
static bool read_result(struct look_state *state, json_t *result, const char *path, struct error *err) {
    const json_t *code = json_object_get(result, "exit_code");
    enum verdict_kind kind;
    if (json_is_null(result)) return true;
    if (!verdict_of(result, &kind) || !json_is_integer(code) || json_integer_value(code) != verdict_exit_code(kind)) {
        return error_set(err, ERROR_DATA, "%s: result: not a document with verdict and exit_code", path);
    }
    state->result = json_incref(result);
    return true;
}

static bool read_root(struct look_state *state, const json_t *root, const char *path, struct error *err) {
    if (!check_owner(state, root, path, err)) return false;
    const json_t *start = json_object_get(root, "start_ms"), *settle = json_object_get(root, "settle_ms");
    if (!json_is_integer(start) || json_integer_value(start) <= 0 || !json_is_integer(settle) || json_integer_value(settle) < 0) {
        return error_set(err, ERROR_DATA, "%s: start_ms, settle_ms: not times", path);
    }
    if (!read_metrics(state, root, path, err) || !read_entries(state, root, path, err)) return false;
    state->start_ms = json_integer_value(start);
    state->settle_ms = json_integer_value(settle);
    return read_result(state, json_object_get(root, "result"), path, err);
}

bool look_state_parse(struct look_state *state, struct view text, const char *path, struct error *err) {
    json_error_t problem;
    json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) return error_set(err, ERROR_DATA, "%s:%d:%d: %s", path, problem.line, problem.column, problem.text);
    bool ok = read_root(state, root, path, err);
    json_decref(root);
    return ok;
}

bool look_state_read(struct look_state *state, const char *path, bool *ret_found, struct error *err) {
    struct arena arena = {0};
    struct view text;
    *ret_found = access(path, F_OK) == 0;
    if (!*ret_found) return true;
    bool ok = file_read(path, MOST_STATE_BYTES, &arena, &text, err) && look_state_parse(state, text, path, err);
    arena_finish(&arena);
    return ok;
}

void look_state_id(const struct look_state *state, int64_t start_ms, char ret[17]) {
    char *options = json_dumps(state->options, JSON_COMPACT | JSON_SORT_KEYS), hex[DIGEST_HEX_LEN + 1];
    struct buf text;
    buf_init(&text, (size_t)1 << 24);
    buf_printf(&text, "%s %s", state->sha256, options);
    if (start_ms != INT64_MIN) buf_printf(&text, " %lld", (long long)start_ms);
    digest_hex((struct view){buf_text(&text), text.len}, hex);
    memcpy(ret, hex, 16);
    ret[16] = '\0';
    buf_finish(&text);
    free(options);
}
