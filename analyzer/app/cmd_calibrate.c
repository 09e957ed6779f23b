// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "analyzer/calibrate.h"
#include "base/file.h"
#include "history_command.h"

#define SINCE_MS (INT64_C(7) * 86400000)
#define SEED 1
#define MOST_PRIORS_BYTES ((size_t)1 << 20)

static bool write_priors(const struct calibration *calibration, const char *path, struct error *err) {
    struct buf out;
    size_t len = strlen(path);
    buf_init(&out, MOST_PRIORS_BYTES);
    calibrate_priors(calibration, len > 5 && strcmp(path + len - 5, ".json") == 0, &out);
    bool ok = out.failed ? error_set(err, ERROR_LIMIT, "%s: longer than %zu bytes", path, MOST_PRIORS_BYTES)
                         : file_write(path, (struct view){buf_text(&out), out.len}, err);
    buf_finish(&out);
    return ok;
}

static bool report(const struct calibration *calibration, const struct options *options, struct error *err) {
    json_t *document = calibrate_document(calibration);
    bool ok = options->history.priors_file == NULL || write_priors(calibration, options->history.priors_file, err);
    ok = ok && history_publish(document, calibration_text, options, err);
    json_decref(document);
    return ok;
}

static int run(const struct options *options, struct arena *arena) {
    const struct history_arguments *a = &options->history;
    struct calibrate_options how = {.windows = a->windows > 0 ? a->windows : CALIBRATE_WINDOWS,
                                    .seed = a->has_seed ? a->seed : SEED,
                                    .deal_by = a->deal_by,
                                    .interrupted = watch_interrupts()};
    struct history history;
    struct history_source *source = NULL;
    struct calibration calibration;
    struct error err = {0};
    int64_t end_ms;
    int code;
    const struct canary_config *config = history_config(options, &cmd_calibrate, arena, &code);
    if (config == NULL) return code;
    const struct canary_config *stable = calibrate_config(config, arena, &err);
    bool ok = stable != NULL && window_end(options, &end_ms, &err) &&
              history_read(stable, end_ms - (a->since_ms > 0 ? a->since_ms : SINCE_MS), end_ms, options, arena, &history, &source, &err) &&
              calibrate_run(&history, &how, arena, &calibration, &err) && report(&calibration, options, &err);
    if (!ok) tell_error(&err);
    history_source_destroy(source);
    return ok ? EXIT_PASS : exit_code_of(&err);
}

const struct command cmd_calibrate = {
    .name = "calibrate",
    .usage = "calibrate CONFIG [--since 7d] [OPTIONS]",
    .summary = "compare the baseline with itself over its past: false fails, noise, and what a window can see",
    .details =
        "CONFIG is as for serin analyze. The data are read once per query and cut into windows here. The exit code is 0 when it ran.\n",
    .options = OPTIONS_CONFIG | OPTIONS_HISTORY | OPTIONS_CALIBRATE,
    .run = run,
};
