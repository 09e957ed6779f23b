// SPDX-License-Identifier: GPL-3.0-or-later
#include "completion.h"

#include <string.h>

#include "option.h"

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

// In single quotes; `escaped` are characters that get a backslash, the quote among them where the shell has that within quotes.
static void put_quoted(struct buf *out, const char *text, const char *escaped) {
    buf_char(out, '\'');
    for (; *text != '\0'; text++) {
        if (strchr(escaped, *text) != NULL) buf_char(out, '\\');
        if (*text == '\'' && strchr(escaped, '\'') == NULL) {
            buf_str(out, "'\\''");
        } else {
            buf_char(out, *text);
        }
    }
    buf_char(out, '\'');
}

static void put_commands(struct buf *out, struct command_list commands) {
    for (size_t i = 0; i < commands.count; i++) buf_printf(out, "%s ", commands.items[i]->name);
    buf_str(out, "help");
}

static void put_formats(struct buf *out) {
    for (const struct report_format *format = report_formats; format->name != NULL; format++)
        buf_printf(out, "%s%s", format == report_formats ? "" : " ", format->name);
}

static void put_shells(struct buf *out) {
    for (size_t i = 0; shells[i] != NULL; i++) buf_printf(out, "%s%s", i == 0 ? "" : " ", shells[i]);
}

static void write_bash(struct command_list commands, struct buf *out) {
    buf_str(out, "# bash completion for serin, made by serin completion bash\n_serin() {\n"
                 "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options=\n"
                 "    if ((COMP_CWORD == 1)); then\n        mapfile -t COMPREPLY < <(compgen -W \"");
    put_commands(out, commands);
    buf_str(out, " --help --version\" -- \"$current\")\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n    help) options=\"");
    put_commands(out, commands);
    buf_str(out, " exit-codes man\" ;;\n");
    for (size_t i = 0; i < commands.count; i++) {
        const struct command *command = commands.items[i];
        const struct option *option = NULL;
        buf_printf(out, "    %s) options=\"", command->name);
        if (command == &cmd_completion) put_shells(out);
        while ((option = options_next(command, option)) != NULL) buf_printf(out, " --%s", option->name);
        buf_str(out, "\" ;;\n");
    }
    buf_str(out, "    esac\n    case $before:$current in\n    --output:*) options=\"");
    put_formats(out);
    buf_str(out, "\" ;;\n    help:* | completion:* | *:-*) ;;\n    *) options= ;;\n    esac\n"
                 "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n}\ncomplete -o default -F _serin serin\n");
}

static void put_described(struct buf *out, const char *prefix, const char *name, const char *text) {
    struct buf both;
    buf_init(&both, 4096);
    buf_printf(&both, "%s%s:%s", prefix, name, text);
    put_quoted(out, buf_text(&both), "");
    buf_finish(&both);
    buf_char(out, '\n');
}

static void write_zsh(struct command_list commands, struct buf *out) {
    buf_str(out, "#compdef serin\n# zsh completion for serin, made by serin completion zsh\n_serin() {\n"
                 "    local -a choices\n    if ((CURRENT == 2)); then\n        choices=(\n");
    for (size_t i = 0; i < commands.count; i++) put_described(out, "", commands.items[i]->name, commands.items[i]->summary);
    put_described(out, "", "help", "help on a command");
    buf_str(out, "        )\n        _describe command choices\n        return\n    fi\n    case $words[2] in\n    help) choices=(");
    put_commands(out, commands);
    buf_str(out, " exit-codes man) ;;\n    completion) choices=(");
    put_shells(out);
    buf_str(out,
            ") ;;\n    esac\n    if (($#choices)); then\n        _describe value choices\n        return\n    fi\n    case $words[2] in\n");
    for (size_t i = 0; i < commands.count; i++) {
        const struct option *option = NULL;
        buf_printf(out, "    %s) choices=(\n", commands.items[i]->name);
        while ((option = options_next(commands.items[i], option)) != NULL) put_described(out, "--", option->name, option->help);
        buf_str(out, "    ) ;;\n");
    }
    buf_str(out, "    esac\n    if [[ $words[CURRENT] == -* ]]; then\n        _describe option choices\n"
                 "    elif [[ $words[CURRENT - 1] == --output ]]; then\n        compadd ");
    put_formats(out);
    buf_str(out, "\n        _files\n    else\n        _files\n    fi\n}\n"
                 "if [[ $funcstack[1] == _serin ]]; then\n    _serin \"$@\"\nelse\n    compdef _serin serin\nfi\n");
}

static void write_fish(struct command_list commands, struct buf *out) {
    buf_str(out, "# fish completion for serin, made by serin completion fish\n");
    for (size_t i = 0; i < commands.count; i++) {
        const struct command *command = commands.items[i];
        const struct option *option = NULL;
        buf_printf(out, "complete -c serin -n __fish_use_subcommand -xa %s -d ", command->name);
        put_quoted(out, command->summary, "\\'");
        buf_char(out, '\n');
        while ((option = options_next(command, option)) != NULL) {
            buf_printf(out, "complete -c serin -n '__fish_seen_subcommand_from %s' -l %s%s -d ", command->name, option->name,
                       option->argument != NULL ? " -r" : "");
            put_quoted(out, option->help, "\\'");
            buf_char(out, '\n');
        }
    }
    buf_str(out, "complete -c serin -n __fish_use_subcommand -xa help -d 'help on a command'\n"
                 "complete -c serin -n '__fish_seen_subcommand_from help' -xa '");
    put_commands(out, commands);
    buf_str(out, " exit-codes man'\ncomplete -c serin -n '__fish_seen_subcommand_from completion' -xa '");
    put_shells(out);
    buf_str(out, "'\n");
}

bool completion_write(const char *shell, struct command_list commands, struct buf *out) {
    static void (*const writers[])(struct command_list, struct buf *) = {write_bash, write_zsh, write_fish};
    for (size_t i = 0; shells[i] != NULL; i++) {
        if (strcmp(shells[i], shell) != 0) continue;
        writers[i](commands, out);
        return true;
    }
    return false;
}
