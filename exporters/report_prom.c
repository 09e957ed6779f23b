// SPDX-License-Identifier: GPL-3.0-or-later
// The verdict as metrics, for the textfile collector of the node exporter. One function for each row of the table that is filled
// from the document; what is not known has no sample.
#include <string.h>

#include "exposition.h"
#include "objective_doc.h"
#include "report_extra.h"
#include "report_render.h"
#include "text_time.h"

enum { MOST_METRICS = 1000, MOST_OBJECTIVES = 100, MOST_LABEL = 128 }; // with series; columns of a label's value

struct source_doc { // what the samples are made from
    struct exposition *e;
    struct text_out *to;
    const struct report *report;
    const json_t *result;
    const char *canary;
    const struct report_extra *extras; // of the first `metrics`
    size_t metrics;
    const struct budget_objective *objectives;
    size_t objective_count;
};

static const char *label(const struct source_doc *doc, const char *text) {
    return text_cut(doc->to, text, MOST_LABEL);
}

// Labels: the values in the order of the table; the first is the canary.
static void put(const struct source_doc *doc, enum exported_metric metric, const char *second, const char *third,
                struct report_number value) {
    const char *values[EXPORTED_LABELS] = {doc->canary, second, third};
    if (value.known) exposition_sample(doc->e, metric, values, value.value);
}

static struct report_number number(double value) {
    return (struct report_number){true, value};
}

static void put_set(const struct source_doc *doc, enum exported_metric metric, const char *const *words, const char *word) {
    for (; *words != NULL; words++) put(doc, metric, *words, NULL, number(strcmp(*words, word) == 0));
}

static const char *const verdicts[] = {"pass", "marginal", "fail", "inconclusive", "error", NULL};
static const char *const classes[] = {"pass", "high", "low", "inconclusive", "nodata", "error", NULL};
static const char *const gates[] = {"open", "hold", "closed", NULL};

static void put_analysis(const struct source_doc *doc) {
    const struct report *report = doc->report;
    const char *version[EXPORTED_LABELS] = {label(doc, report_extra_text(doc->result, "serin", doc->to->arena))};
    exposition_sample(doc->e, EXPORTED_BUILD_INFO, version, 1);
    put_set(doc, EXPORTED_VERDICT, verdicts, report->verdict);
    put(doc, EXPORTED_SCORE, NULL, NULL, report->score);
    put(doc, EXPORTED_SCORE_THRESHOLD, "pass", NULL, report->pass);
    put(doc, EXPORTED_SCORE_THRESHOLD, "marginal", NULL, report->marginal);
    put(doc, EXPORTED_EXIT_CODE, NULL, NULL, report_extra_number(doc->result, "exit_code"));
    put(doc, EXPORTED_FINAL, NULL, NULL, number(!json_is_false(json_object_get(json_object_get(doc->result, "looks"), "final"))));
    put(doc, EXPORTED_START, NULL, NULL, number((double)report->start_ms / 1000));
    put(doc, EXPORTED_END, NULL, NULL, number((double)report->end_ms / 1000));
}

static void put_groups(const struct source_doc *doc) {
    const struct report *report = doc->report;
    for (size_t i = 0; i < report->group_count; i++)
        put(doc, EXPORTED_GROUP_SCORE, label(doc, report->groups[i].name), NULL, report->groups[i].score);
    for (size_t i = 0; i < report->group_count; i++)
        put(doc, EXPORTED_GROUP_WEIGHT, label(doc, report->groups[i].name), NULL, number(report->groups[i].weight));
}

static void put_guards(const struct source_doc *doc) {
    const json_t *guards = json_object_get(doc->result, "guards");
    for (size_t i = 0; i < doc->report->guard_count; i++) {
        const struct report_guard *guard = &doc->report->guards[i];
        const char *side = report_extra_text(json_array_get(guards, i), "side", doc->to->arena);
        put(doc, EXPORTED_GUARD, label(doc, guard->name), *side != '\0' ? label(doc, side) : NULL, number(guard->state == TEXT_PASS));
    }
}

static void put_parity(const struct source_doc *doc) {
    const struct report_trust *trust = &doc->report->trust;
    struct report_number gaps = {trust->present && trust->parity.known, (double)trust->gap_count};
    put(doc, EXPORTED_PARITY, NULL, NULL, trust->parity);
    put(doc, EXPORTED_PARITY_GAPS, NULL, NULL, gaps);
}

static void put_class_counts(const struct source_doc *doc) {
    for (const char *const *word = classes; *word != NULL; word++) {
        size_t count = 0;
        for (size_t i = 0; i < doc->report->metric_count; i++) count += strcmp(doc->report->metrics[i].classification, *word) == 0;
        put(doc, EXPORTED_METRICS, *word, NULL, number((double)count));
    }
}

// A sample of the i-th metric: canary, metric and tags, then up to two labels more.
static void put_metric(const struct source_doc *doc, enum exported_metric metric, size_t i, const char *fourth, const char *fifth,
                       struct report_number value) {
    const struct report_extra *extra = &doc->extras[i];
    const char *values[EXPORTED_LABELS] = {doc->canary, extra->name, *extra->tags != '\0' ? extra->tags : NULL, fourth, fifth};
    if (value.known) exposition_sample(doc->e, metric, values, value.value);
}

static void put_info(const struct source_doc *doc, size_t i) {
    const struct report_metric *metric = &doc->report->metrics[i];
    const struct report_extra *extra = &doc->extras[i];
    const char *criticality = metric->critical ? "critical" : metric->informs ? "informs" : "normal";
    for (size_t k = 0; k == 0 || k < metric->groups.count; k++) {
        const char *values[EXPORTED_LABELS] = {doc->canary,
                                               extra->name,
                                               *extra->tags != '\0' ? extra->tags : NULL,
                                               metric->groups.count > 0 ? label(doc, metric->groups.items[k]) : NULL,
                                               label(doc, extra->kind),
                                               label(doc, extra->direction),
                                               criticality,
                                               metric->unit};
        exposition_sample(doc->e, EXPORTED_METRIC_INFO, values, 1);
    }
}

static void put_class(const struct source_doc *doc, size_t i) {
    const char *found = doc->report->metrics[i].classification;
    for (const char *const *word = classes; *word != NULL; word++)
        put_metric(doc, EXPORTED_METRIC_CLASS, i, *word, NULL, number(strcmp(*word, found) == 0));
}

static void put_failing(const struct source_doc *doc, size_t i) {
    put_metric(doc, EXPORTED_METRIC_FAILING, i, NULL, NULL, number(doc->report->metrics[i].state == TEXT_FAIL));
}

static void put_ratio(const struct source_doc *doc, size_t i) {
    put_metric(doc, EXPORTED_METRIC_RATIO, i, NULL, NULL, doc->report->metrics[i].ratio);
}

static void put_change(const struct source_doc *doc, size_t i) {
    const struct report_evidence *evidence = &doc->report->metrics[i].evidence;
    if (!evidence->present) return;
    put_metric(doc, EXPORTED_METRIC_CHANGE, i, "estimate", NULL, evidence->change);
    put_metric(doc, EXPORTED_METRIC_CHANGE, i, "lower", NULL, evidence->low);
    put_metric(doc, EXPORTED_METRIC_CHANGE, i, "upper", NULL, evidence->high);
}

static void put_shift(const struct source_doc *doc, size_t i) {
    const struct report_metric *metric = &doc->report->metrics[i];
    if (!metric->has_shift) return;
    put_metric(doc, EXPORTED_METRIC_SHIFT, i, "estimate", NULL, doc->extras[i].estimate);
    put_metric(doc, EXPORTED_METRIC_SHIFT, i, "lower", NULL, metric->lower);
    put_metric(doc, EXPORTED_METRIC_SHIFT, i, "upper", NULL, metric->upper);
}

static void put_effect(const struct source_doc *doc, size_t i) {
    if (*doc->extras[i].measure != '\0')
        put_metric(doc, EXPORTED_METRIC_EFFECT, i, label(doc, doc->extras[i].measure), NULL, doc->extras[i].effect);
}

static void put_a12(const struct source_doc *doc, size_t i) {
    put_metric(doc, EXPORTED_METRIC_A12, i, NULL, NULL, doc->report->metrics[i].evidence.a12);
}

static void put_p(const struct source_doc *doc, size_t i) {
    put_metric(doc, EXPORTED_METRIC_P, i, NULL, NULL, doc->report->metrics[i].evidence.p);
}

static void put_level(const struct source_doc *doc, size_t i) {
    put_metric(doc, EXPORTED_METRIC_LEVEL, i, NULL, NULL, doc->report->metrics[i].evidence.alpha);
}

static void put_tolerance(const struct source_doc *doc, size_t i) {
    put_metric(doc, EXPORTED_METRIC_TOLERANCE, i, "relative", NULL, doc->extras[i].relative);
    put_metric(doc, EXPORTED_METRIC_TOLERANCE, i, "absolute", NULL, doc->extras[i].absolute);
    put_metric(doc, EXPORTED_METRIC_TOLERANCE, i, "harm", NULL, doc->extras[i].harm);
}

static void put_limit(const struct source_doc *doc, size_t i) {
    const struct report_metric *metric = &doc->report->metrics[i];
    if (!metric->has_limit) return;
    put_metric(doc, EXPORTED_METRIC_LIMIT, i, "lower", NULL, metric->limit_min);
    put_metric(doc, EXPORTED_METRIC_LIMIT, i, "upper", NULL, metric->limit_max);
}

static void put_samples(const struct source_doc *doc, size_t i) {
    const struct report_metric *metric = &doc->report->metrics[i];
    if (metric->baseline.present) put_metric(doc, EXPORTED_METRIC_SAMPLES, i, "baseline", NULL, number((double)metric->baseline.samples));
    if (metric->canary.present) put_metric(doc, EXPORTED_METRIC_SAMPLES, i, "canary", NULL, number((double)metric->canary.samples));
}

static void put_location(const struct source_doc *doc, size_t i) {
    const struct report_stats *sides[] = {&doc->extras[i].baseline, &doc->extras[i].canary};
    for (size_t k = 0; k < 2; k++) {
        const char *side = k == 0 ? "baseline" : "canary";
        put_metric(doc, EXPORTED_METRIC_LOCATION, i, side, "mean", sides[k]->mean);
        put_metric(doc, EXPORTED_METRIC_LOCATION, i, side, "min", sides[k]->min);
        put_metric(doc, EXPORTED_METRIC_LOCATION, i, side, "max", sides[k]->max);
        put_metric(doc, EXPORTED_METRIC_LOCATION, i, side, "stddev", sides[k]->std);
    }
}

static void put_since(const struct source_doc *doc, size_t i) {
    const struct report_evidence *evidence = &doc->report->metrics[i].evidence;
    if (evidence->has_since) put_metric(doc, EXPORTED_METRIC_SINCE, i, NULL, NULL, number((double)evidence->since_ms / 1000));
}

// Of the metrics that the verdict hangs on the one whose change began first.
static void put_detection(const struct source_doc *doc) {
    int64_t first_ms = INT64_MAX;
    for (size_t i = 0; i < doc->report->metric_count; i++) {
        const struct report_metric *metric = &doc->report->metrics[i];
        bool counts = metric->state == TEXT_FAIL && metric->evidence.has_since;
        if (counts && metric->evidence.since_ms < first_ms) first_ms = metric->evidence.since_ms;
    }
    if (doc->report->state == TEXT_FAIL && first_ms <= doc->report->end_ms)
        put(doc, EXPORTED_DETECTION, NULL, NULL, number((double)(doc->report->end_ms - first_ms) / 1000));
}

static void put_metrics(const struct source_doc *doc) {
    static void (*const families[])(const struct source_doc *doc, size_t i) = {
        put_info, put_class, put_failing,   put_ratio, put_change,  put_shift,    put_effect, put_a12,
        put_p,    put_level, put_tolerance, put_limit, put_samples, put_location, put_since};
    for (size_t k = 0; k < sizeof families / sizeof families[0]; k++) {
        for (size_t i = 0; i < doc->metrics; i++) families[k](doc, i);
    }
}

static const char *window_text(const struct source_doc *doc, int64_t length_s) {
    return length_s > 0 && length_s <= INT64_C(3153600000) ? text_duration(doc->to->arena, length_s * 1000) : "";
}

static void put_burns(const struct source_doc *doc, const struct budget_objective *objective) {
    static const char *const bounds[] = {"estimate", "lower", "upper"};
    for (size_t i = 0; i < objective->burn_count; i++) {
        const struct budget_burn *burn = &objective->burns[i];
        const struct report_number rates[] = {burn->rate, burn->lower, burn->upper};
        const char *values[EXPORTED_LABELS] = {doc->canary, label(doc, objective->name), label(doc, burn->side),
                                               window_text(doc, burn->length_s)};
        for (size_t k = 0; k < 3; k++) {
            values[4] = bounds[k];
            if (rates[k].known) exposition_sample(doc->e, EXPORTED_BURN_RATE, values, rates[k].value);
        }
    }
}

static void put_gate(const struct source_doc *doc, const struct budget_objective *objective) {
    for (const char *const *word = gates; *word != NULL; word++)
        put(doc, EXPORTED_OBJECTIVE_GATE, label(doc, objective->name), *word, number(strcmp(*word, objective->gate) == 0));
}

static void put_release(const struct source_doc *doc, const struct budget_objective *objective) {
    const char *name = label(doc, objective->name);
    put(doc, EXPORTED_RELEASE_BUDGET, name, "estimate", objective->release.share);
    put(doc, EXPORTED_RELEASE_BUDGET, name, "lower", objective->release.share_lower);
    put(doc, EXPORTED_RELEASE_BUDGET, name, "upper", objective->release.share_upper);
}

static void put_objectives(const struct source_doc *doc) {
    if (doc->objective_count == 0) return; // there may be no list then
    const struct budget_objective *o = doc->objectives, *end = o + doc->objective_count;
    for (; o < end; o++) put(doc, EXPORTED_OBJECTIVE_TARGET, label(doc, o->name), NULL, o->goal);
    for (o = doc->objectives; o < end; o++) put(doc, EXPORTED_OBJECTIVE_ATTAINMENT, label(doc, o->name), NULL, o->attainment);
    for (o = doc->objectives; o < end; o++) put(doc, EXPORTED_OBJECTIVE_BUDGET, label(doc, o->name), NULL, o->remaining);
    for (o = doc->objectives; o < end; o++) put(doc, EXPORTED_OBJECTIVE_EXHAUSTION, label(doc, o->name), NULL, o->exhaustion_s);
    for (o = doc->objectives; o < end; o++) put_gate(doc, o);
    for (o = doc->objectives; o < end; o++) put_burns(doc, o);
    for (o = doc->objectives; o < end; o++) put_release(doc, o);
    for (o = doc->objectives; o < end; o++) put(doc, EXPORTED_RELEASE_HALT, label(doc, o->name), NULL, o->release.halt_at);
}

static void put_failures(const struct source_doc *doc) {
    const struct report *report = doc->report;
    for (size_t i = 0; i < report->query_count; i++) {
        const struct report_query *query = &report->queries[i];
        double count = 0;
        if (strcmp(query->outcome, "ok") == 0) continue;
        for (size_t k = i; k < report->query_count; k++) { // the first of its kind counts them, the others are written no more
            const struct report_query *other = &report->queries[k];
            count += strcmp(other->source, query->source) == 0 && strcmp(other->outcome, query->outcome) == 0;
        }
        const char *values[EXPORTED_LABELS] = {label(doc, query->source), label(doc, query->outcome)};
        exposition_sample(doc->e, EXPORTED_QUERY_FAILURES, values, count);
    }
}

static void put_source(const struct source_doc *doc, enum exported_metric metric, size_t i, int64_t count) {
    const char *values[EXPORTED_LABELS] = {label(doc, doc->report->sources[i].name)};
    exposition_sample(doc->e, metric, values, (double)count);
}

static void put_sources(const struct source_doc *doc) {
    const struct report *report = doc->report;
    const struct report_source *s = report->sources;
    size_t n = report->source_count;
    for (size_t i = 0; i < n; i++) put_source(doc, EXPORTED_QUERIES, i, s[i].queries);
    for (size_t i = 0; i < n; i++) put_source(doc, EXPORTED_QUERY_TRIES, i, s[i].tries);
    for (size_t i = 0; i < n; i++) put_source(doc, EXPORTED_QUERY_RETRIES, i, s[i].retries);
    put_failures(doc);
    for (size_t i = 0; i < n; i++) put_source(doc, EXPORTED_QUERY_THROTTLED, i, s[i].throttled);
    for (size_t i = 0; i < n; i++) put_source(doc, EXPORTED_QUERY_REFUSED, i, s[i].refused);
    for (size_t i = 0; i < n; i++) put_source(doc, EXPORTED_QUERY_HEDGED, i, s[i].hedged);
    for (size_t i = 0; i < n; i++) put_source(doc, EXPORTED_QUERY_SHARED, i, s[i].shared);
    for (size_t i = 0; i < n; i++) put_source(doc, EXPORTED_RECEIVED, i, s[i].bytes);
}

static void put_longest(const struct source_doc *doc) {
    int64_t longest = 0;
    for (size_t i = 0; i < doc->report->query_count; i++) {
        if (doc->report->queries[i].duration_ms > longest) longest = doc->report->queries[i].duration_ms;
    }
    put(doc, EXPORTED_QUERY_DURATION, NULL, NULL, number((double)longest / 1000));
}

void report_prom_samples(struct exposition *e, struct text_out *to, const struct report *report, const json_t *result) {
    struct source_doc doc = {.e = e, .to = to, .report = report, .result = result};
    doc.canary = label(&doc, report->canary);
    doc.metrics = report->metric_count < MOST_METRICS ? report->metric_count : MOST_METRICS;
    doc.objectives = report->objectives;
    doc.objective_count = report->objective_count < MOST_OBJECTIVES ? report->objective_count : MOST_OBJECTIVES;
    struct report_extra *extras = arena_array(to->arena, doc.metrics + 1, sizeof *extras);
    for (size_t i = 0; i < doc.metrics; i++) {
        report_extra_read(result, i, to->arena, &extras[i]);
        extras[i].name = label(&doc, extras[i].name);
        extras[i].tags = label(&doc, extras[i].tags);
    }
    doc.extras = extras;
    put_analysis(&doc);
    put_groups(&doc);
    put_guards(&doc);
    put_parity(&doc);
    put_class_counts(&doc);
    put_metrics(&doc);
    put_detection(&doc);
    put_objectives(&doc);
    put_set(&doc, EXPORTED_ANALYSES, verdicts, report->verdict);
    put_sources(&doc);
    put_longest(&doc);
}

static void write_report(struct text_out *to, const struct report *report, const json_t *result) {
    struct exposition e;
    exposition_init(&e, to->out);
    report_prom_samples(&e, to, report, result);
    exposition_finish(&e);
}

bool report_prom(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    (void)style;
    return report_render(out, result, write_report, err);
}
