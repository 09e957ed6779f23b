// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc_render.h"

bool doc_render(struct buf *out, const json_t *document, const struct report_style *style, doc_writer *write, struct error *err) {
    struct arena arena = {0};
    struct doc_reader in = {.arena = &arena, .err = err, .ascii = style->ascii};
    struct text_out to = {.out = out, .style = style, .width = style->width < 80 ? 80 : style->width, .arena = &arena};
    write(&to, &in, (struct doc_place){document, ""});
    if (!in.failed && out->failed) error_set(err, ERROR_LIMIT, "the report is larger than %zu bytes", out->limit);
    arena_finish(&arena);
    return !in.failed && !out->failed;
}
