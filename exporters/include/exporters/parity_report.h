// SPDX-License-Identifier: GPL-3.0-or-later
// The report for people of telemetry parity, rendered from its document.
#ifndef EXPORTERS_PARITY_REPORT_H
#define EXPORTERS_PARITY_REPORT_H

#include "exporters/report.h"

// Appends the text of a document "serin.parity/1". Fails as report_text() does.
bool parity_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err);

#endif
