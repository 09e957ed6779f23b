// SPDX-License-Identifier: GPL-3.0-or-later
// serin: reads the command's name and hands over. Nothing is decided here. setlocale() is called for characters only, so
// that numbers are read and written the same everywhere.
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "completion.h"
#include "stats/errors.h"

static const struct command *const commands[] = {&cmd_analyze, &cmd_plan,   &cmd_check,  &cmd_replay,    &cmd_report,    &cmd_judge,
                                                 &cmd_query,   &cmd_stats,  &cmd_rules,  &cmd_budget,    &cmd_calibrate, &cmd_backtest,
                                                 &cmd_gate,    &cmd_freeze, &cmd_serve,  &cmd_wait,      &cmd_store,     &cmd_dashboards,
                                                 &cmd_import,  &cmd_token,  &cmd_parity, &cmd_completion};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static const char exit_codes_text[] = "Exit codes\n"
                                      "  0    pass\n"
                                      "  1    the canary failed\n"
                                      "  2    usage or configuration error\n"
                                      "  3    marginal, or approval needed\n"
                                      "  4    inconclusive, or no data\n"
                                      "  5    gate closed (freeze, budget)\n"
                                      "  6    a source or server could not be reached or gave no usable answer\n"
                                      "  130  interrupted\n";

struct command_list all_commands(void) {
    return (struct command_list){commands, COMMAND_COUNT};
}

static const struct command *find_command(const char *name) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    }
    return NULL;
}

static void print_help(FILE *out) {
    fputs("serin " SERIN_VERSION ": judges a canary against its baseline from Prometheus data\n\nusage: serin COMMAND [OPTIONS]\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("  help       help on a command, or on exit-codes; help man writes the manual page\n\n", out);
    fputs(exit_codes_text, out);
}

static void print_command_help(const struct command *command) {
    struct buf text;
    if (command->take != NULL) {
        command->take(0, NULL, NULL);
        return;
    }
    buf_init(&text, 1 << 16);
    options_help(command, &text);
    fputs(buf_text(&text), stdout);
    buf_finish(&text);
}

static int unknown_command(const char *name) {
    const char *words[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) words[i] = commands[i]->name;
    const char *near = nearest_word(view_of(name), words, COMMAND_COUNT);
    fprintf(stderr, "serin: unknown command %s%s%s\n", name, near != NULL ? "; did you mean " : "; see serin help",
            near != NULL ? near : "");
    return EXIT_USAGE;
}

static void print_manual(void) {
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    manual_write(all_commands(), exit_codes_text, &text);
    fputs(buf_text(&text), stdout);
    buf_finish(&text);
}

static int help(const char *topic) {
    if (topic == NULL) {
        print_help(stdout);
    } else if (strcmp(topic, "exit-codes") == 0) {
        fputs(exit_codes_text, stdout);
    } else if (strcmp(topic, "man") == 0) {
        print_manual();
    } else if (find_command(topic) != NULL) {
        print_command_help(find_command(topic));
    } else {
        return unknown_command(topic);
    }
    return EXIT_PASS;
}

static int run(const struct command *command, int argc, char **argv) {
    struct arena arena = {0};
    struct options options;
    struct error err;
    int code;
    if (command->take != NULL) {
        code = command->take(argc, argv, &arena);
    } else if (!options_parse(command, argc, argv, &arena, &options, &err)) {
        tell_error(&err);
        code = EXIT_USAGE;
    } else if (options.help) {
        print_command_help(command);
        code = EXIT_PASS;
    } else {
        code = command->run(&options, &arena);
    }
    arena_finish(&arena);
    return code;
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    stats_errors_off();
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("serin " SERIN_VERSION);
        return EXIT_PASS;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    const struct command *command = find_command(argv[1]);
    return command != NULL ? run(command, argc - 2, argv + 2) : unknown_command(argv[1]);
}
