// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporters/objective_yaml.h"

#include "base/timetext.h"
#include "yaml_text.h"

// key: 'text', where there is a text.
static void put(struct buf *out, const char *before, const char *text) {
    if (text == NULL) return;
    buf_str(out, before);
    yaml_text(out, text);
}

static void put_duration(struct buf *out, const char *before, int64_t ms) {
    buf_str(out, before);
    duration_format(out, ms);
}

static void put_counts(struct buf *out, const struct openslo_objective *o) {
    switch (o->kind) {
    case OBJECTIVE_BAD:
    case OBJECTIVE_GOOD:
        buf_str(out, "    counts:\n");
        put(out, "      bad: ", o->bad);
        put(out, "      good: ", o->good);
        put(out, "\n      total: ", o->total);
        break;
    case OBJECTIVE_LATENCY:
        buf_str(out, "    latency:\n");
        put(out, "      histogram: ", o->histogram);
        buf_printf(out, "\n      below: %s", o->below);
        break;
    case OBJECTIVE_UP:
        put(out, "    up: ", o->up);
        break;
    }
    buf_char(out, '\n');
}

static void put_slices(struct buf *out, const struct openslo_objective *o) {
    put_duration(out, "    slices: {length: ", o->slice_ms);
    if (o->slice_mean) {
        buf_str(out, ", method: mean}\n");
    } else {
        buf_printf(out, ", target: %s%%}\n", o->slice_target);
    }
}

static void put_tiers(struct buf *out, const struct openslo_objective *o) {
    buf_str(out, o->tier_count > 0 ? "    tiers:\n" : "    tiers: []\n");
    for (size_t i = 0; i < o->tier_count; i++) {
        const struct openslo_tier *tier = &o->tiers[i];
        buf_printf(out, "      - {name: %s, severity: %s", tier->name, tier->severity);
        put_duration(out, ", long: ", tier->long_ms);
        put_duration(out, ", short: ", tier->short_ms);
        buf_printf(out, ", budget: %d%%}\n", tier->share);
    }
}

void objective_yaml(struct buf *out, const struct openslo_objective *o) {
    static const char *const calendars[] = {
        [CALENDAR_NONE] = "", [CALENDAR_WEEK] = "week", [CALENDAR_MONTH] = "month", [CALENDAR_QUARTER] = "quarter"};
    if (o->title != NULL) buf_printf(out, "  # %s\n", o->title);
    put(out, "  - name: ", o->name);
    buf_printf(out, "\n    target: %s%%\n", o->target);
    if (o->calendar == CALENDAR_NONE) {
        put_duration(out, "    period: ", o->period_ms);
    } else {
        buf_printf(out, "    calendar: %s", calendars[o->calendar]);
        put(out, "\n    time_zone: ", o->time_zone);
    }
    buf_char(out, '\n');
    put_counts(out, o);
    if (o->sliced) put_slices(out, o);
    if (o->has_tiers) put_tiers(out, o);
    if (o->labels.count > 0) buf_str(out, "    labels:\n");
    for (size_t i = 0; i < o->labels.count; i++) {
        put(out, "      ", o->labels.items[i].name);
        put(out, ": ", o->labels.items[i].value);
        buf_char(out, '\n');
    }
}
