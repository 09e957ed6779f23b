// SPDX-License-Identifier: GPL-3.0-or-later
// A dashboard of the queries that a config compares. A difference in time between the sides is left to the panel, so that both
// show a query as the config has it.
#include <inttypes.h>
#include <string.h>

#include "analyzer/plan.h"
#include "base/digest.h"
#include "dashboard_board.h"
#include "exporters/dashboards.h"
#include "query/selector.h"

#define UID_BEGIN "serin-metrics-"

enum { UID_NAME = 40 - sizeof UID_BEGIN + 1 }; // Grafana takes 40 characters

struct pair { // a metric being drawn
    const struct plan *plan;
    struct arena *arena;
    size_t owner;
    const struct metric_config *metric;
    enum side side;
};

// Letters, digits, "-" and "_"; a name that is not all of it is told from others by its digest.
static const char *uid_of(const char *name, struct arena *arena) {
    char hex[DIGEST_HEX_LEN + 1];
    char *plain = arena_strdup(arena, name);
    for (char *c = plain; *c != '\0'; c++) {
        bool taken = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '-' || *c == '_';
        if (!taken) *c = '-';
    }
    if (strcmp(plain, name) == 0 && strlen(name) <= UID_NAME) return arena_printf(arena, UID_BEGIN "%s", name);
    digest_hex(view_of(name), hex);
    return arena_printf(arena, UID_BEGIN "%.*s-%.8s", UID_NAME - 9, plain, hex);
}

static const char *expr_of(const struct pair *p, enum query_part part) {
    for (size_t i = 0; i < p->plan->query_count; i++) {
        const struct planned_query *q = &p->plan->queries[i];
        if (q->owner == p->owner && q->part == part && q->side == p->side) return q->query.expr;
    }
    return NULL;
}

// "sum by (le, handler)", "sum"
static const char *sum_by(const struct pair *p, const char *first) {
    const char *labels = first;
    for (size_t i = 0; i < p->metric->by.count; i++)
        labels = arena_printf(p->arena, "%s%s%s", labels, *labels != '\0' ? ", " : "", p->metric->by.items[i]);
    return *labels == '\0' ? "sum" : arena_printf(p->arena, "sum by (%s) ", labels);
}

// "{{handler}} ", ""
static const char *legend_of(const struct pair *p) {
    const char *text = "";
    for (size_t i = 0; i < p->metric->by.count; i++) text = arena_printf(p->arena, "%s{{%s}} ", text, p->metric->by.items[i]);
    return text;
}

static bool is_classic(const char *selector, struct arena *arena) {
    struct matcher *matchers;
    size_t count;
    if (!selector_matchers(view_of(selector), arena, &matchers, &count)) return true;
    for (size_t i = 0; i < count; i++) {
        struct view value = matchers[i].value;
        if (view_is(matchers[i].name, "__name__") && value.len > 7 && memcmp(value.ptr + value.len - 7, "_bucket", 7) == 0) return true;
    }
    return false;
}

static void draw_histogram(const struct pair *p, struct panel *panel) {
    static double usual[] = {0.5, 0.95, 0.99};
    struct numbers quantiles = p->metric->quantiles.count > 0 ? p->metric->quantiles : (struct numbers){usual, 3};
    const char *selector = expr_of(p, PART_BUCKETS), *sum = sum_by(p, is_classic(selector, p->arena) ? "le" : "");
    for (size_t i = 0; i < quantiles.count && i < PANEL_QUERIES; i++) {
        panel->queries[i].expr =
            arena_printf(p->arena, "histogram_quantile(%.15g, %s(rate(%s[$__rate_interval])))", quantiles.items[i], sum, selector);
        panel->queries[i].legend = arena_printf(p->arena, "%sp%.15g", legend_of(p), quantiles.items[i] * 100);
    }
}

// Where nothing was bad yet there may be no series of what is bad.
static void draw_counts(const struct pair *p, struct panel *panel) {
    const char *sum = sum_by(p, ""), *total = expr_of(p, PART_TOTAL);
    panel->queries[0].expr =
        arena_printf(p->arena, "(%s(rate(%s[$__rate_interval])) or 0 * %s(rate(%s[$__rate_interval]))) / %s(rate(%s[$__rate_interval]))",
                     sum, expr_of(p, PART_BAD), sum, total, sum, total);
    panel->queries[0].legend = p->metric->by.count > 0 ? legend_of(p) : "bad of total";
    panel->unit = "percentunit";
}

static void draw_limits(const struct limits *limits, struct panel *panel) {
    struct panel_step *step = panel->steps;
    if (limits->has_min) {
        panel->base = "red";
        *step++ = (struct panel_step){limits->min, "green"};
    }
    if (limits->has_max) *step = (struct panel_step){limits->max, "red"};
}

static const char *unit_of(const struct metric_config *metric) {
    static const char *const units[][2] = {{"s", "s"},       {"ms", "ms"},           {"bytes", "bytes"}, {"ratio", "percentunit"},
                                           {"%", "percent"}, {"percent", "percent"}, {"req/s", "reqps"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0] && metric->unit != NULL; i++) {
        if (strcmp(metric->unit, units[i][0]) == 0) return units[i][1];
    }
    return "short";
}

// One unit, as Grafana reads it: 36h and not 1d12h.
static const char *shift_text(int64_t ms, struct arena *arena) {
    static const struct {
        int64_t ms;
        char unit;
    } units[] = {{86400000, 'd'}, {3600000, 'h'}, {60000, 'm'}};
    for (size_t i = 0; i < 3; i++) {
        if (ms % units[i].ms == 0) return arena_printf(arena, "%" PRId64 "%c", ms / units[i].ms, units[i].unit);
    }
    return arena_printf(arena, "%" PRId64 "s", ms / 1000);
}

static const char *description_of(const struct pair *p) {
    const char *direction =
        p->metric->judge.direction == KAYENTA_EITHER ? "a change either way" : direction_name(p->metric->judge.direction);
    if (p->metric->kind == METRIC_THRESHOLD) return "The canary against its limits: what lies in the red counts against it.";
    return arena_printf(p->arena, "The %s side of the metric %s (%s): %s is bad.", side_name(p->side), p->metric->name,
                        metric_kind_name(p->metric->kind), direction);
}

static void draw(struct board *board, const struct pair *p, const char *source) {
    bool alone = p->metric->kind == METRIC_THRESHOLD;
    int64_t start_ms, end_ms;
    struct panel panel = {.type = PANEL_TIME_SERIES, .width = alone ? 24 : 12, .height = 8, .source = source};
    panel.title = alone ? p->metric->name : arena_printf(p->arena, "%s, %s", p->metric->name, side_name(p->side));
    panel.description = description_of(p);
    panel.unit = unit_of(p->metric);
    plan_metric_times(p->plan, p->metric, p->side, &start_ms, &end_ms);
    if (start_ms < p->plan->start_ms) panel.time_shift = shift_text(p->plan->start_ms - start_ms, p->arena);
    if (expr_of(p, PART_BUCKETS) != NULL) {
        draw_histogram(p, &panel);
    } else if (expr_of(p, PART_BAD) != NULL) {
        draw_counts(p, &panel);
    } else {
        panel.queries[0].expr = expr_of(p, PART_VALUE);
    }
    if (alone) draw_limits(&p->metric->limits, &panel);
    board_panel(board, &panel);
}

static const char *source_of(const struct plan *plan, size_t owner, enum side side) {
    for (size_t i = 0; i < plan->query_count; i++) {
        const struct planned_query *q = &plan->queries[i];
        if (q->owner == owner && q->part != PART_GUARD && q->side == side) return q->source;
    }
    return NULL;
}

static void draw_metrics(struct board *board, const struct plan *plan, struct arena *arena) {
    const struct canary_config *config = plan->config;
    const char *main_source = config->scopes[SIDE_CANARY].source;
    for (size_t i = 0; i < config->metric_count; i++) {
        for (int side = 0; side < SIDE_COUNT; side++) {
            struct pair pair = {plan, arena, i, &config->metrics[i], (enum side)side};
            const char *source = source_of(plan, i, (enum side)side);
            if (source == NULL) continue;
            draw(board, &pair, main_source == NULL || strcmp(source, main_source) == 0 ? "datasource" : "datasource_baseline");
        }
    }
}

static void begin(struct board *board, const struct canary_config *config, struct arena *arena) {
    const char *baseline = config->scopes[SIDE_BASELINE].source, *canary = config->scopes[SIDE_CANARY].source;
    struct board_frame frame = {uid_of(config->name, arena),
                                arena_printf(arena, "serin: metrics of %s", config->name),
                                arena_printf(arena, "What is compared for %s: each metric of baseline and canary.", config->name),
                                "serin-metrics",
                                "now-6h",
                                "1m"};
    struct buf name;
    board_begin(board, &frame);
    board_source_variable(board, "datasource", "Data source");
    if (baseline != NULL && canary != NULL && strcmp(baseline, canary) != 0)
        board_source_variable(board, "datasource_baseline", "Data source of the baseline");
    buf_init(&name, (size_t)1 << 20);
    selector_matcher(&name, "canary", "=", config->name);
    const char *fails = arena_printf(arena, "max by (canary) (serin_verdict{%s,verdict=\"fail\"}", buf_text(&name));
    board_note(board, "Verdict fail", "red", "{{canary}} failed", arena_printf(arena, "%s) == 1 unless %s offset 1m) == 1", fails, fails),
               false);
    buf_finish(&name);
}

json_t *dashboard_of_config(const struct canary_config *config, struct error *err) {
    struct arena arena = {0};
    struct plan plan;
    struct board board;
    json_t *dashboard = NULL;
    // Any time will do: queries do not name it, and a fixed one gives the same bytes.
    if (plan_build(config, INT64_C(1735689600000), &arena, &plan, err)) {
        begin(&board, config, &arena);
        draw_metrics(&board, &plan, &arena);
        dashboard = board_take(&board, err);
    }
    arena_finish(&arena);
    return dashboard;
}
