// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/judge_cases.h"
#include "command.h"

#define MOST_LINE_BYTES ((size_t)64 << 20)
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

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    (void)arena;
    bool complete = options->operand_count == 0 && options->cases_file != NULL;
    if (!complete) error_set(&err, ERROR_USAGE, "usage: serin %s", cmd_judge.usage);
    if (complete && judge_file(options, &err)) return EXIT_PASS;
    tell_error(&err);
    return EXIT_USAGE;
}

const struct command cmd_judge = {
    .name = "judge",
    .usage = "judge --cases FILE [OPTIONS]",
    .summary = "judge data that are given, without any source",
    .details = "FILE holds one JSON object a line, each the data of one metric; - is standard input. A line with the verdict and\n"
               "all numbers behind it is printed for each, in their order. The exit code does not tell the verdicts.\n",
    .options = OPTIONS_CASES,
    .run = run,
};
