// SPDX-License-Identifier: GPL-3.0-or-later
// The manual page, in the man macros of roff.
#include <string.h>

#include "completion.h"
#include "option.h"

// A hyphen in roff is no minus, and a line must not begin as a request does.
static void put(struct buf *out, const char *text, size_t len) {
    if (len > 0 && (text[0] == '.' || text[0] == '\'')) buf_str(out, "\\&");
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\') {
            buf_str(out, "\\e");
        } else {
            if (text[i] == '-') buf_char(out, '\\');
            buf_char(out, text[i]);
        }
    }
}

static void put_text(struct buf *out, const char *text) {
    put(out, text, strlen(text));
}

// Paragraphs; what is indented stays as it is.
static void put_lines(struct buf *out, const char *text) {
    bool kept = false;
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        bool keep = text[0] == ' ';
        if (keep != kept) buf_str(out, keep ? ".PP\n.nf\n" : ".fi\n");
        kept = keep;
        if (len == 0) {
            buf_str(out, ".PP\n");
        } else {
            put(out, text, len);
            buf_char(out, '\n');
        }
        text += len + (text[len] == '\n');
    }
    if (kept) buf_str(out, ".fi\n");
}

static void put_item(struct buf *out, const char *prefix, const char *name, const char *argument, const char *text) {
    buf_str(out, ".TP\n\\fB");
    put_text(out, prefix);
    put_text(out, name);
    buf_str(out, "\\fR");
    if (argument != NULL) {
        buf_str(out, " \\fI");
        put_text(out, argument);
        buf_str(out, "\\fR");
    }
    buf_char(out, '\n');
    put_text(out, text);
    buf_char(out, '\n');
}

static void put_command(struct buf *out, const struct command *command) {
    const struct option *option = NULL;
    buf_str(out, ".SS serin ");
    put_text(out, command->usage != NULL ? command->usage : command->name);
    buf_char(out, '\n');
    put_text(out, command->summary);
    buf_str(out, ".\n");
    if (command->details != NULL) {
        buf_str(out, ".PP\n");
        put_lines(out, command->details);
    }
    if (command->take != NULL) return; // it reads its own options
    while ((option = options_next(command, option)) != NULL) put_item(out, "--", option->name, option->argument, option->help);
}

void manual_write(struct command_list commands, const char *exit_codes, struct buf *out) {
    buf_str(
        out,
        ".TH SERIN 1 \"\" \"serin " SERIN_VERSION "\" \"User commands\"\n.SH NAME\nserin \\- judges a canary against its baseline from "
        "Prometheus data\n.SH SYNOPSIS\n.B serin\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n"
        "serin reads the time series of a baseline and of a canary from Prometheus\\-compatible servers, compares them, and answers with a "
        "verdict, the numbers behind it and an exit code.\n.SH COMMANDS\n");
    for (size_t i = 0; i < commands.count; i++) put_command(out, commands.items[i]);
    buf_str(out, ".SH FORMATS\nOf \\fB\\-\\-output\\fR, for commands that report a verdict.\n");
    for (const struct report_format *format = report_formats; format->name != NULL; format++)
        put_item(out, "", format->name, NULL, format->summary);
    buf_str(out, ".SH EXIT STATUS\n");
    const char *codes = strchr(exit_codes, '\n');
    put_lines(out, codes != NULL ? codes + 1 : exit_codes);
}
