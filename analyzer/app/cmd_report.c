// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "analyzer/verdict.h"
#include "base/file.h"
#include "exporters/gate_report.h"
#include "exporters/parity_report.h"
#include "history_command.h"

#define MOST_DOCUMENT_BYTES ((size_t)64 << 20)

enum decision { DECIDES_NOTHING, DECIDES, HAS_VERDICT };

static const struct kind {
    const char *schema;
    enum decision decision; // that its exit code tells
    history_text_fn *text;  // NULL: publish() renders it
} kinds[] = {
    {"serin.result/1", HAS_VERDICT, NULL},
    {"serin.budget/1", DECIDES, NULL},
    {"serin.gate/1", DECIDES, gate_text},
    {"serin.parity/1", DECIDES, parity_text},
    {"serin.backtest/1", DECIDES_NOTHING, backtest_text},
    {"serin.calibration/1", DECIDES_NOTHING, calibration_text},
};

static const struct kind *find_kind(const json_t *document, struct error *err) {
    const char *schema = json_string_value(json_object_get(document, "schema"));
    for (size_t i = 0; schema != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].schema, schema) == 0) return &kinds[i];
    }
    if (schema != NULL) {
        error_set(err, ERROR_CONFIG, "schema %.64s: not a kind of document that this serin reports", schema);
    } else {
        error_set(err, ERROR_CONFIG, "not a document of serin: it has no member schema; write one with --output json");
    }
    return NULL;
}

// A document that does not tell how it ended, or tells it in two ways, must not read as a pass.
static bool tells_its_end(const json_t *document, const struct kind *kind, struct error *err) {
    const json_t *code = json_object_get(document, "exit_code");
    const char *word = json_string_value(json_object_get(document, "verdict"));
    enum verdict_kind verdict;
    if (kind->decision == DECIDES_NOTHING) return true;
    if (!json_is_integer(code) || json_integer_value(code) < EXIT_PASS || json_integer_value(code) > EXIT_SOURCE)
        return error_set(err, ERROR_CONFIG, "exit_code: expected a number from %d to %d", EXIT_PASS, EXIT_SOURCE);
    if (kind->decision != HAS_VERDICT || (verdict_parse(word, &verdict) && json_integer_value(code) == verdict_exit_code(verdict)))
        return true;
    return error_set(err, ERROR_CONFIG, "verdict: expected one that goes with exit_code %d", (int)json_integer_value(code));
}

static bool can_be_told(const struct kind *kind, const struct options *options, struct error *err) {
    for (size_t i = 0; kind->text != NULL && i < options->output_count; i++) {
        const char *format = options->outputs[i].format;
        bool prom = strcmp(format, "prom") == 0 && kind->text == gate_text;
        if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0 && !prom)
            return error_set(err, ERROR_USAGE, "a document of %s is told as text or json, not as %s", kind->schema, format);
    }
    return true;
}

static json_t *read_document(const char *path, struct arena *arena, struct error *err) {
    struct view text;
    json_error_t problem;
    if (!file_read(path, MOST_DOCUMENT_BYTES, arena, &text, err)) return NULL;
    json_t *document = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &problem);
    if (document == NULL) error_set(err, ERROR_CONFIG, "%d:%d: %s", problem.line, problem.column, problem.text);
    if (document == NULL) error_prefix(err, "%s", path);
    return document;
}

static bool report(const json_t *document, const char *path, const struct options *options, int *ret_code, struct error *err) {
    const struct kind *kind = find_kind(document, err);
    if (kind == NULL || !tells_its_end(document, kind, err)) return error_prefix(err, "%s", path);
    if (kind->text == NULL) {
        *ret_code = publish(document, options);
        return true;
    }
    *ret_code = analysis_exit_code(document);
    return can_be_told(kind, options, err) && history_publish(document, kind->text, options, err);
}

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    int code = EXIT_USAGE;
    if (!one_operand(options, &cmd_report)) return EXIT_USAGE;
    const char *path = options->operands[0];
    json_t *document = read_document(path, arena, &err);
    if (document == NULL || !report(document, path, options, &code, &err)) {
        tell_error(&err);
        code = EXIT_USAGE;
    }
    json_decref(document);
    return code;
}

const struct command cmd_report = {
    .name = "report",
    .usage = "report FILE [OPTIONS]",
    .summary = "show a document that was written with --output json, in any other format",
    .details =
        "FILE is what analyze, replay, judge, wait, budget, gate, parity, backtest or calibrate wrote with --output json, or what a\n"
        "service gives as result of an analysis; - is standard input. The exit code is the one that the document tells.\n",
    .options = OPTIONS_OUTPUT,
    .run = run,
};
