// SPDX-License-Identifier: GPL-3.0-or-later
// Private to exposition.c: the formats that are text.
#ifndef EXPORTERS_EXPOSITION_TEXT_H
#define EXPORTERS_EXPOSITION_TEXT_H

#include "exposition.h"

void exposition_text_head(struct buf *out, enum exposition_format format, enum exported_metric metric);
void exposition_text_point(struct buf *out, enum exposition_format format, const struct exposition_point *point);

#endif
