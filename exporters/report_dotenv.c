// SPDX-License-Identifier: GPL-3.0-or-later
// Variables that GitLab reads from a job's report and a shell may source: no value holds anything that either would interpret.
#include <inttypes.h>
#include <string.h>

#include "report_render.h"
#include "text_value.h"

enum { MOST_VALUE = 200 };

static void put(struct buf *out, const char *name, const char *value) {
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/-";
    if (*value == '\0') return; // an empty value is refused by some readers
    buf_printf(out, "SERIN_%s=", name);
    for (size_t i = 0; value[i] != '\0' && i < MOST_VALUE; i++) buf_char(out, strchr(safe, value[i]) != NULL ? value[i] : '_');
    buf_char(out, '\n');
}

static void write_report(struct text_out *to, const struct report *report, const json_t *result) {
    size_t failed = 0, open = 0;
    int64_t code = json_integer_value(json_object_get(result, "exit_code"));
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct report_metric *metric = &report->metrics[i];
        failed += metric->state == TEXT_FAIL;
        open += !metric->informs && (metric->state == TEXT_INCONCLUSIVE || metric->state == TEXT_NODATA || metric->state == TEXT_ERROR);
    }
    put(to->out, "VERDICT", report->verdict);
    put(to->out, "EXIT_CODE", arena_printf(to->arena, "%" PRId64, code));
    put(to->out, "SCORE", report->score.known ? text_score(to->arena, report->score.value) : "");
    put(to->out, "CANARY", report->canary);
    put(to->out, "RUN", report->id);
    put(to->out, "METRICS", arena_printf(to->arena, "%zu", report->metric_count));
    put(to->out, "METRICS_FAILED", arena_printf(to->arena, "%zu", failed));
    put(to->out, "METRICS_NOT_JUDGED", arena_printf(to->arena, "%zu", open));
}

bool report_dotenv(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    (void)style;
    return report_render(out, result, write_report, err);
}
