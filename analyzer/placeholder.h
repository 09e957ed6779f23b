// SPDX-License-Identifier: GPL-3.0-or-later
// ${name} in queries and URLs: ${scope}, ${window} and ${step} have fixed meanings, every other name comes from vars.
#ifndef ANALYZER_PLACEHOLDER_H
#define ANALYZER_PLACEHOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/config.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/view.h"

struct placeholder_context {
    const char *scope; // label matchers, already escaped, without braces
    int64_t window_ms, step_ms;
};

// Appends text to out with every placeholder replaced; values are not expanded again. `context` NULL: only vars are known,
// and the text is no query; else values within a string of PromQL are escaped for it, and one with a backtick between backticks is an error.
// An unknown or unclosed placeholder is an error that names the nearest known one. "$" not followed by "{" stays as it is.
bool placeholder_expand(struct buf *out, struct view text, const struct name_values *vars, const struct placeholder_context *context,
                        struct error *err);

// The matchers of one side as PromQL writes them, joined by commas: labels in the order of the config, then matchers.
void placeholder_scope(struct buf *out, const struct scope_config *scope);

#endif
