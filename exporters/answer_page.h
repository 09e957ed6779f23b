// SPDX-License-Identifier: GPL-3.0-or-later
// What answer_text.c (the head of the text) and answer_table.c (what came) share.
#ifndef EXPORTERS_ANSWER_PAGE_H
#define EXPORTERS_ANSWER_PAGE_H

#include "exporters/answer_report.h"
#include "text_style.h"

enum { ANSWER_INDENT = 9 };

struct answer_page {
    struct text_out to;
    const struct answer_report *report;
    const struct series **series; // by labels
    size_t count, shown;          // lines there are (names or series), and of those shown
};

void answer_heading(struct text_out *to, const char *word);
void answer_item(struct text_out *to, int indent, const char *text);
bool answer_has_samples(const struct series_set *set);
void answer_page_body(struct answer_page *page);

#endif
