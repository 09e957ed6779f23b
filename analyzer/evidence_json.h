// SPDX-License-Identifier: GPL-3.0-or-later
// Evidence as members of a result document.
#ifndef ANALYZER_EVIDENCE_JSON_H
#define ANALYZER_EVIDENCE_JSON_H

#include <jansson.h>

#include "analyzer/evidence.h"
#include "result_nodes.h"

// Adds verdict, reason, every number and every part to the object. What is not known is null.
void evidence_json(struct result_nodes *nodes, json_t *object, const struct evidence *evidence);

#endif
