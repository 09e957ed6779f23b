// SPDX-License-Identifier: GPL-3.0-or-later
// A row's end is some columns before that of the row above, which no processor can guess. So steps are taken four columns at a
// time, of which those count that lie above the limit: a branch is taken one way nearly always.
#include "pair_sums.h"

#define STRIDE ((size_t)4)

uint64_t pair_sums_total(const struct pair_sums *sums) {
    uint64_t n = sums->x_count;
    return sums->half ? n * (n + 1) / 2 : n * sums->z_count;
}

// The end of the columns of a row whose sums are up to the limit; `end` is that of the row before.
static inline size_t step_down(const struct pair_sums *sums, double x, size_t start, size_t end, double limit) {
    while (end >= start + STRIDE) {
        const double *z = sums->z + end - STRIDE;
        size_t above = (size_t)(x + z[0] > limit) + (size_t)(x + z[1] > limit) + (size_t)(x + z[2] > limit) + (size_t)(x + z[3] > limit);
        end -= above;
        if (above < STRIDE) return end;
    }
    while (end > start && x + sums->z[end - 1] > limit) end--;
    return end;
}

static size_t row_start(const struct pair_sums *sums, size_t row) {
    return sums->half ? row : 0;
}

uint64_t pair_sums_up_to(const struct pair_sums *sums, double limit) {
    uint64_t count = 0;
    size_t end = sums->z_count;
    for (size_t i = 0; i < sums->x_count; i++) {
        size_t start = row_start(sums, i);
        end = step_down(sums, sums->x[i], start, end, limit);
        if (end <= start) break;
        count += end - start;
    }
    return count;
}

// Writes the sums of a row's columns from `end` down that lie above the limit, at most `most`; how many they are, or one more than
// `most`. Four at a time are written, of which some may not count.
static inline size_t write_row(const struct pair_sums *sums, double x, size_t start, size_t end, double limit, double *room, size_t most) {
    size_t count = 0;
    while (end - start >= STRIDE && most - count >= STRIDE) {
        const double *z = sums->z + end - STRIDE;
        double a = x + z[3], b = x + z[2], c = x + z[1], d = x + z[0], *at = room + count;
        size_t above = (size_t)(a > limit) + (size_t)(b > limit) + (size_t)(c > limit) + (size_t)(d > limit);
        at[0] = a, at[1] = b, at[2] = c, at[3] = d;
        count += above;
        end -= above;
        if (above < STRIDE) return count;
    }
    for (; end > start && x + sums->z[end - 1] > limit; end--, count++) {
        if (count == most) return count + 1;
        room[count] = x + sums->z[end - 1];
    }
    return count;
}

bool pair_sums_collect(const struct pair_sums *sums, struct pair_bracket *bracket, double *room, size_t most) {
    double above = bracket->above, upto = bracket->upto;
    size_t end = sums->z_count, count = 0;
    uint64_t below = 0;
    for (size_t i = 0; i < sums->x_count; i++) {
        size_t start = row_start(sums, i);
        end = step_down(sums, sums->x[i], start, end, upto);
        if (end <= start) break;
        size_t found = write_row(sums, sums->x[i], start, end, above, room + count, most - count);
        if (found > most - count) return false;
        count += found;
        below += end - found - start;
    }
    bracket->below = below;
    bracket->through = below + count;
    return true;
}

// One sum of each `stride` in the order of rows, at an offset that steps through [0, stride) by the golden ratio: a fixed
// offset would meet the same columns in every row.
static uint64_t pick(uint64_t block, uint64_t stride) {
    uint64_t turn = block * UINT64_C(0x9E3779B97F4A7C15);
    return block * stride + (uint64_t)((double)(turn >> 11) * 0x1p-53 * (double)stride);
}

size_t pair_sums_sample(const struct pair_sums *sums, const struct pair_bracket *bracket, double *room, size_t most) {
    uint64_t stride = (bracket->through - bracket->below) / most + 1, seen = 0, block = 0;
    size_t low = sums->z_count, high = sums->z_count;
    for (size_t i = 0; i < sums->x_count && block < most; i++) {
        size_t start = row_start(sums, i);
        high = step_down(sums, sums->x[i], start, high, bracket->upto);
        if (high <= start) break;
        low = step_down(sums, sums->x[i], start, low < high ? low : high, bracket->above);
        size_t first = low > start ? low : start; // rows of a half move their start past the lower border
        for (; block < most && pick(block, stride) < seen + (high - first); block++)
            room[block] = sums->x[i] + sums->z[first + (pick(block, stride) - seen)];
        seen += high - first;
    }
    return (size_t)block;
}
