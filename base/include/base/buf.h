// SPDX-License-Identifier: GPL-3.0-or-later
// The one builder of text and bytes: bounded and latched. Append freely and check `failed` once at the end:
// after the limit is hit nothing more is added.
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data;   // NUL-terminated once anything was appended, else NULL
    size_t len;   // bytes without the NUL
    size_t cap;
    size_t limit; // most bytes it will hold
    bool failed;  // the limit was hit
};

void buf_init(struct buf *buf, size_t limit);
void buf_finish(struct buf *buf);              // fine with NULL or zeroes
void buf_clear(struct buf *buf);               // keeps the memory
const char *buf_text(const struct buf *buf);   // never NULL; valid until the next call that changes buf
char *buf_take(struct buf *buf);               // the caller frees it; buf is empty afterwards; never NULL

void buf_bytes(struct buf *buf, const void *data, size_t len);
void buf_str(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_repeat(struct buf *buf, char c, size_t count);
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *buf, const char *format, ...);
void buf_i64(struct buf *buf, int64_t value);

// The shortest decimal that reads back as the same double, spelled as Prometheus does (NaN, +Inf, -Inf); no locale.
void buf_double(struct buf *buf, double value);

#endif
