// SPDX-License-Identifier: GPL-3.0-or-later
#include "gate_verdict.h"

#include <math.h>
#include <string.h>

#include "analyzer/verdict.h"
#include "base/timetext.h"
#include "placeholder.h"

#define MOST_ARTEFACT_BYTES ((size_t)1000)
#define CLOCKS_DIFFER_MS INT64_C(300000)
#define AGAIN "a new verdict: serin analyze, with --output json=FILE, and --result FILE here"

bool gate_artefact(const struct canary_config *config, const struct name_values *vars, struct arena *arena, const char **ret,
                   struct error *err) {
    struct buf out;
    *ret = NULL;
    const char *text = gate_config_of(config)->artefact;
    if (text == NULL) return true;
    buf_init(&out, MOST_ARTEFACT_BYTES);
    bool ok = placeholder_expand(&out, view_of(text), vars, NULL, err) || error_prefix(err, "gate.artefact");
    if (ok) *ret = arena_strdup(arena, buf_text(&out));
    buf_finish(&out);
    return ok;
}

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static bool verdict_of(const json_t *result, enum verdict_kind *ret) {
    const json_t *code = json_object_get(result, "exit_code");
    return verdict_parse(text_of(result, "verdict"), ret) && json_is_integer(code) && json_integer_value(code) == verdict_exit_code(*ret);
}

static const char *duration(struct arena *arena, int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    duration_format(&text, ms / 1000 * 1000);
    const char *copy = arena_strdup(arena, buf_text(&text));
    buf_finish(&text);
    return copy;
}

// Why the verdict does not count here; NULL when it does.
static const char *misfit(const struct gate_verdict_question *q, struct arena *arena) {
    const char *end = text_of(json_object_get(q->result, "window"), "end");
    int64_t end_ms, max_age_ms = gate_config_of(q->config)->verdict_max_age_ms;
    enum verdict_kind kind;
    if (strcmp(text_of(q->result, "schema"), "serin.result/1") != 0)
        return "the document is no result of an analysis (schema serin.result/1)";
    if (!verdict_of(q->result, &kind) || !time_parse(view_of(end), &end_ms))
        return "the result has no verdict, exit_code or window.end that fit";
    if (strcmp(text_of(q->result, "canary"), q->config->name) != 0)
        return arena_printf(arena, "the result is of another canary, %.100s", text_of(q->result, "canary"));
    if (strcmp(text_of(json_object_get(q->result, "config"), "sha256"), q->config->sha256) != 0)
        return "the result was made with another config: the file has changed since";
    if (end_ms > q->now_ms + CLOCKS_DIFFER_MS) return arena_printf(arena, "its window ends at %s, which lies ahead", end);
    if (q->now_ms - end_ms > max_age_ms)
        return arena_printf(arena, "it is %s old, and verdict_max_age is %s", duration(arena, q->now_ms - end_ms),
                            duration(arena, max_age_ms));
    if (q->release_start_ms != 0 && end_ms <= q->release_start_ms) return "its window ends before the release began";
    return NULL;
}

static const char *first_reason(const json_t *result, struct arena *arena) {
    const char *text = json_string_value(json_array_get(json_object_get(result, "reasons"), 0));
    return text != NULL ? arena_printf(arena, ": %.400s", text) : "";
}

static struct gate_item judge_kind(const json_t *result, enum verdict_kind kind, struct arena *arena) {
    const json_t *score = json_object_get(result, "score");
    const char *points = json_is_number(score) ? arena_printf(arena, ", score %.4g", json_number_value(score)) : "";
    struct gate_item item = {.kind = "verdict",
                             .text = arena_printf(arena, "%s%s, window to %s%s", verdict_name(kind), points,
                                                  text_of(json_object_get(result, "window"), "end"),
                                                  kind == VERDICT_PASS ? "" : first_reason(result, arena))};
    switch (kind) {
    case VERDICT_PASS:
    case VERDICT_MARGINAL: // the approvals decide
        break;
    case VERDICT_FAIL:
        item.state = GATE_CLOSED;
        item.opens = "a canary that passes";
        break;
    case VERDICT_INCONCLUSIVE:
        item.state = GATE_UNKNOWN;
        item.opens = "a verdict with enough data; the result says what is missing";
        break;
    case VERDICT_ERROR:
        item.state = GATE_UNKNOWN;
        item.opens = "an analysis whose sources answer";
        break;
    }
    return item;
}

static void compare_artefact(const struct gate_verdict_question *q, struct gate_items *items) {
    struct name_values vars = {0};
    const char *judged, *name;
    struct error err;
    json_t *copy = json_deep_copy(json_object_get(q->result, "variables")), *value; // iterators want a tree that may be written to
    vars.items = arena_array(items->arena, json_object_size(copy), sizeof *vars.items);
    json_object_foreach(copy, name, value) {
        const char *text = json_string_value(value);
        vars.items[vars.count++] =
            (struct name_value){arena_strdup(items->arena, name), arena_strdup(items->arena, text != NULL ? text : ""), {0, 0}};
    }
    json_decref(copy);
    struct gate_item item = {.kind = "artefact", .text = arena_printf(items->arena, "%s was judged", q->artefact)};
    if (!gate_artefact(q->config, &vars, items->arena, &judged, &err)) {
        item.state = GATE_UNKNOWN;
        item.text = arena_printf(items->arena, "the result does not say what was judged: %s", err.text);
        item.opens = "serin analyze with the same --var as here";
    } else if (strcmp(judged, q->artefact) != 0) {
        item.state = GATE_CLOSED;
        item.text = arena_printf(items->arena, "%s is to be promoted, but %s was judged", q->artefact, judged);
        item.opens = "the artefact that was judged, or a verdict of this one";
    }
    gate_items_add(items, item);
}

double gate_verdict_age_s(const struct gate_verdict_question *q) {
    int64_t end_ms;
    const char *end = text_of(json_object_get(q->result, "window"), "end");
    return time_parse(view_of(end), &end_ms) ? (double)(q->now_ms - end_ms) / 1000 : (double)NAN;
}

bool gate_verdict_judge(const struct gate_verdict_question *q, struct gate_items *items) {
    struct gate_item item = {.kind = "verdict", .state = GATE_UNKNOWN, .opens = AGAIN};
    enum verdict_kind kind = VERDICT_ERROR;
    bool marginal = false;
    if (q->result == NULL) {
        if (q->config->metric_count == 0) return false;
        item.text = "no verdict was given";
    } else if ((item.text = misfit(q, items->arena)) == NULL && verdict_of(q->result, &kind)) {
        item = judge_kind(q->result, kind, items->arena);
        marginal = kind == VERDICT_MARGINAL;
    }
    gate_items_add(items, item);
    if (q->result != NULL && q->artefact != NULL) compare_artefact(q, items);
    return marginal;
}
