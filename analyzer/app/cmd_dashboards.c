// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>

#include "base/file.h"
#include "command.h"
#include "exporters/dashboards.h"
#include "option.h"

#define MOST_DASHBOARDS_BYTES ((size_t)64 << 20)

bool option_dashboards_output(struct option_call *p, const char *value) {
    static const char *const formats[] = {"json", NULL};
    return option_format(p, value, formats);
}

bool option_dashboards_from(struct option_call *p, const char *value) {
    p->options->config_file = value;
    return *value != '\0' || option_bad(p, value, "a canary config");
}

// Appends the dashboard, which is taken.
static bool keep(json_t *list, json_t *dashboard) {
    return dashboard != NULL && json_array_append_new(list, dashboard) == 0;
}

static bool add_config(const struct options *options, json_t *list, struct findings *findings, struct arena *arena, struct error *err) {
    struct canary_config config;
    struct view text;
    if (!read_config_file(options->config_file, arena, &text, err)) return false;
    if (!config_read(text, options->config_file, &options->overrides, arena, findings, &config)) return false;
    return keep(list, dashboard_of_config(&config, err));
}

static bool make(const struct options *options, json_t *list, struct findings *findings, struct arena *arena, struct error *err) {
    for (int kind = 0; kind < DASHBOARD_COUNT; kind++) {
        if (!keep(list, dashboard_make((enum dashboard_kind)kind, err))) return false;
    }
    return options->config_file == NULL || add_config(options, list, findings, arena, err);
}

static bool write_files(const struct options *options, const json_t *list, struct arena *arena, struct error *err) {
    const char *dir = options->output_dir;
    bool ok = file_make_dir(dir, err);
    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        const json_t *dashboard = json_array_get(list, i);
        const char *path = arena_printf(arena, "%s/%s.json", dir, dashboard_uid(dashboard));
        struct buf text;
        buf_init(&text, MOST_DASHBOARDS_BYTES);
        ok = dashboard_write(dashboard, &text, err) && file_write(path, (struct view){buf_text(&text), text.len}, err);
        if (ok && options->output_count == 0) printf("%s\n", path);
        buf_finish(&text);
    }
    return ok;
}

static bool write_list(const json_t *list, const struct output *output, struct error *err) {
    struct buf text;
    buf_init(&text, MOST_DASHBOARDS_BYTES);
    bool ok = dashboard_write(list, &text, err) && output_write(&text, output, err);
    buf_finish(&text);
    return ok;
}

static bool publish_list(const struct options *options, const json_t *list, struct arena *arena, struct error *err) {
    const struct output plain = {"json", NULL};
    if (options->output_dir != NULL && !write_files(options, list, arena, err)) return false;
    for (size_t i = 0; i < options->output_count; i++) {
        if (!write_list(list, &options->outputs[i], err)) return false;
    }
    return options->output_dir != NULL || options->output_count > 0 || write_list(list, &plain, err);
}

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    int code = EXIT_PASS;
    if (options->operand_count > 0) {
        error_set(&err, ERROR_USAGE, "serin dashboards takes no operand; a config is given with --from");
        tell_error(&err);
        return EXIT_USAGE;
    }
    findings_init(&findings, arena);
    json_t *list = json_array();
    if (!make(options, list, &findings, arena, &err) || !publish_list(options, list, arena, &err)) {
        tell_findings(&findings);
        if (err.code != ERROR_NONE) tell_error(&err);
        code = err.code != ERROR_NONE ? exit_code_of(&err) : EXIT_USAGE;
    }
    json_decref(list);
    findings_finish(&findings);
    return code;
}

const struct command cmd_dashboards = {
    .name = "dashboards",
    .usage = "dashboards [--dir DIR] [--from CONFIG] [OPTIONS]",
    .summary = "write dashboards for Grafana",
    .details =
        "Three dashboards over serin's own metrics: serin-executive, serin-oncall and serin-debug; with --from one more of the queries\n"
        "that a canary config compares. Each is a file UID.json in DIR; without --dir a list of them goes to standard output.\n",
    .options = OPTIONS_CONFIG | OPTIONS_DASHBOARDS,
    .run = run,
};
