// SPDX-License-Identifier: GPL-3.0-or-later
// Borrowed text: pointer and length, not NUL-terminated. Whoever hands out a view says how long it stays valid.
#ifndef BASE_VIEW_H
#define BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct view {
    const char *ptr;
    size_t len;
};

static inline struct view view_of(const char *text) {
    return (struct view){text, strlen(text)};
}

static inline bool view_is(struct view view, const char *text) {
    return view.len == strlen(text) && memcmp(view.ptr, text, view.len) == 0;
}

static inline bool view_same(struct view a, struct view b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

#endif
