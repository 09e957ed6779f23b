// SPDX-License-Identifier: GPL-3.0-or-later
// Events of a service, one line each on standard error: logfmt ("time=... level=info event=request status=200") or JSON.
// Any thread; a line is written whole. No secrets: who logs knows what its values are.
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR, LOG_LEVEL_NONE };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

// Before that the level is none: commands are silent. Any time, any thread.
void log_configure(enum log_level level, enum log_format format);

bool log_wanted(enum log_level level); // to spare the work for a line that nobody wants

struct log_line {
    struct buf text; // a limit keeps the line below 4,096 bytes: what does not fit is cut
    enum log_format format;
    bool wanted;
};

// A line is begun, gets its fields, and is ended, by one thread. Names of events and fields are words of [a-z0-9_].
void log_begin(struct log_line *line, enum log_level level, const char *event);
void log_text(struct log_line *line, const char *name, const char *value); // NULL: the field is left out; cut at 500 bytes
void log_i64(struct log_line *line, const char *name, int64_t value);
void log_double(struct log_line *line, const char *name, double value);
void log_end(struct log_line *line);

// An event with one text: log_begin(), log_text(), log_end().
void log_event(enum log_level level, const char *event, const char *name, const char *value);

#endif
