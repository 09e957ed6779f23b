// SPDX-License-Identifier: GPL-3.0-or-later
// Text for XML and HTML.
#ifndef EXPORTERS_XML_TEXT_H
#define EXPORTERS_XML_TEXT_H

#include "base/buf.h"

// Content of an element: escapes what is markup; what XML cannot hold, and bytes that are not UTF-8, become a replacement character.
void xml_text(struct buf *out, const char *text);

// name="text" with a blank before it.
void xml_attribute(struct buf *out, const char *name, const char *text);

#endif
