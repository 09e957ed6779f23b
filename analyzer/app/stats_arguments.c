// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats_arguments.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "base/timetext.h"
#include "stats/objective.h"
#include "stats_input.h"

#define LARGEST_COUNT 9007199254740992.0 // above, doubles skip whole numbers

static const struct stats_parameter no_parameter = {.name = NULL};

static const struct stats_parameter common_options[] = {
    {"columns", ARGUMENT_WORD, NULL, "columns by name or number; else the file holds no others", NULL},
    {"output", ARGUMENT_WORD, "text", "text or json", "text|json"},
    {"help", ARGUMENT_WORD, NULL, "show this help", NULL},
};

static const struct stats_parameter *operands_of(const struct stats_method *method) {
    return method->operands != NULL ? method->operands : &no_parameter;
}

static const struct stats_parameter *options_of(const struct stats_method *method) {
    return method->options != NULL ? method->options : &no_parameter;
}

static size_t parameter_count(const struct stats_parameter *parameters) {
    size_t count = 0;
    while (parameters[count].name != NULL) count++;
    return count;
}

double *stats_doubles(const struct stats_call *call, size_t count) {
    return arena_array(call->arena, count + 1, sizeof(double));
}

const struct stats_value *stats_value(const struct stats_call *call, const char *name) {
    const struct stats_parameter *operands = operands_of(call->method), *options = options_of(call->method);
    size_t before = parameter_count(operands), count = before + parameter_count(options);
    size_t i = 0;
    while (i < count && strcmp((i < before ? &operands[i] : &options[i - before])->name, name) != 0) i++;
    assert(i < count); // a method asks only for parameters that it has
    return &call->values[i];
}

double stats_number(const struct stats_call *call, const char *name) {
    return stats_value(call, name)->number;
}

uint64_t stats_count(const struct stats_call *call, const char *name) {
    return stats_value(call, name)->count;
}

bool stats_says(const struct stats_call *call, const char *name, const char *word) {
    const struct stats_value *value = stats_value(call, name);
    return value->given && strcmp(value->word, word) == 0;
}

static bool bad_value(struct error *err, const char *text, const char *expected) {
    return error_set(err, ERROR_USAGE, "expected %s, found %s", expected, text);
}

static bool finite_number(struct view text, double *ret) {
    return stats_number_parse(text, ret) && isfinite(*ret);
}

static bool read_number(const char *text, double least, bool may_equal, const char *expected, struct stats_value *ret, struct error *err) {
    if (!finite_number(view_of(text), &ret->number) || ret->number < least || (ret->number == least && !may_equal))
        return bad_value(err, text, expected);
    return true;
}

static bool read_count(const char *text, struct stats_value *ret, struct error *err) {
    if (!finite_number(view_of(text), &ret->number) || ret->number < 0 || ret->number > LARGEST_COUNT || ret->number != floor(ret->number))
        return bad_value(err, text, "a whole number from 0 to 2^53");
    ret->count = (uint64_t)ret->number;
    return true;
}

// The text times ten to the exponent, moved in decimals.
static bool shifted_number(const char *text, size_t len, const char *exponent, double *ret) {
    char moved[64];
    size_t more = strlen(exponent);
    if (len + more >= sizeof moved || memchr(text, 'e', len) != NULL || memchr(text, 'E', len) != NULL) return false;
    memcpy(moved, text, len);
    memcpy(moved + len, exponent, more);
    return finite_number((struct view){moved, len + more}, ret);
}

static bool read_chance(const char *text, struct stats_value *ret, struct error *err) {
    size_t len = strlen(text);
    bool percent = len > 0 && text[len - 1] == '%';
    double hundredfold;
    if (percent) len--;
    if (!finite_number((struct view){text, len}, &ret->number)) return bad_value(err, text, "a number above 0 and below 1, or such a %");
    if (percent && !shifted_number(text, len, "e-2", &ret->number)) ret->number /= 100;
    if (!(ret->number > 0 && ret->number < 1)) return bad_value(err, text, "a number above 0 and below 1, or such a %");
    bool exact = shifted_number(text, len, percent ? "e0" : "e2", &hundredfold);
    ret->complement = exact ? objective_budget(hundredfold) : 1 - ret->number;
    return true;
}

static bool read_objective(const char *text, struct stats_value *ret, struct error *err) {
    size_t len = strlen(text);
    if (len > 0 && text[len - 1] == '%') len--;
    if (finite_number((struct view){text, len}, &ret->number) && ret->number > 0 && ret->number <= 100) return true;
    return bad_value(err, text, "an objective in percent, above 0 and at most 100");
}

static bool read_duration(const char *text, struct stats_value *ret, struct error *err) {
    int64_t ms;
    if (duration_parse(view_of(text), &ms)) {
        ret->number = (double)ms / 1000;
        return ms > 0 || bad_value(err, text, "a duration above 0");
    }
    return read_number(text, 0, false, "a duration such as 30d, 1h30m or 3600", ret, err);
}

static bool read_numbers(struct arena *arena, const char *text, struct stats_value *ret, struct error *err) {
    size_t count = 1, at = 0;
    for (const char *p = text; *p != '\0'; p++) count += *p == ',';
    double *list = arena_array(arena, count, sizeof *list);
    for (const char *p = text; at < count; at++) {
        size_t len = strcspn(p, ",");
        if (!finite_number((struct view){p, len}, &list[at])) return bad_value(err, text, "numbers joined by commas");
        p += len + 1;
    }
    ret->list = list;
    ret->list_count = count;
    return true;
}

static bool read_word(const char *text, const char *words, struct stats_value *ret, struct error *err) {
    ret->word = text;
    for (const char *word = words; *word != '\0';) {
        size_t len = strcspn(word, "|");
        if (view_is((struct view){word, len}, text)) return true;
        word += len + (word[len] == '|');
    }
    return bad_value(err, text, words);
}

static bool read_value(struct arena *arena, const struct stats_parameter *parameter, const char *text, struct stats_value *ret,
                       struct error *err) {
    ret->given = true;
    switch (parameter->type) {
    case ARGUMENT_NUMBER:
        return read_number(text, -(double)INFINITY, false, "a number", ret, err);
    case ARGUMENT_NOT_NEGATIVE:
        return read_number(text, 0, true, "a number of at least 0", ret, err);
    case ARGUMENT_POSITIVE:
        return read_number(text, 0, false, "a number above 0", ret, err);
    case ARGUMENT_COUNT:
        return read_count(text, ret, err);
    case ARGUMENT_CHANCE:
        return read_chance(text, ret, err);
    case ARGUMENT_OBJECTIVE:
        return read_objective(text, ret, err);
    case ARGUMENT_DURATION:
        return read_duration(text, ret, err);
    case ARGUMENT_NUMBERS:
        return read_numbers(arena, text, ret, err);
    case ARGUMENT_WORD:
        return read_word(text, parameter->words, ret, err);
    }
    return false;
}

struct parser {
    struct stats_call *call;
    struct stats_arguments *ret;
    struct error *err;
    const char **operands;
    size_t operand_count;
};

static bool unknown_option(struct parser *p, const char *argument, struct view name) {
    const struct stats_method *method = p->call->method;
    const char *words[MOST_PARAMETERS + 3];
    size_t count = 0;
    for (const struct stats_parameter *o = options_of(method); o->name != NULL; o++) words[count++] = o->name;
    for (size_t i = method->input == INPUT_NONE; i < 3; i++) words[count++] = common_options[i].name;
    const char *near = nearest_word(name, words, count);
    if (near == NULL) return error_set(p->err, ERROR_USAGE, "unknown option %s; see serin stats %s --help", argument, method->name);
    return error_set(p->err, ERROR_USAGE, "unknown option %s; did you mean --%s?", argument, near);
}

static bool set_common(struct parser *p, struct view name, const char *value, bool *ret_known) {
    *ret_known = true;
    if (view_is(name, "columns") && p->call->method->input != INPUT_NONE) {
        p->ret->columns = value;
        return true;
    }
    if (view_is(name, "output")) {
        struct stats_value word;
        p->ret->json = strcmp(value, "json") == 0;
        return read_word(value, "text|json", &word, p->err);
    }
    return *ret_known = false;
}

static bool set_option(struct parser *p, int argc, char **argv, int *at) {
    const char *argument = argv[*at];
    struct view name = {argument + 2, strcspn(argument + 2, "=")};
    const struct stats_parameter *options = options_of(p->call->method);
    size_t index = 0, before = parameter_count(operands_of(p->call->method));
    while (options[index].name != NULL && !view_is(name, options[index].name)) index++;
    bool known = options[index].name != NULL, equals = argument[2 + name.len] == '=';
    const char *value = equals ? argument + 3 + name.len : *at + 1 < argc ? argv[*at + 1] : "";
    if (view_is(name, "help")) return p->ret->help = true;
    bool ok = known ? read_value(p->call->arena, &options[index], value, &p->call->values[before + index], p->err)
                    : set_common(p, name, value, &known);
    if (!known) return unknown_option(p, argument, name);
    if (!equals && ++*at >= argc) return error_set(p->err, ERROR_USAGE, "--%.*s needs a value", (int)name.len, name.ptr);
    return ok || error_prefix(p->err, "--%.*s", (int)name.len, name.ptr);
}

static bool set_operands(struct parser *p) {
    const struct stats_parameter *operands = operands_of(p->call->method);
    size_t expected = parameter_count(operands);
    if (p->operand_count != expected) {
        struct buf usage;
        buf_init(&usage, 4096);
        stats_usage(p->call->method, &usage);
        error_set(p->err, ERROR_USAGE, "%zu operand%s expected, %zu given; usage: serin stats %s", expected, expected == 1 ? "" : "s",
                  p->operand_count, buf_text(&usage));
        buf_finish(&usage);
        return false;
    }
    for (size_t i = 0; i < expected; i++) {
        if (!read_value(p->call->arena, &operands[i], p->operands[i], &p->call->values[i], p->err))
            return error_prefix(p->err, "operand %s", operands[i].name);
    }
    return true;
}

static bool set_files(struct parser *p) {
    struct stats_arguments *ret = p->ret;
    double number;
    bool typed = p->operand_count > 0 && p->call->method->input == INPUT_ONE_COLUMN && stats_number_parse(view_of(p->operands[0]), &number);
    if (typed) {
        double *values = arena_array(p->call->arena, p->operand_count, sizeof *values);
        for (size_t i = 0; i < p->operand_count; i++) {
            if (!stats_number_parse(view_of(p->operands[i]), &values[i])) return bad_value(p->err, p->operands[i], "a number");
        }
        ret->typed = values;
        ret->typed_count = p->operand_count;
        return true;
    }
    size_t most = p->call->method->input == INPUT_TWO_COLUMNS ? 2 : 1;
    if (p->operand_count > most)
        return error_set(p->err, ERROR_USAGE, "at most %zu file%s, %zu given", most, most == 1 ? "" : "s", p->operand_count);
    for (size_t i = 0; i < p->operand_count; i++) ret->files[i] = p->operands[i];
    ret->file_count = p->operand_count;
    if (most == 2 && ret->file_count == 2 && strcmp(ret->files[0], "-") == 0 && strcmp(ret->files[1], "-") == 0)
        return error_set(p->err, ERROR_USAGE, "standard input can be read once only");
    return true;
}

static bool set_fallbacks(struct parser *p) {
    const struct stats_parameter *options = options_of(p->call->method);
    struct stats_value *values = p->call->values + parameter_count(operands_of(p->call->method));
    for (size_t i = 0; options[i].name != NULL; i++) {
        values[i] = (struct stats_value){.number = (double)NAN, .complement = (double)NAN};
        if (options[i].fallback != NULL && !read_value(p->call->arena, &options[i], options[i].fallback, &values[i], p->err)) return false;
    }
    return true;
}

static bool is_operand(const char *argument) {
    double number;
    return argument[0] != '-' || argument[1] == '\0' || stats_number_parse(view_of(argument), &number);
}

bool stats_arguments_read(struct stats_call *call, int argc, char **argv, struct stats_arguments *ret, struct error *err) {
    *ret = (struct stats_arguments){0};
    struct parser p = {.call = call, .ret = ret, .err = err, .operands = arena_array(call->arena, (size_t)argc + 1, sizeof(char *))};
    bool only_operands = false;
    if (!set_fallbacks(&p)) return false;
    for (int i = 0; i < argc && !ret->help; i++) {
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
        } else if (!only_operands && strcmp(argv[i], "-h") == 0) {
            ret->help = true;
        } else if (only_operands || is_operand(argv[i])) {
            p.operands[p.operand_count++] = argv[i];
        } else if (strncmp(argv[i], "--", 2) != 0) {
            return error_set(err, ERROR_USAGE, "unknown option %s; options begin with --", argv[i]);
        } else if (!set_option(&p, argc, argv, &i)) {
            return false;
        }
    }
    if (ret->help) return true;
    return call->method->input == INPUT_NONE ? set_operands(&p) : set_files(&p);
}

static void put_upper(struct buf *out, const char *name) {
    for (const char *p = name; *p != '\0'; p++) buf_char(out, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
}

void stats_usage(const struct stats_method *method, struct buf *out) {
    buf_str(out, method->name);
    for (const struct stats_parameter *o = operands_of(method); o->name != NULL; o++) {
        buf_char(out, ' ');
        put_upper(out, o->name);
    }
    if (method->input == INPUT_ONE_COLUMN) buf_str(out, " [FILE | NUMBER...]");
    if (method->input == INPUT_TWO_COLUMNS) buf_str(out, " [FILE [FILE]]");
    buf_str(out, " [OPTIONS]");
}

static void put_parameter(struct buf *out, const struct stats_parameter *parameter, bool option) {
    size_t start = out->len;
    buf_str(out, option ? "  --" : "  ");
    if (option)
        buf_str(out, parameter->name);
    else
        put_upper(out, parameter->name);
    size_t used = out->len - start;
    buf_repeat(out, ' ', used < 18 ? 18 - used : 1);
    buf_str(out, parameter->help);
    if (parameter->fallback != NULL) buf_printf(out, " (%s)", parameter->fallback);
    buf_char(out, '\n');
}

void stats_arguments_help(const struct stats_method *method, struct buf *out) {
    if (method->operands != NULL) buf_str(out, "\nOperands\n");
    for (const struct stats_parameter *o = operands_of(method); o->name != NULL; o++) put_parameter(out, o, false);
    buf_str(out, "\nOptions\n");
    for (const struct stats_parameter *o = options_of(method); o->name != NULL; o++) put_parameter(out, o, true);
    for (size_t i = method->input == INPUT_NONE; i < 3; i++) put_parameter(out, &common_options[i], true);
}
