// SPDX-License-Identifier: GPL-3.0-or-later
// What a verdict rests on: guards, samples, the judge's levels, what the window could see, and the answers of the sources.
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report_part.h"

enum { MOST_FAILURES = 5, MOST_VISIBLE = 6 }; // queries; metrics of which it is told what they see
enum { OTHERS = 6 + REPORT_FIDELITY };        // items beside guards and sources

struct trust {
    struct text_out *to;
    const struct report *report;
    struct report_note *notes;
    size_t count;
};

static void note(struct trust *trust, enum text_state state, const char *text) {
    trust->notes[trust->count++] = (struct report_note){state, text};
}

static void note_samples(struct trust *trust) {
    const struct report *report = trust->report;
    int64_t least[2] = {INT64_MAX, INT64_MAX}, most[2] = {-1, -1};
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct report_sample *sides[2] = {&report->metrics[i].baseline, &report->metrics[i].canary};
        for (int k = 0; k < 2; k++) {
            if (!sides[k]->present) continue;
            if (sides[k]->samples < least[k]) least[k] = sides[k]->samples;
            if (sides[k]->samples > most[k]) most[k] = sides[k]->samples;
        }
    }
    for (int k = 0; k < 2; k++) {
        if (most[k] < 0) continue;
        const char *range = arena_printf(trust->to->arena, "%" PRId64, least[k]);
        if (most[k] != least[k]) range = arena_printf(trust->to->arena, "%s to %" PRId64, range, most[k]);
        note(trust, TEXT_PASS, arena_printf(trust->to->arena, "%s %s samples", k == 0 ? "baseline" : "canary", range));
    }
}

static void note_judge(struct trust *trust) {
    const struct report *report = trust->report;
    int64_t family = 0;
    if (!report->confidence.known || !report->pass_confidence.known) return;
    for (size_t i = 0; i < report->metric_count; i++) {
        if (report->metrics[i].evidence.family > family) family = report->metrics[i].evidence.family;
    }
    const char *text = arena_printf(trust->to->arena, "fails when %.4g%% sure, passes when %.4g%% sure", 100 * report->confidence.value,
                                    100 * report->pass_confidence.value);
    if (family > 1) text = arena_printf(trust->to->arena, "%s, %" PRId64 " metrics share the level", text, family);
    note(trust, TEXT_PASS, text);
}

static const char *size_text(struct text_out *to, double size) {
    return size < 1 ? arena_printf(to->arena, "%.2g%%", 100 * size) : arena_printf(to->arena, "x%.3g", 1 + size);
}

// How small a change the window could have seen in the metrics that do not fail.
static void note_visible(struct trust *trust) {
    struct arena *arena = trust->to->arena;
    const char *text = "";
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < trust->report->metric_count; i++) {
        const struct report_metric *m = &trust->report->metrics[i];
        const struct report_number *visible = &m->evidence.visible;
        if (!m->evidence.present || !visible->known || !isfinite(visible->value) || m->state == TEXT_FAIL) continue;
        if (shown == MOST_VISIBLE) {
            more++;
            continue;
        }
        text = arena_printf(arena, "%s%s%s %s", text, shown++ > 0 ? ", " : "", m->name, size_text(trust->to, visible->value));
    }
    if (shown == 0) return;
    if (more > 0) text = arena_printf(arena, "%s, and %zu more", text, more);
    note(trust, TEXT_PASS, arena_printf(arena, "sees changes from %s", text));
}

static void note_fidelity(struct trust *trust) {
    const char *texts[REPORT_FIDELITY];
    size_t count = report_fidelity(trust->to, trust->report, texts);
    for (size_t i = 0; i < count; i++) note(trust, TEXT_PASS, texts[i]);
}

bool report_query_failed(const struct report_query *query) {
    return strcmp(query->outcome, "ok") != 0;
}

static void note_queries(struct trust *trust) {
    const struct report *report = trust->report;
    struct arena *arena = trust->to->arena;
    size_t failed = 0;
    int64_t retries = 0;
    for (size_t i = 0; i < report->query_count; i++) {
        failed += report_query_failed(&report->queries[i]);
        if (report->queries[i].tries > 1) retries += report->queries[i].tries - 1;
    }
    if (report->query_count == 0) return;
    const char *text = arena_printf(arena, "%zu %s, all answered", report->query_count, report->query_count == 1 ? "query" : "queries");
    if (failed > 0) text = arena_printf(arena, "%zu of %zu queries failed", failed, report->query_count);
    if (retries > 0) text = arena_printf(arena, "%s, %" PRId64 " %s", text, retries, retries == 1 ? "retry" : "retries");
    note(trust, failed > 0 ? TEXT_ERROR : TEXT_PASS, text);
}

size_t report_trust(struct text_out *to, const struct report *report, struct report_note **ret_notes) {
    struct trust trust = {.to = to, .report = report};
    trust.notes = arena_array(to->arena, report->guard_count + report->source_count + OTHERS, sizeof trust.notes[0]);
    for (size_t i = 0; i < report->guard_count; i++) {
        const struct report_guard *guard = &report->guards[i];
        note(&trust, guard->state, arena_printf(to->arena, "%s %s: %s", text_symbol(to, guard->state), guard->name, guard->text));
    }
    note_fidelity(&trust);
    note_samples(&trust);
    note_judge(&trust);
    note_visible(&trust);
    note_queries(&trust);
    for (size_t i = 0; i < report->source_count; i++) {
        const struct report_source *source = &report->sources[i];
        bool known = source->version != NULL && source->version[0] != '\0';
        note(&trust, TEXT_PASS, arena_printf(to->arena, "source %s%s%s", source->name, known ? " " : "", known ? source->version : ""));
    }
    *ret_notes = trust.notes;
    return trust.count;
}

struct report_texts report_failures(struct text_out *to, const struct report *report) {
    struct report_texts texts = {arena_array(to->arena, MOST_FAILURES, sizeof texts.items[0]), 0};
    for (size_t i = 0; i < report->query_count && texts.count < MOST_FAILURES; i++) {
        const struct report_query *query = &report->queries[i];
        if (!report_query_failed(query)) continue;
        texts.items[texts.count++] = arena_printf(to->arena, "%s %s on %s: %s", query->metric, query->side, query->source,
                                                  query->error != NULL ? query->error : query->outcome);
    }
    return texts;
}
