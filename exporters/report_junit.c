// SPDX-License-Identifier: GPL-3.0-or-later
// JUnit XML: a test case for each metric. Beside them only what would be lost: a verdict that no metric accounts for.
#include <inttypes.h>
#include <string.h>

#include "report_extra.h"
#include "report_part.h"
#include "report_render.h"
#include "text_time.h"
#include "text_value.h"
#include "exporters/xml_text.h"

struct outcome {
    const char *element; // NULL: passed
    const char *type;
    const char *text;
};

struct tally {
    size_t cases, failures, errors, skipped;
};

static struct outcome outcome_of(struct text_out *to, const struct report_metric *metric) {
    const char *text = metric->reason != NULL ? metric->reason : metric->classification;
    switch (metric->state) {
    case TEXT_FAIL:
        return (struct outcome){"failure", metric->classification, text};
    case TEXT_ERROR:
        return (struct outcome){"error", metric->classification, text};
    case TEXT_INCONCLUSIVE:
    case TEXT_NODATA:
        return (struct outcome){"skipped", NULL, text};
    case TEXT_QUARANTINED:
        return (struct outcome){"skipped", NULL, arena_printf(to->arena, "muted or not required, so it does not count: %s", text)};
    case TEXT_PASS:
    case TEXT_MARGINAL:
        break;
    }
    return (struct outcome){NULL, NULL, NULL};
}

static void count(struct tally *tally, const struct outcome *outcome) {
    tally->cases++;
    if (outcome->element == NULL) return;
    tally->failures += strcmp(outcome->element, "failure") == 0;
    tally->errors += strcmp(outcome->element, "error") == 0;
    tally->skipped += strcmp(outcome->element, "skipped") == 0;
}

// The verdict as a test case where it is bad and no metric says so, such as an analysis that could not begin.
static struct outcome verdict_outcome(struct text_out *to, const struct report *report, const struct tally *tally) {
    bool error = report->state == TEXT_ERROR && tally->errors == 0, fail = report->state == TEXT_FAIL && tally->failures == 0;
    const char *why = report_reason(to, report);
    if (*why == '\0') why = report->verdict;
    if (!error && !fail) return (struct outcome){NULL, NULL, NULL};
    return (struct outcome){error ? "error" : "failure", report->verdict, why};
}

// Seconds that the queries of a metric took; they run side by side, so the longest counts.
static double seconds_of(const struct report *report, const char *name) {
    int64_t longest = 0;
    for (size_t i = 0; i < report->query_count; i++) {
        const struct report_query *query = &report->queries[i];
        bool own = name == NULL || strcmp(query->metric, name) == 0;
        if (own && query->duration_ms > longest) longest = query->duration_ms;
    }
    return (double)longest / 1000;
}

static void put_time(struct buf *out, double seconds) {
    buf_str(out, " time=\"");
    buf_double(out, seconds);
    buf_char(out, '"');
}

static const char *details_of(struct text_out *to, const struct report_metric *metric) {
    const char *before = metric->baseline.present ? report_mean(to, metric, &metric->baseline) : report_limit(to, metric);
    const char *change = report_change(to, metric), *interval = report_interval(to, metric);
    const char *text = arena_printf(to->arena, "%s %s, canary %s", metric->baseline.present ? "baseline" : "limit", before,
                                    report_mean(to, metric, &metric->canary));
    if (strcmp(change, "-") != 0) text = arena_printf(to->arena, "%s, change %s%s%s", text, change, *interval != '\0' ? " " : "", interval);
    if (!metric->baseline.present) return arena_printf(to->arena, "%s, samples %" PRId64, text, metric->canary.samples);
    return arena_printf(to->arena, "%s, samples %" PRId64 "/%" PRId64, text, metric->baseline.samples, metric->canary.samples);
}

static void put_outcome(struct text_out *to, const struct outcome *outcome) {
    struct buf *out = to->out;
    if (outcome->element == NULL) return;
    buf_printf(out, "\n      <%s", outcome->element);
    xml_attribute(out, "message", text_cut(to, outcome->text, 300));
    if (outcome->type != NULL) xml_attribute(out, "type", outcome->type);
    buf_char(out, '>');
    xml_text(out, outcome->text);
    buf_printf(out, "</%s>", outcome->element);
}

static void put_case(struct text_out *to, const struct report *report, const char *name, double seconds, const struct outcome *outcome,
                     const char *details) {
    buf_str(to->out, "    <testcase");
    xml_attribute(to->out, "name", name);
    xml_attribute(to->out, "classname", report->canary);
    if (report->config_file != NULL) xml_attribute(to->out, "file", report->config_file);
    put_time(to->out, seconds);
    buf_char(to->out, '>');
    put_outcome(to, outcome);
    if (details != NULL) {
        buf_str(to->out, "\n      <system-out>");
        xml_text(to->out, details);
        buf_str(to->out, "</system-out>");
    }
    buf_str(to->out, "\n    </testcase>\n");
}

static void put_property(struct text_out *to, const char *name, const char *value) {
    buf_str(to->out, "      <property");
    xml_attribute(to->out, "name", name);
    xml_attribute(to->out, "value", value);
    buf_str(to->out, "/>\n");
}

static void put_properties(struct text_out *to, const struct report *report) {
    buf_str(to->out, "    <properties>\n");
    put_property(to, "verdict", report->verdict);
    if (report->score.known) put_property(to, "score", text_score(to->arena, report->score.value));
    put_property(to, "run", report->id);
    put_property(to, "judge", report->judge);
    put_property(to, "start", text_time(to->arena, report->start_ms));
    put_property(to, "end", text_time(to->arena, report->end_ms));
    if (report->owner != NULL) put_property(to, "owner", report->owner);
    if (report->runbook != NULL) put_property(to, "runbook", report->runbook);
    for (size_t i = 0; i < report->variables.count; i++) {
        const struct report_label *variable = &report->variables.items[i];
        put_property(to, arena_printf(to->arena, "variable.%s", variable->name), variable->value);
    }
    buf_str(to->out, "    </properties>\n");
}

static void put_totals(struct buf *out, const struct tally *tally) {
    buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", tally->cases, tally->failures, tally->errors,
               tally->skipped);
}

static void put_line(struct text_out *to, const char *heading, const char *text) {
    if (*text != '\0') xml_text(to->out, arena_printf(to->arena, "\n%s: %s", heading, text));
}

static void put_verdict_text(struct text_out *to, const struct report *report) {
    buf_str(to->out, "    <system-out>");
    xml_text(to->out, arena_printf(to->arena, "%s %s, %s\n", report_verdict(to, report), report->canary, report_score(to, report)));
    xml_text(to->out, report_reason(to, report));
    for (size_t i = 0; i < report->where_count; i++) put_line(to, "where", report_where_line(to, &report->where[i]));
    put_line(to, "since", report_since(to, report));
    for (size_t i = 0; i < report->missing.count; i++) put_line(to, "missing", report->missing.items[i]);
    struct report_note *notes;
    size_t notes_count = report_trust(to, report, &notes);
    for (size_t i = 0; i < notes_count; i++) put_line(to, "trust", notes[i].text);
    for (size_t i = 0; i < report->next.count; i++) put_line(to, "next", report->next.items[i]);
    buf_str(to->out, "</system-out>\n");
}

static struct tally tally_of(struct text_out *to, const struct report *report, struct outcome *ret_verdict) {
    struct tally tally = {0};
    for (size_t i = 0; i < report->metric_count; i++) {
        struct outcome outcome = outcome_of(to, &report->metrics[i]);
        count(&tally, &outcome);
    }
    *ret_verdict = verdict_outcome(to, report, &tally);
    if (ret_verdict->element != NULL) count(&tally, ret_verdict);
    return tally;
}

static void write_report(struct text_out *to, const struct report *report, const json_t *result) {
    struct outcome verdict;
    struct tally tally = tally_of(to, report, &verdict);
    buf_str(to->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"serin\"");
    put_totals(to->out, &tally);
    put_time(to->out, seconds_of(report, NULL));
    buf_str(to->out, ">\n  <testsuite");
    xml_attribute(to->out, "name", report->canary);
    put_totals(to->out, &tally);
    put_time(to->out, seconds_of(report, NULL));
    xml_attribute(to->out, "timestamp",
                  arena_strndup(to->arena, text_time(to->arena, report->end_ms), 19)); // of the schema: without a zone
    buf_str(to->out, ">\n");
    put_properties(to, report);
    if (verdict.element != NULL) put_case(to, report, "verdict", 0, &verdict, NULL); // first: of two equal names readers keep that one
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct report_metric *metric = &report->metrics[i];
        struct report_extra extra;
        report_extra_read(result, i, to->arena, &extra);
        struct outcome outcome = outcome_of(to, metric);
        put_case(to, report, metric->name, seconds_of(report, extra.name), &outcome, details_of(to, metric));
    }
    put_verdict_text(to, report);
    buf_str(to->out, "  </testsuite>\n</testsuites>\n");
}

bool report_junit(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    (void)style;
    return report_render(out, result, write_report, err);
}
