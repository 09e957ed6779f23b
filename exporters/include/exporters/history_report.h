// SPDX-License-Identifier: GPL-3.0-or-later
// Reports for people of what analyses of the past found, rendered from their documents.
#ifndef EXPORTERS_HISTORY_REPORT_H
#define EXPORTERS_HISTORY_REPORT_H

#include "exporters/report.h"

// Appends the text of a document "serin.calibration/1". Fails as report_text() does.
bool calibration_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err);

// The same for "serin.backtest/1".
bool backtest_text(struct buf *out, const json_t *document, const struct report_style *style, struct error *err);

#endif
