// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a case a line from standard input, {"id", "kind", "inputs"}, and answers a line each: {"id", "outputs"},
// {"id", "error"} when the operation refuses the inputs, or {"id", "unsupported": true}.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform.h"

static const struct {
    const char *kind;
    conform_fn *run;
} kinds[] = {
    {"judge.metric", conform_judge_metric},
    {"judge.score", conform_judge_score},
    {"score.weighted_sum", conform_score_weighted_sum},
    {"classify.mann_whitney", conform_classify},
    {"detect.iqr", conform_detect_iqr},
    {"transform.nan_remove", conform_nan_remove},
    {"transform.nan_replace", conform_nan_replace},
    {"transform.outlier_remove", conform_outlier_remove},
    {"transform.outlier_remove_iqr", conform_outlier_remove},
    {"stats.summary", conform_stats_summary},
    {"stats.percentile", conform_stats_percentile},
    {"effect.mean_ratio", conform_mean_ratio},
    {"effect.cles", conform_cles},
    {"mw.wilcoxon_diff", conform_wilcoxon_diff},
    {"mw.normal_quantile", conform_normal_quantile},
    {"mw.confidence_interval", conform_confidence_interval},
    {"mw.intermediate", conform_intermediate},
    {"promql.build", conform_promql_build},
    {"template.expand", conform_template_expand},
    {"template.unescape", conform_template_unescape},
    {"mixer.mix_one", conform_mix_one},
    {"mixer.mix_all", conform_mix_all},
    {"metricset.key", conform_set_key},
    {"prom.parse_range", conform_parse_range},
    {"prom.fetch_and_mix", conform_fetch_and_mix},
    {"standalone.lifetime", conform_lifetime},
    {"standalone.window", conform_window},
    {"standalone.scopes", conform_scopes},
    {"standalone.aggregate", conform_aggregate},
    {"prom.decode", conform_prom_decode},
};

static conform_fn *find_kind(const char *kind) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].kind, kind) == 0) return kinds[i].run;
    }
    return NULL;
}

static json_t *answer(const json_t *request) {
    const char *kind = conform_text(request, "kind");
    json_t *reply = json_pack("{s:O?}", "id", json_object_get(request, "id"));
    conform_fn *run = kind != NULL ? find_kind(kind) : NULL;
    if (run == NULL) {
        json_object_set_new(reply, "unsupported", json_true());
        return reply;
    }
    struct error err = {0};
    json_t *outputs = run(json_object_get(request, "inputs"), &err);
    if (outputs != NULL)
        json_object_set_new(reply, "outputs", outputs);
    else
        json_object_set_new(reply, "error", json_string(err.text[0] != '\0' ? err.text : "refused"));
    return reply;
}

int main(void) {
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    while ((len = getline(&line, &cap, stdin)) > 0) {
        json_error_t problem;
        json_t *request = json_loadb(line, (size_t)len, 0, &problem);
        if (request == NULL) request = json_loadb(line, (size_t)len, JSON_DECODE_INT_AS_REAL, &problem); // integers beyond 64 bits
        if (request == NULL) {
            fprintf(stderr, "not a case: %s\n", problem.text);
            return 1;
        }
        json_t *reply = answer(request);
        json_dumpf(reply, stdout, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(17)); // ASCII: readers may split at U+2028
        putchar('\n');
        json_decref(reply);
        json_decref(request);
    }
    free(line);
    return 0;
}
