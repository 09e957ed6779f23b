// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_tiers.h"

#include <math.h>
#include <string.h>

#include "stats/burn_detection.h"
#include "stats/burn_windows.h"

#define LEAST_ABSENT_MS INT64_C(180000)
#define MOST_TIERS 16
#define SHORT_SHARE 12 // a short window is a twelfth of the long one

struct tier_draft {
    struct objective_tier tier;
    double factor, share; // NaN: not given; share in per cent of the budget
};

static const char *const usual_names[BURN_WINDOWS] = {"page_fast", "page_slow", "ticket_fast", "ticket_slow"};
static const enum objective_severity usual_severities[BURN_WINDOWS] = {SEVERITY_PAGE, SEVERITY_PAGE, SEVERITY_TICKET, SEVERITY_TICKET};

static int64_t whole_ms(double seconds) {
    return (int64_t)(seconds * 1000 + 0.5);
}

static void read_severity(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"page", "ticket"};
    *(enum objective_severity *)field = config_read_word(r, node, path, words, 2, 0) == 0 ? SEVERITY_PAGE : SEVERITY_TICKET;
}

// A tier's name is a label value and part of patterns.
static void read_name(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    config_text(r, node, path, field);
    const char *name = *(const char **)field;
    if (name[strspn(name, plain)] != '\0' || strlen(name) > 64)
        config_error(r, node, path, "a tier is named by at most 64 letters, digits, _ and -");
    if (strcmp(name, "absent") == 0) config_error(r, node, path, "absent is the tier of missing data; take another name");
}

static void read_tier(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *item) {
#define AT(member) offsetof(struct tier_draft, member)
    static const struct config_key keys[] = {
        {"name", read_name, AT(tier.name), true},           {"severity", read_severity, AT(tier.severity), true},
        {"long", config_duration, AT(tier.long_ms), true},  {"short", config_duration, AT(tier.short_ms), false},
        {"hold", config_duration, AT(tier.hold_ms), false}, {"factor", config_positive, AT(factor), false},
        {"budget", config_percent, AT(share), false},
    };
#undef AT
    struct tier_draft *draft = item;
    *draft = (struct tier_draft){.tier = {.name = "", .place = config_place(node)}, .factor = (double)NAN, .share = (double)NAN};
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], draft);
    if (draft->tier.short_ms == 0) draft->tier.short_ms = draft->tier.long_ms / SHORT_SHARE;
    if (node->kind == YAML_MAP && isnan(draft->factor) == isnan(draft->share))
        config_error(r, node, path, "needs exactly one of factor (a burn rate) and budget (the share of it that the long window uses up)");
}

static void settle_tier(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                        const struct objective_config *objective, const struct tier_draft *draft, struct objective_tier *ret) {
    *ret = draft->tier;
    ret->factor = draft->factor;
    if (draft->tier.long_ms == 0) return; // a finding is there
    struct burn_window_pair pair;
    if (!isnan(draft->share)) {
        if (burn_windows_by_budget(draft->share / 100, (double)ret->long_ms, (double)ret->short_ms, (double)objective->period_ms, &pair) !=
            STATS_OK)
            config_error(r, node, path, "budget must be over 0");
        ret->factor = pair.factor;
    }
    if (ret->short_ms > ret->long_ms) config_error(r, node, path, "short is longer than long");
    if (ret->short_ms < 1000) config_error(r, node, path, "the short window is below a second");
}

static void read_own(struct config_reader *r, const struct yaml_node *list, const struct config_path *path,
                     struct objective_config *objective) {
    void *items = NULL;
    size_t count = 0;
    if (list->kind == YAML_LIST && list->count > MOST_TIERS) {
        config_error(r, list, path, "more than %d tiers", MOST_TIERS);
        return;
    }
    config_read_list(r, list, path, read_tier, sizeof(struct tier_draft), &items, &count);
    const struct tier_draft *drafts = items;
    objective->tiers = arena_array(r->arena, count, sizeof *objective->tiers);
    objective->tier_count = count;
    for (size_t i = 0; i < count; i++) {
        struct config_path here = {path, NULL, i};
        settle_tier(r, list->items[i], &here, objective, &drafts[i], &objective->tiers[i]);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(drafts[k].tier.name, drafts[i].tier.name) == 0)
                config_error(r, list->items[i], &here, "a tier called %s is already there", drafts[i].tier.name);
        }
    }
}

// The pairs of the SRE workbook, chapter 5: 2, 5, 10 and 10 per cent of the budget.
static void use_workbook(struct arena *arena, struct objective_config *objective) {
    static const struct {
        double share, long_s, short_s;
    } pairs[BURN_WINDOWS] = {{2, 3600, 300}, {5, 21600, 1800}, {10, 86400, 7200}, {10, 259200, 21600}};
    objective->tiers = arena_array(arena, BURN_WINDOWS, sizeof *objective->tiers);
    objective->tier_count = BURN_WINDOWS;
    for (size_t i = 0; i < BURN_WINDOWS; i++) {
        struct burn_window_pair pair;
        burn_windows_by_budget(pairs[i].share / 100, pairs[i].long_s, pairs[i].short_s, (double)objective->period_ms / 1000, &pair);
        objective->tiers[i] = (struct objective_tier){
            usual_names[i], objective->place, usual_severities[i], whole_ms(pairs[i].long_s), whole_ms(pairs[i].short_s), 0, pair.factor};
    }
}

static void use_scaled(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                       struct objective_config *objective) {
    struct burn_windows windows;
    burn_windows_scaled((double)objective->period_ms / 1000, objective->budget, &windows);
    if (!windows.usable) {
        config_error(r, node, path, "the period is too short to scale windows to it; give tiers");
        return;
    }
    objective->tiers = arena_array(r->arena, BURN_WINDOWS, sizeof *objective->tiers);
    objective->tier_count = BURN_WINDOWS;
    for (size_t i = 0; i < BURN_WINDOWS; i++) {
        const struct burn_window_pair *p = &windows.pairs[i];
        objective->tiers[i] =
            (struct objective_tier){usual_names[i],      objective->place, usual_severities[i], whole_ms(p->long_s), whole_ms(p->short_s),
                                    whole_ms(p->hold_s), p->factor};
    }
    objective->absent_ms = whole_ms(windows.absent_s);
}

static void check_tiers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                        const struct objective_config *objective) {
    for (size_t i = 0; i < objective->tier_count; i++) {
        const struct objective_tier *tier = &objective->tiers[i];
        if (tier->long_ms > objective->period_ms) {
            config_error(r, node, path, "tier %s: its long window is longer than the period; give tiers that fit", tier->name);
        } else if (!objective_can_fire(objective, tier)) {
            config_warn(r, node, path, "tier %s can never fire: it needs a burn rate over %g, and with this target there is none over %g",
                        tier->name, tier->factor, 1 / objective->budget);
        } else if (tier->factor < 0.9) {
            config_warn(r, node, path, "tier %s fires at a burn rate of %.3g, which the budget outlasts; give tiers, or scaling: pyrra",
                        tier->name, tier->factor);
        }
        if (objective->sliced && tier->short_ms < objective->slice_ms)
            config_error(r, node, path, "tier %s: its short window is shorter than a slice", tier->name);
    }
}

// As long as a total outage takes to reach the fastest tier, in whole minutes.
static int64_t absence_of(const struct objective_config *objective) {
    if (objective->tier_count == 0) return LEAST_ABSENT_MS;
    const struct objective_tier *tier = &objective->tiers[0];
    double long_s = (double)tier->long_ms / 1000, short_s = (double)tier->short_ms / 1000;
    struct burn_detection outage;
    burn_detection_times(1, objective->budget, tier->factor, long_s, short_s, (double)objective->period_ms / 1000, &outage);
    double minutes = ceil((outage.detects ? outage.detect_after_s : long_s) / 60 * (1 - 1e-12));
    int64_t ms = (int64_t)minutes * 60000 + tier->hold_ms;
    return ms > LEAST_ABSENT_MS ? ms : LEAST_ABSENT_MS;
}

void config_read_tiers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                       struct objective_config *objective) {
    static const char *const words[] = {"budget", "pyrra"};
    const struct yaml_node *own = yaml_get(node, "tiers"), *scaling = yaml_get(node, "scaling");
    struct config_path own_path = {path, "tiers", 0}, scaling_path = {path, "scaling", 0};
    bool pyrra = scaling != NULL && config_read_word(r, scaling, &scaling_path, words, 2, 0) == 1;
    if (objective->period_ms == 0 || !(objective->budget > 0)) return; // findings are there
    if (own != NULL && scaling != NULL) {
        config_error(r, scaling, &scaling_path, "scales the usual tiers, but there are tiers of your own; remove one of the two");
    } else if (own != NULL) {
        read_own(r, own, &own_path, objective);
    } else if (pyrra) {
        use_scaled(r, node, path, objective);
    } else {
        use_workbook(r->arena, objective);
    }
    check_tiers(r, own != NULL ? own : node, own != NULL ? &own_path : path, objective);
    if (objective->absent_ms == 0) objective->absent_ms = absence_of(objective);
}
