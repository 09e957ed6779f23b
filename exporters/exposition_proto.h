// SPDX-License-Identifier: GPL-3.0-or-later
// Private to exposition.c: a family in protobuf, piece by piece.
#ifndef EXPORTERS_EXPOSITION_PROTO_H
#define EXPORTERS_EXPOSITION_PROTO_H

#include "exposition.h"

void exposition_proto_head(struct buf *out, enum exported_metric metric);
void exposition_proto_point(struct buf *out, const struct exposition_point *point);

#endif
