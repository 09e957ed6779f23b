// SPDX-License-Identifier: GPL-3.0-or-later
// Answers written down again from what was read of them, as files of a directory of recorded answers (recorded.h): for a service, whose
// answers are read as they arrive and serve several looks at once. A body is the answer as the query API would give it, whatever protocol
// it came by; every number reads back as the same double. Pure.
#ifndef QUERY_TRANSCRIPT_H
#define QUERY_TRANSCRIPT_H

#include "base/buf.h"
#include "query/source.h"

// Appends the line of the index, and to `body` what goes into `file`; an answer that is an error has no body. False with err when a text
// in it is not UTF-8 (ERROR_DATA) or a buffer is full (ERROR_LIMIT).
bool transcript_answer(struct buf *index, struct buf *body, const struct fetch_job *job, const char *file, struct error *err);

// The same of what a source has told of its server: version, and the kind that its build info speaks of.
bool transcript_version(struct buf *index, struct buf *body, const char *source, const char *version, const char *detected,
                        const char *file, struct error *err);

#endif
