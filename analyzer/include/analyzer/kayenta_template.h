// SPDX-License-Identifier: GPL-3.0-or-later
// Kayenta's query templates: ${name}, ${name:-default}, $${ for a literal ${; placeholders inside values are expanded too.
#ifndef ANALYZER_KAYENTA_TEMPLATE_H
#define ANALYZER_KAYENTA_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

struct kayenta_binding {
    const char *name, *value;
};

struct kayenta_bindings { // a name bound twice: the later one holds
    const struct kayenta_binding *items;
    size_t count;
};

// Kayenta's server stores ${ as $\{ ; this turns it back.
void kayenta_template_unescape(const char *text, struct buf *out);

// Appends the expanded text, which is not unescaped before. A name without value or default, and a value that contains
// itself, are errors.
bool kayenta_template_expand(const char *text, const struct kayenta_bindings *bindings, struct buf *out, struct error *err);

#endif
