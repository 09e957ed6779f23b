// SPDX-License-Identifier: GPL-3.0-or-later
// PromQL from a metric of a Kayenta canary config and a scope, as Kayenta's Prometheus integration builds it: the average
// of a selector, or whatever follows "PromQL:". Nothing is escaped.
#ifndef ANALYZER_KAYENTA_QUERY_H
#define ANALYZER_KAYENTA_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/config.h"
#include "analyzer/kayenta_template.h"
#include "base/buf.h"
#include "base/error.h"

#define KAYENTA_SCOPE_LABEL "instance" // the label that holds the scope of a gce_instance

struct kayenta_query_scope { // any text may be NULL
    const char *scope, *location, *project, *resource_type;
    struct name_values params; // extendedScopeParams
};

// Expands the inline template or else the named one. *ret_given is false when the query has neither; out is then empty.
bool kayenta_filter_expand(const struct kayenta_query_config *query, const struct name_values *templates,
                           const struct kayenta_bindings *bindings, struct buf *out, bool *ret_given, struct error *err);

bool kayenta_query_build(const struct kayenta_query_config *query, const struct name_values *templates,
                         const struct kayenta_query_scope *scope, const char *scope_label, struct buf *out, struct error *err);

// The same from a config that was read; project and resourceType come from the scope's parameters.
bool kayenta_query_of(const struct canary_config *config, const struct metric_config *metric, const struct kayenta_scope *scope,
                      struct buf *out, struct error *err);

#endif
