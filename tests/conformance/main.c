// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a case a line from standard input, {"id", "kind", "inputs"}, and answers a line each: {"id", "outputs"},
// {"id", "error"} when the operation refuses the inputs, or {"id", "unsupported": true}.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform.h"
#include "stats/errors.h"

static const struct conform_kind *const tables[] = {
    conform_kayenta_judge, conform_kayenta_mix,     conform_kayenta_query, conform_kayenta_standalone, conform_kayenta_stats,
    conform_prom_decode,   conform_prom_remote,     conform_slo,           conform_slo_samples,        conform_stats_counts,
    conform_stats_exact,   conform_stats_locations, conform_stats_ranks,   conform_stats_sequential,
};

static conform_fn *find_kind(const char *kind) {
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (const struct conform_kind *row = tables[i]; row->kind != NULL; row++) {
            if (strcmp(row->kind, kind) == 0) return row->run;
        }
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
    stats_errors_off();
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
