// SPDX-License-Identifier: GPL-3.0-or-later
#include "webhook_slack.h"

#include "report_extra.h"
#include "report_part.h"

enum { SLACK_METRICS = 10, SLACK_TEXT = 600 }; // lines; columns of one

#define MOST_MESSAGE ((size_t)39000) // Slack cuts longer ones

// Slack reads &, < and > as the beginnings of links and mentions.
static void put_escaped(struct buf *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '&') {
            buf_str(out, "&amp;");
        } else if (*text == '<') {
            buf_str(out, "&lt;");
        } else if (*text == '>') {
            buf_str(out, "&gt;");
        } else {
            buf_char(out, *text);
        }
    }
}

static void put_cut(struct buf *out, const struct run_digest *d, const char *text) {
    if (text != NULL) put_escaped(out, text_cut(&d->to, text, SLACK_TEXT));
}

// A line for each metric that speaks against the canary, each behind a line feed.
static void put_metrics(struct buf *out, struct run_digest *d) {
    const struct report_metric **metrics;
    size_t count = report_ranked(&d->to, &d->report, &metrics);
    for (size_t i = 0; i < count && i < SLACK_METRICS; i++) {
        buf_str(out, "\n• ");
        put_cut(out, d, metrics[i]->name);
        buf_str(out, ": ");
        put_cut(out, d, run_digest_metric(d, metrics[i]));
    }
    if (count > SLACK_METRICS) buf_printf(out, "\nand %zu more", count - SLACK_METRICS);
}

static void put_usual(struct buf *out, struct run_digest *d) {
    put_escaped(out, run_digest_line(d));
    const char *why = report_reason(&d->to, &d->report);
    if (*why != '\0') buf_char(out, '\n');
    put_cut(out, d, why);
    put_metrics(out, d);
    const char *links[] = {d->link, d->report.runbook};
    for (size_t i = 0; i < 2; i++) {
        if (links[i] == NULL || *links[i] == '\0') continue;
        buf_char(out, '\n');
        put_cut(out, d, links[i]);
    }
}

static void put_number(struct buf *out, struct report_number number) {
    if (number.known)
        buf_double(out, number.value);
    else
        buf_str(out, "-");
}

static void put_metric_lines(struct buf *out, struct run_digest *d) {
    struct buf lines;
    buf_init(&lines, MOST_MESSAGE);
    put_metrics(&lines, d);
    buf_str(out, lines.len > 0 ? buf_text(&lines) + 1 : ""); // without the line feed
    buf_finish(&lines);
}

static void put_field(struct buf *out, struct run_digest *d, enum publish_field field) {
    const struct report *report = &d->report;
    switch (field) {
    case PUBLISH_SUMMARY:
        put_escaped(out, run_digest_line(d));
        break;
    case PUBLISH_CANARY:
        put_cut(out, d, report->canary);
        break;
    case PUBLISH_VERDICT:
        put_cut(out, d, report->verdict);
        break;
    case PUBLISH_SCORE:
        put_number(out, report->score);
        break;
    case PUBLISH_EXIT_CODE:
        put_number(out, report_extra_number(d->result, "exit_code"));
        break;
    case PUBLISH_REASON:
        put_cut(out, d, report_reason(&d->to, report));
        break;
    case PUBLISH_METRICS:
        put_metric_lines(out, d);
        break;
    case PUBLISH_START:
        put_cut(out, d, run_digest_time(d, report->start_ms));
        break;
    case PUBLISH_END:
        put_cut(out, d, run_digest_time(d, report->end_ms));
        break;
    case PUBLISH_OWNER:
        put_cut(out, d, report->owner);
        break;
    case PUBLISH_RUNBOOK:
        put_cut(out, d, report->runbook);
        break;
    case PUBLISH_LINK:
        put_cut(out, d, d->link);
        break;
    case PUBLISH_RUN_ID:
        put_cut(out, d, report->id);
        break;
    case PUBLISH_FIELDS:
        break;
    }
}

json_t *webhook_slack(struct run_digest *d, const struct publish_target *target) {
    struct buf text;
    buf_init(&text, MOST_MESSAGE);
    if (target->template_parts == NULL) put_usual(&text, d);
    for (size_t i = 0; i < target->template_count; i++) {
        const struct publish_part *part = &target->template_parts[i];
        if (part->text != NULL)
            buf_str(&text, part->text); // whoever wrote the config may mention and link
        else
            put_field(&text, d, part->field);
    }
    json_t *message = json_pack("{s:s}", "text", buf_text(&text));
    buf_finish(&text);
    return message;
}
