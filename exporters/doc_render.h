// SPDX-License-Identifier: GPL-3.0-or-later
// Text reports of documents that are read while they are written.
#ifndef EXPORTERS_DOC_RENDER_H
#define EXPORTERS_DOC_RENDER_H

#include "doc_reader.h"
#include "text_style.h"

typedef void doc_writer(struct text_out *to, struct doc_reader *in, struct doc_place root);

// As report_text(), with `write` for what is in it.
bool doc_render(struct buf *out, const json_t *document, const struct report_style *style, doc_writer *write, struct error *err);

#endif
