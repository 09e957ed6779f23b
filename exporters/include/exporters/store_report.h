// SPDX-License-Identifier: GPL-3.0-or-later
// Reports for people of what a store holds, rendered from their documents.
#ifndef EXPORTERS_STORE_REPORT_H
#define EXPORTERS_STORE_REPORT_H

#include "exporters/report.h"

// Appends the text of a document "serin.store/1" or "serin.store.dead/1". Fails as report_text() does.
bool store_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err);

#endif
