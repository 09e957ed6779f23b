// SPDX-License-Identifier: GPL-3.0-or-later
// Text for Markdown as GitHub, GitLab and Bitbucket read it: nothing that came from outside becomes markup, a mention or a
// reference. Expects clean text in one line.
#ifndef EXPORTERS_MARKDOWN_TEXT_H
#define EXPORTERS_MARKDOWN_TEXT_H

#include "base/arena.h"

const char *markdown_text(struct arena *arena, const char *text); // prose
const char *markdown_code(struct arena *arena, const char *text); // a code span
const char *markdown_cell(struct arena *arena, const char *text); // a code span in a cell of a table

// [words](url) when url is a web address, else the address in a code span.
const char *markdown_link(struct arena *arena, const char *words, const char *url);

// "<!-- serin:name:id -->", which no name can end early; comments of one name are found by what stands before the id.
const char *markdown_marker(struct arena *arena, const char *name, const char *id);

#endif
