// SPDX-License-Identifier: GPL-3.0-or-later
// What the commands over the past have in common: the config, the answers of a long time, and their documents.
#ifndef APP_HISTORY_COMMAND_H
#define APP_HISTORY_COMMAND_H

#include "analyzer/history.h"
#include "command.h"
#include "exporters/history_report.h"

// Reads the operand's config; NULL after telling what is wrong, with the exit code in *ret_code.
const struct canary_config *history_config(const struct options *options, const struct command *command, struct arena *arena, int *ret_code);

// Plans and fetches. The answers are valid until *ret_source is destroyed.
bool history_read(const struct canary_config *config, int64_t from_ms, int64_t to_ms, const struct options *options, struct arena *arena,
                  struct history *ret, struct history_source **ret_source, struct error *err);

typedef bool history_text_fn(struct buf *out, const json_t *document, const struct report_style *style, struct error *err);

// Renders the document to every output asked for; text is the default.
bool history_publish(const json_t *document, history_text_fn *text, const struct options *options, struct error *err);

#endif
