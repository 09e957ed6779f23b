// SPDX-License-Identifier: GPL-3.0-or-later
// The report of a budget document (schema "serin.budget/1").
#ifndef EXPORTERS_BUDGET_H
#define EXPORTERS_BUDGET_H

#include "exporters/report.h"

bool budget_is_document(const json_t *document);

// As report_text().
bool budget_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err);

#endif
