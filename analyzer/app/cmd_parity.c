// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/parity_run.h"
#include "exporters/parity_report.h"
#include "history_command.h"

#define LISTED 20

static int run(const struct options *options, struct arena *arena) {
    const struct parity_arguments *a = &options->parity;
    struct parity_options how = {.min = a->has_min ? a->min : PARITY_MIN, .top = a->top > 0 ? a->top : LISTED, .unused = a->unused};
    struct analysis_options analysis = {.recorded_dir = options->recorded_dir,
                                        .record_dir = options->record_dir,
                                        .deadline_ms = options->deadline_ms,
                                        .progress = progress_teller(),
                                        .warn = tell_warning,
                                        .interrupted = watch_interrupts()};
    struct error err = {0};
    json_t *document = NULL;
    int code;
    const struct canary_config *config = history_config(options, &cmd_parity, arena, &code);
    if (config == NULL) return code;
    bool ok = window_end(options, &analysis.end_ms, &err) && (document = parity_run(config, &how, &analysis, arena, &err)) != NULL &&
              history_publish(document, parity_text, options, &err);
    if (!ok) tell_error(&err);
    code = ok ? analysis_exit_code(document) : exit_code_of(&err);
    json_decref(document);
    return code;
}

const struct command cmd_parity = {
    .name = "parity",
    .usage = "parity CONFIG [--min 90] [--top N] [--unused] [OPTIONS]",
    .summary = "how alike the telemetry of both sides is, and what is missing or differs",
    .details =
        "CONFIG is as for serin analyze. Every selector of its metrics is read on both sides; nothing is judged. The exit code is 0\n"
        "when the score reaches --min, and 4 when it does not.\n",
    .options = OPTIONS_CONFIG | OPTIONS_WINDOW | OPTIONS_PARITY,
    .run = run,
};
