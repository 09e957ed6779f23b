// SPDX-License-Identifier: GPL-3.0-or-later
// Commands and their options. A command is a file cmd_x.c and a row in main.c; an option is a row in options.c, from which
// parsing and help are made, with the reader of its value in a file of its command (option.h).
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/analysis.h"
#include "analyzer/judge_cases.h"
#include "exporters/report_format.h"
#include "gate_options.h"
#include "history_options.h"
#include "remote_options.h"
#include "serve_options.h"
#include "store_options.h"

enum option_set { // which options a command takes
    OPTIONS_CONFIG = 1, // how a config is read: --var, --url, --baseline, ...
    OPTIONS_WINDOW = 2, // --end, --length, --step
    OPTIONS_SOURCE = 4, // --source, --record, --deadline
    OPTIONS_OUTPUT = 8, // --output, --color, ...
    OPTIONS_CASES = 16, // --cases, --looks, --alpha, --config, --pairs, ...
    OPTIONS_QUERY = 32, // of serin query, --output with its own formats among them
    OPTIONS_RULES = 64, // --output DIR, --bare
    OPTIONS_BUDGET = 128, // --at, --release-start, --suggest
    OPTIONS_WATCH = 256, // --watch, --state, ...
    OPTIONS_LOOKS = 512, // --every-look
    OPTIONS_HISTORY = 1024, // of commands over the past: --source, --length, --output with its own formats, ...
    OPTIONS_CALIBRATE = 2048, // --since, --windows, ...
    OPTIONS_BACKTEST = 4096, // --from, --to, --at, ...
    OPTIONS_STATE = 1 << 16,  // of commands that keep decisions: --state, --reason, --by, --output with its own formats, --color, ...
    OPTIONS_FREEZE = 1 << 17, // --scope, --until, --all, --at
    OPTIONS_REMOTE = 1 << 20, // --server, --token-file, --ca-file, --cert-file, --cert-key
    OPTIONS_REMOTE_START = 1 << 21, // --wait, --key, --release
    OPTIONS_REMOTE_WAIT = 1 << 22,  // --timeout
    OPTIONS_SERVE = 1 << 19,  // of serin serve
    OPTIONS_DASHBOARDS = 1 << 23, // --dir, --from CONFIG, --output json
    OPTIONS_IMPORT = 1 << 24, // --partial
    OPTIONS_STORE = 1 << 25,  // --store, --replay, --output with its own formats, --color, ...
    OPTIONS_TOKEN = 1 << 26,  // --role
    OPTIONS_PARITY = 1 << 27, // --min, --top, --unused, --source, --record, --deadline, --output with its own formats, ...
    OPTIONS_GATE = 1 << 18,   // --result, --digest, --advisory, --source, --record, --deadline
};

#define MOST_OUTPUTS 16

struct output {
    const char *format; // name of a report format; of serin query "text", "json", "csv" or "openmetrics"
    const char *path;   // NULL: standard output
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

struct query_options {
    const char *config_file;       // NULL: not given
    enum query_mode mode;
    bool has_mode;                 // --raw, --instant, --labels, ...
    enum source_protocol protocol; // PROTOCOL_AUTO: not given, or auto
};

struct look_options { // of serin analyze --watch
    bool watch, every; // every: also json of looks that are not the last one
    const char *state_file; // NULL: not given
    size_t max_failed;
};

struct parity_arguments { // of serin parity; zeroes: not given
    bool has_min, unused;
    double min;
    size_t top;
};

struct options { // what the command line said
    struct config_overrides overrides;
    const char **operands;
    size_t operand_count;
    int64_t start_ms, end_ms; // INT64_MIN: not given
    int64_t release_start_ms; // 0: not given
    int64_t deadline_ms;
    const char *recorded_dir, *record_dir;
    const char *cases_file, *config_file, *pairs_file; // NULL: not given
    struct judge_cases_options cases;
    struct query_options query;
    struct look_options looks;
    struct history_arguments history;
    struct gate_arguments gate;
    struct parity_arguments parity;
    struct store_arguments store;
    struct serve_arguments serve;
    struct remote_arguments remote;
    struct output outputs[MOST_OUTPUTS];
    size_t output_count;
    const char *role;       // of serin token; NULL: not given
    const char *output_dir; // of serin rules and serin dashboards; NULL: standard output
    enum when color;
    bool ascii, quiet, verbose, help;
    bool partial; // of serin import
    bool suggest; // of serin budget
    bool bare;    // of serin rules
    bool fold[8]; // exit codes that --fail-on turns into 1
};

struct command {
    const char *name, *usage, *summary, *details;
    unsigned options; // enum option_set, added up
    int (*run)(const struct options *options, struct arena *arena); // returns the exit code
    int (*take)(int argc, char **argv, struct arena *arena); // instead of run, for a command that reads its own arguments and help
};

extern const struct command cmd_analyze, cmd_replay, cmd_plan, cmd_check, cmd_judge, cmd_query, cmd_stats;
extern const struct command cmd_backtest, cmd_budget, cmd_calibrate, cmd_rules, cmd_freeze, cmd_gate, cmd_serve, cmd_store, cmd_wait,
    cmd_dashboards, cmd_import;
extern const struct command cmd_completion, cmd_parity, cmd_report, cmd_token;

// Parses what follows the command's name. False with err (ERROR_USAGE) for anything not understood.
bool options_parse(const struct command *command, int argc, char **argv, struct arena *arena, struct options *ret, struct error *err);
void options_help(const struct command *command, struct buf *out);

// Writes to standard error what may come from a server: control characters, which a terminal would obey, become "?".
void tell_text(const char *text);

// Writes "serin: text" to standard error; the one place where errors are told.
void tell_error(const struct error *err);
void tell_findings(const struct findings *findings);
void tell_warning(void *user, const char *text); // "serin: warning: text"; user is not looked at

// Shows on standard error how many queries are done, on one line; NULL where that is no terminal.
typedef void progress_fn(void *user, size_t done, size_t total);
progress_fn *progress_teller(void);

int exit_code_of(const struct error *err);

// Whether there is exactly one operand; tells the user when not.
bool one_operand(const struct options *options, const struct command *command);

// Reads a config file of at most 8 MiB.
bool read_config_file(const char *path, struct arena *arena, struct view *ret_text, struct error *err);

// Renders the document to every output asked for and returns the exit code, folded as --fail-on says.
int publish(const json_t *result, const struct options *options);

// The end of a command that makes a document: publishes it, or tells why there is none (NULL), with the findings of its config, which
// are finished. Returns the exit code.
int conclude(const json_t *document, const struct options *options, struct findings *findings, const struct error *err);

// Delivers the verdict to the receivers of the config in `text`, unless the answers were recorded ones. Failures are only told; the
// deadline of the config's publish block bounds it.
void tell_receivers(struct view text, const struct options *options, const json_t *result, struct arena *arena);

// Becomes nonzero when the program is interrupted; the signals are caught from now on.
const volatile int *watch_interrupts(void);

struct report_style output_style(const struct options *options, const struct output *output);

// Writes what was rendered to the output's file, or to standard output.
bool output_write(const struct buf *out, const struct output *output, struct error *err);

// The same of a look that is not the last one, for ndjson and, with --every-look, json. Errors are only told.
void publish_look(const json_t *result, const struct options *options);

// How long late samples may take to arrive.
#define SETTLE_MS INT64_C(60000)

// serin analyze --watch: looks until there is a verdict.
int watch_command(struct view text, const struct options *options, const struct analysis_options *analysis, struct arena *arena);

// The window's end: --end, or now less a minute, so that late samples have arrived.
bool window_end(const struct options *options, int64_t *ret_end_ms, struct error *err);

#endif
