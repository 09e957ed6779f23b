// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/gate.h"
#include "base/file.h"
#include "base/timetext.h"
#include "command.h"
#include "exporters/gate_report.h"
#include "history_command.h"
#include "remote.h"

#define MOST_RESULT_BYTES ((size_t)64 << 20)

static const struct canary_config *read_config(const char *path, const struct options *options, struct arena *arena, struct error *err) {
    struct canary_config *config = arena_alloc(arena, sizeof *config);
    struct findings findings;
    struct view text;
    if (!read_config_file(path, arena, &text, err)) return NULL;
    findings_init(&findings, arena);
    bool ok = config_read(text, path, &options->overrides, arena, &findings, config);
    if (!ok) tell_findings(&findings);
    if (!ok) error_set(err, ERROR_CONFIG, "%s: %zu error%s in the config", path, findings.errors, findings.errors == 1 ? "" : "s");
    findings_finish(&findings);
    return ok ? config : NULL;
}

static bool read_result(const char *path, struct arena *arena, json_t **ret, struct error *err) {
    struct view text;
    json_error_t problem;
    *ret = NULL;
    if (path == NULL) return true;
    if (!file_read(path, MOST_RESULT_BYTES, arena, &text, err)) return false;
    *ret = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &problem);
    return *ret != NULL || error_set(err, ERROR_CONFIG, "%s:%d:%d: %s", path, problem.line, problem.column, problem.text);
}

static bool settle(const struct options *options, struct arena *arena, struct gate_options *ret, struct error *err) {
    const struct gate_arguments *a = &options->gate;
    *ret = (struct gate_options){.now_ms = options->end_ms != INT64_MIN ? options->end_ms : wall_now_ms(),
                                 .release_start_ms = options->release_start_ms,
                                 .artefact = a->digest,
                                 .state = a->state != NULL ? a->state : state_dir_default(arena),
                                 .state_must_exist = a->state != NULL,
                                 .advisory = a->advisory,
                                 .recorded_dir = options->recorded_dir,
                                 .record_dir = options->record_dir,
                                 .deadline_ms = options->deadline_ms,
                                 .warn = tell_warning,
                                 .interrupted = watch_interrupts()};
    return window_end(options, &ret->at_ms, err);
}

static int ask(const struct options *options, struct arena *arena) {
    struct gate_options how;
    struct error err = {0};
    json_t *result = NULL, *document = NULL;
    const struct canary_config *config = read_config(options->operands[0], options, arena, &err);
    if (config != NULL && settle(options, arena, &how, &err) && read_result(options->gate.result_file, arena, &result, &err)) {
        how.result = result;
        document = gate_run(config, &how, arena, &err);
    }
    int code = document != NULL ? analysis_exit_code(document) : exit_code_of(&err);
    bool shown = document != NULL && history_publish(document, gate_text, options, &err);
    if (!shown) tell_error(&err);
    if (document != NULL && options->gate.advisory) code = EXIT_PASS;
    if (document != NULL && !shown && code == EXIT_PASS) code = EXIT_USAGE; // a report that is lost opens nothing
    json_decref(document);
    json_decref(result);
    return code;
}

static bool keep_approval(const struct options *options, struct arena *arena, struct error *err) {
    struct approval approval = {.by = options->gate.by, .reason = options->gate.reason};
    struct gate_options how;
    if (approval.by == NULL || approval.reason == NULL) return error_set(err, ERROR_USAGE, "gate approve needs --by and --reason");
    const struct canary_config *config = read_config(options->operands[1], options, arena, err);
    if (config == NULL || !settle(options, arena, &how, err) || !gate_approve(config, &how, &approval, arena, err)) return false;
    printf("approved by %s (%s)%s%s\n", approval.by, approval.id, approval.artefact != NULL ? ": " : "",
           approval.artefact != NULL ? approval.artefact : "");
    return fflush(stdout) == 0 || error_set(err, ERROR_IO, "standard output: cannot be written");
}

static int approve(const struct options *options, struct arena *arena) {
    struct error err = {0};
    if (keep_approval(options, arena, &err)) return EXIT_PASS;
    tell_error(&err);
    return EXIT_USAGE;
}

static int run(const struct options *options, struct arena *arena) {
    if (options->operand_count == 2 && strcmp(options->operands[0], "approve") == 0) return approve(options, arena);
    if (!one_operand(options, &cmd_gate)) return EXIT_USAGE;
    return options->remote.server != NULL ? remote_gate(options, arena) : ask(options, arena);
}

const struct command cmd_gate = {
    .name = "gate",
    .usage = "gate CONFIG [OPTIONS] | gate approve CONFIG --by NAME --reason TEXT [OPTIONS]",
    .summary = "tell whether a canary may be promoted: verdict, budgets, checks, freezes, approvals",
    .details =
        "The exit code is 0 when the gate is open, 5 when it is closed, 3 when people must approve, 4 when it cannot be told, 6 when a\n"
        "source gave no usable answer. Every item that is not open says what would open it.\n",
    .options = OPTIONS_CONFIG | OPTIONS_BUDGET | OPTIONS_STATE | OPTIONS_GATE | OPTIONS_REMOTE,
    .run = run,
};
