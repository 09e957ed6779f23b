// SPDX-License-Identifier: GPL-3.0-or-later
// The parts an HTML report is put together from. Whatever is text is escaped here.
#ifndef EXPORTERS_HTML_PART_H
#define EXPORTERS_HTML_PART_H

#include "report_doc.h"

enum { HTML_NAME = 160 }; // columns of a name

struct html_page {
    struct text_out *to; // the output and an arena
    const struct report *report;
    const json_t *result;
};

void html_element(struct buf *out, const char *tag, const char *class, const char *text); // class may be NULL
void html_row(struct buf *out, const char *term, const char *text); // of a description list; nothing when the text is ""; a term "" goes on
const char *html_class(enum text_state state);

// A metric's section: charts, statistics, reason, queries. Failing ones are open.
void html_metric(const struct html_page *page, size_t i);

// Budgets of the objectives; nothing when there are none.
void html_budgets(const struct html_page *page);

// How metrics were classified at each look of a watch; nothing when the document is of no watch.
void html_looks(const struct html_page *page);

#endif
