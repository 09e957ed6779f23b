// SPDX-License-Identifier: GPL-3.0-or-later
#include "priors.h"

#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/timetext.h"

#define MOST_BYTES ((size_t)1 << 20)
#define RHO_MOST 0.95
#define WEIGHT_MOST 1000
#define PHI_MOST 1e6

struct priors_file {
    const char *canary;
    int64_t step_ms;
    struct canary_config *config; // whose metrics are filled in
};

struct prior_range {
    const char *name;
    double least, most;
};

static void check(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, double value,
                  struct prior_range range) {
    struct config_path here = {path, range.name, 0};
    if (yaml_get(node, range.name) == NULL || (value >= range.least && value <= range.most)) return;
    config_error(r, yaml_get(node, range.name), &here, "must be from %g to %g", range.least, range.most);
}

static void read_prior(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
#define AT(member) offsetof(struct metric_prior, member)
    static const struct config_key keys[] = {
        {"rho", config_number, AT(rho), true},
        {"weight", config_number, AT(weight), true},
        {"phi", config_number, AT(phi), false},
        {"sd", config_number, AT(sd), false},
    };
#undef AT
    struct metric_prior *prior = object;
    *prior = (struct metric_prior){.known = true, .phi = 1};
    config_read_map(r, node, path, keys, sizeof keys / sizeof keys[0], prior);
    check(r, node, path, prior->rho, (struct prior_range){"rho", 0, RHO_MOST});
    check(r, node, path, prior->weight, (struct prior_range){"weight", 0, WEIGHT_MOST});
    check(r, node, path, prior->phi, (struct prior_range){"phi", 1, PHI_MOST});
    check(r, node, path, prior->sd, (struct prior_range){"sd", 0, PHI_MOST});
}

static struct metric_config *find_metric(struct canary_config *config, const char *name) {
    for (size_t i = 0; i < config->metric_count; i++) {
        if (strcmp(config->metrics[i].name, name) == 0) return &config->metrics[i];
    }
    return NULL;
}

static void read_metrics(struct config_reader *r, const struct yaml_node *node, const struct config_path *path, void *object) {
    const struct priors_file *file = object;
    if (node->kind != YAML_MAP) {
        config_error(r, node, path, "expected a map of metric names, found %s", yaml_kind_name(node));
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_pair *pair = &node->pairs[i];
        struct config_path here = {path, pair->key->text, 0};
        struct metric_config *metric = find_metric(file->config, pair->key->text);
        if (metric != NULL) {
            read_prior(r, pair->value, &here, &metric->prior);
        } else {
            config_error(r, pair->key, &here, "%s has no such metric; calibrate it again, or remove this line", file->config->file);
        }
    }
}

// Noise of other steps is other noise.
static void check_origin(struct config_reader *r, const struct yaml_node *root, const struct priors_file *file) {
    const struct canary_config *config = file->config;
    struct config_path path = {NULL, "canary", 0};
    if (file->canary != NULL && strcmp(file->canary, config->name) != 0)
        config_error(r, yaml_get(root, "canary"), &path, "these are priors of %s, not of %s", file->canary, config->name);
    if (file->step_ms == 0 || file->step_ms == config->window.step_ms) return;
    struct buf step;
    path.key = "step";
    buf_init(&step, 64);
    duration_format(&step, config->window.step_ms);
    config_error(r, yaml_get(root, "step"), &path, "the window's step is %s now; calibrate again", buf_text(&step));
    buf_finish(&step);
}

static void read_file(struct config_reader *r, const struct yaml_node *root, struct priors_file *file) {
#define AT(member) offsetof(struct priors_file, member)
    static const struct config_key keys[] = {
        {"canary", config_text, AT(canary), true}, {"step", config_duration, AT(step_ms), true},
        {"window", config_ignore, 0, false},       {"from", config_ignore, 0, false},
        {"to", config_ignore, 0, false},           {"windows", config_ignore, 0, false},
        {"metrics", read_metrics, 0, true},
    };
#undef AT
    config_read_map(r, root, NULL, keys, sizeof keys / sizeof keys[0], file);
    check_origin(r, root, file);
}

void priors_read(struct config_reader *r, const struct yaml_node *judge) {
    struct config_path judge_path = {NULL, "judge", 0}, path = {&judge_path, "priors", 0};
    const char *name = r->overrides->priors != NULL ? r->overrides->priors : r->config->judge.priors;
    struct canary_config place = {.file = name};
    struct config_reader of_file = {.arena = r->arena, .findings = r->findings, .config = &place, .overrides = r->overrides};
    struct priors_file file = {.config = r->config};
    struct view text;
    struct error err;
    struct yaml_node *root;
    if (strcmp(name, "-") == 0) {
        config_error(r, yaml_get(judge, "priors"), &path, "must be a file, not standard input");
    } else if (!file_read(name, MOST_BYTES, r->arena, &text, &err)) {
        config_error(r, yaml_get(judge, "priors"), &path, "%s", err.text);
    } else {
        digest_hex(text, r->config->judge.priors_sha256);
        if (yaml_parse(text, name, r->arena, r->findings, &root)) read_file(&of_file, root, &file);
    }
}
