// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_metric.h"

#include <math.h>

#include "config_tolerance.h"
#include "placeholder.h"
#include "query/selector.h"

#define MOST_QUANTILES 10

static void read_direction(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"either", "increase", "decrease"};
    static const enum kayenta_direction values[] = {KAYENTA_EITHER, KAYENTA_INCREASE, KAYENTA_DECREASE};
    *(enum kayenta_direction *)field = values[config_read_word(r, node, path, words, 3, 0)];
}

static void read_gaps(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"remove", "zero"};
    *(enum kayenta_nan_strategy *)field = config_read_word(r, node, path, words, 2, 0) == 1 ? KAYENTA_NAN_REPLACE : KAYENTA_NAN_REMOVE;
}

static void read_measure(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const words[] = {"meanRatio", "cles"};
    *(enum kayenta_measure *)field = config_read_word(r, node, path, words, 2, 0) == 1 ? KAYENTA_CLES : KAYENTA_MEAN_RATIO;
}

static void read_outliers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct metric_config *m = object;
    m->judge.remove_outliers = true;
    config_positive(r, node, path, &m->judge.outlier_factor);
}

static void read_effect(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct metric_config *m = object;
    const struct yaml_node *measure = yaml_get(node, "measure");
    if (measure != NULL) {
        struct config_path here = {path, "measure", 0};
        read_measure(r, measure, &here, &m->judge.measure);
    }
    m->judge.limits = kayenta_limits_default(m->judge.measure);
    static const struct config_key keys[] = {
        {"measure", config_ignore, 0, false},
        {"allowed_increase", config_number, offsetof(struct kayenta_effect_limits, allowed_increase), false},
        {"allowed_decrease", config_number, offsetof(struct kayenta_effect_limits, allowed_decrease), false},
        {"critical_increase", config_number, offsetof(struct kayenta_effect_limits, critical_increase), false},
        {"critical_decrease", config_number, offsetof(struct kayenta_effect_limits, critical_decrease), false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], &m->judge.limits);
}

// The query as it will be sent, with a scope of one matcher. NULL when a placeholder cannot be expanded.
static const char *expanded(struct config_reader *r, const char *query, struct error *err) {
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    struct placeholder_context context = {.scope = "x=\"y\"", .window_ms = 60000, .step_ms = 60000};
    bool ok = placeholder_expand(&text, view_of(query), &r->config->vars, &context, err);
    const char *copy = ok ? arena_strdup(r->arena, buf_text(&text)) : NULL;
    buf_finish(&text);
    return copy;
}

void config_query(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    const char *query = NULL;
    struct error err;
    config_text(r, node, path, &query);
    if (query == NULL) return;
    *(const char **)field = query;
    const char *text = expanded(r, query, &err);
    if (text == NULL || !selector_check_matchers(view_of(text), &err)) config_error(r, node, path, "%s", err.text);
}

void config_selector(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    const char *query = NULL;
    struct error err;
    config_query(r, node, path, &query);
    if (query == NULL) return;
    *(const char **)field = query;
    const char *text = expanded(r, query, &err);
    if (text == NULL || selector_is_plain(view_of(text))) return;
    config_error(r, node, path, "must be the plain selector of a counter, such as name{%s}: its increases are counted step by step",
                 "${scope}");
}

static void read_counts(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct metric_config *m = object;
    static const struct config_key keys[] = {
        {"bad", config_selector, offsetof(struct metric_config, bad), true},
        {"total", config_selector, offsetof(struct metric_config, total), true},
    };
    m->kind = METRIC_COUNTS;
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], m);
}

static void read_threshold(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct metric_config *m = object;
    static const struct config_key keys[] = {
        {"query", config_query, offsetof(struct metric_config, query), true},
        {"min", config_min, offsetof(struct metric_config, limits), false},
        {"max", config_max, offsetof(struct metric_config, limits), false},
        {"allowed", config_count, offsetof(struct metric_config, allowed), false},
        {"consecutive", config_count, offsetof(struct metric_config, consecutive), false},
    };
    m->kind = METRIC_THRESHOLD;
    m->allowed = yaml_get(node, "consecutive") != NULL ? -1 : 0;
    m->consecutive = -1;
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], m);
    config_check_limits(r, node, path, &m->limits);
}

static void read_histogram(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct metric_config *m = object;
    struct error err;
    m->kind = METRIC_HISTOGRAM;
    config_query(r, node, path, &m->histogram);
    const char *text = m->histogram != NULL ? expanded(r, m->histogram, &err) : NULL;
    if (text == NULL || selector_is_plain(view_of(text))) return;
    config_error(r, node, path,
                 "must be a plain selector, of classic buckets such as name_bucket{%s} or of native histograms such as name{%s}: their "
                 "increases are counted step by step",
                 "${scope}", "${scope}");
}

static void read_quantile(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *item) {
    double value;
    if (yaml_number(node, &value) && value > 0 && value < 1) {
        *(double *)item = value;
    } else {
        config_error(r, node, path, "expected a number between 0 and 1, such as 0.95");
    }
}

static void read_quantiles(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct numbers *quantiles = field;
    void *items = NULL;
    config_read_list(r, node, path, read_quantile, sizeof(double), &items, &quantiles->count);
    quantiles->items = items;
    if (quantiles->count <= MOST_QUANTILES) return;
    config_error(r, node, path, "more than %d quantiles", MOST_QUANTILES);
    quantiles->count = MOST_QUANTILES;
}

static void read_pre(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    static const struct config_key keys[] = {{"length", config_duration, offsetof(struct metric_config, pre_ms), true}};
    config_read_map(r, node, path, keys, 1, object);
}

// What only some kinds have.
static void check_parts(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                        const struct metric_config *m) {
    const struct yaml_node *quantiles = yaml_get(node, "quantiles"), *pre = yaml_get(node, "pre");
    struct config_path quantiles_path = {path, "quantiles", 0}, pre_path = {path, "pre", 0};
    if (quantiles != NULL && m->kind != METRIC_HISTOGRAM)
        config_error(r, quantiles, &quantiles_path, "belongs to metrics of kind histogram");
    if (pre != NULL && m->kind != METRIC_SERIES) config_error(r, pre, &pre_path, "belongs to metrics of kind series (query)");
    if (pre != NULL && m->offset_ms > 0) config_error(r, pre, &pre_path, "cannot go with offset, which compares with earlier anyway");
}

static void check_kind(struct config_reader *r, const struct yaml_node *node, const struct config_path *path) {
    int kinds = (yaml_get(node, "query") != NULL) + (yaml_get(node, "counts") != NULL) + (yaml_get(node, "threshold") != NULL) +
                (yaml_get(node, "histogram") != NULL);
    if (kinds == 1) return;
    config_error(r, node, path, "needs exactly one of query, counts, threshold, histogram; %s",
                 kinds == 0 ? "none is there" : "there are several");
}

static void read_metric(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *item) {
    struct metric_config *m = item;
    static const struct config_key keys[] = {
        {"name", config_text, offsetof(struct metric_config, name), true},
        {"group", config_texts, offsetof(struct metric_config, groups), false},
        {"unit", config_text, offsetof(struct metric_config, unit), false},
        {"query", config_query, offsetof(struct metric_config, query), false},
        {"counts", read_counts, 0, false},
        {"threshold", read_threshold, 0, false},
        {"histogram", read_histogram, 0, false},
        {"quantiles", read_quantiles, offsetof(struct metric_config, quantiles), false},
        {"by", config_texts, offsetof(struct metric_config, by), false},
        {"offset", config_duration, offsetof(struct metric_config, offset_ms), false},
        {"direction", read_direction, offsetof(struct metric_config, judge.direction), false},
        {"critical", config_bool, offsetof(struct metric_config, judge.critical), false},
        {"muted", config_bool, offsetof(struct metric_config, judge.muted), false},
        {"must_have_data", config_bool, offsetof(struct metric_config, judge.must_have_data), false},
        {"gaps", read_gaps, offsetof(struct metric_config, judge.nan_strategy), false},
        {"remove_outliers", read_outliers, 0, false},
        {"effect", read_effect, 0, false},
        {"tolerance", config_ignore, 0, false}, // last, as the unit says what it means
        {"harm", config_ignore, 0, false},
        {"required", config_bool, offsetof(struct metric_config, required), false},
        {"pre", read_pre, 0, false},
        {"min_samples", config_positive, offsetof(struct metric_config, min_samples), false},
    };
    *m = (struct metric_config){
        .name = "", .place = config_place(node), .kind = METRIC_SERIES, .required = true, .min_samples = (double)NAN};
    kayenta_settings_default(&m->judge);
    if (node->kind == YAML_MAP) check_kind(r, node, path);
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], m);
    m->has_direction = yaml_get(node, "direction") != NULL;
    check_parts(r, node, path, m);
    config_read_tolerance(r, node, path, m);
}

void config_read_metrics(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    struct canary_config *config = object;
    void *items = NULL;
    config_read_list(r, node, path, read_metric, sizeof(struct metric_config), &items, &config->metric_count);
    config->metrics = items;
    if (node->kind == YAML_LIST && node->count == 0) config_error(r, node, path, "there must be at least one metric");
}
