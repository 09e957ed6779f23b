// SPDX-License-Identifier: GPL-3.0-or-later
// The formats a result document can be rendered to; a new one is a file and a row.
#ifndef EXPORTERS_REPORT_FORMAT_H
#define EXPORTERS_REPORT_FORMAT_H

#include "base/view.h"
#include "exporters/report.h"

struct report_format {
    const char *name; // as in --output NAME
    const char *summary;
    // Appends the document in this format. False when it lacks a member the format needs, has one of a wrong type (err names its
    // place), or `out` is full; what was appended by then is to be thrown away. Only the text report heeds the style.
    bool (*render)(struct buf *out, const json_t *result, const struct report_style *style, struct error *err);
};

extern const struct report_format report_formats[]; // ends with a row whose name is NULL

const struct report_format *report_format_find(struct view name); // NULL when there is none of that name

// For steps of GitHub: what to append to the file of outputs, "verdict=fail" and more, one a line.
bool report_github_outputs(struct buf *out, const json_t *result, struct error *err);

#endif
