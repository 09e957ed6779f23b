// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "command.h"
#include "exporters/rules.h"

#define MOST_RULES_BYTES ((size_t)64 << 20)

// The name of a file that begins with the canary's name.
static const char *file_name(struct arena *arena, const struct canary_config *config, const char *end) {
    char *name = arena_printf(arena, "%.100s%s", config->name, end);
    for (char *c = name; *c != '\0'; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("._-", *c) != NULL;
        if (!plain || (c == name && *c == '.')) *c = '-';
    }
    return name;
}

static bool write_rules(const struct options *options, const struct canary_config *config, struct arena *arena, struct error *err) {
    const char *rules = file_name(arena, config, ".rules.yml"), *tests = file_name(arena, config, ".rules.test.yml");
    const char *route = file_name(arena, config, ".alertmanager.yml"), *dir = options->output_dir;
    struct buf texts[3];
    const char *names[3] = {rules, tests, route};
    for (size_t i = 0; i < 3; i++) buf_init(&texts[i], MOST_RULES_BYTES);
    bool ok = rules_yaml(config, options->bare, &texts[0], err) && rules_test_yaml(config, rules, &texts[1], err) &&
              rules_route_yaml(config, &texts[2], err) && file_make_dir(dir, err);
    for (size_t i = 0; i < 3; i++) {
        const char *path = arena_printf(arena, "%s/%s", dir, names[i]);
        ok = ok && file_write(path, (struct view){buf_text(&texts[i]), texts[i].len}, err);
        if (ok) printf("%s\n", path);
        buf_finish(&texts[i]);
    }
    return ok;
}

// `config` NULL: the alerts over what serin exports.
static bool print_rules(const struct options *options, const struct canary_config *config, struct error *err) {
    struct buf text;
    buf_init(&text, MOST_RULES_BYTES);
    bool ok = config != NULL ? rules_yaml(config, options->bare, &text, err) : rules_service_yaml(options->bare, &text, err);
    if (ok && (fwrite(buf_text(&text), 1, text.len, stdout) != text.len || fflush(stdout) != 0))
        ok = error_set(err, ERROR_IO, "standard output: cannot be written");
    buf_finish(&text);
    return ok;
}

static bool write_service_rules(const struct options *options, struct arena *arena, struct error *err) {
    const char *path = arena_printf(arena, "%s/serin.rules.yml", options->output_dir);
    struct buf text;
    buf_init(&text, MOST_RULES_BYTES);
    bool ok = rules_service_yaml(options->bare, &text, err) && file_make_dir(options->output_dir, err) &&
              file_write(path, (struct view){buf_text(&text), text.len}, err);
    if (ok) printf("%s\n", path);
    buf_finish(&text);
    return ok;
}

static int run_without_config(const struct options *options, struct arena *arena) {
    struct error err = {0};
    if (options->output_dir != NULL ? write_service_rules(options, arena, &err) : print_rules(options, NULL, &err)) return EXIT_PASS;
    tell_error(&err);
    return exit_code_of(&err);
}

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    struct view text;
    struct canary_config config;
    int code = EXIT_PASS;
    if (options->operand_count == 0) return run_without_config(options, arena);
    if (!one_operand(options, &cmd_rules)) return EXIT_USAGE;
    findings_init(&findings, arena);
    if (!read_config_file(options->operands[0], arena, &text, &err)) {
        tell_error(&err);
        code = exit_code_of(&err);
    } else if (!config_read(text, options->operands[0], &options->overrides, arena, &findings, &config)) {
        tell_findings(&findings);
        code = EXIT_USAGE;
    } else if (!(options->output_dir != NULL ? write_rules(options, &config, arena, &err) : print_rules(options, &config, &err))) {
        tell_error(&err);
        code = exit_code_of(&err);
    }
    findings_finish(&findings);
    return code;
}

const struct command cmd_rules = {
    .name = "rules",
    .usage = "rules [CONFIG] [OPTIONS]",
    .summary = "write Prometheus rules for the objectives, tests for them and an Alertmanager config, or alerts over what serin exports",
    .details = "Without CONFIG the rules are alerts over what serin exports, of all canaries: serin.rules.yml with --output.\n"
               "With one they are of its objectives. Without --output the rules alone go to standard output. With it the files are "
               "NAME.rules.yml, NAME.rules.test.yml\n"
               "(promtool test rules) and NAME.alertmanager.yml, with the canary's name. Nothing is sent.\n",
    .options = OPTIONS_CONFIG | OPTIONS_RULES,
    .run = run,
};
