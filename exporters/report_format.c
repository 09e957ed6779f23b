// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporters/report_format.h"

#include "report_render.h"

static bool render_json(struct buf *out, const json_t *result, const struct report_style *style, struct error *err) {
    (void)style;
    return report_json(out, result, err);
}

const struct report_format report_formats[] = {
    {"text", "for a terminal or a log", report_text},
    {"json", "the result document itself", render_json},
    {"ndjson", "one event a line: the analysis, each metric, the verdict", report_ndjson},
    {"markdown", "a comment on a pull request", report_markdown},
    {"html", "one page without script or network", report_html},
    {"junit", "JUnit XML, a test case for each metric", report_junit},
    {"github", "annotations of a workflow; a summary and outputs of its step", report_github},
    {"dotenv", "variables for later jobs", report_dotenv},
    {"prom", "metrics for the textfile collector of the node exporter", report_prom},
    {NULL, NULL, NULL},
};

const struct report_format *report_format_find(struct view name) {
    for (const struct report_format *format = report_formats; format->name != NULL; format++) {
        if (view_is(name, format->name)) return format;
    }
    return NULL;
}

bool report_render(struct buf *out, const json_t *result, report_writer *write, struct error *err) {
    static const struct report_style style = {.width = 80};
    struct arena arena = {0};
    struct report report;
    bool ok = report_read(result, false, &arena, &report, err);
    if (ok) {
        struct text_out to = {.out = out, .style = &style, .width = style.width, .arena = &arena};
        write(&to, &report, result);
        if (out->failed) ok = error_set(err, ERROR_LIMIT, "the report is larger than %zu bytes", out->limit);
    }
    arena_finish(&arena);
    return ok;
}
