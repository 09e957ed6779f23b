// SPDX-License-Identifier: GPL-3.0-or-later
#include "pair_sums.h"

uint64_t pair_sums_total(const struct pair_sums *sums) {
    uint64_t n = sums->x_count;
    return sums->half ? n * (n + 1) / 2 : n * sums->z_count;
}

// The end of the columns of a row whose sums are up to the limit; `end` is that of the row before.
static size_t step_down(const struct pair_sums *sums, double x, size_t start, size_t end, double limit) {
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

bool pair_sums_collect(const struct pair_sums *sums, struct pair_bracket *bracket, double *room, size_t most) {
    size_t end = sums->z_count, count = 0;
    uint64_t below = 0;
    for (size_t i = 0; i < sums->x_count; i++) {
        size_t start = row_start(sums, i);
        end = step_down(sums, sums->x[i], start, end, bracket->upto);
        if (end <= start) break;
        size_t j = end;
        for (; j > start; j--) {
            double sum = sums->x[i] + sums->z[j - 1];
            if (!(sum > bracket->above)) break;
            if (count == most) return false;
            room[count++] = sum;
        }
        below += j - start;
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
