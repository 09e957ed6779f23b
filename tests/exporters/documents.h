// SPDX-License-Identifier: GPL-3.0-or-later
// The result documents of fixtures/reports for tests of what is rendered from them.
#ifndef TESTS_DOCUMENTS_H
#define TESTS_DOCUMENTS_H

#include <jansson.h>

#include "base/buf.h"

json_t *document_load(const char *name); // fixtures/reports/NAME.json; fails the test when it cannot be read

enum { DOCUMENT_BYTES = 1 << 23, DOCUMENT_HOSTILE = 9 };

// Texts that mean something to one reader or another of a report.
extern const char *const document_hostile[DOCUMENT_HOSTILE];

// Renders the document in a format; fails the test when that fails. `out` is initialised here and for the caller to finish.
void document_render(struct buf *out, const json_t *result, const char *format);

// Fails the test unless `out` is what fixtures/reports/FILE holds; with SERIN_REGENERATE=1 the file is written first.
void document_golden(const char *file, const struct buf *out);

// Puts `text` in the place of every text below `node` that a report may print freely.
void document_poison(json_t *node, const char *text);

// A copy of that document with `count` metrics, all like its first.
json_t *document_crowd(const char *name, size_t count);

#endif
