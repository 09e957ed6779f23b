// SPDX-License-Identifier: GPL-3.0-or-later
// One query, for people: the same way to the server as that of an analysis.
#include <stdio.h>
#include <string.h>

#include "base/http.h"
#include "base/nearest.h"
#include "command.h"
#include "exporters/answer_report.h"
#include "query/selector.h"

#define MOST_REPORT_BYTES ((size_t)1 << 30)
#define DEFAULT_LENGTH_MS INT64_C(3600000)
#define USUAL_POINTS 120 // of a range query whose step is not given

struct asked { // what the command line asks for
    const char *source_name;
    struct source_settings settings;
    struct query query;
};

static bool is_url(const char *text) {
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
}

static bool find_source(const struct canary_config *config, const char *name, struct arena *arena, struct asked *ret, struct error *err) {
    for (size_t i = 0; i < config->source_count; i++) {
        if (name != NULL ? strcmp(config->sources[i].name, name) != 0 : config->source_count != 1) continue;
        ret->source_name = config->sources[i].name;
        ret->settings = config->sources[i].settings;
        return true;
    }
    if (name == NULL) return error_set(err, ERROR_USAGE, "%s: name one of its sources, as in %s:NAME", config->file, config->file);
    const char **words = arena_array(arena, config->source_count, sizeof *words);
    for (size_t i = 0; i < config->source_count; i++) words[i] = config->sources[i].name;
    const char *near = nearest_word(view_of(name), words, config->source_count);
    return error_set(err, ERROR_USAGE, "%s: no source is called %s%s%s%s", config->file, name, near != NULL ? "; did you mean " : "",
                     near != NULL ? near : "", near != NULL ? "?" : "");
}

static bool read_config(const char *file, const char *name, const struct options *options, struct arena *arena, struct asked *ret,
                        struct error *err) {
    struct view text;
    struct findings findings;
    struct canary_config *config = arena_alloc(arena, sizeof *config);
    if (!read_config_file(file, arena, &text, err)) return false;
    findings_init(&findings, arena);
    bool ok = config_read(text, file, &options->overrides, arena, &findings, config);
    if (!ok) {
        tell_findings(&findings);
        error_set(err, ERROR_CONFIG, "%s: %zu error%s in the config", file, findings.errors, findings.errors == 1 ? "" : "s");
    }
    findings_finish(&findings);
    return ok && find_source(config, name, arena, ret, err);
}

// SOURCE is a URL, the name of a source in --config, or FILE:NAME.
static bool settle_source(const struct options *options, struct arena *arena, struct asked *ret, struct error *err) {
    const char *text = options->operands[0], *colon = strrchr(text, ':');
    if (options->query.config_file != NULL) return read_config(options->query.config_file, text, options, arena, ret, err);
    if (is_url(text)) {
        if (!http_url_check(text, err)) return false;
        ret->source_name = text;
        ret->settings.url = text;
        return true;
    }
    // HOST:PORT is no FILE:NAME; whoever writes it means a URL.
    if (colon != NULL && strspn(colon + 1, "0123456789") == strlen(colon + 1))
        return error_set(err, ERROR_USAGE, "%s: the URL of a server begins with http:// or https://", text);
    const char *file = colon != NULL ? arena_strndup(arena, text, (size_t)(colon - text)) : text;
    return read_config(file, colon != NULL ? colon + 1 : NULL, options, arena, ret, err);
}

static int64_t usual_step(int64_t length_ms) {
    static const int64_t steps[] = {15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400};
    size_t i = 0;
    while (i + 1 < sizeof steps / sizeof steps[0] && steps[i] * 1000 * USUAL_POINTS < length_ms) i++;
    return steps[i] * 1000;
}

static bool settle_times(const struct options *options, struct query *q, struct error *err) {
    int64_t length = options->overrides.length_ms > 0 ? options->overrides.length_ms : DEFAULT_LENGTH_MS;
    if (!window_end(options, &q->end_ms, err)) return false;
    q->start_ms = q->end_ms - length;
    if (q->mode != QUERY_RANGE) return true;
    q->step_ms = options->overrides.step_ms > 0 ? options->overrides.step_ms : usual_step(length);
    q->end_ms -= q->end_ms % q->step_ms; // so that an answer from a cache is the same
    q->start_ms -= (q->start_ms % q->step_ms + q->step_ms) % q->step_ms;
    return true;
}

static bool settle_query(const struct options *options, struct query *q, struct error *err) {
    const struct query_options *o = &options->query;
    bool step = options->overrides.step_ms > 0;
    q->expr = options->operand_count > 1 ? options->operands[1] : "";
    bool may_lack = o->has_mode && (o->mode == QUERY_LABELS || o->mode == QUERY_METADATA);
    if (*q->expr == '\0' && !may_lack) return error_set(err, ERROR_USAGE, "what is asked for is missing; usage: serin %s", cmd_query.usage);
    bool plain = selector_is_plain(view_of(q->expr));
    if (o->has_mode && step) return error_set(err, ERROR_USAGE, "--step cannot be given together with --%s", query_mode_name(o->mode));
    if (o->has_mode && o->mode == QUERY_RAW && !plain)
        return error_set(err, ERROR_USAGE, "--raw: only a plain selector can be read raw, not %s", q->expr);
    q->mode = o->has_mode ? o->mode : plain && !step ? QUERY_RAW : QUERY_RANGE;
    return settle_times(options, q, err);
}

static bool render(struct buf *out, const struct answer_report *report, const struct output *output, const struct options *options,
                   struct error *err) {
    struct report_style style = output_style(options, output);
    bool ok = true;
    if (strcmp(output->format, "json") == 0) {
        answer_report_json(out, report);
    } else if (strcmp(output->format, "csv") == 0) {
        answer_report_csv(out, report);
    } else if (strcmp(output->format, "openmetrics") == 0) {
        ok = answer_report_openmetrics(out, report, err);
    } else {
        answer_report_text(out, report, &style);
    }
    return ok && output_write(out, output, err);
}

static bool publish_answer(const struct asked *asked, const struct source *source, const struct answer *answer,
                           const struct options *options, struct error *err) {
    static const struct output text = {"text", NULL};
    const struct output *outputs = options->output_count > 0 ? options->outputs : &text;
    size_t count = options->output_count > 0 ? options->output_count : 1;
    struct answer_report report = {asked->source_name, source_kind_name(asked->settings.kind), source_version(source), &asked->query,
                                   answer};
    bool ok = true;
    for (size_t i = 0; i < count && ok; i++) {
        struct buf out;
        buf_init(&out, MOST_REPORT_BYTES);
        ok = render(&out, &report, &outputs[i], options, err);
        buf_finish(&out);
    }
    return ok;
}

static bool is_empty(const struct series_set *set) {
    return set->type != RESULT_STRING && set->count == 0 && set->names.count == 0;
}

static int ask(const struct asked *asked, const struct options *options, struct error *err) {
    struct source *source = source_create_prometheus(asked->source_name, &asked->settings, err);
    if (source == NULL) return exit_code_of(err);
    struct fetch_job job = {.source = source, .query = asked->query};
    struct fetch_options fetch = {.deadline_ms = options->deadline_ms, .interrupted = watch_interrupts()};
    bool ok = fetch_run(&job, 1, &fetch, err);
    if (source_warning(source)[0] != '\0') tell_warning(NULL, source_warning(source));
    if (ok && job.answer.result.outcome != DECODE_OK) {
        *err = job.answer.result.err;
        ok = false;
    }
    int code = EXIT_PASS;
    if (!ok) {
        code = err->code == ERROR_CANCELLED ? EXIT_INTERRUPTED : EXIT_SOURCE;
    } else if (!publish_answer(asked, source, &job.answer, options, err)) {
        code = exit_code_of(err);
    } else if (is_empty(&job.answer.set)) {
        code = EXIT_INCONCLUSIVE;
    }
    answer_finish(&job.answer);
    source_destroy(source);
    return code;
}

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct asked asked = {0};
    int code = EXIT_USAGE;
    if (options->operand_count < 1 || options->operand_count > 2) {
        error_set(&err, ERROR_USAGE, "usage: serin %s", cmd_query.usage);
    } else if (settle_source(options, arena, &asked, &err) && settle_query(options, &asked.query, &err)) {
        if (options->query.protocol != PROTOCOL_AUTO) asked.settings.protocol = options->query.protocol;
        code = ask(&asked, options, &err);
    }
    if (err.code != ERROR_NONE) tell_error(&err);
    return code;
}

const struct command cmd_query = {
    .name = "query",
    .usage = "query SOURCE EXPR [OPTIONS], or query SOURCE --labels [NAME] | --series MATCHER | --metadata [METRIC] | --exemplars EXPR",
    .summary = "ask a source one thing, the way an analysis does, and show what came",
    .details = "SOURCE is the URL of a server, FILE:NAME for a source of a canary config, FILE when the config has one source,\n"
               "or with --config FILE the name of a source. A plain selector is read sample by sample; any other expression by a\n"
               "range query. Exit code 4 when nothing is found.\n",
    .options = OPTIONS_QUERY,
    .run = run,
};
