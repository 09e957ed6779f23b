// SPDX-License-Identifier: GPL-3.0-or-later
// The formats of report_format.c, one file each, and what they have in common.
#ifndef EXPORTERS_REPORT_RENDER_H
#define EXPORTERS_REPORT_RENDER_H

#include "exposition.h"
#include "report_doc.h"

// Writes into to->out; the texts of the report are clean and live as long as to->arena.
typedef void report_writer(struct text_out *to, const struct report *report, const json_t *result);

// Reads the document, hands it to `write` and tells when the report did not fit. The style is UTF-8 without colour.
bool report_render(struct buf *out, const json_t *result, report_writer *write, struct error *err);

// As report_format.render.
bool report_ndjson(struct buf *out, const json_t *result, const struct report_style *style, struct error *err);
bool report_markdown(struct buf *out, const json_t *result, const struct report_style *style, struct error *err);
bool report_html(struct buf *out, const json_t *result, const struct report_style *style, struct error *err);
bool report_junit(struct buf *out, const json_t *result, const struct report_style *style, struct error *err);
bool report_github(struct buf *out, const json_t *result, const struct report_style *style, struct error *err);
bool report_dotenv(struct buf *out, const json_t *result, const struct report_style *style, struct error *err);
bool report_prom(struct buf *out, const json_t *result, const struct report_style *style, struct error *err);

// Every sample of the document in the order of the table; of `to` only the style and the arena are used.
void report_prom_samples(struct exposition *e, struct text_out *to, const struct report *report, const json_t *result);

#endif
