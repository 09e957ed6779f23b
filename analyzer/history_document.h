// SPDX-License-Identifier: GPL-3.0-or-later
// How the documents about a service's own history begin.
#ifndef ANALYZER_HISTORY_DOCUMENT_H
#define ANALYZER_HISTORY_DOCUMENT_H

#include <jansson.h>

#include "analyzer/history.h"

// An object with schema, serin, canary, config, judge, time and window. The caller adds to it and releases it.
json_t *history_document(const char *schema, const struct history *history);

#endif
