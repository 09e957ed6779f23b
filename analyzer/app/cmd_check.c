// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>

#include "command.h"

static bool check_file(const char *path, const struct options *options, struct arena *arena, struct findings *findings) {
    struct error err = {0};
    struct view text;
    struct canary_config config;
    size_t before = findings->errors;
    if (!read_config_file(path, arena, &text, &err)) {
        findings_add(findings, FINDING_ERROR, path, 0, 0, "", "%s", err.text);
    } else if (config_read(text, path, &options->overrides, arena, findings, &config)) {
        printf("%s: ok, %zu metrics", path, config.metric_count);
        if (config.objective_count > 0) printf(", %zu objective%s", config.objective_count, config.objective_count == 1 ? "" : "s");
        putchar('\n');
    }
    return findings->errors == before;
}

static int run(const struct options *options, struct arena *arena) {
    struct findings findings;
    bool ok = true;
    if (options->operand_count == 0) {
        struct error err;
        error_set(&err, ERROR_USAGE, "check takes one config file or more");
        tell_error(&err);
        return EXIT_USAGE;
    }
    findings_init(&findings, arena);
    for (size_t i = 0; i < options->operand_count; i++) ok = check_file(options->operands[i], options, arena, &findings) && ok;
    fflush(stdout);
    tell_findings(&findings);
    findings_finish(&findings);
    return ok ? EXIT_PASS : EXIT_USAGE;
}

const struct command cmd_check = {
    .name = "check",
    .usage = "check FILE... [OPTIONS]",
    .summary = "tell everything that is wrong in canary configs, with line and column",
    .details = "Each FILE is as for serin analyze. Nothing is sent.\n",
    .options = OPTIONS_CONFIG,
    .run = run,
};
