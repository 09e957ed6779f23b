// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/timetext.h"
#include "command.h"

struct parser {
    struct options *options;
    struct arena *arena;
    struct error *err;
};

typedef bool option_fn(struct parser *p, const char *value);

static bool bad_value(struct parser *p, const char *value, const char *expected) {
    return error_set(p->err, ERROR_USAGE, "expected %s, found %s", expected, value);
}

static bool set_var(struct parser *p, const char *value) {
    size_t name_len = strcspn(value, "=");
    if (name_len == 0 || value[name_len] == '\0') return bad_value(p, value, "NAME=VALUE");
    struct name_values *vars = &p->options->overrides.vars;
    const char *name = arena_strndup(p->arena, value, name_len);
    struct name_value *items = arena_array(p->arena, vars->count + 1, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < vars->count; i++) { // the last one of a name counts
        if (strcmp(vars->items[i].name, name) != 0) items[count++] = vars->items[i];
    }
    items[count++] = (struct name_value){name, value + name_len + 1, {0, 0}};
    *vars = (struct name_values){items, count};
    return true;
}

static bool set_url(struct parser *p, const char *value) {
    p->options->overrides.url = value;
    return true;
}

static bool set_baseline(struct parser *p, const char *value) {
    p->options->overrides.sides[SIDE_BASELINE] = value;
    return true;
}

static bool set_canary(struct parser *p, const char *value) {
    p->options->overrides.sides[SIDE_CANARY] = value;
    return true;
}

static bool read_score(struct parser *p, const char *value, double *field) {
    char *end;
    double score = strtod(value, &end);
    if (*value == '\0' || *end != '\0' || !(score >= 0 && score <= 100)) return bad_value(p, value, "a score from 0 to 100");
    *field = score;
    return true;
}

static bool set_pass(struct parser *p, const char *value) {
    return read_score(p, value, &p->options->overrides.pass);
}

static bool set_marginal(struct parser *p, const char *value) {
    return read_score(p, value, &p->options->overrides.marginal);
}

static bool read_duration(struct parser *p, const char *value, int64_t *field) {
    if (!duration_parse(view_of(value), field) || *field == 0) return bad_value(p, value, "a duration such as 90s, 30m or 1h30m");
    return true;
}

static bool set_length(struct parser *p, const char *value) {
    return read_duration(p, value, &p->options->overrides.length_ms);
}

static bool set_step(struct parser *p, const char *value) {
    return read_duration(p, value, &p->options->overrides.step_ms);
}

static bool set_deadline(struct parser *p, const char *value) {
    return read_duration(p, value, &p->options->deadline_ms);
}

static bool read_time(struct parser *p, const char *value, int64_t *field) {
    if (time_parse(view_of(value), field)) return true;
    return bad_value(p, value, "a time such as 2025-01-01T00:40:00Z or Unix seconds");
}

static bool set_start(struct parser *p, const char *value) {
    return read_time(p, value, &p->options->start_ms);
}

static bool set_end(struct parser *p, const char *value) {
    return read_time(p, value, &p->options->end_ms);
}

static bool set_release_start(struct parser *p, const char *value) {
    if (!read_time(p, value, &p->options->release_start_ms)) return false;
    return p->options->release_start_ms > 0 || bad_value(p, value, "a time after 1970");
}

static bool set_source(struct parser *p, const char *value) {
    if (strncmp(value, "recorded:", 9) != 0 || value[9] == '\0') return bad_value(p, value, "recorded:DIR");
    p->options->recorded_dir = value + 9;
    return true;
}

static bool set_record(struct parser *p, const char *value) {
    p->options->record_dir = value;
    return true;
}

static struct view output_name(const char *value) {
    return (struct view){value, strcspn(value, "=")};
}

static bool add_output(struct parser *p, const char *value, const char *format) {
    struct options *o = p->options;
    const char *path = value + output_name(value).len;
    if (o->output_count == MOST_OUTPUTS) return error_set(p->err, ERROR_USAGE, "more than %d outputs", MOST_OUTPUTS);
    if (path[0] == '=' && path[1] == '\0') return bad_value(p, value, "a file after =");
    o->outputs[o->output_count++] = (struct output){format, *path == '=' ? path + 1 : NULL};
    return true;
}

static bool set_output(struct parser *p, const char *value) {
    const struct report_format *format = report_format_find(output_name(value));
    const char *names = "";
    if (format != NULL) return add_output(p, value, format->name);
    for (const struct report_format *f = report_formats; f->name != NULL; f++) names = arena_printf(p->arena, "%s%s, ", names, f->name);
    return bad_value(p, value, arena_printf(p->arena, "%swith =FILE to write to a file", names));
}

static bool set_query_output(struct parser *p, const char *value) {
    static const char *const formats[] = {"text", "json", "csv", "openmetrics"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (view_is(output_name(value), formats[i])) return add_output(p, value, formats[i]);
    }
    return bad_value(p, value, "text, json, csv or openmetrics, with =FILE to write to a file");
}

static bool set_history_output(struct parser *p, const char *value) {
    static const char *const formats[] = {"text", "json"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (view_is(output_name(value), formats[i])) return add_output(p, value, formats[i]);
    }
    return bad_value(p, value, "text or json, with =FILE to write to a file");
}

static bool set_since(struct parser *p, const char *value) {
    return history_set_since(&p->options->history, value, p->arena, p->err);
}

static bool set_windows(struct parser *p, const char *value) {
    return history_set_windows(&p->options->history, value, p->arena, p->err);
}

static bool set_seed(struct parser *p, const char *value) {
    return history_set_seed(&p->options->history, value, p->arena, p->err);
}

static bool set_deal_by(struct parser *p, const char *value) {
    return history_set_deal_by(&p->options->history, value, p->arena, p->err);
}

static bool set_write(struct parser *p, const char *value) {
    return history_set_write(&p->options->history, value, p->arena, p->err);
}

static bool set_from(struct parser *p, const char *value) {
    return history_set_from(&p->options->history, value, p->arena, p->err);
}

static bool set_to(struct parser *p, const char *value) {
    return history_set_to(&p->options->history, value, p->arena, p->err);
}

static bool set_every(struct parser *p, const char *value) {
    return history_set_every(&p->options->history, value, p->arena, p->err);
}

static bool set_at(struct parser *p, const char *value) {
    return history_set_at(&p->options->history, value, p->arena, p->err);
}

static bool set_backtest_looks(struct parser *p, const char *value) {
    return history_set_looks(&p->options->history, value, p->arena, p->err);
}

static bool set_config(struct parser *p, const char *value) {
    p->options->query.config_file = value;
    return true;
}

static bool set_protocol(struct parser *p, const char *value) {
    for (int i = 0; i < SOURCE_PROTOCOL_COUNT; i++) {
        if (strcmp(value, source_protocol_name((enum source_protocol)i)) != 0) continue;
        p->options->query.protocol = (enum source_protocol)i;
        return true;
    }
    return bad_value(p, value, "auto, stream, samples or raw");
}

static bool set_mode(struct parser *p, enum query_mode mode) {
    struct query_options *q = &p->options->query;
    if (q->has_mode && q->mode != mode)
        return error_set(p->err, ERROR_USAGE, "cannot be given together with --%s", query_mode_name(q->mode));
    q->mode = mode;
    return q->has_mode = true;
}

static bool set_raw(struct parser *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_RAW);
}

static bool set_instant(struct parser *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_INSTANT);
}

static bool set_labels(struct parser *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_LABELS);
}

static bool set_series(struct parser *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_SERIES);
}

static bool set_metadata(struct parser *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_METADATA);
}

static bool set_exemplars(struct parser *p, const char *value) {
    (void)value;
    return set_mode(p, QUERY_EXEMPLARS);
}

static bool set_cases(struct parser *p, const char *value) {
    p->options->cases_file = value;
    return true;
}

static bool set_pairs_config(struct parser *p, const char *value) {
    p->options->config_file = value;
    return true;
}

static bool set_pairs(struct parser *p, const char *value) {
    p->options->pairs_file = value;
    return true;
}

static bool set_looks(struct parser *p, const char *value) {
    char *end;
    unsigned long steps = strtoul(value, &end, 10);
    if (*value < '1' || *value > '9' || *end != '\0' || steps > 1000000) return bad_value(p, value, "a number of steps from 1");
    p->options->cases.look_every = steps;
    return true;
}

static bool read_chance(struct parser *p, const char *value, double *field) {
    char *end;
    double chance = strtod(value, &end);
    if (*value == '\0' || *end != '\0' || !(chance > 0 && chance < 0.5)) return bad_value(p, value, "a chance between 0 and 0.5");
    *field = chance;
    return true;
}

static bool set_alpha(struct parser *p, const char *value) {
    return read_chance(p, value, &p->options->cases.alpha);
}

static bool set_beta(struct parser *p, const char *value) {
    return read_chance(p, value, &p->options->cases.beta);
}

static bool set_spending(struct parser *p, const char *value) {
    bool pocock = strcmp(value, "pocock") == 0;
    if (!pocock && strcmp(value, "obf") != 0) return bad_value(p, value, "obf or pocock");
    p->options->cases.spending = pocock ? SPENDING_POCOCK : SPENDING_OBRIEN_FLEMING;
    return true;
}

static bool set_output_dir(struct parser *p, const char *value) {
    p->options->output_dir = value;
    return *value != '\0' || bad_value(p, value, "a directory");
}

static bool set_watch(struct parser *p, const char *value) {
    (void)value;
    return p->options->looks.watch = true;
}

static bool set_state(struct parser *p, const char *value) {
    p->options->looks.state_file = value;
    return *value != '\0' || bad_value(p, value, "a file");
}

static bool set_max_failed(struct parser *p, const char *value) {
    char *end;
    unsigned long looks = strtoul(value, &end, 10);
    if (*value < '1' || *value > '9' || *end != '\0' || looks > 1000) return bad_value(p, value, "a number of looks from 1 to 1000");
    p->options->looks.max_failed = looks;
    return true;
}

static bool set_every_look(struct parser *p, const char *value) {
    (void)value;
    return p->options->looks.every = true;
}

static bool set_color(struct parser *p, const char *value) {
    static const char *const words[] = {"auto", "always", "never"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(value, words[i]) != 0) continue;
        p->options->color = (enum when)i;
        return true;
    }
    return bad_value(p, value, "auto, always or never");
}

static bool set_fail_on(struct parser *p, const char *value) {
    static const struct {
        const char *word;
        int code;
    } words[] = {{"marginal", EXIT_MARGINAL},
                 {"inconclusive", EXIT_INCONCLUSIVE},
                 {"nodata", EXIT_INCONCLUSIVE},
                 {"gate", EXIT_GATE},
                 {"error", EXIT_SOURCE}};
    while (*value != '\0') {
        size_t len = strcspn(value, ","), i = 0;
        while (i < sizeof words / sizeof words[0] && !view_is((struct view){value, len}, words[i].word)) i++;
        if (i == sizeof words / sizeof words[0])
            return bad_value(p, value, "marginal, inconclusive, nodata, gate or error, joined by commas");
        p->options->fold[words[i].code] = true;
        value += len + (value[len] == ',');
    }
    return true;
}

static bool set_ascii(struct parser *p, const char *value) {
    (void)value;
    return p->options->ascii = true;
}

static bool set_quiet(struct parser *p, const char *value) {
    (void)value;
    return p->options->quiet = true;
}

static bool set_verbose(struct parser *p, const char *value) {
    (void)value;
    return p->options->verbose = true;
}

// One setter for each option of gates and freezes.
#define SET_GATE(name)                                                                                                                     \
    static bool set_gate_##name(struct parser *p, const char *value) {                                                                     \
        return gate_set_##name(&p->options->gate, value, p->err);                                                                          \
    }
SET_GATE(state)
SET_GATE(reason)
SET_GATE(by)
SET_GATE(scope)
SET_GATE(until)
SET_GATE(all)
SET_GATE(result)
SET_GATE(digest)
SET_GATE(advisory)
#undef SET_GATE

static bool set_help(struct parser *p, const char *value) {
    (void)value;
    return p->options->help = true;
}

static const struct option {
    const char *name, *argument; // argument NULL: none
    unsigned sets;               // 0: every command
    option_fn *set;
    const char *help;
} options[] = {
    {"config", "FILE", OPTIONS_QUERY, set_config, "a canary config; SOURCE is then the name of a source in it"},
    {"var", "NAME=VALUE", OPTIONS_CONFIG | OPTIONS_QUERY, set_var, "a value for ${NAME}; goes before vars in the file"},
    {"url", "URL", OPTIONS_CONFIG, set_url, "the server to query, for Kayenta configs"},
    {"baseline", "K=V,...", OPTIONS_CONFIG, set_baseline, "scope, location and parameters of the baseline, for Kayenta configs"},
    {"canary", "K=V,...", OPTIONS_CONFIG, set_canary, "the same of the canary"},
    {"pass", "SCORE", OPTIONS_CONFIG | OPTIONS_CASES, set_pass, "score to pass, instead of the file's"},
    {"marginal", "SCORE", OPTIONS_CONFIG | OPTIONS_CASES, set_marginal, "score below which the canary fails, instead of the file's"},
    {"start", "TIME", OPTIONS_WINDOW, set_start, "begin of the window; with --end it sets the length"},
    {"end", "TIME", OPTIONS_WINDOW, set_end, "end of the window; else a minute ago"},
    {"length", "DURATION", OPTIONS_WINDOW, set_length, "length of the window, warm-up included, instead of the file's"},
    {"step", "DURATION", OPTIONS_WINDOW, set_step, "step of range queries, instead of the file's"},
    {"start", "TIME", OPTIONS_QUERY, set_start, "begin of the window"},
    {"end", "TIME", OPTIONS_QUERY, set_end, "end of the window; else a minute ago"},
    {"length", "DURATION", OPTIONS_QUERY, set_length, "of the window when it has no begin; else 1h"},
    {"step", "DURATION", OPTIONS_QUERY, set_step, "asks for a range query by this step, of a selector too"},
    {"raw", NULL, OPTIONS_QUERY, set_raw, "every sample as it was scraped; a selector is read so without being told"},
    {"instant", NULL, OPTIONS_QUERY, set_instant, "one value a series, at the end"},
    {"labels", NULL, OPTIONS_QUERY, set_labels, "names of labels, or with NAME the values of that label"},
    {"series", NULL, OPTIONS_QUERY, set_series, "labels of the series that MATCHER finds"},
    {"metadata", NULL, OPTIONS_QUERY, set_metadata, "type, help and unit of METRIC, or of all metrics"},
    {"exemplars", NULL, OPTIONS_QUERY, set_exemplars, "exemplars of the series that EXPR finds"},
    {"protocol", "NAME", OPTIONS_QUERY, set_protocol, "of raw reads: auto, stream, samples or raw; else the config's"},
    {"at", "TIME", OPTIONS_BUDGET, set_end, "the time to tell budgets at; else a minute ago"},
    {"release-start", "TIME", OPTIONS_BUDGET, set_release_start, "since when a canary gets traffic: tells what it has cost"},
    {"since", "DURATION", OPTIONS_CALIBRATE, set_since, "how much of the past to draw windows from; else 7d"},
    {"end", "TIME", OPTIONS_CALIBRATE, set_end, "until when; else a minute ago"},
    {"windows", "N", OPTIONS_CALIBRATE, set_windows, "how many windows to draw; else 200"},
    {"seed", "N", OPTIONS_CALIBRATE, set_seed, "of the draw; the same seed draws the same windows; else 1"},
    {"deal-by", "LABEL", OPTIONS_CALIBRATE, set_deal_by, "the label that tells instances apart; else pod, instance, host and the like"},
    {"write", "FILE", OPTIONS_CALIBRATE, set_write, "write what was learned for judge.priors: YAML, or JSON when FILE ends in .json"},
    {"from", "TIME", OPTIONS_BACKTEST, set_from, "begin of the past to judge"},
    {"to", "TIME", OPTIONS_BACKTEST, set_to, "end of it"},
    {"every", "DURATION", OPTIONS_BACKTEST, set_every, "from the begin of a window to the next one's; else a window's length"},
    {"at", "T1,T2,...", OPTIONS_BACKTEST, set_at, "a window from each of these times on, instead"},
    {"looks", NULL, OPTIONS_BACKTEST, set_backtest_looks, "look inside each window as serin analyze --watch would have done"},
    {"source", "recorded:DIR", OPTIONS_HISTORY | OPTIONS_GATE, set_source, "read the answers that --record kept, with the same times"},
    {"record", "DIR", OPTIONS_HISTORY | OPTIONS_GATE, set_record, "keep the answers"},
    {"deadline", "DURATION", OPTIONS_HISTORY, set_deadline, "for all queries together; else 10m"},
    {"length", "DURATION", OPTIONS_HISTORY, set_length, "length of a window, warm-up included, instead of the file's"},
    {"step", "DURATION", OPTIONS_HISTORY, set_step, "step of range queries, instead of the file's"},
    {"source", "recorded:DIR", OPTIONS_SOURCE, set_source, "answer every query from recorded answers"},
    {"record", "DIR", OPTIONS_SOURCE, set_record, "keep config, options and answers for serin replay"},
    {"deadline", "DURATION", OPTIONS_SOURCE | OPTIONS_QUERY | OPTIONS_GATE, set_deadline, "for all queries together; else 60s"},
    {"watch", NULL, OPTIONS_WATCH, set_watch,
     "look several times while the window fills, from --start (else now) on, until there is a verdict"},
    {"state", "FILE", OPTIONS_WATCH, set_state, "where the watch keeps its looks, to go on after a restart"},
    {"max-failed-looks", "N", OPTIONS_WATCH, set_max_failed, "give up when the sources failed that often in a row; else 3"},
    {"every-look", NULL, OPTIONS_LOOKS, set_every_look, "with --output json: one document a look; ndjson has them always"},
    {"cases", "FILE", OPTIONS_CASES, set_cases, "the data, one metric a line"},
    {"config", "FILE", OPTIONS_CASES, set_pairs_config, "a Kayenta canary config, with --pairs"},
    {"pairs", "FILE", OPTIONS_CASES, set_pairs, "a Kayenta metric set pair list"},
    {"looks", "STEPS", OPTIONS_CASES, set_looks, "judge every so many steps from the tenth on; the first fail is final"},
    {"alpha", "CHANCE", OPTIONS_CASES, set_alpha, "of a false fail; else 0.01"},
    {"beta", "CHANCE", OPTIONS_CASES, set_beta, "of a false pass; else 0.05"},
    {"spending", "KIND", OPTIONS_CASES, set_spending, "of alpha over the looks: obf (hardly any early) or pocock (even); else obf"},
    {"output", "FORMAT[=FILE]", OPTIONS_OUTPUT, set_output, "how to show the result; may be given several times; else text"},
    {"output", "FORMAT[=FILE]", OPTIONS_HISTORY, set_history_output, "text or json; may be given several times; else text"},
    {"output", "DIR", OPTIONS_RULES, set_output_dir, "write the files there; made when needed"},
    {"output", "FORMAT[=FILE]", OPTIONS_QUERY, set_query_output, "text, json, csv or openmetrics; may be given several times; else text"},
    {"color", "WHEN", OPTIONS_OUTPUT | OPTIONS_QUERY | OPTIONS_HISTORY | OPTIONS_STATE, set_color, "auto, always or never"},
    {"ascii", NULL, OPTIONS_OUTPUT | OPTIONS_QUERY | OPTIONS_HISTORY | OPTIONS_STATE, set_ascii, "words instead of symbols"},
    {"quiet", NULL, OPTIONS_OUTPUT | OPTIONS_HISTORY | OPTIONS_STATE, set_quiet, "the first line only"},
    {"verbose", NULL, OPTIONS_QUERY, set_verbose, "all lines, none of them cut"},
    {"verbose", NULL, OPTIONS_OUTPUT, set_verbose, "queries and reasons too"},
    {"fail-on", "LIST", OPTIONS_OUTPUT, set_fail_on, "marginal, inconclusive, nodata, gate, error: end these with exit code 1"},
    {"state", "DIR", OPTIONS_STATE, set_gate_state, "where freezes and approvals are kept; else $XDG_STATE_HOME/serin or /var/lib/serin"},
    {"at", "TIME", OPTIONS_FREEZE, set_end, "the time it is; else now"},
    {"result", "FILE", OPTIONS_GATE, set_gate_result, "the verdict: what serin analyze --output json wrote"},
    {"digest", "TEXT", OPTIONS_GATE, set_gate_digest, "the artefact to be promoted, instead of gate.artefact with its variables"},
    {"advisory", NULL, OPTIONS_GATE, set_gate_advisory, "tell, and end with exit code 0 whatever the gate says"},
    {"scope", "SCOPE", OPTIONS_FREEZE, set_gate_scope, "all, owner=NAME or canary=NAME"},
    {"until", "TIME", OPTIONS_FREEZE, set_gate_until, "when the freeze ends: a time, or a duration from now"},
    {"all", NULL, OPTIONS_FREEZE, set_gate_all, "list freezes that are over or lifted too"},
    {"reason", "TEXT", OPTIONS_STATE, set_gate_reason, "why, for those who read the log"},
    {"by", "NAME", OPTIONS_STATE, set_gate_by, "who decides"},
    {"output", "FORMAT[=FILE]", OPTIONS_STATE, set_history_output, "text or json; may be given several times; else text"},
    {"help", NULL, 0, set_help, "show this help"},
};

#define OPTION_COUNT (sizeof options / sizeof options[0])

static bool applies(const struct command *command, const struct option *option) {
    return option->sets == 0 || (option->sets & command->options) != 0;
}

static bool unknown(const struct command *command, const char *argument, struct error *err) {
    const char *words[OPTION_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (applies(command, &options[i])) words[count++] = options[i].name;
    }
    struct view name = {argument + 2, strcspn(argument + 2, "=")};
    const char *near = nearest_word(name, words, count);
    if (near == NULL) return error_set(err, ERROR_USAGE, "unknown option %s; see serin %s --help", argument, command->name);
    return error_set(err, ERROR_USAGE, "unknown option %s; did you mean --%s?", argument, near);
}

static bool set_option(struct parser *p, const struct command *command, int argc, char **argv, int *at) {
    const char *argument = argv[*at];
    struct view name = {argument + 2, strcspn(argument + 2, "=")};
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];
        if (!applies(command, option) || !view_is(name, option->name)) continue;
        const char *value = argument[2 + name.len] == '=' ? argument + 3 + name.len : NULL;
        if (option->argument == NULL && value != NULL) return error_set(p->err, ERROR_USAGE, "--%s takes no value", option->name);
        if (option->argument != NULL && value == NULL) {
            if (*at + 1 >= argc) return error_set(p->err, ERROR_USAGE, "--%s needs %s", option->name, option->argument);
            value = argv[++*at];
        }
        return option->set(p, value) || error_prefix(p->err, "--%s", option->name);
    }
    return unknown(command, argument, p->err);
}

static bool settle_window(struct parser *p, const struct command *command) {
    struct options *o = p->options;
    if (!o->looks.watch && (o->looks.state_file != NULL || o->looks.max_failed > 0))
        return error_set(p->err, ERROR_USAGE, "%s needs --watch", o->looks.state_file != NULL ? "--state" : "--max-failed-looks");
    if (o->start_ms == INT64_MIN && o->looks.watch && o->end_ms != INT64_MIN)
        return error_set(p->err, ERROR_USAGE, "with --watch, --end needs --start");
    if (o->start_ms == INT64_MIN) return true;
    if (o->end_ms == INT64_MIN && (command->options & OPTIONS_QUERY) != 0) o->end_ms = wall_now_ms();
    if (o->end_ms == INT64_MIN && o->looks.watch) return true;
    if (o->end_ms == INT64_MIN) return error_set(p->err, ERROR_USAGE, "--start needs --end");
    if (o->overrides.length_ms > 0) return error_set(p->err, ERROR_USAGE, "--start and --length cannot be given together");
    if (o->start_ms >= o->end_ms) return error_set(p->err, ERROR_USAGE, "--start must be before --end");
    o->overrides.length_ms = o->end_ms - o->start_ms;
    return true;
}

bool options_parse(const struct command *command, int argc, char **argv, struct arena *arena, struct options *ret, struct error *err) {
    *ret = (struct options){.start_ms = INT64_MIN, .end_ms = INT64_MIN};
    config_overrides_init(&ret->overrides);
    judge_cases_options_default(&ret->cases);
    ret->operands = arena_array(arena, (size_t)argc, sizeof *ret->operands);
    struct parser p = {ret, arena, err};
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
        } else if (!only_operands && strncmp(argv[i], "--", 2) == 0) {
            if (!set_option(&p, command, argc, argv, &i)) return false;
        } else if (!only_operands && strcmp(argv[i], "-h") == 0) {
            ret->help = true;
        } else if (!only_operands && argv[i][0] == '-' && argv[i][1] != '\0') {
            return error_set(err, ERROR_USAGE, "unknown option %s; options begin with --", argv[i]);
        } else {
            ret->operands[ret->operand_count++] = argv[i];
        }
    }
    return settle_window(&p, command);
}

void options_help(const struct command *command, struct buf *out) {
    buf_printf(out, "usage: serin %s\n\n%s\n\n%s", command->usage, command->summary, command->details);
    buf_str(out, "\nOptions\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!applies(command, &options[i])) continue;
        size_t start = out->len;
        buf_printf(out, "  --%s %s", options[i].name, options[i].argument != NULL ? options[i].argument : "");
        size_t used = out->len - start;
        buf_repeat(out, ' ', used < 26 ? 26 - used : 1);
        buf_printf(out, "%s\n", options[i].help);
    }
    if ((command->options & OPTIONS_OUTPUT) == 0) return;
    buf_str(out, "\nFormats\n");
    for (const struct report_format *format = report_formats; format->name != NULL; format++) {
        buf_printf(out, "  %-9s %s\n", format->name, format->summary);
    }
}
