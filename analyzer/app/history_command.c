// SPDX-License-Identifier: GPL-3.0-or-later
#include "history_command.h"

#include <string.h>

#include "exporters/gate_report.h"

#define MOST_REPORT_BYTES ((size_t)64 << 20)

const struct canary_config *history_config(const struct options *options, const struct command *command, struct arena *arena,
                                           int *ret_code) {
    struct canary_config *config = arena_alloc(arena, sizeof *config);
    struct findings findings;
    struct error err = {0};
    struct view text;
    *ret_code = EXIT_USAGE;
    if (!one_operand(options, command)) return NULL;
    if (!read_config_file(options->operands[0], arena, &text, &err)) {
        tell_error(&err);
        return NULL;
    }
    findings_init(&findings, arena);
    bool ok = config_read(text, options->operands[0], &options->overrides, arena, &findings, config);
    if (!ok) tell_findings(&findings);
    findings_finish(&findings);
    return ok ? config : NULL;
}

bool history_read(const struct canary_config *config, int64_t from_ms, int64_t to_ms, const struct options *options, struct arena *arena,
                  struct history *ret, struct history_source **ret_source, struct error *err) {
    struct history_options how = {.recorded_dir = options->recorded_dir,
                                  .record_dir = options->record_dir,
                                  .deadline_ms = options->deadline_ms,
                                  .progress = progress_teller(),
                                  .warn = tell_warning,
                                  .interrupted = watch_interrupts()};
    return history_plan(config, from_ms, to_ms, arena, ret, err) && history_fetch(ret, &how, arena, ret_source, err);
}

static bool render(const json_t *document, history_text_fn *text, const struct options *options, const struct output *output,
                   struct error *err) {
    struct report_style style = output_style(options, output);
    struct buf out;
    buf_init(&out, MOST_REPORT_BYTES);
    bool ok = strcmp(output->format, "json") == 0   ? report_json(&out, document, err)
              : strcmp(output->format, "prom") == 0 ? gate_prom(&out, document, err) // of serin gate alone
                                                    : text(&out, document, &style, err);
    ok = ok && output_write(&out, output, err);
    buf_finish(&out);
    return ok;
}

bool history_publish(const json_t *document, history_text_fn *text, const struct options *options, struct error *err) {
    static const struct output standard = {"text", NULL};
    const struct output *outputs = options->output_count > 0 ? options->outputs : &standard;
    size_t count = options->output_count > 0 ? options->output_count : 1;
    for (size_t i = 0; i < count; i++) {
        if (!render(document, text, options, &outputs[i], err)) return false;
    }
    return true;
}
