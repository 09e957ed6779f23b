// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/timetext.h"
#include "base/utf8.h"

#define MOST_LINE ((size_t)4090)
#define MOST_VALUE ((size_t)500)

static atomic_int wanted_level = LOG_LEVEL_NONE;
static atomic_int wanted_format = LOG_FORMAT_LOGFMT;

static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_configure(enum log_level level, enum log_format format) {
    atomic_store(&wanted_level, (int)level);
    atomic_store(&wanted_format, (int)format);
}

bool log_wanted(enum log_level level) {
    return (int)level >= atomic_load_explicit(&wanted_level, memory_order_relaxed);
}

static void begin_field(struct log_line *line, const char *name) {
    bool json = line->format == LOG_FORMAT_JSON, first = line->text.len == (json ? 1 : 0);
    if (!first) buf_char(&line->text, json ? ',' : ' ');
    if (json) buf_char(&line->text, '"');
    buf_str(&line->text, name);
    buf_str(&line->text, json ? "\":" : "=");
}

static bool is_plain(struct view value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c <= ' ' || c == 0x7f || c == '"' || c == '=' || c == '\\') return false;
    }
    return value.len > 0;
}

// The escapes of JSON, which readers of logfmt understand as well.
static void quote(struct buf *out, struct view value, bool utf8) {
    buf_char(out, '"');
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c == '"' || c == '\\') {
            buf_char(out, '\\');
            buf_char(out, (char)c);
        } else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8)) {
            buf_printf(out, "\\u%04x", c);
        } else {
            buf_char(out, (char)c);
        }
    }
    buf_char(out, '"');
}

// At most so many bytes, and no half of a character at the end.
static struct view cut(const char *value) {
    struct view view = {value, strnlen(value, MOST_VALUE)};
    if (view.len < MOST_VALUE) return view;
    while (view.len > 0 && ((unsigned char)view.ptr[view.len] & 0xc0) == 0x80) view.len--;
    return view;
}

void log_begin(struct log_line *line, enum log_level level, const char *event) {
    *line =
        (struct log_line){.wanted = log_wanted(level) && level < LOG_LEVEL_NONE, .format = (enum log_format)atomic_load(&wanted_format)};
    if (!line->wanted) return;
    buf_init(&line->text, MOST_LINE);
    if (line->format == LOG_FORMAT_JSON) buf_char(&line->text, '{');
    struct buf time;
    buf_init(&time, 64);
    time_format(&time, wall_now_ms());
    log_text(line, "time", buf_text(&time));
    buf_finish(&time);
    log_text(line, "level", level_names[level]);
    log_text(line, "event", event);
}

void log_text(struct log_line *line, const char *name, const char *value) {
    if (!line->wanted || value == NULL) return;
    struct view view = cut(value);
    if (line->text.len + 6 * view.len + strlen(name) + 8 > MOST_LINE) return;
    begin_field(line, name);
    if (line->format == LOG_FORMAT_LOGFMT && is_plain(view) && utf8_is_valid(view)) {
        buf_bytes(&line->text, view.ptr, view.len);
    } else {
        quote(&line->text, view, utf8_is_valid(view));
    }
}

void log_i64(struct log_line *line, const char *name, int64_t value) {
    if (!line->wanted || line->text.len + strlen(name) + 32 > MOST_LINE) return;
    begin_field(line, name);
    buf_i64(&line->text, value);
}

void log_double(struct log_line *line, const char *name, double value) {
    if (!line->wanted || line->text.len + strlen(name) + 32 > MOST_LINE || (line->format == LOG_FORMAT_JSON && !isfinite(value))) return;
    begin_field(line, name);
    buf_double(&line->text, value);
}

// One write() a line: what shorter than PIPE_BUF goes to a pipe or a file does not mix with others.
void log_end(struct log_line *line) {
    if (!line->wanted) return;
    buf_str(&line->text, line->format == LOG_FORMAT_JSON ? "}\n" : "\n");
    const char *text = buf_text(&line->text);
    size_t len = line->text.len;
    while (len > 0) {
        ssize_t n = write(STDERR_FILENO, text, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        text += n;
        len -= (size_t)n;
    }
    buf_finish(&line->text);
}

void log_event(enum log_level level, const char *event, const char *name, const char *value) {
    struct log_line line;
    log_begin(&line, level, event);
    log_text(&line, name, value);
    log_end(&line);
}
