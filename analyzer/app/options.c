// SPDX-License-Identifier: GPL-3.0-or-later
// The table of all options, from which parsing and help are made.
#include <string.h>

#include "base/nearest.h"
#include "base/timetext.h"
#include "option.h"

static const struct option options[] = {
    {"config", "FILE", OPTIONS_QUERY, option_config, "a canary config; SOURCE is then the name of a source in it"},
    {"var", "NAME=VALUE", OPTIONS_CONFIG | OPTIONS_QUERY, option_var, "a value for ${NAME}; goes before vars in the file"},
    {"url", "URL", OPTIONS_CONFIG, option_url, "the server to query, for Kayenta configs"},
    {"baseline", "K=V,...", OPTIONS_CONFIG, option_baseline, "scope, location and parameters of the baseline, for Kayenta configs"},
    {"canary", "K=V,...", OPTIONS_CONFIG, option_canary, "the same of the canary"},
    {"pass", "SCORE", OPTIONS_CONFIG | OPTIONS_CASES, option_pass, "score to pass, instead of the file's"},
    {"marginal", "SCORE", OPTIONS_CONFIG | OPTIONS_CASES, option_marginal, "score below which the canary fails, instead of the file's"},
    {"start", "TIME", OPTIONS_WINDOW, option_start, "begin of the window; with --end it sets the length"},
    {"end", "TIME", OPTIONS_WINDOW, option_end, "end of the window; else a minute ago"},
    {"length", "DURATION", OPTIONS_WINDOW, option_length, "length of the window, warm-up included, instead of the file's"},
    {"step", "DURATION", OPTIONS_WINDOW, option_step, "step of range queries, instead of the file's"},
    {"start", "TIME", OPTIONS_QUERY, option_start, "begin of the window"},
    {"end", "TIME", OPTIONS_QUERY, option_end, "end of the window; else a minute ago"},
    {"length", "DURATION", OPTIONS_QUERY, option_length, "of the window when it has no begin; else 1h"},
    {"step", "DURATION", OPTIONS_QUERY, option_step, "asks for a range query by this step, of a selector too"},
    {"raw", NULL, OPTIONS_QUERY, option_raw, "every sample as it was scraped; a selector is read so without being told"},
    {"instant", NULL, OPTIONS_QUERY, option_instant, "one value a series, at the end"},
    {"labels", NULL, OPTIONS_QUERY, option_labels, "names of labels, or with NAME the values of that label"},
    {"series", NULL, OPTIONS_QUERY, option_series, "labels of the series that MATCHER finds"},
    {"metadata", NULL, OPTIONS_QUERY, option_metadata, "type, help and unit of METRIC, or of all metrics"},
    {"exemplars", NULL, OPTIONS_QUERY, option_exemplars, "exemplars of the series that EXPR finds"},
    {"protocol", "NAME", OPTIONS_QUERY, option_protocol, "of raw reads: auto, stream, samples or raw; else the config's"},
    {"at", "TIME", OPTIONS_BUDGET, option_end, "the time to tell budgets at; else a minute ago"},
    {"release-start", "TIME", OPTIONS_BUDGET, option_release_start, "since when a canary gets traffic: tells what it has cost"},
    {"suggest", NULL, OPTIONS_BUDGET, option_suggest, "targets that past periods would have met"},
    {"since", "DURATION", OPTIONS_CALIBRATE, option_since, "how much of the past to draw windows from; else 7d"},
    {"end", "TIME", OPTIONS_CALIBRATE, option_end, "until when; else a minute ago"},
    {"windows", "N", OPTIONS_CALIBRATE, option_windows, "how many windows to draw; else 200"},
    {"seed", "N", OPTIONS_CALIBRATE, option_seed, "of the draw; the same seed draws the same windows; else 1"},
    {"deal-by", "LABEL", OPTIONS_CALIBRATE, option_deal_by, "the label that tells instances apart; else pod, instance, host and the like"},
    {"write", "FILE", OPTIONS_CALIBRATE, option_write, "write what was learned for judge.priors: YAML, or JSON when FILE ends in .json"},
    {"min", "SCORE", OPTIONS_PARITY, option_parity_min, "score to reach, from 0 to 100; else 90"},
    {"top", "N", OPTIONS_PARITY, option_parity_top, "gaps to list, those that cost most first; else 20"},
    {"unused", NULL, OPTIONS_PARITY, option_parity_unused, "also the series of the canary scope that the config never reads"},
    {"from", "TIME", OPTIONS_BACKTEST, option_from, "begin of the past to judge"},
    {"to", "TIME", OPTIONS_BACKTEST, option_to, "end of it"},
    {"every", "DURATION", OPTIONS_BACKTEST, option_every, "from the begin of a window to the next one's; else a window's length"},
    {"at", "T1,T2,...", OPTIONS_BACKTEST, option_at, "a window from each of these times on, instead"},
    {"looks", NULL, OPTIONS_BACKTEST, option_backtest_looks, "look inside each window as serin analyze --watch would have done"},
    {"source", "recorded:DIR", OPTIONS_HISTORY | OPTIONS_GATE | OPTIONS_PARITY, option_source,
     "read the answers that --record kept, with the same times"},
    {"record", "DIR", OPTIONS_HISTORY | OPTIONS_GATE | OPTIONS_PARITY, option_record, "keep the answers"},
    {"deadline", "DURATION", OPTIONS_HISTORY, option_deadline, "for all queries together; else 10m"},
    {"length", "DURATION", OPTIONS_HISTORY, option_length, "length of a window, warm-up included, instead of the file's"},
    {"step", "DURATION", OPTIONS_HISTORY, option_step, "step of range queries, instead of the file's"},
    {"source", "recorded:DIR", OPTIONS_SOURCE, option_source, "answer every query from recorded answers"},
    {"record", "DIR", OPTIONS_SOURCE, option_record, "keep config, options and answers for serin replay"},
    {"deadline", "DURATION", OPTIONS_SOURCE | OPTIONS_QUERY | OPTIONS_GATE | OPTIONS_PARITY, option_deadline,
     "for all queries together; else 60s"},
    {"watch", NULL, OPTIONS_WATCH, option_watch,
     "look several times while the window fills, from --start (else now) on, until there is a verdict"},
    {"state", "FILE", OPTIONS_WATCH, option_state, "where the watch keeps its looks, to go on after a restart"},
    {"max-failed-looks", "N", OPTIONS_WATCH, option_max_failed, "give up when the sources failed that often in a row; else 3"},
    {"every-look", NULL, OPTIONS_LOOKS, option_every_look, "with --output json: one document a look; ndjson has them always"},
    {"cases", "FILE", OPTIONS_CASES, option_cases, "the data, one metric a line"},
    {"config", "FILE", OPTIONS_CASES, option_pairs_config, "a Kayenta canary config, with --pairs"},
    {"pairs", "FILE", OPTIONS_CASES, option_pairs, "a Kayenta metric set pair list"},
    {"looks", "STEPS", OPTIONS_CASES, option_looks, "judge every so many steps from the tenth on; the first fail is final"},
    {"alpha", "CHANCE", OPTIONS_CASES, option_alpha, "of a false fail; else 0.01"},
    {"beta", "CHANCE", OPTIONS_CASES, option_beta, "of a false pass; else 0.05"},
    {"spending", "KIND", OPTIONS_CASES, option_spending, "of alpha over the looks: obf (hardly any early) or pocock (even); else obf"},
    {"output", "FORMAT[=FILE]", OPTIONS_OUTPUT, option_output, "how to show the result; may be given several times; else text"},
    {"output", "FORMAT[=FILE]", OPTIONS_HISTORY, option_history_output, "text or json; may be given several times; else text"},
    {"output", "DIR", OPTIONS_RULES, option_output_dir, "write the files there; made when needed"},
    {"bare", NULL, OPTIONS_RULES, option_bare, "alerts without annotations, for texts of the Alertmanager's own templates"},
    {"dir", "DIR", OPTIONS_DASHBOARDS, option_output_dir, "write the files there; made when needed"},
    {"from", "CONFIG", OPTIONS_DASHBOARDS, option_dashboards_from, "one more dashboard, of this canary config's queries"},
    {"output", "json[=FILE]", OPTIONS_DASHBOARDS, option_dashboards_output, "all of them as one list; what is done without --dir"},
    {"output", "FORMAT[=FILE]", OPTIONS_QUERY, option_query_output,
     "text, json, csv or openmetrics; may be given several times; else text"},
    {"color", "WHEN", OPTIONS_OUTPUT | OPTIONS_QUERY | OPTIONS_HISTORY | OPTIONS_STATE | OPTIONS_STORE | OPTIONS_PARITY, option_color,
     "auto, always or never"},
    {"ascii", NULL, OPTIONS_OUTPUT | OPTIONS_QUERY | OPTIONS_HISTORY | OPTIONS_STATE | OPTIONS_STORE | OPTIONS_PARITY, option_ascii,
     "words instead of symbols"},
    {"quiet", NULL, OPTIONS_OUTPUT | OPTIONS_HISTORY | OPTIONS_STATE | OPTIONS_STORE | OPTIONS_PARITY, option_quiet, "the first line only"},
    {"verbose", NULL, OPTIONS_QUERY, option_verbose, "all lines, none of them cut"},
    {"verbose", NULL, OPTIONS_OUTPUT, option_verbose, "queries and reasons too"},
    {"fail-on", "LIST", OPTIONS_OUTPUT, option_fail_on, "marginal, inconclusive, nodata, gate, error: end these with exit code 1"},
    {"state", "DIR", OPTIONS_STATE, option_gate_state,
     "where freezes and approvals are kept; else $XDG_STATE_HOME/serin or /var/lib/serin"},
    {"at", "TIME", OPTIONS_FREEZE, option_end, "the time it is; else now"},
    {"result", "FILE", OPTIONS_GATE, option_gate_result, "the verdict: what serin analyze --output json wrote"},
    {"digest", "TEXT", OPTIONS_GATE, option_gate_digest, "the artefact to be promoted, instead of gate.artefact with its variables"},
    {"advisory", NULL, OPTIONS_GATE, option_gate_advisory, "tell, and end with exit code 0 whatever the gate says"},
    {"role", "ROLE", OPTIONS_TOKEN, option_role, "what the token may do: read, run, gate or admin; each may do what those before it may"},
    {"scope", "SCOPE", OPTIONS_FREEZE, option_gate_scope, "all, owner=NAME or canary=NAME"},
    {"until", "TIME", OPTIONS_FREEZE, option_gate_until, "when the freeze ends: a time, or a duration from now"},
    {"all", NULL, OPTIONS_FREEZE, option_gate_all, "list freezes that are over or lifted too"},
    {"reason", "TEXT", OPTIONS_STATE, option_gate_reason, "why, for those who read the log"},
    {"by", "NAME", OPTIONS_STATE, option_gate_by, "who decides"},
    {"output", "FORMAT[=FILE]", OPTIONS_GATE, option_gate_output, "text, json or prom; may be given several times; else text"},
    {"output", "FORMAT[=FILE]", OPTIONS_FREEZE | OPTIONS_STORE | OPTIONS_PARITY, option_history_output,
     "text or json; may be given several times; else text"},
    {"store", "PATH", OPTIONS_STORE, option_store, "where serin serve keeps its analyses"},
    {"evidence", NULL, OPTIONS_STORE, option_evidence, "back up the answers that looks judged too: FILE is a tar archive of both"},
    {"replay", "ID|all", OPTIONS_STORE, option_replay, "send messages that were given up again"},
    {"partial", NULL, OPTIONS_IMPORT, option_partial, "write what can be expressed, and name the rest all the same"},
    {"config", "FILE", OPTIONS_SERVE, option_serve_config, "of the service, see docs/serve.md; the options here go before it"},
    {"config-dir", "DIR", OPTIONS_SERVE, option_serve_config_dir, "the canary configs to serve: *.yaml, *.yml, *.json"},
    {"store", "FILE", OPTIONS_SERVE, option_serve_store, "where analyses, looks and the audit log are kept; else serin.db"},
    {"listen", "ADDR:PORT", OPTIONS_SERVE, option_serve_listen, "else 127.0.0.1:9292; port 0 takes a free one and tells it"},
    {"state", "DIR", OPTIONS_SERVE, option_serve_state,
     "where freezes and approvals are kept; else $XDG_STATE_HOME/serin or /var/lib/serin"},
    {"token-file", "FILE", OPTIONS_SERVE, option_serve_tokens, "who may do what: lines made by serin token"},
    {"tls-cert", "FILE", OPTIONS_SERVE, option_serve_cert, "serve HTTPS with this certificate"},
    {"tls-key", "FILE", OPTIONS_SERVE, option_serve_key, "its key"},
    {"client-ca", "FILE", OPTIONS_SERVE, option_serve_client_ca, "clients must show a certificate of this authority"},
    {"open-to-world", NULL, OPTIONS_SERVE, option_serve_open, "listen elsewhere than on loopback without tokens or TLS"},
    {"public-url", "URL", OPTIONS_SERVE, option_serve_public_url, "how others reach the service, for links"},
    {"log-format", "NAME", OPTIONS_SERVE, option_serve_log_format, "logfmt or json; else logfmt"},
    {"log-level", "NAME", OPTIONS_SERVE, option_serve_log_level, "debug, info, warn, error or none; else info"},
    {"server", "URL", OPTIONS_REMOTE, option_remote_server, "have it done by the serin serve there"},
    {"token-file", "FILE", OPTIONS_REMOTE, option_remote_token, "holds the token for --server; else SERIN_TOKEN"},
    {"ca-file", "FILE", OPTIONS_REMOTE, option_remote_ca, "authorities to trust with --server, instead of the system's"},
    {"cert-file", "FILE", OPTIONS_REMOTE, option_remote_cert, "the certificate to show to --server"},
    {"cert-key", "FILE", OPTIONS_REMOTE, option_remote_cert_key, "its key; else it is in the file of the certificate"},
    {"wait", NULL, OPTIONS_REMOTE_START, option_remote_wait, "with --server: wait for the verdict; else the id is printed"},
    {"key", "TEXT", OPTIONS_REMOTE_START, option_remote_key, "with --server: the same key is the same analysis"},
    {"release", "TEXT", OPTIONS_REMOTE_START, option_remote_release, "with --server: the version that the analysis is found by"},
    {"timeout", "DURATION", OPTIONS_REMOTE_WAIT, option_remote_timeout, "with --server: wait no longer; else for ever"},
    {"help", NULL, 0, option_help, "show this help"},
};

#define OPTION_COUNT (sizeof options / sizeof options[0])

static bool applies(const struct command *command, const struct option *option) {
    return option->sets == 0 || (option->sets & command->options) != 0;
}

const struct option *options_next(const struct command *command, const struct option *last) {
    const struct option *option = last != NULL ? last + 1 : options;
    while (option < options + OPTION_COUNT && !applies(command, option)) option++;
    return option < options + OPTION_COUNT ? option : NULL;
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

static bool set_option(struct option_call *p, const struct command *command, int argc, char **argv, int *at) {
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

static bool settle_window(struct option_call *p, const struct command *command) {
    struct options *o = p->options;
    if (!o->looks.watch && (o->looks.state_file != NULL || o->looks.max_failed > 0))
        return error_set(p->err, ERROR_USAGE, "%s needs --watch", o->looks.state_file != NULL ? "--state" : "--max-failed-looks");
    if (o->start_ms == INT64_MIN && o->looks.watch && o->end_ms != INT64_MIN)
        return error_set(p->err, ERROR_USAGE, "with --watch, --end needs --start");
    if (o->start_ms == INT64_MIN) return true;
    if (o->end_ms == INT64_MIN && (command->options & OPTIONS_QUERY) != 0) o->end_ms = wall_now_ms();
    if (o->end_ms == INT64_MIN && (o->looks.watch || o->remote.server != NULL)) return true;
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
    struct option_call p = {ret, arena, err};
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
    return remote_options_check(ret, err) && settle_window(&p, command);
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
