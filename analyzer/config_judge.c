// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_judge.h"

#include <math.h>
#include <string.h>

#include "analyzer/judge_settings.h"
#include "analyzer/objective.h"
#include "base/timetext.h"

static const char *const judge_names[] = {"serin", "kayenta", "threshold"};
enum judge_set { OF_SERIN = 1, OF_KAYENTA = 2, OF_THRESHOLD = 4 };

static void read_name(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    *(const char **)field = judge_names[config_read_word(r, node, path, judge_names, 3, 0)];
}

static void read_confidence(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    double value = 99;
    config_percent(r, node, path, &value);
    if (value > 50 && value < 100) {
        *(double *)field = value;
    } else {
        config_error(r, node, path, "must be above 50%% and below 100%%");
    }
}

static void read_spending(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const char *const names[] = {"obf", "pocock"};
    bool pocock = config_read_word(r, node, path, names, 2, 0) == 1;
    *(enum spending_type *)field = pocock ? SPENDING_POCOCK : SPENDING_OBRIEN_FLEMING;
}

void config_read_judge(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *field) {
    static const struct config_key keys[] = {
        {"name", read_name, offsetof(struct judge_config, name), false},
        {"pass", config_percent, offsetof(struct judge_config, pass), false},
        {"marginal", config_percent, offsetof(struct judge_config, marginal), false},
        {"confidence", read_confidence, offsetof(struct judge_config, confidence), false},
        {"pass_confidence", read_confidence, offsetof(struct judge_config, pass_confidence), false},
        {"min_samples", config_positive, offsetof(struct judge_config, min_samples), false},
        {"priors", config_text, offsetof(struct judge_config, priors), false},
        {"spending", read_spending, offsetof(struct judge_config, spending), false},
        {"early_pass", config_bool, offsetof(struct judge_config, early_pass), false},
    };
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], field);
}

static unsigned judge_of(const struct canary_config *config) {
    if (strcmp(config->judge.name, "kayenta") == 0) return OF_KAYENTA;
    return strcmp(config->judge.name, "threshold") == 0 ? OF_THRESHOLD : OF_SERIN;
}

// A rate of something wanted is worse when it falls; of everything else, more is worse.
static bool is_traffic(const struct metric_config *metric) {
    const char *unit = metric->unit;
    size_t len = unit != NULL ? strlen(unit) : 0;
    if (metric->kind != METRIC_SERIES || len == 0) return false;
    return (len > 2 && strcmp(unit + len - 2, "/s") == 0) || strcmp(unit, "rps") == 0 || strcmp(unit, "qps") == 0;
}

// A tenth of what the strictest objective on events leaves; without one, of what 99.9 % leave.
static double tolerated_ratio(const struct canary_config *config) {
    double least = 0.001;
    bool any = false;
    for (size_t i = 0; i < config->objective_count; i++) {
        const struct objective_config *o = &config->objectives[i];
        if (o->kind != OBJECTIVE_BAD && o->kind != OBJECTIVE_GOOD) continue;
        if (o->budget > 0 && (!any || o->budget < least)) least = o->budget;
        any = any || o->budget > 0;
    }
    return least / 10;
}

static void metric_defaults(const struct canary_config *config, struct metric_config *metric) {
    if (isnan(metric->tolerance.absolute)) metric->tolerance.absolute = tolerated_ratio(config);
    if (strcmp(config->judge.name, "kayenta") == 0 || metric->has_direction) return;
    metric->judge.direction = is_traffic(metric) ? KAYENTA_DECREASE : KAYENTA_INCREASE;
}

void config_judge_defaults(struct config_reader *r) {
    struct canary_config *config = r->config;
    struct judge_config *judge = &config->judge;
    if (judge->name == NULL) judge->name = "serin";
    unsigned which = judge_of(config);
    if (which == OF_KAYENTA) {
        if (isnan(judge->pass)) judge->pass = 95;
        if (isnan(judge->marginal)) judge->marginal = fmin(75, judge->pass);
    } else if (isnan(judge->marginal)) {
        judge->marginal = judge->pass;
    }
    if (isnan(judge->min_samples)) judge->min_samples = which == OF_KAYENTA ? 10 : which == OF_SERIN ? JUDGE_PAIRS : 1;
    if (isnan(judge->confidence)) judge->confidence = JUDGE_CONFIDENCE;
    if (isnan(judge->pass_confidence)) judge->pass_confidence = JUDGE_PASS_CONFIDENCE;
    for (size_t i = 0; i < config->metric_count; i++) metric_defaults(config, &config->metrics[i]);
}

struct owned_key {
    const char *name;
    unsigned judges;
    bool thresholds; // metrics of kind threshold may have it whoever judges
};

static const struct owned_key judge_keys[] = {{"confidence", OF_SERIN, false},
                                              {"pass_confidence", OF_SERIN, false},
                                              {"priors", OF_SERIN, false},
                                              {"spending", OF_SERIN, false},
                                              {"early_pass", OF_SERIN, false}};
static const struct owned_key metric_keys[] = {
    {"tolerance", OF_SERIN, false}, {"harm", OF_SERIN, false},     {"histogram", OF_SERIN, false},
    {"quantiles", OF_SERIN, false}, {"pre", OF_SERIN, false},      {"required", OF_SERIN | OF_THRESHOLD, false},
    {"gaps", OF_KAYENTA, true},     {"effect", OF_KAYENTA, false}, {"remove_outliers", OF_KAYENTA, false},
};

static const char *owner(const struct owned_key *key) {
    return (key->judges & OF_SERIN) != 0 ? "serin" : "kayenta";
}

// A map's keys that the judge at work would not look at.
static void check_keys(struct config_reader *r, const struct yaml_node *map, const struct config_path *path, const struct owned_key *keys,
                       size_t count, bool threshold) {
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *node = yaml_get(map, keys[i].name);
        struct config_path here = {path, keys[i].name, 0};
        if (node == NULL || (keys[i].judges & judge_of(r->config)) != 0 || (keys[i].thresholds && threshold)) continue;
        config_error(r, node, &here, "belongs to the judge %s and this config is judged by %s; remove the key or change judge.name",
                     owner(&keys[i]), r->config->judge.name);
    }
}

static void check_evidence(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                           const struct metric_config *metric) {
    const struct window_config *w = &r->config->window;
    struct evidence_settings settings;
    struct error err;
    judge_settings(&r->config->judge, metric, &settings);
    if (!evidence_settings_check(&settings, &err)) config_error(r, node, path, "%s", err.text);
    if (w->length_ms <= w->warmup_ms || w->step_ms <= 0) return; // a finding is there
    double steps = (double)((w->length_ms - w->warmup_ms) / w->step_ms);
    if (steps >= metric->min_samples) return;
    struct buf step;
    buf_init(&step, 64);
    duration_format(&step, w->step_ms);
    config_error(
        r, node, path,
        "can never pass nor fail: the window holds %g steps of %s and at least %g are needed; take a longer window or a shorter step",
        steps, buf_text(&step), metric->min_samples);
    buf_finish(&step);
}

static void check_metric(struct config_reader *r, const struct yaml_node *node, const struct config_path *path,
                         const struct metric_config *metric) {
    bool threshold = metric->kind == METRIC_THRESHOLD;
    check_keys(r, node, path, metric_keys, sizeof metric_keys / sizeof metric_keys[0], threshold);
    if (judge_of(r->config) == OF_THRESHOLD && !threshold) {
        config_error(r, node, path,
                     "is compared with a baseline, which the judge threshold does not do; give it a threshold, or take the judge serin");
    }
    if (judge_of(r->config) == OF_SERIN && !threshold) check_evidence(r, node, path, metric);
    if (metric->judge.critical && !metric->required) config_error(r, node, path, "cannot be critical and not required");
}

static bool any_required(const struct canary_config *config) {
    for (size_t i = 0; i < config->metric_count; i++) {
        if (config->metrics[i].required && !config->metrics[i].judge.muted) return true;
    }
    return false;
}

void config_judge_check(struct config_reader *r, const struct yaml_node *root) {
    const struct yaml_node *judge = yaml_get(root, "judge"), *metrics = yaml_get(root, "metrics");
    struct config_path judge_path = {NULL, "judge", 0}, list_path = {NULL, "metrics", 0};
    if (judge != NULL) check_keys(r, judge, &judge_path, judge_keys, sizeof judge_keys / sizeof judge_keys[0], false);
    if (!isnan(r->config->judge.marginal) && isnan(r->config->judge.pass)) {
        config_error(r, judge, &judge_path, "marginal needs pass: the score gates with both or not at all");
    }
    if (metrics == NULL || metrics->kind != YAML_LIST) return;
    for (size_t i = 0; i < metrics->count && i < r->config->metric_count; i++) {
        struct config_path path = {&list_path, NULL, i};
        check_metric(r, metrics->items[i], &path, &r->config->metrics[i]);
    }
    if (judge_of(r->config) != OF_KAYENTA && metrics->count > 0 && !any_required(r->config)) {
        config_error(r, metrics, &list_path, "none is required, so nothing could ever fail; let at least one be required and not muted");
    }
}
