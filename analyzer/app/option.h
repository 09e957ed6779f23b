// SPDX-License-Identifier: GPL-3.0-or-later
// An option: a row of the table in options.c and the function that reads its value, which lies with others of its commands.
#ifndef APP_OPTION_H
#define APP_OPTION_H

#include "command.h"

struct option_call {
    struct options *options; // to fill in
    struct arena *arena;
    struct error *err;
};

// False with err (ERROR_USAGE) for a value that it cannot take. The value of an option without argument is NULL.
typedef bool option_fn(struct option_call *call, const char *value);

struct option {
    const char *name, *argument; // argument NULL: none
    unsigned sets;               // enum option_set of the commands that have it; 0: every command
    option_fn *set;
    const char *help;
};

option_fn option_alpha, option_ascii, option_at, option_backtest_looks, option_bare, option_baseline, option_beta;
option_fn option_canary, option_cases, option_color, option_config, option_deadline, option_deal_by;
option_fn option_dashboards_from, option_dashboards_output;
option_fn option_end, option_every, option_every_look, option_evidence, option_exemplars, option_fail_on, option_from;
option_fn option_gate_advisory, option_gate_all, option_gate_by, option_gate_digest, option_gate_output, option_gate_reason;
option_fn option_gate_result, option_gate_scope, option_gate_state, option_gate_until, option_help;
option_fn option_history_output, option_instant, option_labels, option_length, option_looks, option_marginal;
option_fn option_max_failed, option_metadata, option_output, option_output_dir, option_pairs;
option_fn option_parity_min, option_parity_top, option_parity_unused;
option_fn option_pairs_config, option_partial, option_pass, option_protocol, option_query_output, option_quiet, option_raw;
option_fn option_record, option_release_start, option_replay, option_role, option_seed, option_series, option_since, option_source, option_store;
option_fn option_spending, option_start, option_state, option_step, option_suggest, option_to, option_url, option_var;
option_fn option_verbose, option_watch, option_windows, option_write;
option_fn option_serve_cert, option_serve_client_ca, option_serve_config, option_serve_config_dir, option_serve_key;
option_fn option_serve_listen, option_serve_log_format, option_serve_log_level, option_serve_open, option_serve_public_url;
option_fn option_serve_state, option_serve_store, option_serve_tokens;
option_fn option_remote_ca, option_remote_cert, option_remote_cert_key, option_remote_key, option_remote_release, option_remote_server,
    option_remote_timeout;
option_fn option_remote_token, option_remote_wait;

// The next option of a command after `last`, in the order of the help; NULL begins, and ends.
const struct option *options_next(const struct command *command, const struct option *last);

// False, with "expected ..., found ...".
bool option_bad(struct option_call *call, const char *value, const char *expected);

bool option_duration(struct option_call *call, const char *value, int64_t *ret_ms); // above 0
bool option_time(struct option_call *call, const char *value, int64_t *ret_ms);

// Whether the options go with --server, or without it.
bool remote_options_check(const struct options *options, struct error *err);

// Adds FORMAT or FORMAT=FILE to the outputs. The names end with NULL.
bool option_format(struct option_call *call, const char *value, const char *const *formats);

#endif
