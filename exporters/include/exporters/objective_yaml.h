// SPDX-License-Identifier: GPL-3.0-or-later
// Imported objectives as a canary config has them.
#ifndef EXPORTERS_OBJECTIVE_YAML_H
#define EXPORTERS_OBJECTIVE_YAML_H

#include "analyzer/openslo.h"
#include "base/buf.h"

// Appends one item of the list under `objectives`.
void objective_yaml(struct buf *out, const struct openslo_objective *objective);

#endif
