// SPDX-License-Identifier: GPL-3.0-or-later
// Objectives of other programs. Every objective that is written was read as a config first, so that what comes out passes serin check.
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "command.h"
#include "exporters/objective_yaml.h"
#include "option.h"

#define MOST_FILE_BYTES ((size_t)8 << 20)
#define MOST_YAML_BYTES ((size_t)64 << 20)
#define MOST_FILES 1000

static const char head[] = "canary: imported\nsources: {imported: {url: 'http://127.0.0.1:9090'}}\nobjectives:\n";

bool option_partial(struct option_call *p, const char *value) {
    (void)value;
    p->options->partial = true;
    return true;
}

static bool read_files(const struct options *options, struct arena *arena, struct openslo_file *files, struct error *err) {
    if (options->operand_count < 2 || strcmp(options->operands[0], "openslo") != 0 || options->operand_count > MOST_FILES)
        return error_set(err, ERROR_USAGE, "usage: serin %s", cmd_import.usage);
    for (size_t i = 1; i < options->operand_count; i++) {
        files[i - 1].path = options->operands[i];
        if (!file_read(options->operands[i], MOST_FILE_BYTES, arena, &files[i - 1].text, err)) return false;
    }
    return true;
}

// What serin check would say of the objective, with the place of its SLO.
static bool passes_check(const struct openslo_objective *objective, const char *yaml, struct arena *arena, struct findings *findings) {
    struct findings found;
    struct canary_config config;
    struct config_overrides overrides;
    const char *text = arena_printf(arena, "%s%s", head, yaml);
    config_overrides_init(&overrides);
    findings_init(&found, arena);
    bool ok = config_read(view_of(text), objective->file, &overrides, arena, &found, &config);
    for (size_t i = 0; i < found.count; i++) {
        if (found.items[i].level == FINDING_ERROR)
            findings_add(findings, FINDING_ERROR, objective->file, objective->place.line, objective->place.column, objective->name,
                         "cannot be expressed: %s: %s", found.items[i].key, found.items[i].text);
    }
    findings_finish(&found);
    return ok;
}

static bool is_taken(const struct openslo *slos, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (strcmp(slos->items[i].name, slos->items[at].name) == 0) return true;
    }
    return false;
}

// Returns how many objectives were appended.
static size_t write_objectives(const struct openslo *slos, struct arena *arena, struct findings *findings, struct buf *out) {
    size_t written = 0;
    buf_str(out, "objectives:\n");
    for (size_t i = 0; i < slos->count; i++) {
        const struct openslo_objective *objective = &slos->items[i];
        struct buf one;
        buf_init(&one, MOST_YAML_BYTES);
        objective_yaml(&one, objective);
        if (is_taken(slos, i)) {
            findings_add(findings, FINDING_ERROR, objective->file, objective->place.line, objective->place.column, objective->name,
                         "another objective has this name");
        } else if (passes_check(objective, buf_text(&one), arena, findings)) {
            buf_str(out, buf_text(&one));
            written++;
        }
        buf_finish(&one);
    }
    return written;
}

static int import(const struct options *options, const struct openslo_file *files, struct arena *arena, struct findings *findings) {
    struct openslo slos;
    struct buf out;
    int code = EXIT_PASS;
    buf_init(&out, MOST_YAML_BYTES);
    openslo_read(files, options->operand_count - 1, arena, findings, &slos);
    size_t written = write_objectives(&slos, arena, findings, &out);
    if (written == 0 && findings->errors == 0)
        findings_add(findings, FINDING_ERROR, files[0].path, 0, 0, "", "there is no SLO in the files given");
    if (written == 0 || (findings->errors > 0 && !options->partial)) {
        code = EXIT_USAGE;
    } else {
        struct error err;
        static const struct output standard = {"yaml", NULL};
        if (out.failed) error_set(&err, ERROR_LIMIT, "the objectives are larger than %zu bytes", out.limit);
        if (out.failed || !output_write(&out, &standard, &err)) {
            tell_error(&err);
            code = exit_code_of(&err);
        }
    }
    buf_finish(&out);
    return code;
}

static int run(const struct options *options, struct arena *arena) {
    struct error err = {0};
    struct findings findings;
    struct openslo_file *files = arena_array(arena, options->operand_count + 1, sizeof *files);
    if (!read_files(options, arena, files, &err)) {
        tell_error(&err);
        return exit_code_of(&err);
    }
    findings_init(&findings, arena);
    int code = import(options, files, arena, &findings);
    tell_findings(&findings);
    findings_finish(&findings);
    return code;
}

const struct command cmd_import = {
    .name = "import",
    .usage = "import openslo FILE... [OPTIONS]",
    .summary = "turn OpenSLO documents into objectives of a canary config",
    .details =
        "FILE holds OpenSLO v1 documents, one or several; - is standard input. The objectives go to standard output, ready to be put\n"
        "into a config. What they cannot express is told with file, line and key; nothing is written then, and the exit code is 2,\n"
        "unless --partial is given.\n",
    .options = OPTIONS_IMPORT,
    .run = run,
};
