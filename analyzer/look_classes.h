// SPDX-License-Identifier: GPL-3.0-or-later
// How each metric was classified at each look, a letter each, so that a watch of hundreds of looks can keep it.
#ifndef ANALYZER_LOOK_CLASSES_H
#define ANALYZER_LOOK_CLASSES_H

#include <jansson.h>
#include <stdbool.h>

#define LOOK_CLASSES_MOST 400 // metrics; later ones have no letter

// A letter for each of the names, of the metrics of a document: p pass, h high, l low, i inconclusive, n nodata, e error, - not judged.
// A metric that is not among the names (name{label=value}) is added to them. The caller frees the text.
char *look_classes_of(json_t *names, const json_t *result);

// Whether the text is one that look_classes_of() makes for so many names or fewer.
bool look_classes_check(const char *text, size_t names);

#endif
