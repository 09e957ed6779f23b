// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_tolerance.h"

#include <math.h>
#include <string.h>

#include "base/timetext.h"

#define RELATIVE 0.05
#define COUNTS_RELATIVE 0.25
#define MOST_PERCENT 10000

static const char *found(const struct yaml_node *node) {
    return node->kind == YAML_SCALAR ? node->text : yaml_kind_name(node);
}

// "20%" as 0.2; the sign is asked for, because 0.2 and 20 would both look right.
static bool percent(struct config_reader *r, const struct yaml_node *node, double *ret) {
    if (node->kind != YAML_SCALAR || node->len < 2 || node->text[node->len - 1] != '%') return false;
    struct yaml_node number = *node;
    number.text = arena_strndup(r->arena, node->text, node->len - 1);
    number.len--;
    number.quoted = false;
    double value;
    if (!yaml_number(&number, &value) || value < 0 || value > MOST_PERCENT) return false;
    *ret = value / 100;
    return true;
}

static void read_relative(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    if (percent(r, node, field)) return;
    config_error(r, node, path, "expected a percentage of the baseline from 0%% to %d%%, such as 5%%, found %s", MOST_PERCENT, found(node));
}

static bool unit_is(const struct metric_config *metric, const char *unit) {
    return metric->unit != NULL && strcmp(metric->unit, unit) == 0;
}

// How many of the metric's unit a second is; 0 when it does not measure time.
static double units_per_second(const struct metric_config *metric) {
    if (metric->kind != METRIC_COUNTS && (unit_is(metric, "s") || unit_is(metric, "seconds"))) return 1;
    if (metric->kind != METRIC_COUNTS && unit_is(metric, "ms")) return 1000;
    return metric->kind == METRIC_HISTOGRAM && metric->unit == NULL ? 1 : 0;
}

static void read_absolute(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct metric_config *metric = object;
    double value;
    int64_t ms;
    if (yaml_number(node, &value) && value >= 0) {
        metric->tolerance.absolute = value;
    } else if (percent(r, node, &value)) {
        bool ratio = metric->kind == METRIC_COUNTS || unit_is(metric, "ratio");
        if (!ratio && !unit_is(metric, "%")) {
            config_error(r, node, path, "%s is not in the unit of this metric; relative takes a percentage of the baseline", node->text);
        }
        metric->tolerance.absolute = ratio ? value : value * 100;
    } else if (node->kind == YAML_SCALAR && duration_parse((struct view){node->text, node->len}, &ms)) {
        double per_second = units_per_second(metric);
        if (per_second <= 0) config_error(r, node, path, "%s is a time, which the unit of this metric is not", node->text);
        metric->tolerance.absolute = (double)ms / 1000 * per_second;
    } else {
        config_error(r, node, path,
                     "expected a number in the unit of the metric, a percentage such as 0.1%% or a time such as 5ms, found %s",
                     found(node));
    }
}

static void read_map(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, struct metric_config *metric) {
    static const struct config_key keys[] = {
        {"relative", config_ignore, 0, false},
        {"absolute", read_absolute, 0, false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], metric);
    const struct yaml_node *relative = yaml_get(node, "relative");
    struct config_path here = {path, "relative", 0};
    if (relative != NULL) read_relative(r, relative, &here, &metric->tolerance.relative);
    if (node->count == 0) config_error(r, node, path, "needs relative, absolute or both");
}

void config_read_tolerance(struct config_reader *r, const struct yaml_node *map, const struct config_path *path,
                           struct metric_config *metric) {
    bool counts = metric->kind == METRIC_COUNTS;
    metric->tolerance = (struct tolerance_config){
        .relative = counts ? COUNTS_RELATIVE : RELATIVE, .absolute = counts ? (double)NAN : 0, .harm = (double)NAN, .by_default = true};
    const struct yaml_node *tolerance = yaml_get(map, "tolerance"), *harm = yaml_get(map, "harm");
    struct config_path tolerance_path = {path, "tolerance", 0}, harm_path = {path, "harm", 0};
    if (tolerance != NULL) {
        metric->tolerance.by_default = false;
        if (tolerance->kind == YAML_MAP) {
            read_map(r, tolerance, &tolerance_path, metric);
        } else {
            read_relative(r, tolerance, &tolerance_path, &metric->tolerance.relative);
        }
    }
    if (harm == NULL) return;
    metric->tolerance.by_default = false;
    read_relative(r, harm, &harm_path, &metric->tolerance.harm);
}
