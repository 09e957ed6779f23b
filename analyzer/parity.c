// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/parity.h"

#include <math.h>
#include <stdlib.h>

#include "base/timetext.h"
#include "parity_labels.h"
#include "parity_layout.h"
#include "query/cadence.h"
#include "result_number.h"
#include "texts.h"

#define MOST_TEXT_BYTES ((size_t)4096)
#define MOST_CADENCES ((size_t)8) // series of a side that tell its scrape interval, evenly spread
#define SAME_INTERVAL 0.9         // ratios from here on are taken for the same
#define SAME_DENSITY 0.95

struct facts { // about one side of a probe
    size_t series;
    uint64_t samples;
    int64_t interval_ms; // 0: not known
    int64_t first_ms;
    double density; // share of the samples that the interval lets expect from the first to the last of each series; NaN: not known
    double reach;   // share of the window since the first sample
};

struct pair {
    const struct parity_probe *probe;
    const struct texts *apart;
    struct facts sides[SIDE_COUNT];
    struct arena *arena;
    struct parity_labels labels; // found once, by the check of names, for that of values too
    struct buf text;             // of the gap
};

// From 0 to 1, NaN when it does not apply; what is below 1 is told in the pair's text.
typedef double compare_fn(struct pair *pair);

static int64_t interval_of(const struct series_set *set) {
    const struct series *some[MOST_CADENCES];
    size_t count = set->count < MOST_CADENCES ? set->count : MOST_CADENCES;
    for (size_t i = 0; i < count; i++) some[i] = &set->items[i * set->count / count];
    return cadence_interval(some, count);
}

// First and last sample of a series; false when it has none.
static bool ends_of(const struct series *s, int64_t *ret_first_ms, int64_t *ret_last_ms) {
    if (s->count + s->histogram_count == 0) return false;
    bool numbers = s->count > 0, histograms = s->histogram_count > 0;
    int64_t first = numbers ? s->time_ms[0] : INT64_MAX, last = numbers ? s->time_ms[s->count - 1] : INT64_MIN;
    if (histograms && s->histograms[0].time_ms < first) first = s->histograms[0].time_ms;
    if (histograms && s->histograms[s->histogram_count - 1].time_ms > last) last = s->histograms[s->histogram_count - 1].time_ms;
    *ret_first_ms = first;
    *ret_last_ms = last;
    return true;
}

static double reach_of(const struct parity_side *side, const struct facts *f) {
    double late_ms = (double)f->first_ms - (double)side->start_ms; // servers send any time
    if (side->end_ms <= side->start_ms || late_ms <= 2 * (double)f->interval_ms) return 1;
    return fmax(0, 1 - late_ms / (double)(side->end_ms - side->start_ms));
}

static struct facts facts_of(const struct parity_probe *probe, enum side at) {
    const struct parity_side *side = &probe->sides[at];
    struct facts f = {.interval_ms = probe->step_ms > 0 ? probe->step_ms : interval_of(side->set), .first_ms = INT64_MAX};
    double expected = 0, seen = 0;
    for (size_t i = 0; i < side->set->count; i++) {
        const struct series *s = &side->set->items[i];
        int64_t first, last;
        if (!ends_of(s, &first, &last)) continue;
        f.series++;
        f.samples += s->count + s->histogram_count;
        if (first < f.first_ms) f.first_ms = first;
        if (f.interval_ms == 0) continue;
        double most = round(((double)last - (double)first) / (double)f.interval_ms) + 1;
        expected += most;
        seen += fmin(most, (double)(s->count + s->histogram_count));
    }
    f.density = expected > 0 ? seen / expected : (double)NAN;
    f.reach = f.series > 0 ? reach_of(side, &f) : 0;
    return f;
}

static double lesser_of(double a, double b) {
    return fmax(a, b) > 0 ? fmin(a, b) / fmax(a, b) : 1;
}

static double compare_data(struct pair *p) {
    bool baseline = p->sides[SIDE_BASELINE].series > 0;
    if (baseline && p->sides[SIDE_CANARY].series > 0) return (double)NAN;
    enum side has = baseline ? SIDE_BASELINE : SIDE_CANARY, lacks = baseline ? SIDE_CANARY : SIDE_BASELINE;
    buf_printf(&p->text, "missing on the %s side: %zu series on the %s side, none here", side_name(lacks), p->sides[has].series,
               side_name(has));
    return 0;
}

static double compare_labels(struct pair *p) {
    const struct series_set *const sets[SIDE_COUNT] = {p->probe->sides[SIDE_BASELINE].set, p->probe->sides[SIDE_CANARY].set};
    size_t only = 0;
    parity_labels_compare(sets, p->apart, p->arena, &p->labels);
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct texts *names = &p->labels.only[side];
        for (size_t i = 0; i < names->count && i < 5; i++)
            buf_printf(&p->text, "%s%s", i > 0 ? ", " : only > 0 ? "; labels " : "labels ", names->items[i]);
        if (names->count > 5) buf_printf(&p->text, " and %zu more", names->count - 5);
        if (names->count > 0) buf_printf(&p->text, " on the %s side only", side_name((enum side)side));
        only += names->count;
    }
    size_t all = p->labels.shared + only;
    return all > 0 ? (double)p->labels.shared / (double)all : (double)NAN;
}

static double compare_values(struct pair *p) {
    if (p->labels.text != NULL) buf_str(&p->text, p->labels.text);
    return p->labels.values;
}

static double compare_interval(struct pair *p) {
    int64_t baseline = p->sides[SIDE_BASELINE].interval_ms, canary = p->sides[SIDE_CANARY].interval_ms;
    if (p->probe->step_ms > 0 || baseline == 0 || canary == 0) return (double)NAN;
    double ratio = lesser_of((double)baseline, (double)canary);
    buf_str(&p->text, "scraped every ");
    duration_format(&p->text, baseline);
    buf_str(&p->text, " on the baseline side, every ");
    duration_format(&p->text, canary);
    buf_str(&p->text, " on the canary side");
    return ratio >= SAME_INTERVAL ? 1 : ratio;
}

static double compare_density(struct pair *p) {
    double baseline = p->sides[SIDE_BASELINE].density, canary = p->sides[SIDE_CANARY].density;
    if (isnan(baseline) || isnan(canary)) return (double)NAN;
    double ratio = lesser_of(baseline, canary);
    buf_printf(&p->text, "%.3g%% of the expected samples on the baseline side, %.3g%% on the canary side", 100 * baseline, 100 * canary);
    return ratio >= SAME_DENSITY ? 1 : ratio;
}

static double compare_oldest(struct pair *p) {
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct parity_side *window = &p->probe->sides[side];
        int64_t first = p->sides[side].first_ms > window->start_ms ? p->sides[side].first_ms : window->start_ms;
        buf_str(&p->text, side == 0 ? "samples of " : ", of ");
        duration_format(&p->text, window->end_ms > first ? (window->end_ms - first) / 1000 * 1000 : 0);
        buf_printf(&p->text, " on the %s side", side_name((enum side)side));
    }
    return lesser_of(p->sides[SIDE_BASELINE].reach, p->sides[SIDE_CANARY].reach);
}

static double compare_buckets(struct pair *p) {
    struct parity_layout layouts[SIDE_COUNT];
    for (int side = 0; side < SIDE_COUNT; side++) parity_layout_of(p->probe->sides[side].set, p->arena, &layouts[side]);
    return parity_layout_compare(&layouts[SIDE_BASELINE], &layouts[SIDE_CANARY], &p->text);
}

static const struct {
    const char *name;
    double weight;
    compare_fn *compare;
} checks[PARITY_CHECK_COUNT] = {
    [PARITY_DATA] = {"data", 0, compare_data},           [PARITY_LABELS] = {"labels", 20, compare_labels},
    [PARITY_VALUES] = {"values", 5, compare_values},     [PARITY_INTERVAL] = {"interval", 20, compare_interval},
    [PARITY_DENSITY] = {"density", 20, compare_density}, [PARITY_OLDEST] = {"oldest", 15, compare_oldest},
    [PARITY_BUCKETS] = {"buckets", 20, compare_buckets},
};

const char *parity_check_name(enum parity_check check) {
    return checks[check].name;
}

static void add_gap(struct pair *p, enum parity_check check, double lost, struct parity *ret) {
    struct parity_gap gap = {
        .metric = p->probe->metric, .series = p->probe->series, .check = check, .impact = lost, .found = ret->gap_count};
    for (int side = 0; side < SIDE_COUNT; side++) {
        gap.side_series[side] = p->sides[side].series;
        gap.side_samples[side] = p->sides[side].samples;
    }
    gap.text = arena_strdup(p->arena, p->text.failed ? "differs in more than can be told" : buf_text(&p->text));
    ret->gaps[ret->gap_count++] = gap;
}

// Adds the gaps of a probe; their impacts are shares of it.
static void compare_probe(struct pair *p, struct parity *ret) {
    size_t first = ret->gap_count;
    double weights = 0;
    for (int check = 0; check < PARITY_CHECK_COUNT; check++) {
        buf_clear(&p->text);
        double alike = checks[check].compare(p);
        if (isnan(alike)) continue;
        bool data = check == PARITY_DATA;
        weights += checks[check].weight;
        if (alike < 1) add_gap(p, (enum parity_check)check, data ? 1 : checks[check].weight * (1 - alike), ret);
        if (data) return;
    }
    for (size_t i = first; i < ret->gap_count; i++) ret->gaps[i].impact /= weights;
}

// Compares the probes of one metric. Impacts become shares of the metric.
static void compare_metric(const struct parity_probe *probes, size_t count, struct pair *p, struct parity *ret) {
    size_t first = ret->gap_count, heard = 0;
    for (size_t i = 0; i < count; i++) {
        p->probe = &probes[i];
        for (int side = 0; side < SIDE_COUNT; side++) p->sides[side] = facts_of(&probes[i], (enum side)side);
        if (p->sides[SIDE_BASELINE].series == 0 && p->sides[SIDE_CANARY].series == 0) continue;
        heard++;
        compare_probe(p, ret);
    }
    for (size_t i = first; i < ret->gap_count; i++) ret->gaps[i].impact /= (double)heard;
    if (heard > 0) {
        ret->metrics++;
    } else {
        texts_add(&ret->silent, p->arena, probes[0].metric);
    }
}

static int by_impact(const void *a, const void *b) {
    const struct parity_gap *x = a, *y = b;
    if (x->impact != y->impact) return x->impact < y->impact ? 1 : -1;
    return (x->found > y->found) - (x->found < y->found);
}

void parity_compare(const struct parity_probe *probes, size_t count, const struct texts *apart, struct arena *arena, struct parity *ret) {
    struct pair pair = {.apart = apart, .arena = arena};
    double lost = 0;
    *ret = (struct parity){.score = (double)NAN, .gaps = arena_array(arena, count * PARITY_CHECK_COUNT, sizeof *ret->gaps)};
    buf_init(&pair.text, MOST_TEXT_BYTES);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && probes[to].metric == probes[from].metric;) to++;
        compare_metric(&probes[from], to - from, &pair, ret);
    }
    buf_finish(&pair.text);
    for (size_t i = 0; i < ret->gap_count; i++) lost += ret->gaps[i].impact *= 100 / (double)ret->metrics;
    if (ret->metrics > 0) ret->score = fmax(0, round((100 - lost) * 1e6) / 1e6);
    if (ret->gap_count > 1) qsort(ret->gaps, ret->gap_count, sizeof *ret->gaps, by_impact);
}

static json_t *side_json(const struct parity_gap *gap, enum side side) {
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "series", json_integer((json_int_t)gap->side_series[side]));
    json_object_set_new_nocheck(item, "samples", json_integer((json_int_t)gap->side_samples[side]));
    return item;
}

static json_t *gap_json(const struct parity_gap *gap) {
    json_t *item = json_object();
    json_object_set_new_nocheck(item, "metric", json_string(gap->metric));
    json_object_set_new_nocheck(item, "series", gap->series != NULL ? result_text(gap->series) : json_null());
    json_object_set_new_nocheck(item, "check", json_string(parity_check_name(gap->check)));
    json_object_set_new_nocheck(item, "impact", result_number(gap->impact));
    json_object_set_new_nocheck(item, "text", result_text(gap->text));
    json_object_set_new_nocheck(item, "baseline", side_json(gap, SIDE_BASELINE));
    json_object_set_new_nocheck(item, "canary", side_json(gap, SIDE_CANARY));
    return item;
}

json_t *parity_json(const struct parity *parity, size_t most) {
    json_t *root = json_object(), *gaps = json_array(), *silent = json_array();
    for (size_t i = 0; i < parity->silent.count && i < most; i++) json_array_append_new(silent, json_string(parity->silent.items[i]));
    for (size_t i = 0; i < parity->gap_count && i < most; i++) json_array_append_new(gaps, gap_json(&parity->gaps[i]));
    json_object_set_new_nocheck(root, "score", result_known(parity->score));
    json_object_set_new_nocheck(root, "metrics", json_integer((json_int_t)parity->metrics));
    json_object_set_new_nocheck(root, "silent", json_integer((json_int_t)parity->silent.count));
    json_object_set_new_nocheck(root, "silent_metrics", silent);
    json_object_set_new_nocheck(root, "gap_count", json_integer((json_int_t)parity->gap_count));
    json_object_set_new_nocheck(root, "gaps", gaps);
    return root;
}
