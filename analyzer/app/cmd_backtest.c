// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/backtest.h"
#include "history_command.h"

// The windows asked for and the time that holds them all.
static bool choose_windows(const struct canary_config *config, const struct history_arguments *a, struct arena *arena, int64_t *ret_from_ms,
                           int64_t *ret_to_ms, struct backtest_options *ret, struct error *err) {
    int64_t step_ms = config->window.step_ms, end_ms = 0;
    *ret_from_ms = a->from_ms;
    *ret_to_ms = a->to_ms;
    if (a->at_count == 0) {
        if (!a->has_from || !a->has_to) return error_set(err, ERROR_USAGE, "--from and --to, or --at, are needed");
        return backtest_every(config, a->from_ms, a->to_ms, a->every_ms, arena, &ret->starts_ms, &ret->count, err);
    }
    if (a->every_ms > 0) return error_set(err, ERROR_USAGE, "--at and --every cannot be given together");
    ret->starts_ms = a->at_ms;
    ret->count = a->at_count;
    int64_t start_ms = INT64_MAX;
    for (size_t i = 0; i < a->at_count; i++) {
        if (a->at_ms[i] < start_ms) start_ms = a->at_ms[i];
        int64_t window_end_ms = a->at_ms[i] + step_ms + history_window_ms(config);
        if (window_end_ms > end_ms) end_ms = window_end_ms;
    }
    if (!a->has_from) *ret_from_ms = start_ms;
    if (!a->has_to) *ret_to_ms = end_ms;
    return true;
}

static int run(const struct options *options, struct arena *arena) {
    struct backtest_options how = {.looks = options->history.looks, .interrupted = watch_interrupts()};
    struct history history;
    struct history_source *source = NULL;
    struct error err = {0};
    json_t *document = NULL;
    int64_t from_ms, to_ms;
    int code;
    const struct canary_config *config = history_config(options, &cmd_backtest, arena, &code);
    if (config == NULL) return code;
    bool ok = choose_windows(config, &options->history, arena, &from_ms, &to_ms, &how, &err) &&
              history_read(config, from_ms, to_ms, options, arena, &history, &source, &err) &&
              (document = backtest_run(&history, &how, &err)) != NULL && history_publish(document, backtest_text, options, &err);
    if (!ok) tell_error(&err);
    json_decref(document);
    history_source_destroy(source);
    return ok ? EXIT_PASS : exit_code_of(&err);
}

const struct command cmd_backtest = {
    .name = "backtest",
    .usage = "backtest CONFIG --from TIME --to TIME [--every 30m] | --at T1,T2,... [OPTIONS]",
    .summary = "judge windows of the past: what the config would have said of them, and when",
    .details = "CONFIG is as for serin analyze. A window begins at each --at, warm-up included, or every so often. The data are read once\n"
               "per query and cut into windows here. The exit code is 0 when it ran, whatever the verdicts.\n",
    .options = OPTIONS_CONFIG | OPTIONS_HISTORY | OPTIONS_BACKTEST,
    .run = run,
};
