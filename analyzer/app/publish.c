// SPDX-License-Identifier: GPL-3.0-or-later
// From result documents and errors to what the user sees.
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/timetext.h"
#include "command.h"
#include "exporters/budget.h"

#define MOST_CONFIG_BYTES ((size_t)8 << 20)
#define MOST_REPORT_BYTES ((size_t)256 << 20)

void tell_text(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        bool upper = c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f; // control characters beyond ASCII
        fputc(*c < ' ' || *c == 0x7f || upper ? '?' : *c, stderr);
        if (upper) c++;
    }
}

void tell_error(const struct error *err) {
    fputs("serin: ", stderr);
    tell_text(err->text);
    fputc('\n', stderr);
}

void tell_warning(void *user, const char *text) {
    (void)user;
    fputs("serin: warning: ", stderr);
    tell_text(text);
    fputc('\n', stderr);
}

static void show_progress(void *user, size_t done, size_t total) {
    (void)user;
    fprintf(stderr, "\r\x1b[Kquerying %zu/%zu", done, total);
    if (done == total) fputs("\r\x1b[K", stderr);
    fflush(stderr);
}

progress_fn *progress_teller(void) {
    return isatty(STDERR_FILENO) ? show_progress : NULL;
}

void tell_findings(const struct findings *findings) {
    struct buf text;
    buf_init(&text, (size_t)4 << 20);
    findings_print(findings, &text);
    fputs(buf_text(&text), stderr);
    buf_finish(&text);
}

int exit_code_of(const struct error *err) {
    switch (err->code) {
    case ERROR_NONE:
        return EXIT_PASS;
    case ERROR_USAGE:
    case ERROR_CONFIG:
    case ERROR_IO:
        return EXIT_USAGE;
    case ERROR_SOURCE:
    case ERROR_API:
    case ERROR_DATA:
    case ERROR_LIMIT:
        return EXIT_SOURCE;
    case ERROR_CANCELLED:
        return EXIT_INTERRUPTED;
    }
    return EXIT_SOURCE;
}

bool one_operand(const struct options *options, const struct command *command) {
    if (options->operand_count == 1) return true;
    struct error err;
    error_set(&err, ERROR_USAGE, "usage: serin %s", command->usage);
    tell_error(&err);
    return false;
}

bool read_config_file(const char *path, struct arena *arena, struct view *ret_text, struct error *err) {
    return file_read(path, MOST_CONFIG_BYTES, arena, ret_text, err);
}

bool window_end(const struct options *options, int64_t *ret_end_ms, struct error *err) {
    int64_t end_ms = options->end_ms != INT64_MIN ? options->end_ms : wall_now_ms() - SETTLE_MS;
    if (end_ms <= 0) return error_set(err, ERROR_USAGE, "--end: must be after 1970");
    *ret_end_ms = end_ms;
    return true;
}

static bool set_and_not_empty(const char *name) {
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0';
}

static bool wants_color(const struct options *options, bool terminal) {
    if (options->color != WHEN_AUTO) return options->color == WHEN_ALWAYS;
    const char *term = getenv("TERM");
    if (set_and_not_empty("NO_COLOR")) return false;
    if (set_and_not_empty("CLICOLOR_FORCE")) return true;
    return terminal && term != NULL && strcmp(term, "dumb") != 0;
}

static int terminal_width(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 80) return 80;
    return size.ws_col > 200 ? 200 : size.ws_col;
}

struct report_style output_style(const struct options *options, const struct output *output) {
    bool to_file = output->path != NULL;
    bool terminal = !to_file && isatty(STDOUT_FILENO);
    return (struct report_style){
        .color = !to_file && wants_color(options, terminal),
        .ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
        .width = terminal ? terminal_width() : 80,
        .quiet = options->quiet,
        .verbose = options->verbose,
    };
}

bool output_write(const struct buf *out, const struct output *output, struct error *err) {
    if (out->failed) return error_set(err, ERROR_LIMIT, "the output is longer than %zu bytes", out->limit);
    if (output->path != NULL) return file_write(output->path, (struct view){buf_text(out), out->len}, err);
    if (fwrite(buf_text(out), 1, out->len, stdout) != out->len || fflush(stdout) != 0)
        return error_set(err, ERROR_IO, "standard output: cannot be written");
    return true;
}

static bool append(const char *variable, const struct buf *text, struct error *err) {
    return file_append(getenv(variable), (struct view){buf_text(text), text->len}, err) || error_prefix(err, "%s", variable);
}

// GitHub names two files that a step may append to: what it shows below the run, and values for later steps.
static bool tell_github(const json_t *result, struct error *err) {
    struct buf text;
    bool ok = true;
    buf_init(&text, MOST_REPORT_BYTES);
    if (set_and_not_empty("GITHUB_STEP_SUMMARY"))
        ok = report_format_find(view_of("markdown"))->render(&text, result, NULL, err) && append("GITHUB_STEP_SUMMARY", &text, err);
    buf_clear(&text);
    if (ok && set_and_not_empty("GITHUB_OUTPUT")) ok = report_github_outputs(&text, result, err) && append("GITHUB_OUTPUT", &text, err);
    buf_finish(&text);
    return ok;
}

static bool render_document(struct buf *out, const json_t *document, const struct report_format *format, const struct report_style *style,
                            struct error *err) {
    if (!budget_is_document(document) || strcmp(format->name, "json") == 0) return format->render(out, document, style, err);
    if (strcmp(format->name, "text") == 0) return budget_text(out, document, style, err);
    return error_set(err, ERROR_USAGE, "budgets are told as text or json, not as %s", format->name);
}

static bool render(struct buf *out, const json_t *result, const struct output *output, const struct options *options, struct error *err) {
    struct report_style style = output_style(options, output);
    const struct report_format *format = report_format_find(view_of(output->format));
    if (!render_document(out, result, format, &style, err) || !output_write(out, output, err)) return false;
    return strcmp(format->name, "github") != 0 || tell_github(result, err);
}

static bool write_output(const json_t *result, const struct output *output, const struct options *options) {
    struct error err = {0};
    struct buf out;
    buf_init(&out, MOST_REPORT_BYTES);
    bool ok = render(&out, result, output, options, &err);
    if (!ok) tell_error(&err);
    buf_finish(&out);
    return ok;
}

int publish(const json_t *result, const struct options *options) {
    static const struct output text = {"text", NULL};
    const struct output *outputs = options->output_count > 0 ? options->outputs : &text;
    size_t count = options->output_count > 0 ? options->output_count : 1;
    int code = analysis_exit_code(result);
    if (code > 0 && code < 8 && options->fold[code]) code = EXIT_FAIL;
    for (size_t i = 0; i < count; i++) {
        if (!write_output(result, &outputs[i], options) && code == EXIT_PASS) code = EXIT_USAGE; // a report that is lost is no pass
    }
    return code;
}

int conclude(const json_t *document, const struct options *options, struct findings *findings, const struct error *err) {
    if (document == NULL || options->verbose) tell_findings(findings);
    int code = document != NULL ? publish(document, options) : exit_code_of(err);
    if (document == NULL) tell_error(err);
    findings_finish(findings);
    return code;
}

void publish_look(const json_t *result, const struct options *options) {
    for (size_t i = 0; i < options->output_count; i++) {
        const char *format = options->outputs[i].format;
        bool wanted = strcmp(format, "ndjson") == 0 || (options->looks.every && strcmp(format, "json") == 0);
        if (wanted) write_output(result, &options->outputs[i], options);
    }
}
