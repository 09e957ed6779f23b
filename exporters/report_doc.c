// SPDX-License-Identifier: GPL-3.0-or-later
// The reader latches its first error and hands out harmless values afterwards, so that reading is written straight down.
#include "report_doc.h"

#include <math.h>
#include <string.h>

#include "base/timetext.h"
#include "base/view.h"

#define MOST_COUNT INT64_C(1000000000000000) // sums and products of what a report counts stay far from overflow

struct reader {
    struct arena *arena;
    struct error *err;
    bool ascii;
    bool failed;
};

// An object or a list of the document and where it is, "" for the document itself.
struct place {
    const json_t *node;
    const char *path;
};

static const char *path_of(struct reader *in, struct place at, const char *key) {
    return *at.path == '\0' ? key : arena_printf(in->arena, "%s.%s", at.path, key);
}

static void refuse(struct reader *in, const char *path, const char *problem) {
    if (!in->failed) error_set(in->err, ERROR_DATA, "result document: %s %s", path, problem);
    in->failed = true;
}

// NULL after an error; JSON null is a value like others.
static const json_t *member(struct reader *in, struct place at, const char *key) {
    const json_t *node = json_object_get(at.node, key);
    if (node == NULL) refuse(in, path_of(in, at, key), "is missing");
    return node;
}

static const char *clean(struct reader *in, const json_t *text) {
    return text_clean(in->arena, json_string_value(text), json_string_length(text), in->ascii);
}

static const char *text_or_null(struct reader *in, struct place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (node == NULL || json_is_null(node)) return NULL;
    if (json_is_string(node)) return clean(in, node);
    refuse(in, path_of(in, at, key), "must be a text or null");
    return NULL;
}

static const char *text(struct reader *in, struct place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (json_is_string(node)) return clean(in, node);
    refuse(in, path_of(in, at, key), "must be a text");
    return "";
}

static bool truth(struct reader *in, struct place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (!json_is_boolean(node)) refuse(in, path_of(in, at, key), "must be true or false");
    return json_is_true(node);
}

static int64_t count(struct reader *in, struct place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (json_is_integer(node) && json_integer_value(node) >= 0 && json_integer_value(node) <= MOST_COUNT) return json_integer_value(node);
    refuse(in, path_of(in, at, key), "must be a whole number from 0 to 10^15");
    return 0;
}

json_t *report_iterable(const json_t *node) {
    union {
        const json_t *given;
        json_t *wanted;
    } pointer = {.given = node};
    return pointer.wanted;
}

static bool number_of(const json_t *node, struct report_number *ret) {
    const char *word = json_string_value(node);
    *ret = (struct report_number){0};
    if (json_is_null(node)) return true;
    ret->known = true;
    if (json_is_number(node)) {
        ret->value = json_number_value(node);
    } else if (word != NULL && strcmp(word, "NaN") == 0) {
        ret->value = (double)NAN;
    } else if (word != NULL && strcmp(word, "+Inf") == 0) {
        ret->value = (double)INFINITY;
    } else if (word != NULL && strcmp(word, "-Inf") == 0) {
        ret->value = -(double)INFINITY;
    } else {
        ret->known = false;
        return false;
    }
    return true;
}

static struct report_number number_or_null(struct reader *in, struct place at, const char *key) {
    struct report_number number;
    if (!number_of(member(in, at, key), &number)) refuse(in, path_of(in, at, key), "must be a number, \"NaN\", \"+Inf\", \"-Inf\" or null");
    return number;
}

static double number(struct reader *in, struct place at, const char *key) {
    struct report_number number = number_or_null(in, at, key);
    if (!number.known) refuse(in, path_of(in, at, key), "must be a number");
    return number.value;
}

static struct report_number score_or_null(struct reader *in, struct place at, const char *key) {
    struct report_number found = number_or_null(in, at, key);
    if (found.known && !(found.value >= -1e-9 && found.value <= 100 + 1e-9))
        refuse(in, path_of(in, at, key), "must be a number from 0 to 100");
    return found;
}

static int64_t wall_ms(struct reader *in, struct place at, const char *key) {
    const char *time = text(in, at, key);
    int64_t ms = 0;
    if (!in->failed && !time_parse(view_of(time), &ms)) refuse(in, path_of(in, at, key), "must be a time");
    return ms;
}

static struct place object(struct reader *in, struct place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (!json_is_object(node)) refuse(in, path_of(in, at, key), "must be an object");
    return (struct place){node, path_of(in, at, key)};
}

// The node is NULL for null.
static struct place object_or_null(struct reader *in, struct place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (json_is_null(node)) return (struct place){NULL, ""};
    return object(in, at, key);
}

static struct place list(struct reader *in, struct place at, const char *key) {
    const json_t *node = member(in, at, key);
    if (!json_is_array(node)) refuse(in, path_of(in, at, key), "must be a list");
    return (struct place){node, path_of(in, at, key)};
}

static struct place item(struct reader *in, struct place list, size_t i) {
    struct place at = {json_array_get(list.node, i), arena_printf(in->arena, "%s[%zu]", list.path, i)};
    if (!json_is_object(at.node)) refuse(in, at.path, "must be an object");
    return at;
}

static struct report_texts texts(struct reader *in, struct place at, const char *key) {
    struct place all = list(in, at, key);
    struct report_texts texts = {.count = json_array_size(all.node)};
    texts.items = arena_array(in->arena, texts.count + 1, sizeof texts.items[0]);
    for (size_t i = 0; i < texts.count; i++) {
        const json_t *node = json_array_get(all.node, i);
        if (!json_is_string(node)) refuse(in, arena_printf(in->arena, "%s[%zu]", all.path, i), "must be a text");
        texts.items[i] = json_is_string(node) ? clean(in, node) : "";
    }
    return texts;
}

// An object of texts or whole numbers, in the order of the document.
static struct report_labels labels(struct reader *in, struct place at, const char *key) {
    struct place all = object(in, at, key);
    struct report_labels labels = {0};
    const char *name;
    json_t *value;
    labels.items = arena_array(in->arena, json_object_size(all.node) + 1, sizeof labels.items[0]);
    json_object_foreach(report_iterable(all.node), name, value) {
        struct report_label *label = &labels.items[labels.count++];
        label->name = text_clean(in->arena, name, strlen(name), in->ascii);
        label->value = "";
        if (json_is_string(value)) {
            label->value = clean(in, value);
        } else if (json_is_integer(value)) {
            label->value = arena_printf(in->arena, "%lld", (long long)json_integer_value(value));
        } else {
            refuse(in, path_of(in, all, label->name), "must be a text or a whole number");
        }
    }
    return labels;
}

struct state_word {
    const char *word;
    enum text_state state;
};

static const struct state_word verdict_words[] = {{"pass", TEXT_PASS},   {"marginal", TEXT_MARGINAL},
                                                  {"fail", TEXT_FAIL},   {"inconclusive", TEXT_INCONCLUSIVE},
                                                  {"error", TEXT_ERROR}, {NULL, TEXT_ERROR}};
static const struct state_word class_words[] = {
    {"pass", TEXT_PASS},     {"high", TEXT_FAIL},   {"low", TEXT_FAIL}, {"inconclusive", TEXT_INCONCLUSIVE},
    {"nodata", TEXT_NODATA}, {"error", TEXT_ERROR}, {NULL, TEXT_ERROR}};
static const struct state_word guard_words[] = {{"ok", TEXT_PASS}, {"broken", TEXT_MARGINAL}, {"error", TEXT_ERROR}, {NULL, TEXT_ERROR}};

static enum text_state state(struct reader *in, struct place at, const char *key, const struct state_word *words) {
    const char *found = text(in, at, key);
    for (; words->word != NULL; words++) {
        if (strcmp(words->word, found) == 0) return words->state;
    }
    refuse(in, path_of(in, at, key), arena_printf(in->arena, "is \"%.40s\", which is not known", found));
    return TEXT_ERROR;
}

static struct report_side scope_side(struct reader *in, struct place at, const char *key) {
    struct place side = object_or_null(in, at, key);
    struct report_side read = {0};
    if (side.node == NULL || in->failed) return read;
    read.present = true;
    read.source = text(in, side, "source");
    read.labels = labels(in, side, "labels");
    if (json_object_get(side.node, "offset_s") != NULL) read.offset_s = count(in, side, "offset_s");
    return read;
}

static struct report_sample sample(struct reader *in, struct place at, const char *key) {
    struct place side = object_or_null(in, at, key);
    struct report_sample read = {0};
    if (side.node == NULL || in->failed) return read;
    read.present = true;
    read.samples = count(in, side, "samples");
    read.mean = number_or_null(in, side, "mean");
    return read;
}

static void trend(struct reader *in, struct place at, const char *key, double ret[TEXT_TREND]) {
    struct place side = list(in, at, key);
    for (size_t i = 0; i < TEXT_TREND; i++) {
        const json_t *node = json_array_get(side.node, i);
        struct report_number point = {0};
        if (node != NULL && !number_of(node, &point)) refuse(in, side.path, "must hold numbers or null");
        ret[i] = point.known && isfinite(point.value) ? point.value : (double)NAN;
    }
}

static const char *tagged(struct reader *in, const char *name, const struct report_labels *tags) {
    for (size_t i = 0; i < tags->count; i++) {
        name = arena_printf(in->arena, "%s%c%s=%s%s", name, i == 0 ? '{' : ',', tags->items[i].name, tags->items[i].value,
                            i + 1 == tags->count ? "}" : "");
    }
    return name;
}

static void metric_comparison(struct reader *in, struct place at, struct report_metric *metric) {
    struct place shift = object_or_null(in, at, "shift"), limit = object_or_null(in, at, "limit");
    metric->ratio = number_or_null(in, at, "ratio");
    metric->has_shift = shift.node != NULL;
    if (metric->has_shift) {
        metric->lower = number_or_null(in, shift, "lower");
        metric->upper = number_or_null(in, shift, "upper");
    }
    metric->has_limit = limit.node != NULL;
    if (metric->has_limit) {
        metric->limit_min = number_or_null(in, limit, "min");
        metric->limit_max = number_or_null(in, limit, "max");
        metric->outside = count(in, limit, "outside");
        metric->allowed = number_or_null(in, limit, "allowed");
        if (json_object_get(limit.node, "consecutive") != NULL) {
            metric->in_a_row = number_or_null(in, limit, "in_a_row");
            metric->consecutive = number_or_null(in, limit, "consecutive");
        }
    }
    metric->baseline = sample(in, at, "baseline");
    metric->canary = sample(in, at, "canary");
    struct place trends = object(in, at, "trend");
    trend(in, trends, "baseline", metric->trend[0]);
    trend(in, trends, "canary", metric->trend[1]);
}

// A unit stands in every cell of its row; a long one would push out the numbers.
static const char *short_unit(struct reader *in, const char *unit) {
    const struct report_style style = {.ascii = in->ascii};
    const struct text_out to = {.style = &style, .arena = in->arena};
    return unit == NULL ? NULL : text_cut(&to, unit, 8);
}

static void read_metric(struct reader *in, struct place at, void *into) {
    struct report_metric *metric = into;
    struct report_labels tags = labels(in, at, "tags");
    metric->name = tagged(in, text(in, at, "name"), &tags);
    metric->groups = texts(in, at, "groups");
    metric->unit = short_unit(in, text_or_null(in, at, "unit"));
    metric->critical = truth(in, at, "critical");
    metric->muted = truth(in, at, "muted");
    metric->state = state(in, at, "classification", class_words);
    metric->classification = text(in, at, "classification");
    if (metric->muted && metric->state == TEXT_FAIL) metric->state = TEXT_QUARANTINED;
    metric->reason = text_or_null(in, at, "reason");
    metric_comparison(in, at, metric);
    metric->warnings = texts(in, at, "warnings");
}

static void read_query(struct reader *in, struct place at, void *into) {
    struct report_query *query = into;
    query->metric = text(in, at, "metric");
    query->part = text(in, at, "part");
    query->side = text(in, at, "side");
    query->source = text(in, at, "source");
    query->mode = text(in, at, "mode");
    query->expr = text(in, at, "expr");
    query->outcome = text(in, at, "outcome");
    query->error = text_or_null(in, at, "error");
    query->tries = count(in, at, "tries");
    query->bytes = count(in, at, "bytes");
    query->duration_ms = count(in, at, "duration_ms");
    query->series = count(in, at, "series");
    query->samples = count(in, at, "samples");
}

static void read_scope(struct reader *in, struct place at, void *into) {
    struct report_scope *scope = into;
    scope->name = text(in, at, "name");
    scope->baseline = scope_side(in, at, "baseline");
    scope->canary = scope_side(in, at, "canary");
}

static void read_group(struct reader *in, struct place at, void *into) {
    struct report_group *group = into;
    group->name = text(in, at, "name");
    group->weight = number(in, at, "weight");
    group->score = score_or_null(in, at, "score");
    group->metrics = count(in, at, "metrics");
    group->has_data = truth(in, at, "has_data");
}

static void read_guard(struct reader *in, struct place at, void *into) {
    struct report_guard *guard = into;
    guard->name = text(in, at, "name");
    guard->state = state(in, at, "state", guard_words);
    guard->text = text(in, at, "text");
}

static void read_source(struct reader *in, struct place at, void *into) {
    struct report_source *source = into;
    source->name = text(in, at, "name");
    source->kind = text(in, at, "kind");
    source->version = text_or_null(in, at, "version");
    struct place counters = object(in, at, "counters");
    source->queries = count(in, counters, "queries");
    source->tries = count(in, counters, "tries");
    source->retries = count(in, counters, "retries");
    source->shared = count(in, counters, "shared");
    source->refused = count(in, counters, "refused");
    source->throttled = count(in, counters, "throttled");
    source->bytes = count(in, counters, "bytes");
}

// A list of objects as an array of structs of `size` bytes.
static void *items(struct reader *in, struct place at, const char *key, size_t size,
                   void (*read)(struct reader *in, struct place at, void *into), size_t *ret_count) {
    struct place all = list(in, at, key);
    size_t total = json_array_size(all.node);
    char *array = arena_array(in->arena, total + 1, size);
    for (size_t i = 0; i < total && !in->failed; i++) read(in, item(in, all, i), array + i * size);
    *ret_count = total;
    return array;
}

static void read_head(struct reader *in, struct place top, struct report *ret) {
    struct place judge = object(in, top, "judge"), window = object(in, top, "window"), config = object(in, top, "config");
    ret->id = text(in, top, "id");
    ret->canary = text(in, top, "canary");
    ret->owner = text_or_null(in, top, "owner");
    ret->runbook = text_or_null(in, top, "runbook");
    ret->verdict = text(in, top, "verdict");
    ret->state = state(in, top, "verdict", verdict_words);
    ret->score = score_or_null(in, top, "score");
    ret->judge = text(in, judge, "name");
    ret->pass = score_or_null(in, judge, "pass");
    ret->marginal = score_or_null(in, judge, "marginal");
    ret->config_file = text_or_null(in, config, "file");
    ret->config_sha256 = text_or_null(in, config, "sha256");
    ret->start_ms = wall_ms(in, window, "start");
    ret->end_ms = wall_ms(in, window, "end");
    ret->step_s = count(in, window, "step_s");
    ret->variables = labels(in, top, "variables");
    ret->reasons = texts(in, top, "reasons");
    ret->missing = texts(in, top, "missing");
    ret->next = texts(in, top, "next");
    ret->notices = texts(in, top, "notices");
    ret->timings = labels(in, top, "timings");
}

bool report_in_group(const struct report_metric *metric, const char *group) {
    for (size_t i = 0; i < metric->groups.count; i++) {
        if (strcmp(metric->groups.items[i], group) == 0) return true;
    }
    return false;
}

// What part of the score hangs on each metric: the weight of its groups, divided over their metrics.
static void share_weights(struct report *report) {
    for (size_t i = 0; i < report->metric_count; i++) {
        struct report_metric *metric = &report->metrics[i];
        for (size_t k = 0; k < report->group_count; k++) {
            const struct report_group *group = &report->groups[k];
            if (group->metrics > 0 && report_in_group(metric, group->name)) metric->share += group->weight / (double)group->metrics;
        }
    }
}

bool report_read(const json_t *result, bool ascii, struct arena *arena, struct report *ret_report, struct error *err) {
    struct reader in = {.arena = arena, .err = err, .ascii = ascii};
    struct place top = {result, ""};
    struct report read = {0};
    if (!json_is_object(result)) return error_set(err, ERROR_DATA, "result document: is no object");
    const char *schema = text(&in, top, "schema");
    if (strcmp(schema, "serin.result/1") != 0) refuse(&in, "schema", "must be \"serin.result/1\"");
    read_head(&in, top, &read);
    read.scopes = items(&in, top, "scopes", sizeof *read.scopes, read_scope, &read.scope_count);
    read.groups = items(&in, top, "groups", sizeof *read.groups, read_group, &read.group_count);
    read.metrics = items(&in, top, "metrics", sizeof *read.metrics, read_metric, &read.metric_count);
    read.guards = items(&in, top, "guards", sizeof *read.guards, read_guard, &read.guard_count);
    read.queries = items(&in, top, "queries", sizeof *read.queries, read_query, &read.query_count);
    read.sources = items(&in, top, "sources", sizeof *read.sources, read_source, &read.source_count);
    if (in.failed) return false;
    share_weights(&read);
    *ret_report = read;
    return true;
}
