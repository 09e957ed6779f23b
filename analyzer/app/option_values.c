// SPDX-License-Identifier: GPL-3.0-or-later
// What most commands take.
#include "option.h"

#include <stdlib.h>
#include <string.h>

#include "base/timetext.h"

bool option_bad(struct option_call *p, const char *value, const char *expected) {
    return error_set(p->err, ERROR_USAGE, "expected %s, found %s", expected, value);
}

bool option_duration(struct option_call *p, const char *value, int64_t *field) {
    if (!duration_parse(view_of(value), field) || *field == 0) return option_bad(p, value, "a duration such as 90s, 30m or 1h30m");
    return true;
}

bool option_time(struct option_call *p, const char *value, int64_t *field) {
    if (time_parse(view_of(value), field)) return true;
    return option_bad(p, value, "a time such as 2025-01-01T00:40:00Z or Unix seconds");
}

static bool read_score(struct option_call *p, const char *value, double *field) {
    char *end;
    double score = strtod(value, &end);
    if (*value == '\0' || *end != '\0' || !(score >= 0 && score <= 100)) return option_bad(p, value, "a score from 0 to 100");
    *field = score;
    return true;
}

static struct view output_name(const char *value) {
    return (struct view){value, strcspn(value, "=")};
}

static bool add_output(struct option_call *p, const char *value, const char *format) {
    struct options *o = p->options;
    const char *path = value + output_name(value).len;
    if (o->output_count == MOST_OUTPUTS) return error_set(p->err, ERROR_USAGE, "more than %d outputs", MOST_OUTPUTS);
    if (path[0] == '=' && path[1] == '\0') return option_bad(p, value, "a file after =");
    o->outputs[o->output_count++] = (struct output){format, *path == '=' ? path + 1 : NULL};
    return true;
}

bool option_format(struct option_call *p, const char *value, const char *const *formats) {
    for (size_t i = 0; formats[i] != NULL; i++) {
        if (view_is(output_name(value), formats[i])) return add_output(p, value, formats[i]);
    }
    const char *names = formats[0];
    for (size_t i = 1; formats[i] != NULL; i++)
        names = arena_printf(p->arena, "%s%s %s", names, formats[i + 1] != NULL ? "," : " or", formats[i]);
    return option_bad(p, value, arena_printf(p->arena, "%s, with =FILE to write to a file", names));
}

bool option_var(struct option_call *p, const char *value) {
    size_t name_len = strcspn(value, "=");
    if (name_len == 0 || value[name_len] == '\0') return option_bad(p, value, "NAME=VALUE");
    struct name_values *vars = &p->options->overrides.vars;
    const char *name = arena_strndup(p->arena, value, name_len);
    struct name_value *items = arena_array(p->arena, vars->count + 1, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < vars->count; i++) { // the last one of a name counts
        if (strcmp(vars->items[i].name, name) != 0) items[count++] = vars->items[i];
    }
    items[count++] = (struct name_value){name, value + name_len + 1, {0, 0}};
    *vars = (struct name_values){items, count};
    return true;
}

bool option_url(struct option_call *p, const char *value) {
    p->options->overrides.url = value;
    return true;
}

bool option_baseline(struct option_call *p, const char *value) {
    p->options->overrides.sides[SIDE_BASELINE] = value;
    return true;
}

bool option_canary(struct option_call *p, const char *value) {
    p->options->overrides.sides[SIDE_CANARY] = value;
    return true;
}

bool option_pass(struct option_call *p, const char *value) {
    return read_score(p, value, &p->options->overrides.pass);
}

bool option_marginal(struct option_call *p, const char *value) {
    return read_score(p, value, &p->options->overrides.marginal);
}

bool option_length(struct option_call *p, const char *value) {
    return option_duration(p, value, &p->options->overrides.length_ms);
}

bool option_step(struct option_call *p, const char *value) {
    return option_duration(p, value, &p->options->overrides.step_ms);
}

bool option_deadline(struct option_call *p, const char *value) {
    return option_duration(p, value, &p->options->deadline_ms);
}

bool option_start(struct option_call *p, const char *value) {
    return option_time(p, value, &p->options->start_ms);
}

bool option_end(struct option_call *p, const char *value) {
    return option_time(p, value, &p->options->end_ms);
}

bool option_release_start(struct option_call *p, const char *value) {
    if (!option_time(p, value, &p->options->release_start_ms)) return false;
    return p->options->release_start_ms > 0 || option_bad(p, value, "a time after 1970");
}

bool option_source(struct option_call *p, const char *value) {
    if (strncmp(value, "recorded:", 9) != 0 || value[9] == '\0') return option_bad(p, value, "recorded:DIR");
    p->options->recorded_dir = value + 9;
    return true;
}

bool option_record(struct option_call *p, const char *value) {
    p->options->record_dir = value;
    return true;
}

bool option_output(struct option_call *p, const char *value) {
    const struct report_format *format = report_format_find(output_name(value));
    const char *names = "";
    if (format != NULL) return add_output(p, value, format->name);
    for (const struct report_format *f = report_formats; f->name != NULL; f++) names = arena_printf(p->arena, "%s%s, ", names, f->name);
    return option_bad(p, value, arena_printf(p->arena, "%swith =FILE to write to a file", names));
}

bool option_output_dir(struct option_call *p, const char *value) {
    p->options->output_dir = value;
    return *value != '\0' || option_bad(p, value, "a directory");
}

bool option_watch(struct option_call *p, const char *value) {
    (void)value;
    return p->options->looks.watch = true;
}

bool option_state(struct option_call *p, const char *value) {
    p->options->looks.state_file = value;
    return *value != '\0' || option_bad(p, value, "a file");
}

bool option_max_failed(struct option_call *p, const char *value) {
    char *end;
    unsigned long looks = strtoul(value, &end, 10);
    if (*value < '1' || *value > '9' || *end != '\0' || looks > 1000) return option_bad(p, value, "a number of looks from 1 to 1000");
    p->options->looks.max_failed = looks;
    return true;
}

bool option_every_look(struct option_call *p, const char *value) {
    (void)value;
    return p->options->looks.every = true;
}

bool option_color(struct option_call *p, const char *value) {
    static const char *const words[] = {"auto", "always", "never"};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(value, words[i]) != 0) continue;
        p->options->color = (enum when)i;
        return true;
    }
    return option_bad(p, value, "auto, always or never");
}

bool option_fail_on(struct option_call *p, const char *value) {
    static const struct {
        const char *word;
        int code;
    } words[] = {{"marginal", EXIT_MARGINAL},
                 {"inconclusive", EXIT_INCONCLUSIVE},
                 {"nodata", EXIT_INCONCLUSIVE},
                 {"gate", EXIT_GATE},
                 {"error", EXIT_SOURCE}};
    while (*value != '\0') {
        size_t len = strcspn(value, ","), i = 0;
        while (i < sizeof words / sizeof words[0] && !view_is((struct view){value, len}, words[i].word)) i++;
        if (i == sizeof words / sizeof words[0])
            return option_bad(p, value, "marginal, inconclusive, nodata, gate or error, joined by commas");
        p->options->fold[words[i].code] = true;
        value += len + (value[len] == ',');
    }
    return true;
}

bool option_ascii(struct option_call *p, const char *value) {
    (void)value;
    return p->options->ascii = true;
}

bool option_quiet(struct option_call *p, const char *value) {
    (void)value;
    return p->options->quiet = true;
}

bool option_verbose(struct option_call *p, const char *value) {
    (void)value;
    return p->options->verbose = true;
}

bool option_suggest(struct option_call *p, const char *value) {
    (void)value;
    return p->options->suggest = true;
}

bool option_bare(struct option_call *p, const char *value) {
    (void)value;
    return p->options->bare = true;
}

bool option_help(struct option_call *p, const char *value) {
    (void)value;
    return p->options->help = true;
}
