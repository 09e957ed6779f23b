// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_kayenta.h"

#include <math.h>
#include <string.h>

#include "analyzer/judge_settings.h"
#include "config_check.h"

#define TOLERANCE 0.05
#define MOST_DECREASE 0.99

bool config_is_kayenta(const struct yaml_node *root) {
    if (root->kind != YAML_MAP || yaml_get(root, "canary") != NULL || yaml_get(root, "sources") != NULL) return false;
    if (yaml_get(root, "classifier") != NULL) return true;
    const struct yaml_node *metrics = yaml_get(root, "metrics");
    return metrics != NULL && metrics->kind == YAML_LIST && metrics->count > 0 &&
           yaml_get(metrics->items[0], "analysisConfigurations") != NULL;
}

// The member, or NULL when it is absent or null.
static const struct yaml_node *member(const struct yaml_node *map, const char *key) {
    const struct yaml_node *node = yaml_get(map, key);
    return yaml_is_null(node) ? NULL : node;
}

static void read_member(struct config_reader *r, const struct yaml_node *map, const struct config_path *path, const char *key,
                        config_read_fn *read, void *field) {
    const struct yaml_node *node = member(map, key);
    struct config_path here = {path, key, 0};
    if (node != NULL) read(r, node, &here, field);
}

static bool is_map(struct config_reader *r, const struct yaml_node *node, const struct config_path *path) {
    if (node->kind == YAML_MAP) return true;
    config_error(r, node, path, "expected a map, found %s", yaml_kind_name(node));
    return false;
}

// Kayenta takes unknown words as the default; serin says so.
static size_t read_choice(struct config_reader *r, const struct yaml_node *map, const struct config_path *path, const char *key,
                          const char *const *words, size_t count) {
    const struct yaml_node *node = member(map, key);
    struct config_path here = {path, key, 0};
    if (node == NULL) return 0;
    for (size_t i = 0; node->kind == YAML_SCALAR && i < count; i++) {
        if (strcmp(node->text, words[i]) == 0) return i;
    }
    config_warn(r, node, &here, "%s is not a value of this key, so %s is used, as Kayenta does",
                node->kind == YAML_SCALAR ? node->text : yaml_kind_name(node), words[0]);
    return 0;
}

static void read_effect(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const measures[] = {"meanRatio", "cles"};
    struct kayenta_settings *judge = field;
    if (!is_map(r, node, path)) return;
    judge->measure = read_choice(r, node, path, "measure", measures, 2) == 1 ? KAYENTA_CLES : KAYENTA_MEAN_RATIO;
    judge->limits = kayenta_limits_default(judge->measure);
    read_member(r, node, path, "allowedIncrease", config_number, &judge->limits.allowed_increase);
    read_member(r, node, path, "allowedDecrease", config_number, &judge->limits.allowed_decrease);
    read_member(r, node, path, "criticalIncrease", config_number, &judge->limits.critical_increase);
    read_member(r, node, path, "criticalDecrease", config_number, &judge->limits.critical_decrease);
}

static void read_outliers(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const strategies[] = {"keep", "remove"};
    struct kayenta_settings *judge = field;
    if (!is_map(r, node, path)) return;
    judge->remove_outliers = read_choice(r, node, path, "strategy", strategies, 2) == 1;
    read_member(r, node, path, "outlierFactor", judge->remove_outliers ? config_positive : config_number, &judge->outlier_factor);
}

static void read_canary(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const directions[] = {"either", "increase", "decrease"};
    static const enum kayenta_direction direction_values[] = {KAYENTA_EITHER, KAYENTA_INCREASE, KAYENTA_DECREASE};
    static const char *const strategies[] = {"remove", "replace"};
    struct kayenta_settings *judge = field;
    if (!is_map(r, node, path)) return;
    judge->direction = direction_values[read_choice(r, node, path, "direction", directions, 3)];
    judge->nan_strategy = read_choice(r, node, path, "nanStrategy", strategies, 2) == 1 ? KAYENTA_NAN_REPLACE : KAYENTA_NAN_REMOVE;
    read_member(r, node, path, "critical", config_bool, &judge->critical);
    read_member(r, node, path, "mustHaveData", config_bool, &judge->must_have_data);
    read_member(r, node, path, "muted", config_bool, &judge->muted);
    read_member(r, node, path, "outliers", read_outliers, judge);
    read_member(r, node, path, "effectSize", read_effect, judge);
}

static void read_query(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    struct metric_config *metric = field;
    struct kayenta_query_config *query = metric->kayenta;
    const struct yaml_node *type = member(node, "type");
    struct config_path here = {path, "type", 0};
    if (!is_map(r, node, path)) return;
    if (type == NULL || type->kind != YAML_SCALAR || strcmp(type->text, "prometheus") != 0) {
        config_error(r, type != NULL ? type : node, &here, "only queries of type prometheus can be read here, found %s",
                     type == NULL                ? "none"
                     : type->kind == YAML_SCALAR ? type->text
                                                 : yaml_kind_name(type));
    }
    if (member(node, "customFilter") != NULL) config_error(r, node, path, "customFilter is no longer supported; use customInlineTemplate");
    read_member(r, node, path, "metricName", config_text, &query->metric_name);
    read_member(r, node, path, "resourceType", config_text, &query->resource_type);
    read_member(r, node, path, "labelBindings", config_texts, &query->label_bindings);
    read_member(r, node, path, "groupByFields", config_texts, &query->group_by);
    const struct yaml_node *text = member(node, "customInlineTemplate");
    if (text != NULL && text->kind == YAML_SCALAR && text->len > 0) query->inline_template = text->text;
    text = member(node, "customFilterTemplate");
    if (text != NULL && text->kind == YAML_SCALAR && text->len > 0) query->filter_template = text->text;
}

// What the judge serin tolerates: the change that the effect size allows, of either direction the smaller one.
static struct tolerance_config tolerance_of(const struct kayenta_settings *judge) {
    double up = judge->limits.allowed_increase - 1, down = fmin(1 - judge->limits.allowed_decrease, MOST_DECREASE);
    double allowed = judge->direction == KAYENTA_INCREASE || !(down > 0)              ? up
                     : judge->direction == KAYENTA_DECREASE || !(up > 0) || down < up ? down
                                                                                      : up;
    bool given = judge->measure == KAYENTA_MEAN_RATIO && allowed > 0 && isfinite(allowed);
    return (struct tolerance_config){.relative = given ? allowed : TOLERANCE, .harm = (double)NAN, .by_default = !given};
}

static void read_metric(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *item) {
    struct metric_config *m = item;
    *m = (struct metric_config){
        .name = "", .place = config_place(node), .kind = METRIC_SERIES, .required = true, .min_samples = r->config->judge.min_samples};
    m->kayenta = arena_alloc(r->arena, sizeof *m->kayenta);
    kayenta_settings_default(&m->judge);
    if (!is_map(r, node, path)) return;
    if (member(node, "name") == NULL) config_error(r, node, path, "the key name is missing");
    if (member(node, "query") == NULL) config_error(r, node, path, "the key query is missing");
    read_member(r, node, path, "name", config_text, &m->name);
    read_member(r, node, path, "groups", config_texts, &m->groups);
    read_member(r, node, path, "query", read_query, m);
    const struct yaml_node *analysis = member(node, "analysisConfigurations");
    struct config_path here = {path, "analysisConfigurations", 0};
    if (analysis != NULL && is_map(r, analysis, &here)) read_member(r, analysis, &here, "canary", read_canary, &m->judge);
    m->tolerance = tolerance_of(&m->judge);
}

static void read_metrics(struct config_reader *r, const struct yaml_node *root) {
    struct config_path path = {NULL, "metrics", 0};
    const struct yaml_node *node = member(root, "metrics");
    void *items = NULL;
    if (node != NULL) config_read_list(r, node, &path, read_metric, sizeof(struct metric_config), &items, &r->config->metric_count);
    r->config->metrics = items;
    if (r->config->metric_count == 0) config_error(r, node != NULL ? node : root, &path, "there must be at least one metric");
    for (size_t i = 0; i < r->config->metric_count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct metric_config *a = &r->config->metrics[j], *b = &r->config->metrics[i];
            if (strcmp(a->name, b->name) == 0 && b->name[0] != '\0') {
                config_error(r, node->items[i], &path, "a metric called %s is already there in line %d; names must differ", b->name,
                             a->place.line);
            }
        }
    }
}

static void read_classifier(struct config_reader *r, const struct yaml_node *root) {
    struct config_path path = {NULL, "classifier", 0}, weights_path = {&path, "groupWeights", 0},
                       limits_path = {&path, "scoreThresholds", 0};
    const struct yaml_node *classifier = member(root, "classifier");
    if (classifier == NULL) {
        config_error(r, root, &path, "the key classifier is missing; Kayenta's judge needs it");
        return;
    }
    if (!is_map(r, classifier, &path)) return;
    const struct yaml_node *weights = member(classifier, "groupWeights");
    if (weights != NULL && is_map(r, weights, &weights_path)) {
        r->config->groups = arena_array(r->arena, weights->count, sizeof *r->config->groups);
        r->config->group_count = weights->count;
        for (size_t i = 0; i < weights->count; i++) {
            struct config_path here = {&weights_path, weights->pairs[i].key->text, 0};
            r->config->groups[i] = (struct group_config){weights->pairs[i].key->text, 0, config_place(weights->pairs[i].key)};
            config_number(r, weights->pairs[i].value, &here, &r->config->groups[i].weight);
        }
    }
    const struct yaml_node *limits = member(classifier, "scoreThresholds");
    if (limits != NULL && is_map(r, limits, &limits_path)) {
        read_member(r, limits, &limits_path, "pass", config_number, &r->config->judge.pass);
        read_member(r, limits, &limits_path, "marginal", config_number, &r->config->judge.marginal);
    }
}

// Only one judge of Kayenta's is there, and serin's own instead of it; another one would have judged otherwise.
static void read_judge(struct config_reader *r, const struct yaml_node *root) {
    struct config_path path = {NULL, "judge", 0};
    const struct yaml_node *judge = member(root, "judge");
    if (judge == NULL || !is_map(r, judge, &path)) return;
    const struct yaml_node *name = member(judge, "name");
    if (name == NULL || (name->kind == YAML_SCALAR && strcmp(name->text, "NetflixACAJudge-v1.0") == 0)) return;
    if (name->kind == YAML_SCALAR && strcmp(name->text, "serin") == 0) {
        r->config->judge.name = "serin";
        r->config->judge.min_samples = JUDGE_PAIRS;
        r->config->judge.confidence = JUDGE_CONFIDENCE;
        r->config->judge.pass_confidence = JUDGE_PASS_CONFIDENCE;
        return;
    }
    config_error(r, name, &path, "the judge %s is not known here; NetflixACAJudge-v1.0 and serin are",
                 name->kind == YAML_SCALAR ? name->text : yaml_kind_name(name));
}

// "scope=app-v2,location=us-east-1,namespace=shop": two names are fixed, all others are extended parameters.
static void read_side(struct config_reader *r, enum side side) {
    struct kayenta_scope *scope = &r->config->kayenta_scopes[side];
    const char *text = r->overrides->sides[side];
    if (text == NULL) return;
    size_t most = 1;
    for (const char *p = text; *p != '\0'; p++) most += *p == ',';
    scope->params.items = arena_array(r->arena, most, sizeof *scope->params.items);
    while (*text != '\0') {
        size_t len = strcspn(text, ","), name_len = strcspn(text, "=");
        if (name_len >= len) {
            findings_add(r->findings, FINDING_ERROR, "command line", 0, 0, side == SIDE_BASELINE ? "--baseline" : "--canary",
                         "expected name=value pairs joined by commas, found %.*s", (int)(len > 100 ? 100 : len), text);
            return;
        }
        const char *name = arena_strndup(r->arena, text, name_len),
                   *value = arena_strndup(r->arena, text + name_len + 1, len - name_len - 1);
        if (strcmp(name, "scope") == 0) {
            scope->scope = value;
        } else if (strcmp(name, "location") == 0) {
            scope->location = value;
        } else {
            scope->params.items[scope->params.count++] = (struct name_value){name, value, {0, 0}};
        }
        text += len + (text[len] == ',');
    }
}

static void read_source(struct config_reader *r) {
    struct canary_config *config = r->config;
    if (r->overrides->url == NULL) return;
    config->sources = arena_alloc(r->arena, sizeof *config->sources);
    config->sources[0] = (struct source_config){.name = "prometheus", .settings = {.url = r->overrides->url}};
    config->source_count = 1;
    config->scopes[SIDE_BASELINE].source = config->scopes[SIDE_CANARY].source = "prometheus";
}

void config_read_kayenta(struct config_reader *r, const struct yaml_node *root) {
    struct canary_config *config = r->config;
    config->name = "kayenta";
    config->judge.name = "kayenta";
    config->judge.pass = 95;
    config->judge.marginal = 75;
    config->judge.min_samples = 10;
    read_member(r, root, NULL, "name", config_text, &config->name);
    const struct yaml_node *templates = member(root, "templates");
    if (templates != NULL && (templates->kind != YAML_MAP || templates->count > 0)) {
        struct config_path path = {NULL, "templates", 0};
        config_name_values(r, templates, &path, &config->kayenta_templates);
    }
    config->window.length_ms = 60 * 60000;
    read_judge(r, root);
    read_classifier(r, root);
    read_metrics(r, root);
    config_apply_overrides(r);
    config_check_window(r, root);
    read_side(r, SIDE_BASELINE);
    read_side(r, SIDE_CANARY);
    read_source(r);
}
