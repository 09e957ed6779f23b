// SPDX-License-Identifier: GPL-3.0-or-later
// serin stats: the methods of the statistics room for people who have two columns and a question.
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "command.h"
#include "stats_arguments.h"
#include "stats_input.h"

#define MOST_ANSWER_BYTES ((size_t)1 << 30)

static const struct stats_family families[] = {
    {"Two samples", stats_two_samples},  {"One column", stats_one_sample}, {"Counts", stats_counts},
    {"Several looks", stats_sequential}, {"Service levels", stats_levels}, {"Service levels from columns", stats_level_columns},
};

enum { FAMILY_COUNT = sizeof families / sizeof *families, MOST_METHODS = 64 };

static void list_methods(void) {
    printf("usage: serin %s\n\n%s\n", cmd_stats.usage, cmd_stats.details);
    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        printf("%s\n", families[i].title);
        for (const struct stats_method *m = families[i].methods; m->name != NULL; m++) printf("  %-20s  %s\n", m->name, m->summary);
        puts("");
    }
    puts("serin stats METHOD --help tells what a method computes, what it takes, and an example.");
}

static void print_help(const struct stats_method *method) {
    static const char *const inputs[] = {
        [INPUT_NONE] = "",
        [INPUT_ONE_COLUMN] = "\nInput\n  One column of numbers, from a file or standard input, or the numbers themselves.\n",
        [INPUT_TWO_COLUMNS] = "\nInput\n  Two columns of a file or of standard input, or one column from each of two files.\n"};
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_str(&text, "usage: serin stats ");
    stats_usage(method, &text);
    buf_printf(&text, "\n\n%s\n\n%s%s", method->summary, method->definition, inputs[method->input]);
    if (method->input != INPUT_NONE)
        buf_str(&text, "  Cells are parted by commas, tabs or blanks; a line of names may come first, lines that begin with # are\n"
                       "  left out, and an empty cell, NaN or NA is a missing value.\n");
    stats_arguments_help(method, &text);
    buf_printf(&text, "\nExample\n  serin stats %s\n", method->example);
    fputs(buf_text(&text), stdout);
    buf_finish(&text);
}

static const struct stats_method *find_method(const char *name, struct arena *arena) {
    const char *words[MOST_METHODS];
    size_t count = 0;
    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        for (const struct stats_method *m = families[i].methods; m->name != NULL && count < MOST_METHODS; m++) {
            if (strcmp(m->name, name) == 0) return m;
            words[count++] = m->name;
        }
    }
    const char *near = nearest_word(view_of(name), words, count);
    struct error err;
    error_set(&err, ERROR_USAGE, "unknown method %s; %s%s", name, near != NULL ? "did you mean " : "see serin stats",
              near != NULL ? arena_printf(arena, "%s?", near) : "");
    tell_error(&err);
    return NULL;
}

static bool read_samples(struct stats_call *call, const struct stats_arguments *arguments, struct error *err) {
    size_t wanted = call->method->input == INPUT_TWO_COLUMNS ? 2 : call->method->input == INPUT_ONE_COLUMN ? 1 : 0;
    if (wanted == 0) return true;
    if (arguments->typed == NULL)
        return stats_input_read(arguments->files, arguments->file_count, arguments->columns, wanted, call->arena, call->samples, err);
    call->samples[0] = (struct stats_sample){"x", arguments->typed, arguments->typed_count, 0};
    for (size_t i = 0; i < arguments->typed_count; i++) call->samples[0].missing += arguments->typed[i] != arguments->typed[i];
    return true;
}

static struct answer_heading heading_of(const struct stats_call *call, enum stats_status status) {
    struct answer_heading heading = {.method = call->method->name, .status = stats_status_text(status)};
    for (size_t i = 0; i < 2 && call->samples[i].name != NULL; i++) {
        const struct stats_sample *sample = &call->samples[i];
        heading.inputs[heading.input_count++] = (struct answer_input){sample->name, sample->count - sample->missing, sample->missing};
    }
    return heading;
}

// What is said of a status where the method says nothing.
static const char *status_words(enum stats_status status) {
    switch (status) {
    case STATS_NODATA:
        return "no data: there is nothing to count or to compare";
    case STATS_DEGENERATE:
        return "nothing varies, or there are too few values for this method";
    case STATS_NONFINITE:
        return "an infinite value, where this method needs finite ones";
    case STATS_INVALID:
        return "an argument is outside what the method takes";
    case STATS_OK:
        break;
    }
    return "";
}

static bool put_answer(const struct stats_call *call, const struct stats_arguments *arguments, enum stats_status status,
                       struct stats_answer *answer, struct error *err) {
    struct answer_heading heading = heading_of(call, status);
    struct buf out;
    bool ok = true;
    buf_init(&out, MOST_ANSWER_BYTES);
    if (answer->says == NULL) answer->says = status_words(status);
    if (arguments->json)
        ok = answer_json(answer, &heading, &out, err);
    else
        answer_text(answer, &heading, &out);
    if (ok && (fwrite(buf_text(&out), 1, out.len, stdout) != out.len || fflush(stdout) != 0))
        ok = error_set(err, ERROR_IO, "standard output: cannot be written");
    buf_finish(&out);
    return ok;
}

static int run_method(const struct stats_method *method, int argc, char **argv, struct arena *arena) {
    struct stats_call call = {.method = method, .arena = arena};
    struct stats_answer answer = {.arena = arena};
    struct stats_arguments arguments;
    struct error err = {0};
    enum stats_status status = STATS_INVALID;
    bool ok = stats_arguments_read(&call, argc, argv, &arguments, &err);
    if (ok && arguments.help) {
        print_help(method);
        return EXIT_PASS;
    }
    ok = ok && read_samples(&call, &arguments, &err);
    if (ok) status = method->run(&call, &answer);
    if (ok && status == STATS_INVALID)
        ok = error_set(&err, ERROR_USAGE, "%s: %s", method->name, answer.says != NULL ? answer.says : status_words(status));
    if (!ok || !put_answer(&call, &arguments, status, &answer, &err)) {
        tell_error(&err);
        return EXIT_USAGE;
    }
    return status == STATS_OK ? EXIT_PASS : EXIT_INCONCLUSIVE;
}

static bool is_help(const char *word) {
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int take(int argc, char **argv, struct arena *arena) {
    if (argc == 0 || (is_help(argv[0]) && argc == 1)) {
        list_methods();
        return EXIT_PASS;
    }
    bool help = is_help(argv[0]);
    const struct stats_method *method = find_method(argv[help ? 1 : 0], arena);
    if (method == NULL) return EXIT_USAGE;
    if (!help) return run_method(method, argc - 1, argv + 1, arena);
    print_help(method);
    return EXIT_PASS;
}

const struct command cmd_stats = {
    .name = "stats",
    .usage = "stats METHOD [FILE...] [OPTIONS]",
    .summary = "compute one statistic from columns or counts",
    .details = "Computes one statistic and says what it means. Exit codes: 0 when it could be given, 4 when there is no data or nothing\n"
               "varies, 2 for input that is not understood.\n",
    .take = take,
};
