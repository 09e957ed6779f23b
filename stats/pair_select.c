// SPDX-License-Identifier: GPL-3.0-or-later
// Works on sums: z is -y in ascending order for differences and x itself for averages.
#include "stats/pair_select.h"

#include <math.h>
#include <string.h>

#include "pair_sums.h"
#include "select.h"
#include "sort.h"

#define THIN 4           // one value of so many goes to the next level
#define THIN_LEAST 16    // a column this short stays whole
#define PLAIN_MOST 400   // pairs: fewer are all written out and sorted; no less than THIN_LEAST squared
#define ROOM_LEAST 384   // sums of a bracket, beside one for each value
#define SORTED_MOST 64   // sums: so many are sorted as fast as a few of them are found
#define SAMPLE_MOST 4096 // sums drawn where the limits of the thinned columns fail
#define SAMPLE_ROUNDS 8  // then the doubles between the limits are halved
#define LEVELS_MOST 20
#define COUNT_MOST ((size_t)INT32_MAX)

struct search {
    struct pair_sums levels[LEVELS_MOST]; // the first is the question, each further one thinner
    size_t count;
    const double *plain; // all sums of the last level, ascending
    double *room;        // for sums of a bracket
    size_t most;
    struct pair_bracket found; // of the question: where the last rank was
    bool flat;                 // too many sums in `found` for the room, but all are found.upto
    struct column near;        // of the sums of `found`, those of some ranks, the first of which is near_from
    size_t near_from;
};

static size_t thin_count(size_t count) {
    return count > THIN_LEAST ? count / THIN : count;
}

// The middles of equal runs of a column. Where the middle lies between two values take the upper one and the lower one in turn.
static const double *thin(const double *values, size_t count, size_t left, double *room) {
    for (size_t i = 0; i < left; i++) room[i] = values[((2 * i + 1) * count - i % 2) / (2 * left)];
    return room;
}

// For as many levels as the longer column has.
static size_t levels_room(size_t count, size_t longer) {
    size_t room = count / (THIN - 1);
    for (; longer > THIN_LEAST; longer = thin_count(longer)) room += THIN_LEAST;
    return room;
}

// Numbers in the order of doubles; its own inverse.
static int64_t order_of(int64_t bits) {
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

static double halfway(double a, double b) {
    int64_t low, high;
    memcpy(&low, &a, sizeof low);
    memcpy(&high, &b, sizeof high);
    low = order_of(low);
    high = order_of(high);
    int64_t middle = order_of((low >> 1) + (high >> 1) + (low & high & 1));
    double ret;
    memcpy(&ret, &middle, sizeof ret);
    return ret;
}

// Moves the side of the bracket that the limit is on. The bracket keeps the rank.
static void tighten(const struct pair_sums *sums, uint64_t rank, double limit, struct pair_bracket *bracket) {
    if (!(limit > bracket->above && limit < bracket->upto)) return;
    uint64_t count = pair_sums_up_to(sums, limit);
    if (count < rank) {
        bracket->above = limit;
        bracket->below = count;
    } else {
        bracket->upto = limit;
        bracket->through = count;
    }
}

static double just_below(double value) {
    return nextafter(value, -(double)INFINITY);
}

static void tighten_by_sample(const struct search *search, const struct pair_sums *sums, uint64_t rank, struct pair_bracket *bracket) {
    size_t most = search->most < SAMPLE_MOST ? search->most : SAMPLE_MOST;
    double share = (double)(rank - bracket->below) / (double)(bracket->through - bracket->below);
    size_t count = pair_sums_sample(sums, bracket, search->room, most);
    double at = share * (double)count, margin = 2 * sqrt((double)count) + 1;
    double upto = bracket->upto, above = bracket->above;
    if (at + margin < (double)count) upto = select_smallest(search->room, count, (size_t)(at + margin));
    if (at > margin) above = just_below(select_smallest(search->room, count, (size_t)(at - margin)));
    tighten(sums, rank, upto, bracket);
    tighten(sums, rank, above, bracket);
}

// Leaves the sums of the bracket in the room, or false when they are too many and all equal bracket->upto.
static bool narrow(const struct search *search, const struct pair_sums *sums, uint64_t rank, struct pair_bracket *bracket) {
    for (int round = 0; bracket->through - bracket->below > search->most; round++) {
        if (just_below(bracket->upto) <= bracket->above) return false;
        if (round < SAMPLE_ROUNDS)
            tighten_by_sample(search, sums, rank, bracket);
        else
            tighten(sums, rank, halfway(bracket->above, bracket->upto), bracket);
    }
    return pair_sums_collect(sums, bracket, search->room, search->most);
}

static struct pair_bracket everything(const struct pair_sums *sums) {
    return (struct pair_bracket){-(double)INFINITY, (double)INFINITY, 0, pair_sums_total(sums)};
}

// The bracket between the limits of `guess` when it holds the rank, otherwise one that does.
static bool seek(const struct search *search, const struct pair_sums *sums, uint64_t rank, struct pair_bracket guess,
                 struct pair_bracket *ret) {
    *ret = guess;
    if (pair_sums_collect(sums, ret, search->room, search->most) && ret->below < rank && rank <= ret->through) return true;
    *ret = everything(sums);
    tighten(sums, rank, guess.upto, ret);
    tighten(sums, rank, guess.above, ret);
    return narrow(search, sums, rank, ret);
}

static double value_at(const struct search *search, const struct pair_bracket *bracket, bool flat, uint64_t rank) {
    if (flat) return bracket->upto;
    return select_smallest(search->room, (size_t)(bracket->through - bracket->below), (size_t)(rank - bracket->below - 1));
}

// The sums of a narrow bracket lie nearly evenly, so that those about a rank are known by their size: writes them behind the others
// and sorts them. False when the rank is not among them, or they are too many.
static bool sort_near(struct search *search, size_t count, size_t at) {
    const struct pair_bracket *found = &search->found;
    if (count > search->most / 2) return false;
    double n = (double)count, width = found->upto - found->above, reach = 0.5 * sqrt(n) + 1;
    double low = found->above + ((double)at + 0.5 - reach) / n * width, high = found->above + ((double)at + 0.5 + reach) / n * width;
    double *near = search->room + count;
    size_t below = 0, through = 0;
    for (size_t i = 0; i < count; i++) {
        double value = search->room[i];
        near[through - below] = value;
        below += value < low;
        through += value <= high;
    }
    size_t kept = through - below;
    if (at < below || at >= through || kept > SORTED_MOST) return false;
    sort_doubles(near, kept);
    search->near = (struct column){near, kept};
    search->near_from = below;
    return true;
}

static double value_of_found(struct search *search, uint64_t rank, bool again) {
    const struct pair_bracket *found = &search->found;
    if (search->flat) return found->upto;
    size_t count = (size_t)(found->through - found->below), at = (size_t)(rank - found->below - 1);
    if (!again) search->near.count = 0;
    if (at - search->near_from >= search->near.count && !sort_near(search, count, at)) return select_smallest(search->room, count, at);
    return search->near.values[at - search->near_from];
}

static size_t column_rank(const struct pair_sums *sums, double limit) {
    size_t low = 0, high = sums->x_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sums->x[middle] <= limit)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The rank on a thinner level. Of a half all pairs i != j stand for twice as many as the pairs (i, i), whose share of the
// pairs up to the value looked for is `diagonal`.
static uint64_t level_rank(const struct search *search, const struct pair_sums *level, uint64_t rank, double diagonal) {
    const struct pair_sums *whole = &search->levels[0];
    double total = (double)pair_sums_total(level), at;
    if (level->half) {
        double n = (double)whole->x_count, left = (double)level->x_count, share = left / n;
        at = ((2 * (double)rank - diagonal * n) * share * share + diagonal * left) / 2;
    } else {
        at = ((double)rank - 0.5) * total / (double)pair_sums_total(whole) + 0.5;
    }
    return (uint64_t)fmin(fmax(round(at), 1), total);
}

// Limits for the level below from the sums found on this one. The staircase crosses at most n + m cells, each of which
// stands for its pairs with a rank error of standard deviation 0.3: more than three of them to either side.
static struct pair_bracket limits_around(const struct search *search, const struct pair_sums *level, uint64_t rank,
                                         const struct pair_bracket *found, bool flat) {
    size_t path = level->half ? level->x_count : level->x_count + level->z_count;
    uint64_t margin = (uint64_t)sqrt((double)path) + 1;
    struct pair_bracket limits = {found->above, found->upto, 0, 0};
    if (rank + margin <= found->through) limits.upto = value_at(search, found, flat, rank + margin);
    if (rank > found->below + margin) limits.above = just_below(value_at(search, found, flat, rank - margin));
    return limits;
}

static uint64_t plain_margin(const struct pair_sums *level) {
    size_t path = level->half ? level->x_count : level->x_count + level->z_count;
    return (uint64_t)sqrt((double)path) + 1;
}

// Where a rank lies on the last level.
static uint64_t plain_rank(const struct search *search, uint64_t rank) {
    const struct pair_sums *whole = &search->levels[0], *level = &search->levels[search->count - 1];
    if (level == whole) return rank;
    return level_rank(search, level, rank, (double)rank / (double)pair_sums_total(whole));
}

// Writes out the last level and sorts it as far as any rank from `first` to `last` looks there.
static void sort_plain(struct search *search, uint64_t first, uint64_t last, double *room) {
    const struct pair_sums *level = &search->levels[search->count - 1];
    size_t count = 0;
    for (size_t i = 0; i < level->x_count; i++) {
        for (size_t j = level->half ? i : 0; j < level->z_count; j++) room[count++] = level->x[i] + level->z[j];
    }
    uint64_t margin = plain_margin(level), low = plain_rank(search, first), high = plain_rank(search, last);
    bool few = count <= SORTED_MOST;
    size_t from = !few && low > margin ? (size_t)(low - margin - 1) : 0;
    size_t to = !few && high + margin < count ? (size_t)(high + margin) : count; // what lies from `from` up to it
    if (to < count) select_smallest(room, count, to);
    if (from > 0) select_smallest(room, to, from);
    sort_doubles(room + from, to - from);
    search->plain = room;
}

static void build_levels(struct search *search, double *room) {
    const struct pair_sums *whole = &search->levels[0];
    search->count = 1;
    for (struct pair_sums level = *whole; pair_sums_total(&level) > PLAIN_MOST && search->count < LEVELS_MOST;) {
        level.x_count = thin_count(level.x_count);
        level.z_count = thin_count(level.z_count);
        level.x = level.z = thin(whole->x, whole->x_count, level.x_count, room);
        room += level.x_count;
        if (!level.half) {
            level.z = thin(whole->z, whole->z_count, level.z_count, room);
            room += level.z_count;
        }
        search->levels[search->count++] = level;
    }
}

// What limits_around() finds, on the last level.
static struct pair_bracket limits_on_plain(const struct search *search, const struct pair_sums *level, uint64_t rank, uint64_t margin) {
    struct pair_bracket limits = everything(level);
    if (rank + margin <= limits.through) limits.upto = search->plain[rank + margin - 1];
    if (rank > margin) limits.above = just_below(search->plain[rank - margin - 1]);
    return limits;
}

// Limits half as far apart hold the rank nine times in ten.
static bool seek_near(struct search *search, const struct pair_sums *level, uint64_t there, uint64_t rank) {
    struct pair_bracket *found = &search->found;
    *found = limits_on_plain(search, level, there, (plain_margin(level) + 1) / 2);
    search->flat = false;
    return pair_sums_collect(&search->levels[0], found, search->room, search->most) && found->below < rank && rank <= found->through;
}

static double find(struct search *search, uint64_t rank) {
    const struct pair_sums *whole = &search->levels[0];
    if (rank > search->found.below && rank <= search->found.through) return value_of_found(search, rank, true);
    if (search->count == 1) return search->plain[rank - 1];
    double diagonal = (double)rank / (double)pair_sums_total(whole);
    struct pair_bracket guess = everything(whole);
    for (size_t i = search->count - 1; i > 0; i--) {
        const struct pair_sums *level = &search->levels[i];
        bool plain = i == search->count - 1;
        uint64_t there = plain ? plain_rank(search, rank) : level_rank(search, level, rank, diagonal);
        struct pair_bracket found;
        bool flat = !plain && !seek(search, level, there, guess, &found);
        double value = plain ? search->plain[there - 1] : value_at(search, &found, flat, there);
        if (whole->half) diagonal = (double)column_rank(whole, value / 2) / (double)whole->x_count;
        if (i == 1 && plain && seek_near(search, level, there, rank)) return value_of_found(search, rank, false);
        guess = plain ? limits_on_plain(search, level, there, plain_margin(level)) : limits_around(search, level, there, &found, flat);
    }
    search->flat = !seek(search, whole, rank, guess, &search->found);
    return value_of_found(search, rank, false);
}

static bool ranks_valid(const struct pair_sums *sums, const uint64_t *ranks, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (ranks[i] < 1 || ranks[i] > pair_sums_total(sums)) return false;
    }
    return true;
}

// `room` holds the levels and then the sums of brackets.
static void find_all(struct pair_sums sums, double *room, double factor, const uint64_t *ranks, size_t rank_count, double *ret_values) {
    size_t path = sums.half ? sums.x_count : sums.x_count + sums.z_count;
    size_t longer = sums.x_count > sums.z_count ? sums.x_count : sums.z_count;
    size_t levels = levels_room(sums.x_count, longer) + (sums.half ? 0 : levels_room(sums.z_count, longer));
    struct search search = {.levels = {sums}, .room = room + levels + PLAIN_MOST, .most = path + ROOM_LEAST};
    if (rank_count == 0) return;
    build_levels(&search, room);
    uint64_t first = ranks[0], last = ranks[0];
    for (size_t i = 1; i < rank_count; i++) {
        if (ranks[i] < first) first = ranks[i];
        if (ranks[i] > last) last = ranks[i];
    }
    sort_plain(&search, first, last, room + levels);
    for (size_t i = 0; i < rank_count; i++) ret_values[i] = find(&search, ranks[i]) * factor;
}

static void fill_nan(double *values, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] = (double)NAN;
}

static double largest_of(struct column column) {
    return fmax(fabs(column.values[0]), fabs(column.values[column.count - 1]));
}

static const double *halved(struct column column, double *room) {
    for (size_t i = 0; i < column.count; i++) room[i] = column.values[i] / 2;
    return room;
}

size_t pair_select_differences_scratch(size_t x_count, size_t y_count) {
    size_t longer = x_count > y_count ? x_count : y_count;
    return 2 * (x_count + y_count) + levels_room(x_count, longer) + levels_room(y_count, longer) + PLAIN_MOST + ROOM_LEAST;
}

size_t pair_select_averages_scratch(size_t x_count) {
    return 2 * x_count + levels_room(x_count, x_count) + PLAIN_MOST + ROOM_LEAST;
}

enum stats_status pair_select_differences(struct column x, struct column y, const uint64_t *ranks, size_t rank_count, double *scratch,
                                          double *ret_values) {
    fill_nan(ret_values, rank_count);
    if (x.count > COUNT_MOST || y.count > COUNT_MOST) return STATS_INVALID;
    struct pair_sums sums = {x.values, scratch, x.count, y.count, false};
    bool empty = pair_sums_total(&sums) == 0;
    if (!empty && !ranks_valid(&sums, ranks, rank_count)) return STATS_INVALID;
    if (empty) return STATS_NODATA;
    if (!column_is_finite(x) || !column_is_finite(y)) return STATS_NONFINITE;
    double factor = isfinite(largest_of(x) + largest_of(y)) ? 1 : 2; // no sum may be infinite: then work with half of each
    for (size_t j = 0; j < y.count; j++) scratch[j] = -y.values[y.count - 1 - j] / factor;
    if (factor > 1) sums.x = halved(x, scratch + y.count);
    find_all(sums, scratch + y.count + x.count, factor, ranks, rank_count, ret_values);
    return STATS_OK;
}

enum stats_status pair_select_averages(struct column x, const uint64_t *ranks, size_t rank_count, double *scratch, double *ret_values) {
    fill_nan(ret_values, rank_count);
    if (x.count > COUNT_MOST) return STATS_INVALID;
    struct pair_sums sums = {x.values, x.values, x.count, x.count, true};
    if (x.count > 0 && !ranks_valid(&sums, ranks, rank_count)) return STATS_INVALID;
    if (x.count == 0) return STATS_NODATA;
    if (!column_is_finite(x)) return STATS_NONFINITE;
    double factor = 0.5;
    if (!isfinite(2 * largest_of(x))) {
        factor = 1;
        sums.x = sums.z = halved(x, scratch);
    }
    find_all(sums, scratch + x.count, factor, ranks, rank_count, ret_values);
    return STATS_OK;
}
