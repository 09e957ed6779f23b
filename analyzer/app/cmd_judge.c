// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/judge_cases.h"
#include "analyzer/judge_pairs.h"
#include "base/file.h"
#include "command.h"

#define MOST_LINE_BYTES ((size_t)64 << 20)
#define MOST_PAIRS_BYTES ((size_t)256 << 20)
#define MOST_ANSWER_BYTES ((size_t)1 << 20)

// The next line without its end; false at the end of the input.
static bool read_line(FILE *in, struct buf *ret) {
    int c;
    buf_clear(ret);
    while ((c = getc(in)) != EOF && c != '\n') {
        if (ret->failed) return true;
        buf_char(ret, (char)c);
    }
    return c != EOF || ret->len > 0;
}

static bool is_blank(const struct buf *line) {
    return strspn(buf_text(line), " \t\r") == line->len;
}

static bool judge_line(struct judge_cases *cases, const struct buf *line, struct buf *out, struct error *err) {
    if (line->failed) return error_set(err, ERROR_LIMIT, "longer than %zu bytes", line->limit);
    json_t *answer = judge_cases_line(cases, (struct view){buf_text(line), line->len}, err);
    if (answer == NULL) return false;
    buf_clear(out);
    bool ok = report_json_line(out, answer, err);
    json_decref(answer);
    if (!ok) return false;
    return fwrite(buf_text(out), 1, out->len, stdout) == out->len || error_set(err, ERROR_IO, "standard output: %s", strerror(errno));
}

static bool judge_lines(struct judge_cases *cases, FILE *in, const char *path, struct error *err) {
    struct buf line, out;
    size_t number = 0;
    bool ok = true;
    buf_init(&line, MOST_LINE_BYTES);
    buf_init(&out, MOST_ANSWER_BYTES);
    while (ok && read_line(in, &line)) {
        number++;
        if (!line.failed && is_blank(&line)) continue;
        ok = judge_line(cases, &line, &out, err) || error_prefix(err, "%s:%zu", path, number);
    }
    if (ok && ferror(in)) ok = error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    if (fflush(stdout) != 0 && ok) ok = error_set(err, ERROR_IO, "standard output: %s", strerror(errno));
    buf_finish(&line);
    buf_finish(&out);
    return ok;
}

static bool judge_file(const struct options *options, struct error *err) {
    const char *path = options->cases_file;
    bool std = strcmp(path, "-") == 0;
    struct judge_cases *cases = judge_cases_create(&options->cases, err);
    if (cases == NULL) return false;
    FILE *in = std ? stdin : fopen(path, "rb");
    bool ok =
        in != NULL ? judge_lines(cases, in, std ? "standard input" : path, err) : error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    if (in != NULL && !std) fclose(in);
    judge_cases_destroy(cases);
    return ok;
}

static bool usage(const struct options *o, struct error *err) {
    bool pairs = o->config_file != NULL && o->pairs_file != NULL && o->cases_file == NULL;
    bool cases = o->cases_file != NULL && o->config_file == NULL && o->pairs_file == NULL;
    if (o->operand_count > 0 || !(pairs || cases)) return error_set(err, ERROR_USAGE, "usage: serin %s", cmd_judge.usage);
    return pairs || o->output_count == 0 || error_set(err, ERROR_USAGE, "--output goes with --pairs; --cases prints JSON lines");
}

static int judge_pair_list(const struct options *options, struct arena *arena, struct error *err) {
    struct judge_pairs_input input = {
        .config_file = options->config_file, .pairs_file = options->pairs_file, .overrides = &options->overrides};
    struct findings findings;
    json_t *result = NULL;
    findings_init(&findings, arena);
    if (read_config_file(input.config_file, arena, &input.config, err) &&
        file_read(input.pairs_file, MOST_PAIRS_BYTES, arena, &input.pairs, err))
        result = judge_pairs(&input, arena, &findings, err);
    if (result == NULL || options->verbose) tell_findings(&findings);
    int code = result != NULL ? publish(result, options) : EXIT_USAGE;
    if (result == NULL) tell_error(err);
    json_decref(result);
    findings_finish(&findings);
    return code;
}

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    if (usage(options, &err)) {
        if (options->pairs_file != NULL) return judge_pair_list(options, arena, &err);
        if (judge_file(options, &err)) return EXIT_PASS;
    }
    tell_error(&err);
    return EXIT_USAGE;
}

const struct command cmd_judge = {
    .name = "judge",
    .usage = "judge --cases FILE [OPTIONS] | judge --config FILE --pairs FILE [OPTIONS]",
    .summary = "judge data that are given, without any source",
    .details = "--cases: one JSON object a line, each the data of one metric; - is standard input. A line with the verdict and all\n"
               "numbers behind it is printed for each, in their order. The exit code does not tell the verdicts.\n"
               "--config and --pairs: a Kayenta canary config and the metric set pairs it is to judge. The report is that of serin\n"
               "analyze; the exit code is the verdict.\n",
    .options = OPTIONS_CASES | OPTIONS_OUTPUT,
    .run = run,
};
