// SPDX-License-Identifier: GPL-3.0-or-later
#include "courier_words.h"

#include <string.h>

#include "analyzer/gate_config.h"
#include "run_digest.h"

static void add(struct courier_words *words, bool holds, const char *word) {
    if (holds && word != NULL && words->count < COURIER_WORDS) words->items[words->count++] = word;
}

static bool lacks_data(const json_t *document) {
    const json_t *metrics = json_object_get(document, "metrics");
    for (size_t i = 0; i < json_array_size(metrics); i++) {
        const char *text = json_string_value(json_object_get(json_array_get(metrics, i), "classification"));
        if (text != NULL && strcmp(text, "nodata") == 0) return true;
    }
    return false;
}

void courier_words_of(const struct engine_event *e, bool failed_before, struct courier_words *ret) {
    *ret = (struct courier_words){.verdict = e->kind == ENGINE_VERDICT};
    if (e->kind != ENGINE_VERDICT) {
        add(ret, true, engine_event_name(e->kind)); // "started", "look_failed", "cancelled"
        return;
    }
    const char *verdict = json_string_value(json_object_get(e->document, "verdict"));
    if (verdict == NULL) verdict = "error";
    bool pass = strcmp(verdict, "pass") == 0, marginal = strcmp(verdict, "marginal") == 0;
    bool asks = e->config != NULL && gate_config_of(e->config)->approvals > 0;
    add(ret, marginal || (pass && asks), "approval_needed");
    add(ret, (pass || marginal) && failed_before, "resolved");
    add(ret, strcmp(verdict, "inconclusive") == 0 && lacks_data(e->document), "no_data");
    add(ret, true, verdict);
    add(ret, true, "verdict");
}

static bool asks_for(const struct publish_target *target, const char *word) {
    for (size_t i = 0; i < target->on.count; i++) {
        if (strcmp(target->on.items[i], word) == 0) return true;
    }
    return false;
}

const char *courier_words_match(const struct courier_words *words, const struct publish_target *target) {
    if (target->kind != PUBLISH_WEBHOOK) return NULL;
    if (target->on.count == 0) return words->verdict ? "verdict" : NULL;
    for (size_t i = 0; i < words->count; i++) {
        if (asks_for(target, words->items[i])) return words->items[i];
    }
    return NULL;
}

const char *courier_word_type(const char *word) {
    static const struct {
        const char *word, *type;
    } types[] = {{"started", RUN_DIGEST_STARTED},
                 {"look_failed", "serin.look.failed"},
                 {"cancelled", "serin.analysis.cancelled"},
                 {"approval_needed", "serin.approval.needed"},
                 {"resolved", "serin.verdict.resolved"},
                 {"no_data", "serin.verdict.no_data"},
                 {COURIER_GATE_OPENED, "serin.gate.opened"},
                 {COURIER_GATE_CLOSED, "serin.gate.closed"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].word, word) == 0) return types[i].type;
    }
    return RUN_DIGEST_TYPE;
}

const char *courier_event_text(enum engine_event_kind kind) {
    switch (kind) {
    case ENGINE_STARTED:
        return "analysis started";
    case ENGINE_CANCELLED:
        return "analysis cancelled";
    case ENGINE_LOOK_FAILED:
        return "a look failed";
    case ENGINE_LOOK:
    case ENGINE_VERDICT:
        break;
    }
    return "the analysis could not be carried out";
}
