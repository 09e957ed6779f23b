// SPDX-License-Identifier: GPL-3.0-or-later
// Growing lists of text in an arena.
#ifndef ANALYZER_TEXTS_H
#define ANALYZER_TEXTS_H

#include "analyzer/config.h"

void texts_add(struct texts *texts, struct arena *arena, const char *text); // copies the text
void texts_clear(struct texts *texts);

#endif
