// SPDX-License-Identifier: GPL-3.0-or-later
// What calibration found, for programs: the document, and the file of priors.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/calibrate.h"
#include "analyzer/judge_settings.h"
#include "base/timetext.h"
#include "history_document.h"
#include "result_number.h"

#ifndef SERIN_VERSION
#error "the build defines SERIN_VERSION"
#endif

#define RHO_MOST 0.95

static void put_count(json_t *object, const char *name, size_t count) {
    json_object_set_new(object, name, json_integer((json_int_t)count));
}

static json_t *number(struct calibrated_number n) {
    json_t *item = json_object();
    json_object_set_new(item, "median", result_known(n.median));
    json_object_set_new(item, "p90", result_known(n.high));
    return item;
}

static json_t *metric_json(const struct calibration *c, const struct calibrated_metric *m) {
    const struct metric_config *config = &c->history->config->metrics[m->metric];
    json_t *item = json_object(), *design = json_object();
    json_object_set_new(item, "name", json_string(config->name));
    json_object_set_new(item, "kind", json_string(metric_kind_name(config->kind)));
    json_object_set_new(item, "critical", json_boolean(config->judge.critical));
    json_object_set_new(design, "dealt_by", m->dealt_by != NULL ? json_string(m->dealt_by) : json_null());
    put_count(design, "dealt", m->dealt);
    put_count(design, "shifted", m->shifted);
    json_object_set_new(item, "design", design);
    put_count(item, "results", m->results);
    put_count(item, "false_fails", m->fails);
    put_count(item, "inconclusive", m->open);
    put_count(item, "nodata", m->nodata);
    json_object_set_new(item, "steps", result_known(m->steps));
    json_object_set_new(item, "rho", number(m->rho));
    json_object_set_new(item, "phi", number(m->phi));
    json_object_set_new(item, "sd", number(m->sd));
    json_object_set_new(item, "visible", number(m->visible));
    json_object_set_new(item, "weight", result_known(m->weight));
    json_object_set_new(item, "alpha", result_known(m->alpha));
    return item;
}

static json_t *share_json(size_t count, size_t judged) {
    json_t *item = json_object();
    put_count(item, "count", count);
    json_object_set_new(item, "share", judged > 0 ? result_number((double)count / (double)judged) : json_null());
    return item;
}

static json_t *windows_json(const struct calibration *c) {
    json_t *item = json_object();
    put_count(item, "drawn", c->windows);
    put_count(item, "judged", c->windows - c->empty);
    put_count(item, "empty", c->empty);
    put_count(item, "apart", c->apart);
    return item;
}

json_t *calibrate_document(const struct calibration *c) {
    const struct canary_config *config = c->history->config;
    json_t *root = history_document("serin.calibration/1", c->history), *metrics = json_array();
    size_t judged = c->windows - c->empty;
    json_object_set_new(root, "seed", json_integer((json_int_t)c->seed));
    json_object_set_new(root, "windows", windows_json(c));
    json_t *fails = share_json(c->fails, judged);
    json_object_set_new(fails, "low", result_number(c->low));
    json_object_set_new(fails, "high", result_number(c->high));
    json_object_set_new(fails, "upper", result_number(c->upper));
    json_object_set_new(fails, "promised", result_known(c->promised));
    json_object_set_new(root, "false_fails", fails);
    json_object_set_new(root, "inconclusive", share_json(c->open, judged));
    bool levels = !isnan(c->promised);
    json_object_set_new(root, "alpha", levels ? result_number(judge_alpha(&config->judge)) : json_null());
    json_object_set_new(root, "alpha_needed", result_known(c->alpha));
    for (size_t i = 0; i < c->metric_count; i++) json_array_append_new(metrics, metric_json(c, &c->metrics[i]));
    json_object_set_new(root, "metrics", metrics);
    return root;
}

static double rounded(double value) {
    char text[32];
    snprintf(text, sizeof text, "%.4g", value);
    return strtod(text, NULL);
}

static json_t *prior_json(const struct calibration *c, const struct calibrated_metric *m) {
    json_t *item = json_object();
    json_object_set_new(item, "rho", json_real(rounded(fmin(fmax(m->rho.median, 0), RHO_MOST))));
    json_object_set_new(item, "weight", json_real(rounded(m->weight)));
    if (c->history->config->metrics[m->metric].kind == METRIC_COUNTS) json_object_set_new(item, "phi", json_real(rounded(m->phi.median)));
    if (!isnan(m->sd.median)) json_object_set_new(item, "sd", json_real(rounded(m->sd.median)));
    return item;
}

static void put_duration(json_t *object, const char *name, int64_t ms) {
    struct buf text;
    buf_init(&text, 64);
    duration_format(&text, ms);
    json_object_set_new(object, name, json_string(buf_text(&text)));
    buf_finish(&text);
}

static void print_value(const json_t *value, struct buf *out) {
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(4));
    buf_str(out, text);
    free(text);
}

// Names and texts in quotes, numbers as they are: JSON's scalars are YAML's.
static void print_yaml(const json_t *root, struct buf *out) {
    const char *key, *name, *part;
    json_t *value, *prior, *number_of;
    json_object_foreach((json_t *)(uintptr_t)root, key, value) {
        buf_printf(out, "%s:", key);
        if (!json_is_object(value)) {
            buf_char(out, ' ');
            print_value(value, out);
        } else if (json_object_size(value) == 0) {
            buf_str(out, " {}");
        }
        buf_char(out, '\n');
        json_object_foreach(value, name, prior) {
            json_t *quoted = json_string(name);
            buf_str(out, "  ");
            print_value(quoted, out);
            json_decref(quoted);
            const char *between = ": {";
            json_object_foreach(prior, part, number_of) {
                buf_printf(out, "%s%s: ", between, part);
                print_value(number_of, out);
                between = ", ";
            }
            buf_str(out, "}\n");
        }
    }
}

void calibrate_priors(const struct calibration *c, bool json, struct buf *out) {
    const struct canary_config *config = c->history->config;
    json_t *root = json_object(), *metrics = json_object();
    json_object_set_new(root, "canary", json_string(config->name));
    put_duration(root, "step", config->window.step_ms);
    put_duration(root, "window", config->window.length_ms);
    json_object_set_new(root, "from", result_instant(c->history->from_ms));
    json_object_set_new(root, "to", result_instant(c->history->to_ms));
    put_count(root, "windows", c->windows - c->empty);
    for (size_t i = 0; i < c->metric_count; i++) {
        const struct calibrated_metric *m = &c->metrics[i];
        if (!isnan(m->rho.median)) json_object_set_new(metrics, config->metrics[m->metric].name, prior_json(c, m));
    }
    json_object_set_new(root, "metrics", metrics);
    if (json) {
        char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(4));
        buf_str(out, text);
        buf_char(out, '\n');
        free(text);
    } else {
        print_yaml(root, out);
    }
    json_decref(root);
}
