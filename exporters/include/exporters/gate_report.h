// SPDX-License-Identifier: GPL-3.0-or-later
// Reports for people of gates and freezes, rendered from their documents.
#ifndef EXPORTERS_GATE_REPORT_H
#define EXPORTERS_GATE_REPORT_H

#include "exporters/report.h"

// Appends the text of a document "serin.gate/1". Fails as report_text() does.
bool gate_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err);

// Appends the same document as metrics, for the textfile collector of the node exporter.
bool gate_prom(struct buf *out, const json_t *document, struct error *err);

// As gate_text(), of a document "serin.freezes/1".
bool freezes_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err);

#endif
