// SPDX-License-Identifier: GPL-3.0-or-later
// Dashboards for Grafana in its classic model (schema 39), as documents that file provisioning, import and sidecars take unchanged:
// no id, no block of inputs, the data source is a variable. Pure: the same arguments give the same document.
#ifndef EXPORTERS_DASHBOARDS_H
#define EXPORTERS_DASHBOARDS_H

#include <jansson.h>
#include <stdbool.h>

#include "analyzer/config.h"
#include "base/buf.h"
#include "base/error.h"

enum dashboard_kind {
    DASHBOARD_EXECUTIVE, // what ships, over weeks
    DASHBOARD_ONCALL,    // what is wrong now
    DASHBOARD_DEBUG,     // every number of one canary, and serin itself
};
#define DASHBOARD_COUNT 3

// The caller owns the document. NULL with err when a text is not UTF-8, which cannot be for ours.
json_t *dashboard_make(enum dashboard_kind kind, struct error *err);

// The queries of a config: for each metric a panel of the baseline and one of the canary beside it, a threshold has the canary's
// alone. The caller owns the document. NULL with err when a query cannot be made.
json_t *dashboard_of_config(const struct canary_config *config, struct error *err);

const char *dashboard_uid(const json_t *dashboard); // borrowed; fit for a file's name

// Appends a document, or a list of them: keys sorted, indented by 2, a line feed at the end. False when it does not fit.
bool dashboard_write(const json_t *document, struct buf *out, struct error *err);

#endif
