// SPDX-License-Identifier: GPL-3.0-or-later
// Text as a YAML scalar that reads back as the same text, whatever it holds.
#ifndef EXPORTERS_YAML_TEXT_H
#define EXPORTERS_YAML_TEXT_H

#include "base/buf.h"

// In single quotes, or in double ones with escapes when there are control characters.
void yaml_text(struct buf *out, const char *text);

#endif
