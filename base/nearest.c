// SPDX-License-Identifier: GPL-3.0-or-later
// Optimal string alignment distance (Damerau 1964, restricted form) over at most MOST_LETTERS bytes.
#include "base/nearest.h"

#define MOST_LETTERS 64

static size_t min3(size_t a, size_t b, size_t c) {
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

static size_t distance(struct view a, struct view b) {
    size_t rows[3][MOST_LETTERS + 1];
    for (size_t j = 0; j <= b.len; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3], *up = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t differ = a.ptr[i - 1] != b.ptr[j - 1] ? 1 : 0;
            row[j] = min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + differ);
            if (i < 2 || j < 2 || a.ptr[i - 1] != b.ptr[j - 2] || a.ptr[i - 2] != b.ptr[j - 1]) continue;
            size_t swapped = rows[(i - 2) % 3][j - 2] + 1;
            if (swapped < row[j]) row[j] = swapped;
        }
    }
    return rows[a.len % 3][b.len];
}

const char *nearest_word(struct view text, const char *const *words, size_t count) {
    const char *best = NULL;
    size_t best_distance = 3;
    if (text.len == 0 || text.len > MOST_LETTERS) return NULL;
    for (size_t i = 0; i < count; i++) {
        struct view word = view_of(words[i]);
        if (word.len > MOST_LETTERS) continue;
        size_t d = distance(text, word);
        size_t longest = text.len > word.len ? text.len : word.len;
        if (d < best_distance && (d == 1 || d * 3 <= longest)) {
            best = words[i];
            best_distance = d;
        }
    }
    return best;
}
