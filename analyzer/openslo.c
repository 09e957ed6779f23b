// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyzer/openslo.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time_zone.h"
#include "openslo_reader.h"

#define MOST_OBJECTIVES 1000
#define MOST_DOCUMENTS 5000
#define MINUTE_MS INT64_C(60000)
#define DAY_MS (24 * 60 * MINUTE_MS)
#define USUAL_LEAST_MS (27 * DAY_MS) // shorter ones spend the usual shares of the budget too slowly

struct result { // objectives so far
    struct openslo_objective *items;
    size_t count, cap;
};

// One line of text, for a comment; NULL without any.
static const char *title_of(struct openslo_reader *r, struct openslo_at metadata, struct openslo_at spec) {
    const char *text = openslo_text(r, metadata, "displayName", false);
    if (text == NULL) text = openslo_text(r, spec, "description", false);
    if (text == NULL || *text == '\0') return NULL;
    static const char *const breaks[] = {"\r", "\n", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}; // all that end a line of YAML
    size_t len = strlen(text);
    for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++) {
        const char *at = strstr(text, breaks[i]);
        if (at != NULL && (size_t)(at - text) < len) len = (size_t)(at - text);
    }
    char *line = arena_strndup(r->arena, text, len);
    for (char *c = line; *c != '\0'; c++) {
        if ((unsigned char)*c < 32 || (unsigned char)*c == 127) *c = ' ';
    }
    return line;
}

static bool is_label_name(const char *name) {
    if (!isalpha((unsigned char)name[0]) && name[0] != '_') return false;
    for (const char *c = name; *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && *c != '_') return false;
    }
    return true;
}

static bool read_labels(struct openslo_reader *r, struct openslo_at metadata, struct openslo_at spec, struct openslo_objective *ret) {
    struct openslo_at labels = openslo_get(r, metadata, "labels");
    const char *service = openslo_text(r, spec, "service", false);
    size_t count = labels.node != NULL && labels.node->kind == YAML_MAP ? labels.node->count : 0;
    bool ok = true;
    ret->labels.items = arena_array(r->arena, count + 1, sizeof *ret->labels.items);
    if (labels.node != NULL && labels.node->kind != YAML_MAP) return openslo_refuse(r, labels, "expected a map");
    if (service != NULL) ret->labels.items[ret->labels.count++] = (struct name_value){.name = "service", .value = service};
    for (size_t i = 0; i < count; i++) {
        const struct yaml_pair *pair = &labels.node->pairs[i];
        struct openslo_at at = {labels.document, pair->key, arena_printf(r->arena, "%s.%s", labels.path, pair->key->text)};
        if (pair->value->kind != YAML_SCALAR) {
            ok = openslo_refuse(r, at, "a label of several values is none of Prometheus");
        } else if (!is_label_name(pair->key->text)) {
            ok = openslo_refuse(r, at, "is no name of a label in Prometheus");
        } else if (service == NULL || strcmp(pair->key->text, "service") != 0) {
            ret->labels.items[ret->labels.count++] = (struct name_value){.name = pair->key->text, .value = pair->value->text};
        }
    }
    return ok;
}

static const char *whole_number(const char *text, int *ret) { // what follows it
    size_t digits = strspn(text, "0123456789");
    *ret = 0;
    for (size_t i = 0; i < digits && i < 6; i++) *ret = 10 * *ret + (text[i] - '0');
    return text + digits;
}

// Whether "2024-01-01 00:00:00" is the begin of such a period.
static bool begins_period(const char *start, enum objective_calendar calendar) {
    int year, month, day;
    const char *at = whole_number(start, &year);
    if (*at++ != '-') return false;
    at = whole_number(at, &month);
    if (*at++ != '-') return false;
    at = whole_number(at, &day);
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    if (*at == 'T' || *at == ' ') at++;
    if (strspn(at, "0:.Z") != strlen(at)) return false;
    if (calendar == CALENDAR_WEEK) return civil_weekday(civil_days((struct civil_date){year, month, day})) == 1;
    return day == 1 && (calendar == CALENDAR_MONTH || (month - 1) % 3 == 0);
}

static bool read_calendar(struct openslo_reader *r, struct openslo_at window, const char *duration, struct openslo_objective *ret) {
    static const struct {
        const char *duration;
        enum objective_calendar calendar;
    } known[] = {{"1w", CALENDAR_WEEK}, {"7d", CALENDAR_WEEK}, {"1M", CALENDAR_MONTH}, {"1Q", CALENDAR_QUARTER}, {"3M", CALENDAR_QUARTER}};
    static const char *const keys[] = {"startTime", "timeZone", NULL};
    struct openslo_at calendar = openslo_get(r, window, "calendar");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(duration, known[i].duration) == 0) ret->calendar = known[i].calendar;
    }
    if (ret->calendar == CALENDAR_NONE)
        return openslo_refuse(r, openslo_get(r, window, "duration"), "of the calendar there are 1w, 1M and 1Q; %s cannot be expressed",
                              duration);
    if (!openslo_keys(r, calendar, keys)) return false;
    const char *start = openslo_text(r, calendar, "startTime", true), *zone = openslo_text(r, calendar, "timeZone", false);
    struct time_zone loaded;
    struct error err;
    if (start == NULL) return false;
    if (!begins_period(start, ret->calendar))
        return openslo_refuse(
            r, openslo_get(r, calendar, "startTime"),
            "periods of the calendar begin at midnight: weeks on Monday, months on the first, quarters in January, April, "
            "July and October");
    if (zone != NULL && !time_zone_load(zone, r->arena, &loaded, &err))
        return openslo_refuse(r, openslo_get(r, calendar, "timeZone"), "%s", err.text);
    ret->time_zone = zone;
    return true;
}

static bool read_window(struct openslo_reader *r, struct openslo_at spec, struct openslo_objective *ret) {
    static const char *const keys[] = {"duration", "isRolling", "calendar", NULL};
    struct openslo_at list = openslo_get(r, spec, "timeWindow");
    if (list.node == NULL) return openslo_refuse(r, (struct openslo_at){spec.document, spec.node, list.path}, "is missing");
    if (list.node->kind != YAML_LIST || list.node->count != 1) return openslo_refuse(r, list, "expected a list of one time window");
    struct openslo_at window = openslo_item(r, list, 0), rolling = openslo_get(r, window, "isRolling");
    if (!openslo_keys(r, window, keys)) return false;
    const char *duration = openslo_text(r, window, "duration", true);
    bool is_rolling = yaml_get(window.node, "calendar") == NULL;
    if (duration == NULL) return false;
    if (rolling.node != NULL && !yaml_bool(rolling.node, &is_rolling)) return openslo_refuse(r, rolling, "must be true or false");
    if (!is_rolling) return read_calendar(r, window, duration, ret);
    if (yaml_get(window.node, "calendar") != NULL)
        return openslo_refuse(r, openslo_get(r, window, "calendar"), "a rolling window has no calendar");
    return openslo_duration(r, openslo_get(r, window, "duration"), &ret->period_ms);
}

static bool read_method(struct openslo_reader *r, struct openslo_at spec, struct openslo_at objective, struct openslo_objective *ret) {
    const char *method = openslo_text(r, spec, "budgetingMethod", false);
    struct openslo_at target = openslo_get(r, objective, "timeSliceTarget"), window = openslo_get(r, objective, "timeSliceWindow");
    bool is_good = method != NULL && strcmp(method, "Timeslices") == 0, is_mean = method != NULL && strcmp(method, "RatioTimeslices") == 0;
    if (method == NULL || strcmp(method, "Occurrences") == 0) {
        if (window.node != NULL || target.node != NULL)
            return openslo_refuse(r, window.node != NULL ? window : target,
                                  "slices belong to the budgeting methods Timeslices and RatioTimeslices");
        return true;
    }
    if (!is_good && !is_mean)
        return openslo_refuse(r, openslo_get(r, spec, "budgetingMethod"), "must be Occurrences, Timeslices or RatioTimeslices");
    if (window.node == NULL) return openslo_refuse(r, (struct openslo_at){objective.document, objective.node, window.path}, "is missing");
    if (is_good && target.node == NULL)
        return openslo_refuse(r, (struct openslo_at){objective.document, objective.node, target.path}, "is missing");
    ret->sliced = true;
    ret->slice_mean = is_mean;
    if (is_good && strcmp(target.node->kind == YAML_SCALAR ? target.node->text : "", "1") == 0)
        ret->slice_target = "100";
    else if (is_good && (ret->slice_target = openslo_percent(r, target, false)) == NULL)
        return false;
    return openslo_duration(r, window, &ret->slice_ms);
}

static bool read_target(struct openslo_reader *r, struct openslo_at objective, struct openslo_objective *ret) {
    struct openslo_at target = openslo_get(r, objective, "target"), percent = openslo_get(r, objective, "targetPercent");
    if ((target.node != NULL) == (percent.node != NULL))
        return openslo_refuse(r, objective, "needs exactly one of target and targetPercent");
    ret->target = target.node != NULL ? openslo_percent(r, target, false) : openslo_percent(r, percent, true);
    return ret->target != NULL;
}

static int64_t whole_minutes(double ms) {
    return ((int64_t)ms + MINUTE_MS / 2) / MINUTE_MS * MINUTE_MS;
}

// The pairs of the SRE workbook, their windows shortened with the period, and none shorter than a slice.
static void fit_tiers(struct openslo_objective *o) {
    static const struct openslo_tier usual[OPENSLO_TIERS] = {
        {"page_fast", "page", 60 * MINUTE_MS, 5 * MINUTE_MS, 2},
        {"page_slow", "page", 360 * MINUTE_MS, 30 * MINUTE_MS, 5},
        {"ticket_fast", "ticket", DAY_MS, 120 * MINUTE_MS, 10},
        {"ticket_slow", "ticket", 3 * DAY_MS, 360 * MINUTE_MS, 10},
    };
    static const int64_t days[] = {[CALENDAR_NONE] = 0, [CALENDAR_WEEK] = 7, [CALENDAR_MONTH] = 30, [CALENDAR_QUARTER] = 91};
    int64_t period_ms = o->calendar == CALENDAR_NONE ? o->period_ms : days[o->calendar] * DAY_MS;
    double scale = period_ms < USUAL_LEAST_MS ? (double)period_ms / (30.0 * (double)DAY_MS) : 1;
    o->has_tiers = scale < 1 || (o->sliced && o->slice_ms > usual[0].short_ms);
    for (size_t i = 0; o->has_tiers && i < OPENSLO_TIERS; i++) {
        struct openslo_tier tier = usual[i];
        tier.long_ms = whole_minutes(scale * (double)tier.long_ms);
        tier.short_ms = whole_minutes(scale * (double)tier.short_ms);
        if (tier.short_ms < MINUTE_MS) tier.short_ms = MINUTE_MS;
        if (o->sliced && tier.short_ms < o->slice_ms) tier.short_ms = o->slice_ms;
        if (tier.long_ms < 2 * tier.short_ms || tier.long_ms > period_ms) continue;
        o->tiers[o->tier_count++] = tier;
    }
}

// What the SLO's own objective, or else the SLO, says is measured.
static bool read_indicator(struct openslo_reader *r, struct openslo_at spec, struct openslo_at objective, struct openslo_objective *ret) {
    static const char *const keys[] = {"metadata", "spec", NULL};
    struct openslo_at inner = openslo_get(r, spec, "indicator"), ref = openslo_get(r, spec, "indicatorRef");
    if ((inner.node != NULL) == (ref.node != NULL)) return openslo_refuse(r, spec, "needs exactly one of indicator and indicatorRef");
    if (inner.node != NULL) return openslo_keys(r, inner, keys) && openslo_indicator(r, openslo_get(r, inner, "spec"), objective, ret);
    const char *name = openslo_text(r, spec, "indicatorRef", true);
    const struct openslo_document *document = name != NULL ? openslo_find(r, "SLI", name) : NULL;
    if (name == NULL) return false;
    if (document == NULL) return openslo_refuse(r, ref, "no SLI called %s is in the files given", name);
    struct openslo_at top = {document, document->root, ""};
    return openslo_indicator(r, openslo_get(r, top, "spec"), objective, ret);
}

static const char *name_of(struct openslo_reader *r, const struct openslo_document *document, struct openslo_at list, size_t i) {
    if (list.node->count == 1) return document->name;
    return arena_printf(r->arena, "%s-%zu", document->name, i + 1);
}

static bool read_objective(struct openslo_reader *r, struct openslo_at spec, struct openslo_at objective, struct openslo_objective *ret) {
    static const char *const keys[] = {
        "displayName", "op",           "value",           "target", "targetPercent", "timeSliceTarget", "timeSliceWindow",
        "indicator",   "indicatorRef", "compositeWeight", NULL};
    if (!openslo_keys(r, objective, keys)) return false;
    static const char *const composite[] = {"indicator", "indicatorRef", "compositeWeight"};
    for (size_t i = 0; i < 3; i++) {
        struct openslo_at at = openslo_get(r, objective, composite[i]);
        if (at.node != NULL) return openslo_refuse(r, at, "composites of several indicators cannot be expressed; write an SLO for each");
    }
    bool ok = read_target(r, objective, ret);
    ok = read_method(r, spec, objective, ret) && ok;
    ok = read_indicator(r, spec, objective, ret) && ok;
    if (ok) fit_tiers(ret);
    return ok;
}

static void read_slo(struct openslo_reader *r, const struct openslo_document *document, struct result *result) {
    static const char *const keys[] = {"description", "service",       "indicator", "indicatorRef", "timeWindow", "budgetingMethod",
                                       "objectives",  "alertPolicies", NULL};
    struct openslo_at top = {document, document->root, ""}, spec = openslo_get(r, top, "spec"), metadata = openslo_get(r, top, "metadata");
    struct openslo_objective common = {.file = document->file, .place = {document->root->line, document->root->column}};
    if (!openslo_keys(r, spec, keys)) return;
    struct openslo_at alerts = openslo_get(r, spec, "alertPolicies"), list = openslo_get(r, spec, "objectives");
    if (alerts.node != NULL && !(alerts.node->kind == YAML_LIST && alerts.node->count == 0))
        openslo_refuse(r, alerts, "policies of alerts are not imported: an objective has pairs of windows of its own");
    common.title = title_of(r, metadata, spec);
    bool ok = read_labels(r, metadata, spec, &common);
    ok = read_window(r, spec, &common) && ok;
    if (list.node == NULL || list.node->kind != YAML_LIST || list.node->count == 0) {
        openslo_refuse(r, list.node != NULL ? list : spec, "objectives: expected a list of at least one");
        return;
    }
    for (size_t i = 0; i < list.node->count; i++) {
        struct openslo_objective one = common;
        one.name = name_of(r, document, list, i);
        if (!read_objective(r, spec, openslo_item(r, list, i), &one) || !ok) continue;
        if (result->count == MOST_OBJECTIVES) return;
        mem_grow((void **)&result->items, &result->cap, result->count, sizeof *result->items);
        result->items[result->count++] = one;
    }
}

// Notes a document by its kind and name. Kinds that only say who is told of what are named, as they are not imported.
static void add_document(struct openslo_reader *r, const char *file, const struct yaml_node *root) {
    static const char *const keys[] = {"apiVersion", "kind", "metadata", "spec", NULL};
    static const char *const metadata_keys[] = {"name", "displayName", "labels", "annotations", NULL};
    static const char *const kinds[] = {"SLO", "SLI", "Service", "DataSource"};
    struct openslo_document document = {file, "", "", root};
    struct openslo_at top = {&document, root, ""}, metadata;
    if (!openslo_keys(r, top, keys)) return;
    const char *version = openslo_text(r, top, "apiVersion", true), *kind = openslo_text(r, top, "kind", true);
    metadata = openslo_get(r, top, "metadata");
    if (version == NULL || kind == NULL) return;
    if (strcmp(version, "openslo/v1") != 0) {
        openslo_refuse(r, openslo_get(r, top, "apiVersion"), "%s is not read; openslo/v1 is", version);
        return;
    }
    size_t k = 0;
    while (k < 4 && strcmp(kinds[k], kind) != 0) k++;
    if (k == 4) {
        openslo_refuse(r, openslo_get(r, top, "kind"), "%s is not imported; SLO, SLI, Service and DataSource are", kind);
        return;
    }
    if (!openslo_keys(r, metadata, metadata_keys)) return;
    document.kind = kind;
    document.name = openslo_text(r, metadata, "name", true);
    if (document.name == NULL) return;
    const struct openslo_document *other = openslo_find(r, kind, document.name);
    if (other != NULL) {
        openslo_refuse(r, openslo_get(r, metadata, "name"), "another %s of this name is in %s, line %d", kind, other->file,
                       other->root->line);
        return;
    }
    if (r->count == MOST_DOCUMENTS) {
        openslo_refuse(r, top, "more than %d documents", MOST_DOCUMENTS);
        return;
    }
    r->documents[r->count++] = document;
}

void openslo_read(const struct openslo_file *files, size_t count, struct arena *arena, struct findings *findings, struct openslo *ret) {
    struct openslo_reader r = {.arena = arena, .findings = findings};
    struct result result = {0};
    size_t cap = 0;
    for (size_t i = 0; i < count; i++) {
        struct yaml_node **roots;
        size_t roots_count;
        if (!yaml_parse_all(files[i].text, files[i].path, arena, findings, &roots, &roots_count)) continue;
        for (size_t k = 0; k < roots_count; k++) {
            mem_grow((void **)&r.documents, &cap, r.count, sizeof *r.documents);
            add_document(&r, files[i].path, roots[k]);
        }
    }
    for (size_t i = 0; i < r.count; i++) {
        if (strcmp(r.documents[i].kind, "SLO") == 0) read_slo(&r, &r.documents[i], &result);
    }
    ret->count = result.count;
    ret->items = arena_array(arena, result.count, sizeof *ret->items);
    if (result.count > 0) memcpy(ret->items, result.items, result.count * sizeof *result.items);
    free(result.items);
    free(r.documents);
}
